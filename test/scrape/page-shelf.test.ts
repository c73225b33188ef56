/** The shelf on virtual disks that lose power, fill up and rot. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../sim/world/world.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { AnilloError, isAnilloError } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { SeededChance } from '../../src/base/random.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { canonicalUrl, pageIdOf } from '../../src/services/scrape/canonical-url.ts'
import { changedAtMs, failureRecord, pageRecord } from '../../src/services/scrape/page-record.ts'
import { openPageShelf, type PageShelf } from '../../src/services/scrape/page-shelf.ts'
import type { PageRecord } from '../../src/wire/pages.ts'

const WITHIN_MS = 60_000
const SEEDS = Array.from({ length: 80 }, (_, index) => index + 1)
const BY = { name: 'm1', id: '1'.repeat(32), address: '10.0.0.1:9300', position: '0'.repeat(64) }

test('keep() promises: what it answered survives a power cut at any moment, and nothing else stays', async () => {
  let kept = 0
  let cut = 0
  for (const seed of SEEDS) {
    const world = new World({ seed })
    const machine = world.machine()
    const acknowledged = new Map<string, PageRecord>()
    const writing = writePages(machine.effects(), { seed, acknowledged })
    writing.catch(() => undefined)
    await world.pass(world.chance.below(120))
    const before = new Map(acknowledged)
    machine.losePower()
    machine.givePower()
    const effects = machine.effects()
    const shelf = await world.settle(openPageShelf(effects), 'open', WITHIN_MS)
    for (const record of before.values()) {
      const held = shelf.get(record.id)
      assert.ok(held?.page !== undefined, `seed ${String(seed)} lost ${record.url}`)
      assert.ok(changedAtMs(held) >= changedAtMs(record))
      assert.equal(
        sha256Hex(await world.settle(read(shelf, held), 'read', WITHIN_MS)),
        held.page.hash,
      )
    }
    const named = new Set([...shelf.entries()].map(({ id }) => shelf.get(id)?.page?.hash ?? ''))
    assert.deepEqual(
      await world.settle(bodiesOn(effects), 'list', WITHIN_MS),
      [...named].toSorted(),
    )
    assert.equal(shelf.counts().bytes, named.size * BODY_BYTES)
    kept += before.size
    if (before.size < PAGES) cut++
  }
  assert.ok(kept > SEEDS.length, 'pages were acknowledged')
  assert.ok(cut > SEEDS.length / 2, 'the power went in the middle of work')
})

test('openPageShelf() on its own disk holds what was held, and counts a shared body once', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const shelf = await world.settle(openPageShelf(machine.effects()), 'open', WITHIN_MS)
  for (const name of ['a', 'b', 'c']) {
    await world.settle(keep(shelf, recordOf({ name, body: 'same', atMs: 1 })), 'keep', WITHIN_MS)
  }
  assert.deepEqual(shelf.counts(), { pages: 3, bytes: BODY_BYTES })
  await world.settle(shelf.close(), 'close', WITHIN_MS)
  const again = await world.settle(openPageShelf(machine.effects()), 'open', WITHIN_MS)
  assert.deepEqual(again.counts(), { pages: 3, bytes: BODY_BYTES })
  for (const name of ['a', 'b', 'c']) {
    await world.settle(keep(again, recordOf({ name, body: 'other', atMs: 2 })), 'keep', WITHIN_MS)
  }
  assert.deepEqual(again.counts(), { pages: 3, bytes: BODY_BYTES })
  assert.equal(again.holdsBody(sha256Hex(bodyOf('same'))), false)
})

test('counts() leaves failures out, on its own disk too', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const shelf = await world.settle(openPageShelf(machine.effects()), 'open', WITHIN_MS)
  const page = recordOf({ name: 'a', body: 'held', atMs: 1 })
  await world.settle(keep(shelf, page), 'keep', WITHIN_MS)
  const { id, url } = recordOf({ name: 'b', body: 'never', atMs: 1 })
  const error = new AnilloError('FETCH_REFUSED', { host: 'b' })
  const failed = failureRecord({ id, url }, error, { atMs: 1, by: BY })
  await world.settle(shelf.keep(failed), 'keep', WITHIN_MS)
  assert.deepEqual(shelf.counts(), { pages: 1, bytes: BODY_BYTES })
  await world.settle(shelf.close(), 'close', WITHIN_MS)
  const again = await world.settle(openPageShelf(machine.effects()), 'open', WITHIN_MS)
  assert.deepEqual(again.counts(), { pages: 1, bytes: BODY_BYTES })
  assert.equal([...again.entries()].length, 2)
})

test('keep() lets the newest win, whichever comes first', async () => {
  const world = new World({ seed: 1 })
  const shelf = await world.settle(openPageShelf(world.machine().effects()), 'open', WITHIN_MS)
  const newer = recordOf({ name: 'a', body: 'new', atMs: 2_000 })
  await world.settle(keep(shelf, newer), 'keep', WITHIN_MS)
  const after = await world.settle(
    keep(shelf, recordOf({ name: 'a', body: 'old', atMs: 1_000 })),
    'keep',
    WITHIN_MS,
  )
  assert.equal(after.page?.hash, newer.page?.hash)
  assert.equal(after.history.length, 2)
  assert.equal(shelf.holdsBody(sha256Hex(bodyOf('old'))), false)
})

test('body() of a rotten file gives never all of it, tells, and drops it', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const effects = machine.effects()
  const shelf = await world.settle(openPageShelf(effects), 'open', WITHIN_MS)
  const record = recordOf({ name: 'a', body: 'x', atMs: 1, bytes: LARGE_BYTES })
  await world.settle(keep(shelf, record), 'keep', WITHIN_MS)
  const hash = record.page?.hash ?? ''
  await world.settle(flip(effects, `pages/bodies/${hash.slice(0, 2)}/${hash}`), 'flip', WITHIN_MS)
  const reading = read(shelf, record)
  const failed = assert.rejects(reading, (thrown) => isAnilloError(thrown, 'DATA_DAMAGED'))
  await world.settle(failed, 'read', WITHIN_MS)
  assert.equal(shelf.get(record.id), undefined)
  assert.deepEqual(shelf.counts(), { pages: 0, bytes: 0 })
  await world.settle(keep(shelf, record), 'keep again', WITHIN_MS)
  assert.equal((await world.settle(read(shelf, record), 'read', WITHIN_MS)).length, LARGE_BYTES)
})

test('openPageShelf() drops records that cannot be read and pages without their bodies', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const shelf = await world.settle(openPageShelf(machine.effects()), 'open', WITHIN_MS)
  const [kept, bodiless, garbled] = ['a', 'b', 'c'].map((name) =>
    recordOf({ name, body: name, atMs: 1 }),
  )
  assert.ok(kept !== undefined && bodiless !== undefined && garbled !== undefined)
  for (const record of [kept, bodiless, garbled]) {
    await world.settle(keep(shelf, record), 'keep', WITHIN_MS)
  }
  await world.settle(shelf.close(), 'close', WITHIN_MS)
  const effects = machine.effects()
  const hash = bodiless.page?.hash ?? ''
  await world.settle(
    effects.disk.remove(`pages/bodies/${hash.slice(0, 2)}/${hash}`),
    'rm',
    WITHIN_MS,
  )
  const database = await world.settle(effects.databases.open('pages/index'), 'open', WITHIN_MS)
  const write = { kind: 'put', key: utf8(garbled.id), value: utf8('{"id":1}') } as const
  await world.settle(database.write([write]), 'write', WITHIN_MS)
  await world.settle(database.close(), 'close', WITHIN_MS)
  const again = await world.settle(openPageShelf(machine.effects()), 'open', WITHIN_MS)
  assert.deepEqual(again.get(kept.id), kept)
  assert.deepEqual(again.counts(), { pages: 1, bytes: BODY_BYTES })
  assert.deepEqual(await world.settle(bodiesOn(machine.effects()), 'list', WITHIN_MS), [
    kept.page?.hash,
  ])
})

test('a full disk refuses the draft and leaves what is held', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const shelf = await world.settle(openPageShelf(machine.effects()), 'open', WITHIN_MS)
  const first = recordOf({ name: 'a', body: 'x', atMs: 1 })
  await world.settle(keep(shelf, first), 'keep', WITHIN_MS)
  machine.medium.faults.full = true
  const keeping = keep(shelf, recordOf({ name: 'a', body: 'y', atMs: 2 }))
  const failed = assert.rejects(keeping, (thrown) => isAnilloError(thrown, 'DISK_FULL'))
  await world.settle(failed, 'keep', WITHIN_MS)
  assert.equal((await world.settle(read(shelf, first), 'read', WITHIN_MS)).length, BODY_BYTES)
})

const PAGES = 12
const PIECE_BYTES = 7_000
const BODY_BYTES = 20_000
/** More than one piece of reading. */
const LARGE_BYTES = 300_000

