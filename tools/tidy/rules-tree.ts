/** Rules for the checkout as a whole: words, dead files, lock file. */
import { isTestFile } from './layers.ts'
import { resolved } from './rules-imports.ts'
import type { Graph } from './rules-imports.ts'
import type { Source } from './source.ts'
import type { Finding, Tree } from './tree.ts'

/** Words that do not belong into what is finished. Written so that they do not find themselves. */
const WORDS = [
  { pattern: /\b(FIXM[E]|TOD[O]|XX[X])\b/, text: 'finish it, or open an issue' },
  {
    pattern: /\b(test|it|suite|describe)\.(skip|only|todo)\b/,
    text: 'every test runs: finish it or remove it',
  },
  {
    pattern: /(?<![\w.:/-])\/(tmp|work|root|home|Users)\/[\w.-]/,
    text: 'a path of one machine: use os.tmpdir(), or a path from the checkout’s root',
  },
  {
    pattern: /\b(registry\.[a-z-]+\.[a-z]+|npmmirro[r]|verdacci[o]|artifactor[y])\b/i,
    text: 'no host of a registry: npm knows its own',
  },
  {
    pattern: /(?:[“«]|\$ )anillo (?!ready\b)[a-z]/,
    text: 'the command is on no PATH: have people type npx anillo',
  },
] as const

/** Banned words in all text files. */
export function wordRule(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const [path, content] of tree) {
    content.split('\n').forEach((line, index) => {
      for (const { pattern, text } of WORDS) {
        const word = pattern.exec(line)?.[0]
        if (word !== undefined) findings.push({ path, line: index + 1, text: `${word}: ${text}` })
      }
    })
  }
  return findings
}

/** The lock names no place to download from: each user's npm has its own. */
export function lockRule(tree: Tree): Finding[] {
  const path = 'package-lock.json'
  const lines = (tree.get(path) ?? '').split('\n')
  return lines.flatMap((line, index) =>
    /^\s*"resolved":/.test(line)
      ? [{ path, line: index + 1, text: 'resolved line: install with the checkout’s .npmrc' }]
      : [],
  )
}

/** Source files that nobody imports or names. */
export function unreferencedRule(
  tree: Tree,
  { graph, sources }: { readonly graph: Graph; readonly sources: readonly Source[] },
): Finding[] {
  const named = namedFiles(tree, { graph, sources })
  return sources
    .map(({ path }) => path)
    .filter((path) => !named.has(path) && !isEntry(path) && !named.has(packageTyped(path)))
    .map((path) => ({ path, line: 0, text: 'nothing imports or names this file: remove it' }))
}

/** Found by name: the runner takes tests by their ending, and vite its own settings. */
function isEntry(path: string): boolean {
  return (isTestFile(path) && /\.(test|interop)\.tsx?$/.test(path)) || path.startsWith('web/vite.')
}

/** Types of a package that has none are in a file called as it is. */
function packageTyped(path: string): string {
  return /([^/]+)\.d\.ts$/.exec(path)?.[1] ?? path
}

function namedFiles(
  tree: Tree,
  { graph, sources }: { readonly graph: Graph; readonly sources: readonly Source[] },
): ReadonlySet<string> {
  const named = new Set<string>()
  for (const targets of graph.values()) for (const target of targets) named.add(target)
  for (const { path, strings } of sources) {
    // Of whom it has types, such a file says itself.
    if (path.endsWith('.d.ts')) continue
    for (const text of strings) named.add(resolved(path, text)).add(text)
  }
  for (const [path, content] of tree) {
    if (!/(^package\.json|\.html|^bin\/\w+|^deploy\/.*\.yaml|\.d\.ts)$/.test(path)) continue
    for (const [name] of content.matchAll(/[\w./-]+\.(ts|tsx|mjs)\b/g)) {
      named
        .add(name)
        .add(resolved(path, name))
        .add(resolved(path, `.${name}`))
    }
  }
  return named
}
