/** The page that maps document 3 to tests names tests that are there, for each of its promises. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const PAGE = readFileSync(join(ROOT, 'docs/document-3.md'), 'utf8')
const PROMISES = 100

interface Row {
  readonly promises: readonly number[]
  readonly tests: readonly { readonly file: string; readonly title: string }[]
}

/** `8`, `5, 6`, `26, 40–42` */
function numbersIn(text: string): readonly number[] {
  return text.split(', ').flatMap((part) => {
    const [first = NaN, last = first] = part.split('–').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

const rows: readonly Row[] = PAGE.split('\n').flatMap((line) => {
  const [, numbers = '', , , tests = ''] = line.split(' | ').join('|').split('|')
  if (!/^ ?\d/.test(numbers)) return []
  const shown = tests.split('<br>').map((one) => /`(.+?)`: (.+?) ?$/.exec(one))
  return [
    {
      promises: numbersIn(numbers.trim()),
      tests: shown.map((found) => ({ file: found?.[1] ?? '', title: found?.[2] ?? '' })),
    },
  ]
})

test('each promise of document 3 is there once', () => {
  const told = rows.flatMap(({ promises }) => promises).toSorted((a, b) => a - b)
  assert.deepEqual(
    told,
    Array.from({ length: PROMISES }, (_, i) => i + 1),
  )
})

test('each test that the page names is there', () => {
  for (const { promises, tests } of rows) {
    for (const { file, title } of tests) {
      const said = `${promises.join()}: ${file} has no test “${title}”`
      const source = readFileSync(join(ROOT, file), 'utf8')
      assert.ok(title.length > 0 && isTest(source, title), said)
    }
  }
})

function isTest(source: string, title: string): boolean {
  const at = source.indexOf(title)
  return at > 0 && /test\(\s*['`]$/.test(source.slice(0, at))
}

test('each place in the source that the page names is there', () => {
  for (const [, place = ''] of PAGE.matchAll(/`((?:src|sim|test|web)\/[^`]+)`/g)) {
    assert.ok(existsSync(join(ROOT, place)), place)
  }
})
