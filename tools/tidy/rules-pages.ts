/** Rules for written pages: one title, links and places in the source that are there. */
import { posix } from 'node:path'

import { MAPS } from './rules-maps.ts'
import type { Finding, Tree } from './tree.ts'

/** What tells of former times, and may name what is gone. */
const HISTORY = /^(CHANGELOG\.md$|docs\/decisions\/)/
/** All pages for people, by what they want to do. */
const INDEX = 'docs/README.md'
const DECISION = /^docs\/decisions\/(\d+)-/
/** A file or folder of the checkout, told as code. */
const PLACE = /`((?:src|web|sim|test|tools|bench|bin|deploy|docs)\/[\w./-]*)`/g
/** A source file by its name, or with the folders above it that a reader needs. */
const SOURCE = /`(?:\.\.\/)*([\w.-]+(?:\/[\w.-]+)*\.tsx?)`/g

/** One title a page; links, and files that are named, are there. */
export function markdownRule(tree: Tree): Finding[] {
  const findings: Finding[] = []
  const sources = new Set([...tree.keys()].flatMap((it) => (/\.tsx?$/.test(it) ? endsOf(it) : [])))
  for (const [path, content] of tree) {
    if (!path.endsWith('.md')) continue
    const lines = withoutFences(content)
    const prose = lines.map((line) => line.replaceAll(/`[^`]*`/g, ''))
    const titles = prose.filter((line) => line.startsWith('# ')).length
    if (titles !== 1) {
      findings.push({ path, line: 0, text: `${titles} titles: a page has one line “# Title”` })
    }
    prose.forEach((line, index) => {
      for (const target of brokenLinks(tree, { path, line })) {
        findings.push({ path, line: index + 1, text: `the link to ${target} leads nowhere` })
      }
    })
    if (!HISTORY.test(path)) findings.push(...gonePlaces(tree, { path, lines, sources }))
  }
  return [...findings, ...lonelyPages(tree), ...sharedNumbers(tree)]
}

/** Decisions are cited by their numbers. */
function sharedNumbers(tree: Tree): Finding[] {
  const first = new Map<string, string>()
  return [...tree.keys()].toSorted().flatMap((path) => {
    const number = DECISION.exec(path)?.[1]
    if (number === undefined) return []
    const other = first.get(number)
    first.set(number, other ?? path)
    return other === undefined ? [] : [{ path, line: 0, text: `${other} has that number, too` }]
  })
}

/** The index by task leads to every page, but to maps, to which `docs/documents.md` leads. */
function lonelyPages(tree: Tree): Finding[] {
  const index = tree.get(INDEX)
  if (index === undefined) return []
  return [...tree.keys()]
    .filter((path) => path !== INDEX && !MAPS.test(path))
    .flatMap((path) => /^docs\/([\w.-]+\.md)$/.exec(path)?.[1] ?? [])
    .filter((name) => !index.includes(`](${name})`))
    .map((name) => ({ path: INDEX, line: 0, text: `nothing leads to ${name}: add it by its task` }))
}

function gonePlaces(
  tree: Tree,
  {
    lines,
    path,
    sources,
  }: {
    readonly path: string
    readonly lines: readonly string[]
    /** Source files by each end of their paths. */
    readonly sources: ReadonlySet<string>
  },
): Finding[] {
  return lines.flatMap((line, index) => {
    const places = [...line.matchAll(PLACE)].flatMap(([, place = '']) =>
      isThere(tree, place.replace(/\/$/, '')) ? [] : [place],
    )
    const names = [...line.matchAll(SOURCE)].flatMap(([, name = '']) =>
      sources.has(name) ? [] : [name],
    )
    return [...new Set([...places, ...names])].map((gone) => {
      return { path, line: index + 1, text: `${gone} is not there: name where it is now` }
    })
  })
}

/** `a/b/c.ts`, `b/c.ts`, `c.ts` */
function endsOf(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.map((_, from) => parts.slice(from).join('/'))
}

function isThere(tree: Tree, path: string): boolean {
  return tree.has(path) || [...tree.keys()].some((it) => it.startsWith(`${path}/`))
}

/** The lines, with those of fenced code emptied. */
function withoutFences(content: string): readonly string[] {
  let fenced = false
  return content.split('\n').map((line) => {
    const fence = /^\s*(```|~~~)/.test(line)
    if (fence) fenced = !fenced
    return fence || fenced ? '' : line
  })
}

function brokenLinks(
  tree: Tree,
  { path, line }: { readonly path: string; readonly line: string },
): readonly string[] {
  const targets = [...line.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target]) => target ?? '')
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false
    const [to = '', heading] = target.split('#')
    const file = to === '' ? path : posix.join(posix.dirname(path), to).replace(/\/$/, '')
    if (!isThere(tree, file)) return true
    const content = tree.get(file) ?? ''
    return heading !== undefined && file.endsWith('.md') && !headingsOf(content).has(heading)
  })
}

/**
 * As links name them: lower case, without what is no letter, digit or hyphen; blanks are hyphens.
 */
function headingsOf(content: string): ReadonlySet<string> {
  const titles = [...content.matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) => title ?? '')
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )
}