function bodyOf(text: string, bytes = BODY_BYTES): Uint8Array {
  return Buffer.alloc(bytes, text)
}

interface PageIdea {
  readonly name: string
  readonly body: string
  readonly atMs: number
  readonly bytes?: number
}

const bodies = new Map<string, Uint8Array>()

function recordOf({ name, body, atMs, bytes = BODY_BYTES }: PageIdea): PageRecord {
  const url = canonicalUrl(`http://site.example/${name}`)
  const content = bodyOf(body, bytes)
  const hash = sha256Hex(content)
  bodies.set(hash, content)
  const answer = {
    finalUrl: url,
    redirects: [],
    status: 200,
    statusText: 'OK',
    headers: [],
    remoteAddress: '1.1.1.1',
  }
  const facts = {
    contentType: 'text/plain',
    charset: null,
    title: null,
    hash,
    bytes,
    wireBytes: bytes,
  }
  return pageRecord(
    { id: pageIdOf(url), url },
    { ...answer, ...facts, durationMs: 1 },
    { by: BY, atMs },
  )
}

async function keep(shelf: PageShelf, record: PageRecord): Promise<PageRecord> {
  const draft = await shelf.draft()
  const body = bodies.get(record.page?.hash ?? '') ?? new Uint8Array(0)
  for (let at = 0; at < body.length; at += PIECE_BYTES)
    await draft.write(body.subarray(at, at + PIECE_BYTES))
  return shelf.keep(record, draft)
}

