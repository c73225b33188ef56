/**
 * Two rings of real processes: what one shares the other downloads, though a provider sends wrong
 * bytes and members of both are killed half way; then the other serves it, too.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { MIB } from '../../src/base/limits.ts'
import { kademliaPortAt } from '../../src/node/ports.ts'
import type { Download } from '../../src/wire/api-shares.ts'
import { partitionOf } from '../../src/wire/partition.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { content } from './content.ts'
import { RealRing } from './ring.ts'

const MEMBERS = 3
const BYTES = 24 * MIB + 12_345
/** So slow that there is a half way. */
const SLOW = { ANILLO_SHARE_KIB: '3072' }
const NAME = 'película ñ 年.bin'

/** It has parts of the right length, and none of the right bytes. */
async function liar(): Promise<Server> {
  const server = createServer((request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    if (from === undefined || to === undefined) {
      response.writeHead(404).end()
      return
    }
    const body = Buffer.alloc(Number(to) - Number(from) + 1, 0x55)
    const range = `bytes ${from}-${to}/${BYTES}`
    response.writeHead(206, { 'content-range': range, 'content-length': body.length }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function upload(ring: RealRing, bytes: Buffer): Promise<string> {
  const { files, shares } = ring.client(0, 1, 2)
  await files.uploads.put(`/shared/${NAME}`, {
    bytes: bytes.length,
    sha256: async () => sha256Hex(bytes),
    async *open(from) {
      yield bytes.subarray(from)
    },
  })
  const share = await shares.share({ path: `/shared/${NAME}` })
  assert.equal(share.name, NAME)
  assert.equal(share.urls.length, MEMBERS)
  return share.magnet
}

/** Doors that another ring finds by the name, once the record has come there. */
async function foundBy(ring: RealRing): Promise<number> {
  const { shares } = ring.client(0, 1, 2)
  const untilMs = performance.now() + PATIENCE_MS
  for (;;) {
    const { contents } = await shares.lookup(NAME)
    const [first] = contents
    if (first !== undefined) return contents.length === 1 ? first.providers.length : 0
    if (performance.now() > untilMs) return 0
  }
}

/** Who goes on with the download. */
async function leaderOf(ring: RealRing, download: string): Promise<string> {
  const { members, partitions } = await ring.ring()
  const partition = partitionOf('shares.downloads', download)
  const { leader } = present(partitions[partition], 'partition')
  const member = members.find(({ id, name }) => id === leader || name === leader)
  return present(member, 'leader').name
}

async function tellsWhomItAsked(ring: RealRing): Promise<void> {
  const { shares } = ring.client(0)
  const traced = await shares.traceLookup(NAME)
  assert.ok(traced.hops.some(({ has, state }) => has === 'records' && state === 'answered'))
  assert.deepEqual(await shares.findLookup(traced.number), traced)
  await assert.rejects(shares.findLookup(999_999), { code: 'NOT_FOUND' })
  await assert.rejects(shares.traceLookup('a/b'), { code: 'SHARE_NAME_UNFIT' })
}

test('a ring has from another what it shares, whoever lies or is killed, and serves it on', async () => {
  await using one = await RealRing.start({ members: MEMBERS, env: SLOW })
  const node = `127.0.0.1:${kademliaPortAt(one.http)}`
  const env = { ANILLO_SHARE_BOOTSTRAP: node }
  await using two = await RealRing.start({ members: MEMBERS, env })
  const bytes = content(BYTES)
  const magnet = await upload(one, bytes)
  const lying = await liar()
  const { port } = lying.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/x`

  const { shares } = two.client(0, 1, 2)
  assert.equal(await foundBy(two), MEMBERS, 'the open network tells who has it')
  await tellsWhomItAsked(two)
  const begun = await shares.download({ magnet: `${magnet}&ws=${encodeURIComponent(url)}` })
  let kept = 0
  let isHalfWay = false
  const dropped = new Set<string>()
  let last: Download | undefined
  for await (const told of shares.watch(begun.id, AbortSignal.timeout(PATIENCE_MS))) {
    last = told
    assert.ok(told.keptPieces >= kept, 'what is there stays there')
    kept = told.keptPieces
    for (const { state, url: at, why } of told.sources) {
      if (state === 'dropped' && why === 'corrupt') dropped.add(at)
    }
    if (isHalfWay || kept < 5 || dropped.size === 0) continue
    isHalfWay = true
    await one.keepDown('n1')
    await two.signal(await leaderOf(two, begun.id), 'SIGKILL')
  }
  lying.close()
  assert.ok(isHalfWay, 'members were killed half way')
  assert.deepEqual([...dropped], [url])
  const done = present(last, 'a download')
  assert.equal(done.state, 'done', JSON.stringify(done))

  // The uploader’s ring is not needed any more.
  one.bringBack()
  await one.stop()
  const share = await shares.find(present(done.share, 'share'))
  const served = await fetch(present(share.urls[0], 'address'))
  assert.equal(served.headers.get('etag'), `"${share.root}"`)
  assert.equal(sha256Hex(new Uint8Array(await served.arrayBuffer())), sha256Hex(bytes))
  const part = await fetch(present(share.urls[0], 'address'), { headers: { range: 'bytes=7-9' } })
  assert.equal(part.status, 206)
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(7, 10))
})
