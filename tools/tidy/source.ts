/** What the rules want to know of one source file, read from its syntax tree. */
import { parseSync, Visitor } from 'rolldown/utils'

import type { LineOf, Mark, Span } from './marks.ts'
import { ambientUses, promiseUses } from './uses.ts'

/** A function, method or arrow function. */
export interface Extent {
  readonly line: number
  readonly lines: number
}

/** An exported name. */
export interface Exported {
  readonly name: string
  readonly line: number
  /** A doc comment stands right before it. */
  readonly documented: boolean
}

/** One parsed file. */
export interface Source {
  readonly path: string
  readonly lines: readonly string[]
  readonly syntaxError: string | undefined
  /** Imports and re-exports, of types too, also `import()`. */
  readonly imports: readonly Mark[]
  /** String literals: a worker or an asset is named by one. */
  readonly strings: readonly string[]
  readonly functions: readonly Extent[]
  readonly exported: readonly Exported[]
  /** The file opens with a doc comment of its own. */
  readonly hasHeader: boolean
  /** Reaches into the world past `effects`. */
  readonly ambient: readonly Mark[]
  /** Promises, which pure layers do without. */
  readonly promises: readonly Mark[]
}

type Parsed = ReturnType<typeof parseSync>

/** Whether tidy parses a file of this name. */
export function isSource(path: string): boolean {
  return /\.(ts|tsx|mjs)$/.test(path)
}

/** Parses one file. */
export function parseSource(path: string, text: string): Source {
  const parsed = parseSync(path, text)
  const lineOf = lineFinder(text)
  return {
    path,
    lines: text.split('\n'),
    syntaxError: parsed.errors[0]?.message,
    imports: importsOf(parsed, text).map(({ at, what }) => ({ what, line: lineOf(at) })),
    strings: stringsOf(parsed),
    functions: functionsOf(parsed, lineOf),
    exported: exportedOf(parsed, text).map(({ name, at, documented }) => ({
      name,
      line: lineOf(at),
      documented,
    })),
    hasHeader: hasHeader(parsed, text),
    ambient: ambientUses(parsed.program, lineOf),
    promises: promiseUses(parsed.program, lineOf),
  }
}

function lineFinder(text: string): LineOf {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

function importsOf({ module }: Parsed, text: string): { at: number; what: string }[] {
  const direct = module.staticImports.map(({ start, moduleRequest }) => ({
    at: start,
    what: moduleRequest.value,
  }))
  const passedOn = module.staticExports.flatMap(({ start, entries }) =>
    entries.flatMap(({ moduleRequest }) =>
      moduleRequest === null ? [] : [{ at: start, what: moduleRequest.value }],
    ),
  )
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    at: start,
    what: text.slice(start + 1, end - 1),
  }))
  return [...direct, ...passedOn, ...dynamic]
}

function stringsOf({ program }: Parsed): string[] {
  const strings: string[] = []
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') strings.push(value)
    },
  }).visit(program)
  return strings
}

function functionsOf({ program }: Parsed, lineOf: LineOf): Extent[] {
  const functions: Extent[] = []
  const measure = ({ start, end }: Span): void => {
    const line = lineOf(start)
    functions.push({ line, lines: lineOf(end) - line + 1 })
  }
  new Visitor({
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(program)
  return functions
}

function exportedOf(
  { program, comments }: Parsed,
  text: string,
): { name: string; at: number; documented: boolean }[] {
  // The comment of a group of constants, without empty lines between them, is that of each.
  const covered = comments.filter(({ value }) => value.startsWith('*')).map(({ end }) => end)
  return program.body.flatMap((node) => {
    const documented = covered.some(
      (end) => end <= node.start && /^[ \t]*\n[ \t]*$/.test(text.slice(end, node.start)),
    )
    if (documented) covered.push(node.end)
    if (node.type !== 'ExportNamedDeclaration' || node.declaration === null) return []
    const name = /(\w+)\s*[(<:={]/.exec(text.slice(node.start, node.end))?.[1] ?? ''
    return [{ name, at: node.start, documented }]
  })
}

/**
 * A doc comment before the first declaration that belongs to none: an import or an empty line
 * follows.
 */
function hasHeader({ comments, program }: Parsed, text: string): boolean {
  const declared =
    program.body.find(({ type }) => type !== 'ImportDeclaration')?.start ?? text.length
  return comments.some(
    ({ value, start, end }) =>
      value.startsWith('*') && start < declared && /^\s*\n(\n|import )/.test(text.slice(end)),
  )
}
