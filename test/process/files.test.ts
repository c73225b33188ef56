/** Files into a real ring and out of it, through members that are killed in the middle. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { sha256Hex } from '../../src/base/hash.ts'
import { MIB, SECOND_MS } from '../../src/base/limits.ts'
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

interface Change {
  readonly key: string
  readonly path: string
  readonly body: object
}

interface Answer {
  readonly status: number
  readonly text: string
}

const AGAIN_MS = 60 * SECOND_MS
const AGAIN_PAUSE_MS = 200

/** As a client repeats it: where the door refuses for now, once more. */
async function ask(ring: RealRing, door: number, { body, key, path }: Change): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  for (const endMs = performance.now() + AGAIN_MS; ; await pause(AGAIN_PAUSE_MS)) {
    const answer = await ring.fetch(ring.door(door) + path, init)
    const text = await answer.text()
    if (answer.status < 500 || performance.now() > endMs) return { status: answer.status, text }
  }
}

test('changes sent again at other members are done once, though the first was killed among them', async (t) => {
  await using ring = await RealRing.start({ members: MEMBERS })
  const { files, links } = ring.client(1, 2)
  await files.makeFolder('/shared/from')
  await files.makeFolder('/shared/to')
  const numbers = Array.from({ length: EACH }, (_, at) => String(at).padStart(2, '0'))
  for (const number of numbers) await files.makeFolder(`/shared/from/${number}`)
  await files.makeFolder('/shared/whole/below', { parents: true })
  const order = (path: string, op: string, body: object = {}): Change => ({
    key: crypto.randomUUID(),
    path: `/v1/files${path}?op=${op}`,
    body,
  })
  const changes = numbers.flatMap((number) => [
    order(`/shared/made ${number}`.replace(' ', '%20'), 'mkdir'),
    order(`/shared/from/${number}`, 'move', { to: `/shared/to/${number}` }),
    order('/shared/whole', 'copy', { to: `/shared/copy ${number}` }),
    { key: crypto.randomUUID(), path: '/v1/links', body: { path: '/shared/whole' } },
  ])

  let answered = 0
  let killed: Promise<unknown> | undefined
  const first = changes.map(async (change) => {
    const answer = await ask(ring, 0, change)
    answered++
    if (answered === EACH) killed = ring.signal('n1', 'SIGKILL')
    return answer
  })
  const told = (await Promise.allSettled(first)).map((each) =>
    each.status === 'fulfilled' ? each.value : undefined,
  )
  await killed
  t.diagnostic(`${String(answered)} of ${String(changes.length)} were answered before`)
  assert.ok(answered < changes.length, 'some answers are lost')

  const again = await Promise.all(changes.map((change) => ask(ring, 1, change)))
  const third = await Promise.all(changes.map((change) => ask(ring, 2, change)))
  for (const [at, { path }] of changes.entries()) {
    assert.ok((again[at]?.status ?? 500) < 300, `${path}: ${again[at]?.text ?? ''}`)
    assert.deepEqual(third[at], again[at], path)
    if (told[at] !== undefined) assert.deepEqual(bare(again[at]), bare(told[at]), path)
  }

  const names = async (folder: string): Promise<string[]> => {
    const found: string[] = []
    for await (const { name } of files.list(folder)) found.push(name)
    return found
  }
  assert.deepEqual(await names('/shared/from'), [])
  assert.deepEqual(await names('/shared/to'), numbers)
  const expected = ['copy', 'made'].flatMap((kind) => numbers.map((number) => `${kind} ${number}`))
  assert.deepEqual(await names('/shared'), [...expected, 'from', 'to', 'whole'].toSorted())
  let made = 0
  for await (const { path } of links.list()) made += path === '/shared/whole' ? 1 : 0
  assert.equal(made, EACH)
})

const EACH = 8

/** A link is told by the name of the door that made it. */
function bare(answer: Answer | undefined): object {
  const { url: _, ...told } = JSON.parse(answer?.text ?? '{}') as Record<string, unknown>
  return { ...told, status: answer?.status }
}
