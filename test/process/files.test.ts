/** Files into a real ring and out of it, through members that are killed in the middle. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { sha256Hex } from '../../src/base/hash.ts'
import { MIB } from '../../src/base/limits.ts'
import type { UploadSource } from '../../src/client/uploads.ts'
import { RealRing } from './ring.ts'

const MEMBERS = 3
const BYTES = 24 * MIB
const PIECE_BYTES = MIB / 4

/** No two chunks of it are alike. */
function content(bytes: number): Buffer {
  const whole = Buffer.alloc(bytes)
  let state = 1
  for (let at = 0; at < bytes; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    whole.writeUInt32LE(state, at)
  }
  return whole
}

/** Once some of it is durable. */
async function killOnceKept(ring: RealRing): Promise<void> {
  let offset = 0
  while (offset === 0) {
    await pause(20)
    const answer = await ring.fetch(`${ring.door(1)}/v1/uploads/shared/large`)
    if (answer.ok) offset = Number(answer.headers.get('upload-offset'))
    await answer.body?.cancel()
  }
  await ring.signal('n1', 'SIGKILL')
}

test('a file is sent through a member that is killed, and fetched through another, killed too', async () => {
  await using ring = await RealRing.start({ members: MEMBERS })
  // Logged in: a stream is not sent again by who asks as a guest first.
  await ring.storeKey()
  const bytes = content(BYTES)
  const client = ring.client(0, 1, 2)

  const begins: number[] = []
  let killed: Promise<unknown> | undefined
  const source: UploadSource = {
    bytes: bytes.length,
    sha256: async () => sha256Hex(bytes),
    async *open(from) {
      begins.push(from)
      for (let at = from; at < bytes.length; at += PIECE_BYTES) {
        if (at >= bytes.length / 2) await (killed ??= killOnceKept(ring))
        yield bytes.subarray(at, at + PIECE_BYTES)
      }
    },
  }
  const uploaded = await client.files.uploads.put('/shared/large', source)
  assert.equal(uploaded.sha256, sha256Hex(bytes))
  assert.equal(begins[0], 0)
  assert.ok((begins.at(-1) ?? 0) > 0, `it was begun at ${String(begins)}: never gone on with`)

  const other = ring.client(1, 0, 2)
  const { etag, sha256 } = await other.files.stat('/shared/large')
  assert.equal(sha256, sha256Hex(bytes))
  const pieces: Uint8Array[] = []
  let came = 0
  const ask = { path: '/shared/large', etag, from: 0, to: bytes.length }
  for await (const piece of other.files.downloads.read(ask)) {
    pieces.push(piece)
    if (came < MIB && came + piece.length >= MIB) await ring.signal('n2', 'SIGKILL')
    came += piece.length
  }
  assert.ok(bytes.equals(Buffer.concat(pieces)))
})

test('every member tells the same tree', async () => {
  await using ring = await RealRing.start({ members: MEMBERS })
  await ring.storeKey()
  const [first, second, third] = [0, 1, 2].map((door) => ring.client(door))
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  await first.files.makeFolder('/shared/a/b', { parents: true })
  const text = Buffer.from('The tide.')
  const source: UploadSource = {
    bytes: text.length,
    sha256: async () => sha256Hex(text),
    async *open() {
      yield text
    },
  }
  await second.files.uploads.put('/shared/a/b/notes', source, { ifAbsent: true })
  await assert.rejects(third.files.uploads.put('/shared/a/b/notes', source, { ifAbsent: true }), {
    code: 'CONDITION_FAILED',
  })
  await third.files.move('/shared/a', '/shared/z')
  const names: string[] = []
  for await (const { path } of first.files.list('/shared/z/b')) names.push(path)
  assert.deepEqual(names, ['/shared/z/b/notes'])
  await first.files.copy('/shared/z/b/notes', '/shared/copy')
  assert.equal((await second.files.stat('/shared/copy')).sha256, sha256Hex(text))
  await second.files.remove('/shared/z')
  assert.equal(await third.files.find('/shared/z'), undefined)
  const [trashed] = await third.files.trash()
  assert.equal(trashed?.from, '/shared/z')
  assert.equal((await first.files.restore(trashed.id)).path, '/shared/z')
})
