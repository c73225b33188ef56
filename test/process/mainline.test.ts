/**
 * Two rings of real processes that know nothing of each other, and a small Mainline DHT: a link
 * without any address finds the ring that made it, and what ended is taken back.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { MIB } from '../../src/base/limits.ts'
import { smallDht } from '../../src/gateways/mainline/small-dht.test-helper.ts'
import type { Download, Share } from '../../src/wire/api-shares.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { RealRing } from './ring.ts'

const NAME = 'film.bin'
const BYTES = new Uint8Array(2 * MIB + 7).fill(9)

async function upload(ring: RealRing): Promise<Share> {
  const { files, shares } = ring.client(0, 1)
  await files.uploads.put(`/shared/${NAME}`, {
    bytes: BYTES.length,
    sha256: async () => sha256Hex(BYTES),
    async *open(from) {
      yield BYTES.subarray(from)
    },
  })
  return shares.share({ path: `/shared/${NAME}` })
}

/** Until the ring says that so it is. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!(await isSo())) {
    assert.ok(performance.now() < endMs, 'it does not come about')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('a link without addresses finds by Mainline the ring that made it', async (t) => {
  const dht = await smallDht(t, 6)
  const [first] = dht.endpoints
  const env = {
    ANILLO_SHARE_MAINLINE: 'on',
    ANILLO_SHARE_MAINLINE_BOOTSTRAP: `127.0.0.1:${present(first, 'node').port}`,
  }
  await using one = await RealRing.start({ members: 2, env })
  await using two = await RealRing.start({ members: 1, env })
  const share = await upload(one)
  const magnet = share.magnet.replaceAll(/&ws=[^&]*/g, '')
  assert.match(magnet, /&xs=urn:btpk:[0-9a-f]{64}&s=[0-9a-f]{40}&/)
  const at = one.client(0, 1)
  await until(async () => (await at.shares.find(share.id)).mainline !== undefined)
  assert.ok(dht.puts() > 0)

  const { shares } = two.client(0)
  assert.deepEqual((await shares.lookup(NAME)).contents, [], 'no other way leads there')
  const begun = await shares.download({ magnet })
  let last: Download | undefined
  for await (const told of shares.watch(begun.id, AbortSignal.timeout(PATIENCE_MS))) last = told
  assert.deepEqual([last?.state, last?.verified], ['done', true], JSON.stringify(last))
  const served = await fetch(
    present((await shares.find(present(last?.share, 'share'))).urls[0], 'url'),
  )
  assert.equal(sha256Hex(new Uint8Array(await served.arrayBuffer())), sha256Hex(BYTES))

  const puts = dht.puts()
  await at.shares.end(share.id)
  await until(async () => dht.puts() > puts)
})
