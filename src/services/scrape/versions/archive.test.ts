import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { present } from '../../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { platformRandom } from '../../../platform/random.ts'
import { MemoryChunks } from '../../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import type { ChunkLinks, TransactRequest } from '../../../store/types.ts'
import { packPage } from '../../../wire/pages.ts'
import { OLDER_VERSIONS_MAX } from '../limits.ts'
import { BodyWriter } from '../pages/page-body.ts'
import { failureRecord, followedBy, pageRecord } from '../pages/page-record.ts'
import { PageTable } from '../pages/page-table.ts'
import { RenderTable } from '../render/render-table.ts'
import { RENDER } from '../render/render.test-helper.ts'
import { Archive } from './archive.ts'

const ID = 'ab'.padEnd(64, '0')
const SUBJECT = { id: ID, url: 'http://site.example/' }
const BY = { name: 'm1', id: '1'.repeat(32), address: '10.0.0.1:9300', position: '0'.repeat(64) }
const NEVER = new AbortController().signal
const BYTES = new TextEncoder().encode('drawn')
const FIRST_MS = Date.parse('2026-01-01T00:00:00Z')

/** A store, and who refers to which chunk, as the chunks' partitions would know it. */
class Shelf {
  readonly store = new MemoryStore()
  readonly chunks = new MemoryChunks()
  readonly references = new Set<string>()
  readonly archive: Archive
  readonly table: PageTable
  readonly renders: RenderTable

  constructor() {
    const { call, get, list } = this.store
    const transact = async (request: TransactRequest) => {
      const outcome = await this.store.transact(request)
      if (outcome.kind === 'done') this.#refer(request)
      return outcome
    }
    const store = { call, get, list, transact, chunks: this.chunks }
    this.table = new PageTable({ store, random: platformRandom(), self: 'm1' })
    this.archive = new Archive(store)
    this.renders = new RenderTable(store, platformRandom())
  }

  /** What the site answers `atSeconds` after the first time. */
  async keep(text: string, atSeconds: number, changes: { readonly status?: number } = {}) {
    const lease = present(await this.table.acquire(ID), 'the lease')
    return this.keepUnder(lease, { text, atSeconds, ...changes })
  }

  async keepUnder(
    lease: { readonly id: string; readonly fence: number },
    { text, atSeconds, status = 200, padding = '' }: Answer,
  ): Promise<boolean> {
    const content = new TextEncoder().encode(text)
    const upload = this.table.upload(ID)
    const writer = new BodyWriter(this.chunks, upload, NEVER)
    await writer.write(content)
    const facts = {
      finalUrl: SUBJECT.url,
      redirects: [],
      status,
      statusText: 'OK',
      headers: [['X-Long', padding]] as [string, string][],
      remoteAddress: '192.0.2.1',
      contentType: 'text/plain',
      charset: null,
      title: null,
      hash: sha256Hex(content),
      bytes: content.length,
      wireBytes: content.length,
      durationMs: 1,
    }
    const before = await this.table.get(ID)
    const made = { by: BY, atMs: FIRST_MS + atSeconds * SECOND_MS }
    const record = followedBy(before?.record, pageRecord(SUBJECT, facts, made))
    return this.table.keep(
      lease,
      { record, body: await writer.finish() },
      { before, upload, isOrdered: true },
    )
  }

  async textAt(atSeconds: number): Promise<string | undefined> {
    const found = await this.archive.at(ID, instant(atSeconds))
    if (found === undefined) return undefined
    const pieces: Uint8Array[] = []
    for await (const piece of found.body) pieces.push(piece)
    return Buffer.concat(pieces).toString()
  }

  /** Hashes that somebody refers to. */
  get referred(): ReadonlySet<string> {
    return new Set(Array.from(this.references, (each) => each.slice(0, each.indexOf(' '))))
  }

  #refer({ chunks }: TransactRequest): void {
    const named = (links: ChunkLinks | undefined): readonly string[] =>
      links?.chunks.map(({ hash }) => `${hash} ${links.reference}`) ?? []
    for (const each of named(chunks?.unrefer)) this.references.delete(each)
    for (const each of named(chunks?.refer)) this.references.add(each)
  }
}

interface Answer {
  readonly text: string
  readonly atSeconds: number
  readonly status?: number
  readonly padding?: string
}

function instant(atSeconds: number): string {
  return new Date(FIRST_MS + atSeconds * SECOND_MS).toISOString()
}

/** Text that fits no record, however it is packed. */
function large(name: string): string {
  return Array.from({ length: 1_400 }, (_, i) => sha256Hex(`${name} ${i}`)).join('')
}

const LARGE = [large('x'), large('y')]

