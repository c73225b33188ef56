/**
 * Three rings of real processes: the second has half of what the first shares when that is killed,
 * and the third has from it what it has.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { MIB } from '../../src/base/limits.ts'
import { kademliaPortAt, portsAt } from '../../src/node/ports.ts'
import type { Download, ShareLookup } from '../../src/wire/api-shares.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { content } from './content.ts'
import { RealRing } from './ring.ts'

const BYTES = 24 * MIB + 12_345
/** So slow that there is a half way. */
const SLOW = { ANILLO_SHARE_KIB: '3072' }
const NAME = 'half.bin'
/** Who has so much says so to the open network. */
const HALF_PIECES = 12

/** The first that is as wished. */
async function watched(
  ring: RealRing,
  id: string,
  wished: (download: Download) => boolean,
): Promise<Download> {
  const { shares } = ring.client(0)
  let last: Download | undefined
  for await (const told of shares.watch(id, AbortSignal.timeout(PATIENCE_MS))) {
    last = told
    if (wished(told)) return told
  }
  throw new Error(`never as wished, but ${JSON.stringify(last)}`)
}

/** Once the ring finds by name that this door has it. */
async function untilFound(ring: RealRing, door: string): Promise<ShareLookup> {
  const { shares } = ring.client(0)
  const untilMs = performance.now() + PATIENCE_MS
  for (;;) {
    const looked = await shares.lookup(NAME)
    const providers = looked.contents.flatMap((one) => one.providers)
    if (providers.some(({ url }) => url.startsWith(door))) return looked
    if (performance.now() > untilMs) throw new Error(`never found: ${JSON.stringify(looked)}`)
  }
}

function shareDoor(ring: RealRing): string {
  return `http://localhost:${String(portsAt(ring.http).share)}`
}

test('who has half of a download serves it, though where it came from is dead', async () => {
  await using one = await RealRing.start({ members: 1, env: SLOW })
  const env = { ANILLO_SHARE_BOOTSTRAP: `127.0.0.1:${String(kademliaPortAt(one.http))}` }
  await using two = await RealRing.start({ members: 1, env })
  const further = { ANILLO_SHARE_BOOTSTRAP: `127.0.0.1:${String(kademliaPortAt(two.http))}` }
  await using three = await RealRing.start({ members: 1, env: further })
  const bytes = content(BYTES)
  const { files, shares } = one.client(0)
  await files.uploads.put(`/shared/${NAME}`, {
    bytes: bytes.length,
    sha256: async () => sha256Hex(bytes),
    async *open(from) {
      yield bytes.subarray(from)
    },
  })
  const { magnet, root } = await shares.share({ path: `/shared/${NAME}` })

  const begun = await two.client(0).shares.download({ magnet })
  await watched(two, begun.id, ({ keptPieces }) => keptPieces >= HALF_PIECES)
  await one.keepDown('n1')
  // What was on its way then is there, or never comes.
  const half = await watched(two, begun.id, ({ sources, underWay }) => {
    return underWay?.length === 0 && sources.every(({ state }) => state !== 'active')
  })
  assert.ok(half.keptPieces < half.pieces, 'the first was killed half way')

  const door = shareDoor(two)
  await untilFound(three, door)
  const wanted = await three.client(0).shares.download({ name: NAME, root })
  const got = await watched(three, wanted.id, ({ keptPieces, sources }) => {
    return keptPieces === half.keptPieces && sources.some(({ pieces }) => pieces === keptPieces)
  })
  assert.equal(got.have, present(half.have, 'pieces'), 'these pieces, and no others')
  const [source] = got.sources.filter(({ pieces }) => pieces > 0)
  const { url } = present(source, 'a source')
  assert.ok(url.startsWith(door), url)

  // And it serves on what it has, right.
  const pieces = Buffer.from(present(got.have, 'pieces'), 'base64')
  const index = piecesIn(pieces).at(-1) ?? 0
  const range = `bytes=${String(index * MIB)}-${String((index + 1) * MIB - 1)}`
  const served = await fetch(`${shareDoor(three)}/share/${root}`, { headers: { range } })
  assert.equal(served.status, 206)
  const piece = Buffer.from(await served.arrayBuffer())
  assert.deepEqual(piece, bytes.subarray(index * MIB, (index + 1) * MIB))
})

/** Their numbers, the last and shorter one left out. */
function piecesIn(bits: Uint8Array): readonly number[] {
  const whole = Array.from({ length: Math.floor(BYTES / MIB) }, (_, index) => index)
  return whole.filter((index) => (((bits[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1)
}
