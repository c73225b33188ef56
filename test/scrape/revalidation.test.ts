/** Pages that expire, over whole simulated members. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { SiteAnswer, SiteVisit } from '../../sim/world/sites.ts'
import { present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { SITE, SimulatedRing } from './simulated-ring.test-helper.ts'

const BODY = utf8(`<title>Tides</title>${'High water at four. '.repeat(5_000)}`)
const TAG = '"tides-1"'
const TAGGED = [
  ['Content-Type', 'text/html; charset=utf-8'],
  ['ETag', TAG],
  ['Cache-Control', 'max-age=60'],
] as const
const EXPIRED_MS = 61_000

function isConditional({ headers }: SiteVisit): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === 'if-none-match' && value === TAG)
}

/** Takes two seconds, and sends no body to whoever has it. */
function tagged(visit: SiteVisit): SiteAnswer {
  const answer = { headers: TAGGED, delayMs: 2_000 }
  return isConditional(visit) ? { ...answer, status: 304 } : { ...answer, body: BODY }
}

test('a page that expired is asked for once by 200 askers at five members, and moves no body', async () => {
  const ring = await SimulatedRing.start(1, 5)
  const { sites } = ring.world
  sites.page(`${SITE}/tides`, tagged)
  const askers = Array.from({ length: 200 }, (_, i) => present(ring.members[i % 5], 'a member'))
  const first = await ring.scrapeAll(askers, '/tides')
  assert.equal(sites.visitsOf(`${SITE}/tides`), 1)
  await ring.world.pass(EXPIRED_MS)
  const again = await ring.scrapeAll(askers, '/tides')
  assert.deepEqual(sites.visits.map(isConditional), [false, true])
  assert.equal(again.filter(({ how }) => how === 'revalidated').length, 1)
  assert.equal(again.filter(({ how }) => how === 'coalesced').length, 199)
  const id = present(first[0], 'an answer').id
  assert.equal(sha256Hex(await ring.bodyAt(present(ring.members[4], 'it'), id)), sha256Hex(BODY))
  assert.equal((await ring.scrape(present(ring.members[2], 'it'), '/tides')).how, 'hit')
})

test('an owner killed while it asks whether a page changed costs one more question and no body', async () => {
  const ring = await SimulatedRing.start(2, 5)
  const { sites, scheduler } = ring.world
  sites.page(`${SITE}/tides`, tagged)
  const { id } = await ring.scrape(present(ring.members[0], 'a member'), '/tides')
  await ring.world.pass(EXPIRED_MS)
  const owner = ring.ownerOf(id)
  const others = ring.members.filter((member) => member !== owner)
  const asked = ring.scrapeAll(others, '/tides')
  scheduler.after(1_000, 'kill the owner', () => owner.machine.kill())
  for (const answer of await asked) assert.equal(answer.page?.hash, sha256Hex(BODY))
  assert.deepEqual(sites.visits.map(isConditional), [false, true, true])
})
