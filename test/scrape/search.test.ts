/** Pages are found by their words at any member, whoever dies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import type { SearchResults } from '../../src/wire/api-search.ts'
import { SITE, SimulatedRing, type SimulatedMember } from './simulated-ring.test-helper.ts'

const PAGES = 24
const INDEXED_WITHIN_MS = 60_000
const HTML = [['content-type', 'text/html; charset=utf-8']] as const

function pageOf(number: number, more = ''): Uint8Array {
  return utf8(
    `<html lang="es"><title>Marea ${number}</title><nav>menú</nav>` +
      `<p>La información número${number} de las mareas${more}</p>`,
  )
}

async function ringWithPages(seed: number): Promise<SimulatedRing> {
  const ring = await SimulatedRing.start(seed, 5)
  for (let i = 0; i < PAGES; i++) {
    ring.world.sites.page(`${SITE}/p/${i}`, { body: pageOf(i), headers: HTML })
  }
  const asker = present(ring.members[1], 'a member')
  for (let i = 0; i < PAGES; i++) await ring.scrape(asker, `/p/${i}`)
  return ring
}

function found(ring: SimulatedRing, at: SimulatedMember, query: string): Promise<SearchResults> {
  const { search } = present(at.running, 'a running member')
  const asked = search.search(query, { limit: 50 }, new AbortController().signal)
  return ring.world.settle(asked, `results of ${query}`, 30_000)
}

/** Until the search finds so many, at that member. */
async function foundAtLast(
  ring: SimulatedRing,
  at: SimulatedMember,
  { query, count }: { readonly query: string; readonly count: number },
): Promise<SearchResults> {
  const untilMs = ring.world.nowMs + INDEXED_WITHIN_MS
  for (;;) {
    const results = await found(ring, at, query)
    if (results.items.length === count || ring.world.nowMs > untilMs) return results
    await ring.world.pass(1_000)
  }
}

test('pages are found at every member after they were kept, and with two of five dead', async () => {
  const ring = await ringWithPages(3)
  for (const member of ring.members) {
    const all = await foundAtLast(ring, member, { query: 'INFORMACION marea*', count: PAGES })
    assert.equal(all.items.length, PAGES)
    const [one, ...others] = (await found(ring, member, 'numero7')).items
    assert.equal(one?.url, `${SITE}/p/7`)
    assert.equal(one?.title, 'Marea 7')
    const { marks, text } = present(one, 'a result').snippet
    assert.deepEqual(
      marks.map(([from, to]) => text.slice(from, to)),
      ['número7'],
    )
    assert.deepEqual(others, [])
  }
  for (const member of ring.members.slice(3)) member.machine.kill()
  const asker = present(ring.members[0], 'a member')
  const left = await foundAtLast(ring, asker, { query: 'site:site.example marea', count: PAGES })
  assert.equal(left.items.length, PAGES)
})

test('a page is found by what it says by now, and one that was taken away by nothing', async () => {
  const ring = await ringWithPages(4)
  const [asker, other] = ring.members.slice(1, 3).map((member) => present(member, 'a member'))
  if (asker === undefined || other === undefined) throw new Error('no members')
  await foundAtLast(ring, asker, { query: 'mareas', count: PAGES })
  ring.world.sites.page(`${SITE}/p/5`, { body: utf8('<p>Bajamar'), headers: HTML })
  await ring.scrape(other, '/p/5', 0)
  // At once, whether the index knows or not.
  assert.deepEqual((await found(ring, asker, 'numero5')).items, [])
  const now = await foundAtLast(ring, asker, { query: 'bajamar', count: 1 })
  assert.deepEqual(
    now.items.map(({ url }) => url),
    [`${SITE}/p/5`],
  )
  // Neither its older copy is counted, nor the page twice.
  assert.equal((await found(ring, asker, 'numero5')).found, 0)
  assert.equal((await found(ring, asker, 'site:site.example')).found, PAGES)
  const id = present(now.items[0], 'the page').id
  const { archive } = present(other.running, 'a running member')
  await ring.world.settle(archive.remove(id), 'the page goes', 30_000)
  assert.deepEqual((await found(ring, asker, 'bajamar')).items, [])
  const rest = await foundAtLast(ring, asker, { query: 'mareas', count: PAGES - 1 })
  assert.equal(rest.items.length, PAGES - 1)
  assert.equal(rest.found, PAGES - 1)
  assert.equal((await found(ring, asker, 'bajamar')).found, 0)
})

test('members that are killed while they index lose nothing', async () => {
  const ring = await ringWithPages(5)
  const asker = present(ring.members[0], 'a member')
  for (const member of ring.members.slice(1)) {
    await ring.world.pass(700)
    member.machine.kill()
    await ring.world.pass(2_000)
    await ring.world.settle(member.machine.restart(), 'it starts again', 120_000)
    await ring.joined()
  }
  await ring.complete()
  const all = await foundAtLast(ring, asker, { query: 'informacion', count: PAGES })
  assert.equal(new Set(all.items.map(({ url }) => url)).size, PAGES)
})
