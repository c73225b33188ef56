/** The pages that map the five documents to tests name tests that are there, for each promise. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const INDEX = readFileSync(join(ROOT, 'docs/documents.md'), 'utf8')
/** What a row says instead of tests, with why, where a promise has none. */
const NO_TEST = /^not shown by a test: .{10,}/

interface NamedTest {
  readonly file: string
  readonly title: string
}

interface Row {
  readonly promises: readonly number[]
  readonly keptBy: string
  /** As it stands there. */
  readonly shownBy: string
  readonly tests: readonly NamedTest[]
}

interface Page {
  readonly name: string
  /** As the index says. */
  readonly promises: number
  readonly withoutTest: number
  readonly text: string
  readonly rows: readonly Row[]
}

/** `8`, `5, 6`, `26, 40–42` */
function numbersIn(text: string): readonly number[] {
  return text.split(', ').flatMap((part) => {
    const [first = NaN, last = first] = part.split('–').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

function rowsOf(text: string): readonly Row[] {
  return text.split('\n').flatMap((line) => {
    const [, numbers = '', , keptBy = '', cell = ''] = line.split('|').map((one) => one.trim())
    if (!/^\d/.test(numbers)) return []
    const shown = NO_TEST.test(cell) ? [] : cell.split('<br>')
    const tests = shown.map((one): NamedTest => {
      const [, file = '', title = ''] = /^`(.+?)`: (.+)$/.exec(one) ?? []
      return { file, title }
    })
    return [{ promises: numbersIn(numbers), keptBy, shownBy: cell, tests }]
  })
}

/** The pages by the table of the index: a link, promises, promises without a test. */
const pages: readonly Page[] = [
  ...INDEX.matchAll(/^\| \[.+?\]\(([\w-]+\.md)\) \|.*\| (\d+) \| (\d+) \|$/gm),
].map(([, name = '', promises, withoutTest]) => {
  const text = readFileSync(join(ROOT, 'docs', name), 'utf8')
  return {
    name,
    promises: Number(promises),
    withoutTest: Number(withoutTest),
    text,
    rows: rowsOf(text),
  }
})

test('the index leads to a page for each of the five documents, and for what is beyond them', () => {
  assert.deepEqual(
    pages.map(({ name }) => name),
    [0, 1, 2, 3, 4].map((number) => `document-${number}.md`).concat('beyond.md'),
  )
})

for (const { name, promises, withoutTest, text, rows } of pages) {
  test(`${name} has each promise once, with what keeps it, and says which no test shows`, () => {
    assert.ok(promises > 0)
    assert.deepEqual(
      rows.flatMap((row) => row.promises).toSorted((a, b) => a - b),
      Array.from({ length: promises }, (_, i) => i + 1),
    )
    for (const row of rows) assert.ok(row.keptBy.length > 0, row.promises.join())
    const without = rows.filter((row) => row.tests.length === 0)
    assert.equal(without.flatMap((row) => row.promises).length, withoutTest)
  })

  test(`each test that ${name} names is there`, () => {
    for (const row of rows) {
      for (const { file, title } of row.tests) {
        const said = `${row.promises.join()}: no test “${title}” in “${file}”: ${row.shownBy}`
        assert.ok(title.length > 0 && existsSync(join(ROOT, file)), said)
        assert.ok(isTest(readFileSync(join(ROOT, file), 'utf8'), title), said)
      }
    }
  })

  test(`each place in the source that ${name} names is there`, () => {
    for (const [, place = ''] of text.matchAll(/`((?:src|sim|test|web|deploy)\/[^`]+)`/g)) {
      assert.ok(existsSync(join(ROOT, place)), place)
    }
  })
}

/** Whether a test is called so; a title that ends where a template goes on counts. */
function isTest(source: string, title: string): boolean {
  for (let at = source.indexOf(title); at >= 0; at = source.indexOf(title, at + 1)) {
    if (!/test\(\s*['`]$/.test(source.slice(0, at))) continue
    if (/^(['`]|,? ?\$\{)/.test(source.slice(at + title.length))) return true
  }
  return false
}