test('keep() makes what it replaces a version, and at() shows what was held then', async () => {
  const shelf = new Shelf()
  await shelf.keep(large('a'), 0)
  await shelf.keep(large('b'), 10)
  await shelf.keep('small', 20)
  for (const [seconds, text] of [
    [0, large('a')],
    [9.999, large('a')],
    [10, large('b')],
    [19, large('b')],
    [20, 'small'],
    [1_000, 'small'],
    // Nothing was held yet: the nearest.
    [-5, large('a')],
  ] as const) {
    assert.equal(await shelf.textAt(seconds), text)
  }
  const { items, cursor } = await shelf.archive.versions(ID)
  assert.deepEqual(
    items.map(({ at, isHeld }) => [at, isHeld]),
    [
      [instant(20), true],
      [instant(10), false],
      [instant(0), false],
    ],
  )
  assert.equal(cursor, undefined)
  assert.equal(shelf.referred.size, 2)
})

test('keep() of the same content makes no version: the copy moves on, and so do its headers', async () => {
  const shelf = new Shelf()
  await shelf.keep(large('a'), 0)
  const before = new Set(shelf.references)
  await shelf.keep(large('a'), 10)
  const { items } = await shelf.archive.versions(ID)
  assert.deepEqual(
    items.map(({ at, fetchedAt }) => [at, fetchedAt]),
    [[instant(0), instant(10)]],
  )
  assert.deepEqual(shelf.references, before)
  assert.equal((await shelf.table.get(ID))?.record.history.length, 2)
  // The same words as an error are another answer.
  await shelf.keep(large('a'), 20, { status: 404 })
  assert.equal((await shelf.archive.versions(ID)).items.length, 2)
  await shelf.archive.remove(ID)
  assert.equal(shelf.references.size, 0)
})

test('keep() by a member whose clock is behind makes a version that comes later', async () => {
  const shelf = new Shelf()
  await shelf.keep('one', 10)
  await shelf.keep('two', 5)
  assert.equal(await shelf.textAt(10), 'one')
  assert.equal(await shelf.textAt(11), 'two')
  const { items } = await shelf.archive.versions(ID)
  assert.deepEqual(
    items.map(({ at }) => at),
    [instant(10.001), instant(10)],
  )
})

const answers = fc.array(
  fc.record({
    text: fc.constantFrom('a', 'b', ...LARGE),
    status: fc.constantFrom(200, 404),
    // Clocks of members differ.
    laterSeconds: fc.integer({ min: -3, max: 3 }),
  }),
  { minLength: 1, maxLength: 12 },
)

test('at() and versions() show what was kept, and chunks are referred to by it alone, for any answers', async () => {
  await fc.assert(
    fc.asyncProperty(answers, async (all) => {
      const shelf = new Shelf()
      const wanted: { readonly text: string; readonly status: number; readonly sinceMs: number }[] =
        []
      let atSeconds = 0
      for (const { laterSeconds, status, text } of all) {
        atSeconds += laterSeconds
        await shelf.keep(text, atSeconds, { status })
        const last = wanted.at(-1)
        if (last !== undefined && last.text === text && last.status === status) continue
        const sinceMs = Math.max(atSeconds * SECOND_MS, (last?.sinceMs ?? -Infinity) + 1)
        wanted.push({ text, status, sinceMs })
      }
      const { items } = await shelf.archive.versions(ID)
      const instants = wanted.map(({ sinceMs }) => instant(sinceMs / SECOND_MS))
      assert.deepEqual(items.map(({ at }) => at).toReversed(), instants)
      for (const { sinceMs, text } of wanted) {
        assert.equal(await shelf.textAt(sinceMs / SECOND_MS), text)
      }
      assert.equal(await shelf.textAt(-100), wanted[0]?.text)
      const inChunks = wanted.filter(({ text }) => LARGE.includes(text))
      assert.equal(shelf.references.size, inChunks.length)
      assert.equal(await shelf.archive.remove(ID), wanted.length)
      assert.equal(shelf.references.size, 0)
    }),
  )
})

