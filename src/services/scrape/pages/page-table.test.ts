import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { platformRandom } from '../../../platform/random.ts'
import { MemoryChunks } from '../../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import type { ChunkChanges, TransactRequest } from '../../../store/types.ts'
import {
  BODY_HERE_BYTES_MAX,
  BODY_PACKED_PLAIN_BYTES_MAX,
  type StoredPage,
} from '../../../wire/pages.ts'
import { BODY_CHUNK_BYTES, LEASE_MS } from '../limits.ts'
import { BodyWriter, bodyPieces } from './page-body.ts'
import { pageRecord } from './page-record.ts'
import { PageTable } from './page-table.ts'

const ID = 'ab'.padEnd(64, '0')
const SUBJECT = { id: ID, url: 'http://site.example/' }
const BY = { name: 'm1', id: '1'.repeat(32), address: '10.0.0.1:9300', position: '0'.repeat(64) }
const NEVER = new AbortController().signal

class Shelf {
  readonly store = new MemoryStore()
  readonly chunks = new MemoryChunks()
  /** Of each transaction that was carried out. */
  readonly changes: (ChunkChanges | undefined)[] = []

  table(self: string): PageTable {
    const { chunks, store } = this
    const transact = async (request: TransactRequest) => {
      const outcome = await store.transact(request)
      if (outcome.kind === 'done') this.changes.push(request.chunks)
      return outcome
    }
    const { call, get, list } = store
    return new PageTable({
      store: { call, get, list, transact, chunks },
      random: platformRandom(),
      self,
    })
  }
}

function pageOf(bodyBytes: number, headerBytes = 0): StoredPage {
  const facts = {
    finalUrl: SUBJECT.url,
    redirects: [],
    status: 200,
    statusText: 'OK',
    headers: [['X-Long', 'x'.repeat(headerBytes)] as [string, string]],
    remoteAddress: '192.0.2.1',
    contentType: 'text/plain',
    charset: null,
    title: null,
    hash: sha256Hex(new Uint8Array(bodyBytes)),
    bytes: bodyBytes,
    wireBytes: bodyBytes,
    durationMs: 1,
  }
  const record = pageRecord(SUBJECT, facts, { by: BY, atMs: 0 })
  return { record, body: { kind: 'here', bytes: new Uint8Array(bodyBytes) } }
}

async function keep(table: PageTable, page: StoredPage): Promise<boolean> {
  const lease = present(await table.acquire(ID), 'the lease')
  return table.keep(lease, page, {
    before: await table.get(ID),
    upload: table.upload(ID),
    isOrdered: true,
  })
}

test('keep() shows what it kept, whatever fits a record', async () => {
  const shelf = new Shelf()
  const table = shelf.table('m1')
  const little = pageOf(100)
  assert.ok(await keep(table, little))
  const { record, body, chunks } = present(await shelf.table('m2').get(ID), 'the page')
  assert.deepEqual(JSON.stringify({ record, body }), JSON.stringify(little))
  assert.deepEqual(chunks, [])
  const large = pageOf(100, 70_000)
  assert.ok(await keep(table, large))
  const facts = present(await table.get(ID), 'the page')
  assert.deepEqual(facts.record, large.record)
  assert.equal(facts.chunks.length, 1)
  const reference = `page/${ID}/1970-01-01T00:00:00.000Z`
  assert.deepEqual(shelf.changes.at(-1)?.refer, { reference, chunks: facts.chunks })
  assert.ok(await keep(table, little))
  assert.deepEqual(shelf.changes.at(-1), { unrefer: { reference, chunks: facts.chunks } })
})

test('keep() by who lost its lease changes nothing, and its successor keeps', async () => {
  const shelf = new Shelf()
  const [first, second] = [shelf.table('m1'), shelf.table('m2')]
  const lost = present(await first.acquire(ID), 'the lease')
  assert.equal(await second.acquire(ID), undefined)
  assert.ok(await second.isLeased(ID))
  shelf.store.nowMs += LEASE_MS
  assert.equal(await second.isLeased(ID), false)
  const lease = present(await second.acquire(ID), 'the lease')
  const keeping = { before: undefined, upload: first.upload(ID), isOrdered: true }
  assert.equal(await first.keep(lost, pageOf(1), keeping), false)
  assert.equal(await first.get(ID), undefined)
  assert.ok(await second.keep(lease, pageOf(2), keeping))
  assert.equal(await first.renew(lost), false)
  assert.equal((await first.get(ID))?.record.page?.bytes, 2)
})

