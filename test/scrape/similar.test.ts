/** Pages that are nearly the same are found from each other, and folded in a search. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { SeededChance } from '../../src/base/random.ts'
import type { SearchResults } from '../../src/wire/api-search.ts'
import type { SimilarPages } from '../../src/wire/api-similar.ts'
import { SITE, SimulatedRing, type SimulatedMember } from './simulated-ring.test-helper.ts'

const HTML = [['content-type', 'text/html; charset=utf-8']] as const
const INDEXED_WITHIN_MS = 60_000
const NEVER = new AbortController().signal

function textOf(seed: number): string {
  const chance = new SeededChance(seed)
  return Array.from({ length: 400 }, () => `word${String(chance.below(5_000))}`).join(' ')
}

function pageOf(title: string, text: string) {
  return { body: utf8(`<title>${title}</title><p>harbour ${text}</p>`), headers: HTML }
}

function similarTo(ring: SimulatedRing, at: SimulatedMember, path: string): Promise<SimilarPages> {
  const { scraper, similar } = present(at.running, 'a running member')
  const asked = similar.similar(scraper.idOf(SITE + path), 10, NEVER)
  return ring.world.settle(asked, `pages like ${path}`, 30_000).then((found) => {
    return present(found, 'a page that is held')
  })
}

function search(
  ring: SimulatedRing,
  at: SimulatedMember,
  isUnfolded: boolean,
): Promise<SearchResults> {
  const searching = present(at.running, 'it runs').search
  const asked = searching.search('harbour', { limit: 10, isUnfolded }, NEVER)
  return ring.world.settle(asked, 'results', 30_000)
}

test('near-duplicates are found at each member, folded in a search, and forgotten once they changed', async () => {
  const ring = await SimulatedRing.start(1, 3)
  const { sites } = ring.world
  const text = textOf(1)
  sites.page(`${SITE}/a`, pageOf('a', text))
  sites.page(`${SITE}/a/print`, pageOf('a, to print', `${text} printed`))
  sites.page(`${SITE}/a/mobile`, pageOf('a, mobile', text))
  sites.page(`${SITE}/b`, pageOf('b', textOf(2)))
  sites.page(`${SITE}/short`, pageOf('short', 'is near'))
  const asker = present(ring.members[0], 'a member')
  for (const path of ['/a', '/a/print', '/a/mobile', '/b', '/short']) await ring.scrape(asker, path)
  const untilMs = ring.world.nowMs + INDEXED_WITHIN_MS
  while ((await search(ring, asker, true)).items.length < 5 && ring.world.nowMs < untilMs) {
    await ring.world.pass(1_000)
  }
  const urls = (pages: SimilarPages): string[] => pages.items.map(({ url }) => url).toSorted()
  for (const member of ring.members) {
    const near = await similarTo(ring, member, '/a')
    assert.deepEqual(urls(near), [`${SITE}/a/mobile`, `${SITE}/a/print`])
    assert.equal(near.items[0]?.distance, 0, 'the nearest is the first')
    assert.deepEqual(await similarTo(ring, member, '/b'), {
      items: [],
      isCompared: true,
      isPartial: false,
    })
    assert.equal((await similarTo(ring, member, '/short')).isCompared, false)
    const folded = await search(ring, member, false)
    assert.deepEqual([folded.items.length, folded.found], [3, 5])
    const counts = folded.items.map(({ folded: count }) => count)
    assert.deepEqual(
      counts.filter((count) => count !== undefined),
      [2],
    )
    assert.equal((await search(ring, member, true)).items.length, 5)
  }
  sites.page(`${SITE}/a/mobile`, pageOf('a, mobile', textOf(3)))
  await ring.scrape(asker, '/a/mobile', 0)
  assert.deepEqual(urls(await similarTo(ring, asker, '/a')), [`${SITE}/a/print`])
  const { similar } = present(asker.running, 'it runs')
  const unknown = similar.similar('0'.repeat(64), 10, NEVER)
  assert.equal(await ring.world.settle(unknown, 'no page', 30_000), undefined)
})