test('keep() lets the oldest version go where there would be too many', async () => {
  const shelf = new Shelf()
  const last = OLDER_VERSIONS_MAX + 2
  // Few are large, which takes time: two that go, and two that stay.
  const texts = Array.from({ length: last + 1 }, (_, i) => `${i}`)
  for (const i of [0, 1, 2, last]) texts[i] = large(`${i}`)
  const draw = async (): Promise<void> => {
    const { page } = present(await shelf.table.get(ID), 'the page').record
    const drawn = { render: RENDER, html: BYTES, screenshot: BYTES }
    assert.equal(await shelf.renders.keep(present(page, 'a copy'), drawn, NEVER), true)
  }
  for (const [i, text] of texts.entries()) {
    await shelf.keep(text, i)
    if (i === 0 || i === last) await draw()
  }
  const all: string[] = []
  let cursor: string | undefined
  do {
    const list = await shelf.archive.versions(ID, cursor)
    all.push(...list.items.map(({ at }) => at))
    cursor = list.cursor
  } while (cursor !== undefined)
  const wanted = Array.from({ length: OLDER_VERSIONS_MAX + 1 }, (_, i) => instant(last - i))
  assert.deepEqual(all, wanted)
  assert.equal(await shelf.textAt(0), texts[2])
  // Its picture, with what the last two large versions have.
  assert.equal(shelf.referred.size, 3)
  assert.equal(await shelf.renders.get(ID, instant(0)), undefined, 'it went with its version')
  assert.ok((await shelf.renders.get(ID, instant(last))) !== undefined)
  assert.ok((await shelf.archive.remove(ID)) > 0)
  assert.equal(shelf.references.size, 0)
})

test('remove() takes all of a page away, and what nobody refers to any more', async () => {
  const shelf = new Shelf()
  await shelf.keep(large('a'), 0)
  const lease = present(await shelf.table.acquire(ID), 'the lease')
  // Headers too large for a record, so that they are a chunk.
  await shelf.keepUnder(lease, { text: large('b'), atSeconds: 1, padding: large('h').repeat(4) })
  await shelf.keep('small', 2)
  assert.equal(shelf.referred.size, 3)
  const late = present(await shelf.table.acquire(ID), 'the lease')
  assert.equal(await shelf.archive.remove(ID), 3)
  assert.equal(shelf.references.size, 0)
  assert.equal(await shelf.table.get(ID), undefined)
  assert.deepEqual(await shelf.archive.versions(ID), { items: [] })
  assert.equal(await shelf.archive.at(ID, instant(0)), undefined)
  // Whoever had it under way begins anew.
  assert.equal(await shelf.keepUnder(late, { text: 'late', atSeconds: 3 }), false)
  assert.equal(await shelf.archive.remove(ID), 0)
})

test('remove() takes a version away whose facts are lost', async () => {
  const shelf = new Shelf()
  const lease = present(await shelf.table.acquire(ID), 'the lease')
  await shelf.keepUnder(lease, { text: 'a', atSeconds: 1, padding: large('h').repeat(4) })
  await shelf.keep('b', 2)
  shelf.chunks.held.clear()
  assert.equal(await shelf.archive.remove(ID), 2)
  assert.deepEqual(await shelf.archive.versions(ID), { items: [] })
})

test('a page from before there were versions becomes one, and its chunks are let go of', async () => {
  const shelf = new Shelf()
  await shelf.keep(large('a'), 0)
  const kept = present(await shelf.table.get(ID), 'the page')
  const { since: _, ...page } = present(kept.record.page, 'its copy')
  const row = { page: { record: { ...kept.record, page }, body: kept.body } }
  await shelf.store.transact({
    table: 'pages',
    pk: 'ab',
    conditions: [],
    writes: [{ kind: 'put', sk: `page/${ID}`, value: packPage(row) }],
  })
  shelf.references.clear()
  for (const { hash } of kept.chunks) shelf.references.add(`${hash} page/${ID}`)
  await shelf.keep(large('b'), 5)
  assert.equal(await shelf.textAt(1), large('a'))
  assert.equal(shelf.referred.size, 2)
  await shelf.archive.remove(ID)
  assert.equal(shelf.references.size, 0)
})

test('a failure replaces no content', async () => {
  const shelf = new Shelf()
  await shelf.keep('one', 0)
  const before = present(await shelf.table.get(ID), 'the page')
  const made = { by: BY, atMs: FIRST_MS + SECOND_MS }
  const error = new AnilloError('FETCH_REFUSED', {
    host: 'site.example',
  })
  const record = followedBy(before.record, failureRecord(SUBJECT, error, made))
  const lease = present(await shelf.table.acquire(ID), 'the lease')
  const keeping = { before, upload: shelf.table.upload(ID), isOrdered: true }
  assert.ok(await shelf.table.keep(lease, { record, body: before.body }, keeping))
  assert.equal((await shelf.archive.versions(ID)).items.length, 1)
  await shelf.keep('two', 2)
  assert.equal(await shelf.textAt(1), 'one')
})

test('at() refuses what is no instant, or stands in another order', async () => {
  const { archive } = new Shelf()
  for (const bad of ['', 'yesterday', '+012026-01-01T00:00:00Z', '-000001-01-01T00:00:00Z']) {
    await assert.rejects(archive.at(ID, bad), (thrown) => isAnilloError(thrown, 'BAD_REQUEST'))
    await assert.rejects(archive.versions(ID, bad), (thrown) =>
      isAnilloError(thrown, 'BAD_REQUEST'),
    )
  }
})
