/** Rules for one source file by itself: effects, sizes, documentation. */
import { isTestFile, layerOf } from './layers.ts'
import type { Source } from './source.ts'
import type { Finding } from './tree.ts'

/** One screen: a longer function does more than one thing. */
export const FUNCTION_LINES_MAX = 70

/** A longer file has more than one subject. */
export const FILE_LINES_MAX = 500

/** Two files fit side by side. */
export const LINE_CHARACTERS_MAX = 100

/** The core touches the world only through `effects`; pure layers hold no promise either. */
export function effectRule(source: Source): Finding[] {
  const layer = layerOf(source.path)
  if (layer === undefined || layer.touch === 'itself' || isTestFile(source.path)) return []
  const found = source.ambient.map(({ what, line }) => ({ path: source.path, line, text: what }))
  if (layer.touch !== 'pure') return found
  const promises = source.promises.map(({ what, line }) => ({
    path: source.path,
    line,
    text: `${what} in ${layer.folder}: return an effect as a value, take its outcome as an event`,
  }))
  return [...found, ...promises]
}

/** Lengths of functions, files and lines. */
export function sizeRule({ path, lines, functions }: Source): Finding[] {
  const findings: Finding[] = []
  for (const { line, lines: length } of functions) {
    if (length <= FUNCTION_LINES_MAX) continue
    const text = `function of ${length} lines, at most ${FUNCTION_LINES_MAX}: name its parts`
    findings.push({ path, line, text })
  }
  if (lines.length > FILE_LINES_MAX + 1) {
    const text = `${lines.length - 1} lines, at most ${FILE_LINES_MAX}: split it by subject`
    findings.push({ path, line: 0, text })
  }
  lines.forEach((line, index) => {
    if (line.length <= LINE_CHARACTERS_MAX || isOneLiteral(line)) return
    const text = `${line.length} characters, at most ${LINE_CHARACTERS_MAX}: break the line`
    findings.push({ path, line: index + 1, text })
  })
  return findings
}

/** What can stand before a literal: an indent, a key, an operator, an attribute. */
const BEFORE = String.raw`^\s*((return|throw|case|\?|:|=>?|\w+:|\w+ =|\w+=|'[^']+':) ?)*\{?`

/** Lines that offer no place to break. */
const UNBREAKABLE = [
  // One string, template or regular expression.
  new RegExp(`${BEFORE}(['"\`]|\\/(?![*/])).*\\3[\\])},:;/>giu+ ]*$`),
  // Markup, on its own or inside of a template.
  /^\s*<.*[>}]$/,
  // The title of a test.
  /^\s*test\((['"`]).*\1, (async )?\(\w*\) =>( \{)?$/,
  // A comment of one word, such as an address.
  /^\s*(\/\/|\*)\s+\S+$/,
]

function isOneLiteral(line: string): boolean {
  return UNBREAKABLE.some((pattern) => pattern.test(line))
}

/** What `src/` exports is documented: by its own doc comment, or by its file's header. */
export function documentedRule({ path, exported, hasHeader }: Source): Finding[] {
  if (!path.startsWith('src/') || isTestFile(path) || hasHeader) return []
  return exported
    .filter(({ documented }) => !documented)
    .map(({ name, line }) => ({
      path,
      line,
      text: `${name} is exported without a doc comment: add one, or a header to the file`,
    }))
}

/** A file that does not parse is told once, instead of by each rule. */
export function syntaxRule({ path, syntaxError }: Source): Finding[] {
  return syntaxError === undefined ? [] : [{ path, line: 0, text: syntaxError }]
}
