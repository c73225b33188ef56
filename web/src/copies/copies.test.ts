import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256Hex } from '../../../src/base/hash.ts'
import { RingTrouble } from '../api/ring-client.ts'
import { COPY_BYTES_MAX } from '../model/copies.ts'
import type { Page } from '../model/told.ts'
import { Copies, isCopyTrouble, type GuestSecrets } from './copies.ts'
import { utf8 } from './sealing.ts'
import type { SealedCopy, Shelf, Shelves } from './shelf.ts'

const ANA = { kind: 'account', nick: 'ana' } as const
const WORD = 'pelagic'
const BODY = utf8(`<p>${WORD}</p>`)

function pageOf(path: string, body = BODY): Page {
  return {
    id: sha256Hex(path),
    url: `https://${WORD}.example/${path}`,
    finalUrl: `https://${WORD}.example/${path}`,
    redirects: [],
    status: 200,
    statusText: 'OK',
    headers: [],
    contentType: 'text/html',
    charset: 'utf-8',
    title: `The ${WORD} ${path}`,
    bytes: body.byteLength,
    wireBytes: body.byteLength,
    hash: sha256Hex(body),
    fetchedAt: '2026-11-22T10:00:00.000Z',
    durationMs: 1,
    remoteAddress: '192.0.2.1',
  }
}

/** A disk of the browser, in memory, and how full it is. */
class MemoryShelves implements Shelves {
  readonly disk = new Map<string, Map<string, SealedCopy>>()
  readonly #gone = new Map<string, Set<() => void>>()
  isFull = false

  async owners() {
    return [...this.disk.keys()]
  }

  async open(owner: string, onGone: () => void): Promise<Shelf> {
    const rows = this.disk.get(owner) ?? new Map<string, SealedCopy>()
    this.disk.set(owner, rows)
    this.#gone.set(owner, (this.#gone.get(owner) ?? new Set()).add(onGone))
    return {
      abouts: async () => [...rows].map(([id, { about }]) => ({ id, about })),
      body: async (id) => rows.get(id)?.body,
      put: async (id, copy) => {
        if (this.isFull) throw new DOMException('', 'QuotaExceededError')
        rows.set(id, copy)
      },
      remove: async (ids) => ids.forEach((id) => rows.delete(id)),
      close: () => this.#gone.get(owner)?.delete(onGone),
    }
  }

  async drop(owner: string) {
    this.disk.delete(owner)
    for (const tell of this.#gone.get(owner) ?? []) tell()
  }

  /** All that stands on it. */
  get bytes(): Buffer {
    return Buffer.concat(
      [...this.disk].flatMap(([owner, rows]) => [
        Buffer.from(owner),
        ...[...rows].flatMap(([id, { about, body }]) => [Buffer.from(id), about, body]),
      ]),
    )
  }
}

class MemoryTab implements GuestSecrets {
  secret: Uint8Array<ArrayBuffer> | undefined
  readonly locks: Set<string>
  #held: string | undefined