test('keep() without a lease is for who is first, and for nobody while another has the lease', async () => {
  const shelf = new Shelf()
  const [first, second] = [shelf.table('m1'), shelf.table('m2')]
  const owned = { id: ID, fence: undefined }
  const keeping = { before: undefined, upload: first.upload(ID), isOrdered: false }
  assert.ok(await first.keep(owned, pageOf(1), keeping))
  assert.equal(await second.keep(owned, pageOf(2), keeping), false)
  const before = await second.get(ID)
  const lease = present(await second.acquire(ID), 'the lease')
  assert.equal(await first.keep(owned, pageOf(3), { ...keeping, before }), false)
  assert.ok(await second.keep(lease, pageOf(4), { ...keeping, before }))
  assert.equal((await first.get(ID))?.record.page?.bytes, 4)
})

test('acquire() by the same member after a restart goes on with its own lease', async () => {
  const shelf = new Shelf()
  const before = present(await shelf.table('m1').acquire(ID), 'the lease')
  const after = present(await shelf.table('m1').acquire(ID), 'the lease')
  assert.equal(after.fence, before.fence)
})

test('an order stands until the page is kept', async () => {
  const shelf = new Shelf()
  const table = shelf.table('m1')
  const order = { ...SUBJECT, maxAgeMs: 5, atMs: 7, tries: 1 }
  await table.order(order)
  assert.deepEqual(await table.orders('ab'), [order])
  assert.deepEqual(await table.orders('ac'), [])
  await keep(table, pageOf(1))
  assert.deepEqual(await table.orders('ab'), [])
})

test('BodyWriter keeps little for the record, and cuts the rest into chunks that read() gives back', async () => {
  const { chunks } = new Shelf()
  const upload = { id: '0'.repeat(32), partition: new Shelf().table('m1').upload(ID).partition }
  const text = (size: number): Uint8Array => new Uint8Array(size).map((_, at) => at % 251)
  const noise = (size: number): Uint8Array => new Uint8Array(randomBytes(size))
  const cases = [
    [text(0), 'here'],
    [text(1), 'here'],
    [text(20_000), 'packed'],
    [text(BODY_PACKED_PLAIN_BYTES_MAX), 'packed'],
    [text(BODY_PACKED_PLAIN_BYTES_MAX + 1), 'chunks'],
    [text(2 * BODY_CHUNK_BYTES + 5), 'chunks'],
    [noise(BODY_HERE_BYTES_MAX), 'here'],
    [noise(BODY_HERE_BYTES_MAX + 1), 'chunks'],
  ] as const
  for (const [content, kind] of cases) {
    const writer = new BodyWriter(chunks, upload, NEVER)
    for (let at = 0; at < content.length; at += 70_001)
      await writer.write(content.subarray(at, at + 70_001))
    const body = await writer.finish()
    assert.equal(body.kind, kind)
    const pieces: Uint8Array[] = []
    for await (const piece of bodyPieces(chunks, body, {})) pieces.push(piece)
    assert.ok(pieces.every(({ length }) => length <= 256 * 1024))
    assert.equal(sha256Hex(Buffer.concat(pieces)), sha256Hex(content))
  }
})

test('bodyPieces() tells of packed content that is damaged', async () => {
  const { chunks } = new Shelf()
  const body = { kind: 'packed', deflated: new Uint8Array([7, 7, 7]), plainBytes: 9 } as const
  await assert.rejects(bodyPieces(chunks, body, {}).next(), (thrown) =>
    isAnilloError(thrown, 'DATA_DAMAGED'),
  )
})

test('BodyWriter tells that a chunk could not be put', async () => {
  const { chunks } = new Shelf()
  const writer = new BodyWriter(chunks, new Shelf().table('m1').upload(ID), NEVER)
  chunks.held.set = () => {
    throw new Error('no room')
  }
  await assert.rejects(
    (async () => {
      await writer.write(new Uint8Array(3 * BODY_CHUNK_BYTES))
      await writer.finish()
    })(),
    (thrown) => !isAnilloError(thrown),
  )
  await writer.abandon()
})
