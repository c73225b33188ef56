/** All rules over one checkout. */
import { LAYERS_PAGE, layersDrawn } from './drawing.ts'
import { ERRORS_PAGE, errorsPage } from './errors-page.ts'
import { headerFirst } from './header.ts'
import { PERMISSIONS_PAGE, permissionsPage } from './permissions-page.ts'
import { cycleRule, graphOf, importRules } from './rules-imports.ts'
import { mapRule } from './rules-maps.ts'
import { markdownRule } from './rules-pages.ts'
import { documentedRule, effectRule, sizeRule, syntaxRule } from './rules-source.ts'
import { spanishRule } from './rules-spanish.ts'
import { lockRule, unreferencedRule, wordRule } from './rules-tree.ts'
import { isSource, parseSource } from './source.ts'
import type { Finding, Tree } from './tree.ts'
import { wrapComments } from './wrap.ts'

/** Nothing is found in a tidy checkout; what is found names its replacement. */
export function tidy(tree: Tree): readonly Finding[] {
  const sources = [...tree]
    .filter(([path]) => isSource(path))
    .map(([path, text]) => parseSource(path, text))
  const graph = graphOf(sources)
  return [
    ...sources.flatMap((source) => [
      ...syntaxRule(source),
      ...importRules(source),
      ...effectRule(source),
      ...sizeRule(source),
      ...documentedRule(source),
    ]),
    ...cycleRule(graph),
    ...unreferencedRule(tree, { graph, sources }),
    ...wordRule(tree),
    ...lockRule(tree),
    ...spanishRule(tree),
    ...markdownRule(tree),
    ...mapRule(tree),
    ...headerRule(tree),
    ...staleRule(tree),
  ]
}

/** The files that `npm run format` changes: written pages, comments too long or out of place. */
export function mended(tree: Tree): ReadonlyMap<string, string> {
  const changed = new Map<string, string>()
  for (const [path, text] of tree) {
    if (isSource(path)) changed.set(path, wrapComments(headerFirst(text)))
  }
  for (const [path, text] of writtenPages(tree)) changed.set(path, text)
  return new Map([...changed].filter(([path, text]) => tree.get(path) !== text))
}

function writtenPages(tree: Tree): ReadonlyMap<string, string> {
  return new Map([
    [LAYERS_PAGE, layersDrawn(tree.get(LAYERS_PAGE) ?? '', tree.keys())],
    [ERRORS_PAGE, errorsPage()],
    [PERMISSIONS_PAGE, permissionsPage()],
  ])
}

function headerRule(tree: Tree): Finding[] {
  return [...tree]
    .filter(([path, text]) => isSource(path) && headerFirst(text) !== text)
    .map(([path]) => ({
      path,
      line: 1,
      text: 'its own comment stands behind an import',
    }))
}

/** Pages drawn from tables in the source say what those say. */
function staleRule(tree: Tree): Finding[] {
  return [...writtenPages(tree)]
    .filter(([path, text]) => tree.get(path) !== text)
    .map(([path]) => ({ path, line: 0, text: 'is stale: run “npm run format”' }))
}