  constructor(locks = new Set<string>()) {
    this.locks = locks
  }
  find() {
    return this.secret
  }
  make() {
    this.secret = crypto.getRandomValues(new Uint8Array(32))
    return this.secret
  }
  forget() {
    this.close()
    this.secret = undefined
  }
  hold(owner: string) {
    this.#held = owner
    this.locks.add(owner)
  }
  async held() {
    return this.locks
  }
  /** The tab closes. */
  close() {
    if (this.#held !== undefined) this.locks.delete(this.#held)
  }
}

function browser(shelves = new MemoryShelves(), tab = new MemoryTab()) {
  const session = { secret: new Uint8Array(32).fill(7) }
  let asked = 0
  const copies = new Copies({
    shelves,
    sessionSecret: async () => {
      asked += 1
      return session.secret
    },
    guests: tab,
    now: () => '2026-11-22T11:00:00.000Z',
    tellWindows: () => undefined,
  })
  return { copies, shelves, session, tab, asked: () => asked }
}

const items = async (copies: Copies) => [...(await copies.open())]

test('keep() and body() give the page back in the same session, and the disk tells nothing of it', async () => {
  const { copies, shelves } = browser()
  await copies.follow(ANA)
  assert.equal(await copies.keep(pageOf('a'), BODY), 'kept')
  assert.equal(await copies.keep(pageOf('a'), BODY), 'same')
  assert.equal(await copies.keep(pageOf('b'), BODY), 'kept')
  const again = browser(shelves).copies
  await again.follow(ANA)
  const [copy] = await items(again)
  assert.ok(copy)
  assert.deepEqual(await again.body(copy), BODY)
  assert.equal(copy.url, pageOf('a').url)
  assert.equal(shelves.bytes.includes(WORD), false)
  assert.equal(shelves.bytes.includes('example'), false)
})

test('follow() asks the ring nothing where this browser keeps nothing', async () => {
  const { asked, copies } = browser()
  await copies.follow(ANA)
  await copies.follow({ kind: 'guest' })
  assert.equal(asked(), 0)
})

for (const next of [
  { kind: 'guest' },
  { kind: 'nobody' },
  { kind: 'account', nick: 'beto' },
] as const)
  test(`follow() deletes what was kept when ${next.kind} looks instead`, async () => {
    const { copies, session, shelves } = browser()
    await copies.follow(ANA)
    await copies.keep(pageOf('a'), BODY)
    session.secret = new Uint8Array(32).fill(9)
    await copies.follow(next)
    const [left, ...more] = shelves.disk.values()
    assert.equal(left?.size ?? 0, 0)
    assert.deepEqual(more, [])
  })

test('follow() deletes what an earlier session of the same person kept', async () => {
  const { copies, shelves } = browser()
  await copies.follow(ANA)
  await copies.keep(pageOf('a'), BODY)
  const later = browser(shelves)
  later.session.secret = new Uint8Array(32).fill(8)
  await later.copies.follow(ANA)
  assert.deepEqual(await items(later.copies), [])
  assert.equal(shelves.disk.size, 1, 'its own, empty')
})

test('follow() of somebody unknown, as while no member answers, deletes nothing', async () => {
  const { copies, shelves } = browser()
  await copies.follow(ANA)
  await copies.keep(pageOf('a'), BODY)
  const reloaded = browser(shelves)
  await reloaded.copies.follow({ kind: 'unknown' })
  assert.equal(shelves.disk.size, 1)
})

test('a guest’s copies are of the tab: other tabs leave them until it closes', async () => {
  const shelves = new MemoryShelves()
  const locks = new Set<string>()
  const [one, other] = [new MemoryTab(locks), new MemoryTab(locks)]
  const first = browser(shelves, one)
  await first.copies.follow({ kind: 'guest' })
  await first.copies.keep(pageOf('a'), BODY)
  const second = browser(shelves, other)
  await second.copies.follow({ kind: 'guest' })
  assert.deepEqual(await items(second.copies), [])
  const reloaded = browser(shelves, one)
  await reloaded.copies.follow({ kind: 'guest' })
  assert.equal((await items(reloaded.copies)).length, 1)
  one.close()
  await browser(shelves, new MemoryTab(locks)).copies.follow({ kind: 'guest' })
  assert.deepEqual(
    [...shelves.disk.values()].map((rows) => rows.size),
    [0],
    'that of the second',
  )
})

test('open() waits until it is known who looks, lest a guest is taken for an account', async () => {
  const shelves = new MemoryShelves()
  const first = browser(shelves)
  await first.copies.follow({ kind: 'guest' })
  await first.copies.keep(pageOf('a'), BODY)
  const reloaded = browser(shelves, first.tab)
  const opened = items(reloaded.copies)
  await reloaded.copies.follow({ kind: 'unknown' })
  await reloaded.copies.follow({ kind: 'guest' })
  assert.equal((await opened).length, 1)
  assert.equal(reloaded.asked(), 0)
})

test('who logs in takes away what this tab kept as a guest', async () => {
  const { copies, shelves, tab } = browser()
  await copies.follow({ kind: 'guest' })
  await copies.keep(pageOf('a'), BODY)
  await copies.follow(ANA)
  assert.equal(tab.find(), undefined)
  assert.deepEqual(
    [...shelves.disk.values()].map((rows) => rows.size),
    [0],
  )
})

test('body() refuses what is not as it was kept: changed, or put in the place of another', async () => {
  const { copies, shelves } = browser()
  await copies.follow(ANA)
  await copies.keep(pageOf('a'), BODY)
  await copies.keep(pageOf('b'), BODY)
  const [rows] = shelves.disk.values()
  const [a, b] = await items(copies)
  assert.ok(rows && a && b)
  const [ofA, ofB] = [rows.get(a.id), rows.get(b.id)]
  assert.ok(ofA && ofB)
  rows.set(a.id, { ...ofA, body: ofB.body })
  await assert.rejects(copies.body(a), (thrown) => isCopyTrouble(thrown, 'damaged'))
  const flipped = ofB.body.slice()
  flipped.set([1 ^ (flipped.at(-1) ?? 0)], flipped.length - 1)
  rows.set(b.id, { ...ofB, body: flipped })
  await assert.rejects(copies.body(b), (thrown) => isCopyTrouble(thrown, 'damaged'))
  rows.delete(b.id)
  await assert.rejects(copies.body(b), (thrown) => isCopyTrouble(thrown, 'damaged'))
})

test('open() lets go of copies that do not open, and says how many', async () => {
  const { copies, shelves } = browser()
  await copies.follow(ANA)
  await copies.keep(pageOf('a'), BODY)
  await copies.keep(pageOf('b'), BODY)
  const [rows] = shelves.disk.values()
  const [first] = rows?.keys() ?? []
  assert.ok(rows && first)
  rows.set(first, { about: new Uint8Array(40), body: new Uint8Array(40) })
  const again = browser(shelves).copies
  await again.follow(ANA)
  const state = again.state.get()
  assert.ok(state.kind === 'open')
  assert.deepEqual([state.items.length, state.lost, rows.size], [1, 1, 1])
})

test('keep() refuses what is too large, not what was told, or more than the disk takes', async () => {
  const { copies, shelves } = browser()
  await copies.follow(ANA)
  const large = copies.keep(pageOf('a'), new Uint8Array(COPY_BYTES_MAX + 1))
  await assert.rejects(large, (thrown) => isCopyTrouble(thrown, 'large'))
  const other = copies.keep(pageOf('a'), utf8('something else'))
  await assert.rejects(other, (thrown) => isCopyTrouble(thrown, 'changed'))
  shelves.isFull = true
  const full = copies.keep(pageOf('a'), BODY)
  await assert.rejects(full, (thrown) => isCopyTrouble(thrown, 'browserFull'))
  assert.deepEqual(await items(copies), [])
})

test('remove() and removeAll() take copies away, with the database', async () => {
  const { copies, shelves } = browser()
  await copies.follow(ANA)
  await copies.keep(pageOf('a'), BODY)
  await copies.keep(pageOf('b'), BODY)
  const [a] = await items(copies)
  assert.ok(a)
  await copies.remove([a.id])
  assert.deepEqual(
    (await items(copies)).map(({ url }) => url),
    [pageOf('b').url],
  )
  await copies.removeAll()
  assert.equal(shelves.disk.size, 0)
  assert.equal(copies.state.get().kind, 'closed')
})

test('a key that the ring does not give is asked for again', async () => {
  const trouble = new RingTrouble({ code: 'RING_NOT_REACHABLE', details: {}, text: '' })
  let asked = 0
  const copies = new Copies({
    shelves: new MemoryShelves(),
    sessionSecret: async () => {
      asked += 1
      if (asked === 1) throw trouble
      return new Uint8Array(32)
    },
    guests: new MemoryTab(),
    now: () => '',
    tellWindows: () => undefined,
  })
  await copies.follow(ANA)
  await assert.rejects(copies.keep(pageOf('a'), BODY), trouble)
  assert.equal(await copies.keep(pageOf('a'), BODY), 'kept')
})
