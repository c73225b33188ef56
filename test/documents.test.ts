/**
 * The pages that map the five documents to tests have each promise, once. That the tests are there
 * `tools/tidy/rules-maps.ts` holds.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const INDEX = readFileSync(join(ROOT, 'docs/documents.md'), 'utf8')
/** What a row says instead of tests, with why, where a promise has none. */
const NO_TEST = /^not shown by a test: .{10,}/

interface Row {
  readonly promises: readonly number[]
  readonly keptBy: string
  readonly isShown: boolean
}

interface Page {
  readonly name: string
  /** As the index says. */
  readonly promises: number
  readonly withoutTest: number
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
    return [{ promises: numbersIn(numbers), keptBy, isShown: !NO_TEST.test(cell) }]
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
    rows: rowsOf(text),
  }
})

test('the index leads to a page for each of the five documents, and for what is beyond them', () => {
  assert.deepEqual(
    pages.map(({ name }) => name),
    [0, 1, 2, 3, 4].map((number) => `document-${number}.md`).concat('beyond.md'),
  )
})

for (const { name, promises, withoutTest, rows } of pages) {
  test(`${name} has each promise once, with what keeps it, and says which no test shows`, () => {
    assert.ok(promises > 0)
    assert.deepEqual(
      rows.flatMap((row) => row.promises).toSorted((a, b) => a - b),
      Array.from({ length: promises }, (_, i) => i + 1),
    )
    for (const row of rows) assert.ok(row.keptBy.length > 0, row.promises.join())
    const without = rows.filter((row) => !row.isShown)
    assert.equal(without.flatMap((row) => row.promises).length, withoutTest)
  })
}