/**
 * Three at a time write pages: some anew, some with the same body, some older than what is held.
 */
async function writePages(
  effects: Effects,
  run: { readonly seed: number; readonly acknowledged: Map<string, PageRecord> },
): Promise<void> {
  const chance = new SeededChance(run.seed)
  const shelf = await openPageShelf(effects)
  const ideas = Array.from({ length: PAGES }, () => ({
    name: String(chance.below(6)),
    body: String(chance.below(4)),
    atMs: chance.below(1_000),
  }))
  const writer = async (): Promise<void> => {
    for (let idea = ideas.pop(); idea !== undefined; idea = ideas.pop()) {
      const kept = await keep(shelf, recordOf(idea))
      run.acknowledged.set(kept.id, kept)
    }
  }
  await Promise.all([writer(), writer(), writer()])
}

async function read(shelf: PageShelf, record: PageRecord): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of shelf.body(record.page?.hash ?? '', 0)) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function bodiesOn({ disk }: Effects): Promise<string[]> {
  const names: string[] = []
  for (const directory of await disk.list('pages/bodies'))
    names.push(...(await disk.list(`pages/bodies/${directory}`)))
  assert.deepEqual(await disk.list('pages/incoming'), [])
  return names.toSorted()
}

async function flip({ disk }: Effects, path: string): Promise<void> {
  const file = await disk.open(path, 'write')
  await file.write(200_000, new Uint8Array([1]))
  await file.close()
}
