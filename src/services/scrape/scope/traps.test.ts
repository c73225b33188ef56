import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { CALENDAR_PAGES_MAX, QUERY_VARIANTS_MAX, trapKeysOf, trapOf, type Trap } from './traps.ts'

const NOW_MS = Date.UTC(2026, 10, 21)

const CASES: readonly (readonly [path: string, trap: Trap | undefined])[] = [
  ['/', undefined],
  ['/a/b/c/d/e/f', undefined],
  ['/a/a/a', undefined],
  ['/a/a/a/a', 'repeats'],
  ['/x/a/a/a/a/y', 'repeats'],
  ['/a/b/a/b', undefined],
  ['/a/b/a/b/a/b', 'repeats'],
  ['/x/a/b/c/a/b/c/a/b/c', 'repeats'],
  ['/a/1/a/2/a/3/a/4/a/5', undefined],
  ['/a/1/a/2/a/3/a/4/a/5/a', 'repeats'],
  ['/2011/11/11/11', undefined],
  [`/${Array.from({ length: 40 }, (_, at) => `s${at}`).join('/')}`, undefined],
  [`/${Array.from({ length: 41 }, (_, at) => `s${at}`).join('/')}`, 'tooDeep'],
  [`/?${Array.from({ length: 31 }, (_, at) => `p${at}=1`).join('&')}`, 'tooDeep'],
  ['/2026/11/21/news', undefined],
  ['/2027/12', undefined],
  ['/2028/01', 'calendar'],
  ['/cal/2031-05-01/', 'calendar'],
  ['/cal?date=2031.5', 'calendar'],
  ['/cal?date=20310501', 'calendar'],
  ['/cal?year=2031&month=5', 'calendar'],
  ['/cal?month=5&year=2027', undefined],
  ['/cal?year=2027&month=12', undefined],
  ['/cal?m=1&y=2028', 'calendar'],
  ['/cal?view=month&cal_year=9999', 'calendar'],
  ['/1066/10/14/hastings', undefined],
  ['/item/9999', undefined],
  ['/item/9999-99', undefined],
  ['/part-2031-500', undefined],
  ['/v12031-05', undefined],
  ['/image-4000x3000.jpg', undefined],
]

test('trapOf() sees paths that repeat, run deep, or lie far ahead', () => {
  for (const [path, trap] of CASES) {
    assert.equal(trapOf(canonicalUrl(`http://a.org${path}`), NOW_MS), trap, path)
  }
})

test('trapKeysOf() counts queries by their path', () => {
  const keys = (path: string) => trapKeysOf(canonicalUrl(`http://a.org${path}`))
  assert.deepEqual(keys('/x'), [])
  assert.deepEqual(keys('/x?a=1'), [
    { trap: 'query', key: 'query /x', countMax: QUERY_VARIANTS_MAX },
  ])
  assert.deepEqual(keys('/x?b=2'), keys('/x?a=1'))
  assert.notDeepEqual(keys('/y?a=1'), keys('/x?a=1'))
  assert.equal(trapKeysOf(canonicalUrl('http://a.org/x?a'), 5)[0]?.countMax, 5)
})

test('trapKeysOf() counts days of one calendar together, and articles apart', () => {
  const keys = (path: string) => trapKeysOf(canonicalUrl(`http://a.org${path}`))
  const key = { trap: 'calendar', key: 'calendar /cal/0/0/0', countMax: CALENDAR_PAGES_MAX }
  assert.deepEqual(keys('/cal/2026/11/21'), [key])
  assert.deepEqual(keys('/cal/1999/1/2'), [key])
  assert.notDeepEqual(keys('/cal/2026/11/21/one'), keys('/cal/2026/11/21/two'))
})

test('an endless calendar and an endless filter end by their counts', () => {
  for (const page of [
    (at: number) => `/day/${new Date(NOW_MS - at * 86_400_000).toISOString().slice(0, 10)}`,
    (at: number) => `/shop?colour=${at % 50}&size=${Math.floor(at / 50)}`,
  ]) {
    const counts = new Map<string, number>()
    let taken = 0
    for (let at = 0; at < 10_000; at += 1) {
      const keys = trapKeysOf(canonicalUrl(`http://a.org${page(at)}`))
      if (keys.some(({ key, countMax }) => (counts.get(key) ?? 0) >= countMax)) continue
      taken += 1
      for (const { key } of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    assert.ok(taken === CALENDAR_PAGES_MAX || taken === QUERY_VARIANTS_MAX)
  }
})

test('trapOf() finds every run of a sequence, wherever it stands', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1, maxLength: 4 }),
      fc.array(name, { maxLength: 3 }),
      (part, head) => {
        const path = [...head, ...part, ...part, ...part, ...part, ...part].join('/')
        assert.equal(trapOf(canonicalUrl(`http://a.org/${path}`), NOW_MS), 'repeats')
      },
    ),
  )
})
