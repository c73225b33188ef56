/** The rule for pages that map promises to tests: each test that is named there is there. */
import type { Finding, Tree } from './tree.ts'

/** Rows of these pages end with `file`: title, several with a break between. */
export const MAPS = /^docs\/(document-\d|beyond)\.md$/
const NAMED_TEST = /^`(.+?)`: (.+)$/
/** In place of tests, with why. */
const NO_TEST = /^not shown by a test: .{10,}/

export function mapRule(tree: Tree): Finding[] {
  return [...tree].flatMap(([path, page]) =>
    MAPS.test(path)
      ? page.split('\n').flatMap((row, index) =>
          testsIn(row)
            .filter((named) => !isThere(tree, named))
            .map((named) => ({
              path,
              line: index + 1,
              text: `there is no test ${named}: name what shows it now`,
            })),
        )
      : [],
  )
}

/** As they are named in the last cell of a row that has a number. */
function testsIn(row: string): readonly string[] {
  const cells = row.split('|').map((cell) => cell.trim())
  const shown = cells[4] ?? ''
  return /^\d/.test(cells[1] ?? '') && !NO_TEST.test(shown) ? shown.split('<br>') : []
}

function isThere(tree: Tree, named: string): boolean {
  const [, file = '', title = ''] = NAMED_TEST.exec(named) ?? []
  return title !== '' && isTest(tree.get(file) ?? '', title)
}

/** Whether a test is called so; a title that ends where a template goes on counts. */
function isTest(source: string, title: string): boolean {
  for (let at = source.indexOf(title); at >= 0; at = source.indexOf(title, at + 1)) {
    if (!/test\(\s*['`]$/.test(source.slice(0, at))) continue
    if (/^(['`]|,? ?\$\{)/.test(source.slice(at + title.length))) return true
  }
  return false
}
