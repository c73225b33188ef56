/** What a deleted account shared, over members on the machines of a virtual world. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256Hex } from '../../base/hash.ts'
import { ChunkRing } from '../../store/chunks/chunk-ring.test-helper.ts'
import { wordOfSharerGone } from '../../wire/outside-shares.ts'
import { CONTENT_PROCEDURES } from '../files/contents/procedures.ts'
import { TREE_PROCEDURES } from '../files/tree/procedures.ts'
import { OUTSIDE_PROCEDURES } from './procedures.ts'
import { addShare, forgetSharer, type AddInput } from './shares/share-procedures.ts'
import { MADE_PREFIX, SHARES_PARTITION, SHARES_RANGE } from './shares/share-rows.ts'

const SHARES = 80

function shareOf(by: string, number: number): AddInput {
  const body = new Uint8Array(10).fill(number)
  const root = sha256Hex(body)
  return {
    name: `${by} ${String(number)}`,
    by,
    root,
    sha256: root,
    bytes: body.length,
    body,
    layerHere: new Uint8Array(32),
  }
}

test('all that a deleted account shared ends, though the member dies that began with it', async () => {
  const procedures = [...CONTENT_PROCEDURES, ...TREE_PROCEDURES, ...OUTSIDE_PROCEDURES]
  const ring = await ChunkRing.founded({ members: 3, procedures })
  const leader = await ring.leader(SHARES_PARTITION)
  const { store } = leader.here
  for (let number = 0; number < SHARES; number++) {
    await ring.settle(store.call(SHARES_PARTITION, addShare, shareOf('ana', number)))
  }
  await ring.settle(store.call(SHARES_PARTITION, addShare, shareOf('ben', 0)))
  const { input } = wordOfSharerGone('ana')
  await ring.settle(store.call(SHARES_PARTITION, forgetSharer, input as { nick: string }))
  // The first step is carried out, the others are on their way.
  leader.kill()
  const next = await ring.leader(SHARES_PARTITION)
  assert.notEqual(next, leader)
  const range = { ...SHARES_RANGE, prefix: MADE_PREFIX, limit: 2 * SHARES }
  const left = (): number | undefined =>
    ring.leaderOf(SHARES_PARTITION)?.running?.host.replica(SHARES_PARTITION)?.list(range).items
      .length
  await ring.until(() => left() === 1, 'that of somebody else is left alone')
  const ended = { ...SHARES_RANGE, prefix: 'ended/', limit: 2 * SHARES }
  const { items } = await ring.settle(next.here.store.list(ended))
  assert.equal(items.length, SHARES, 'each is to be taken back')
})
