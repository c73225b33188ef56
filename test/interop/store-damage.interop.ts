/**
 * Damage on disks. Bytes flipped in the log of one member and in the database of another, or a
 * whole member gone, while the ring is stopped; bytes flipped in chunks under a running ring.
 * Whatever was hit, every member answers every record and every page rightly, damage is told, and
 * the ring is whole again. ANILLO_TRIAL_ROUNDS says how often each (2).
 */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { SeededChance } from '../../src/base/random.ts'
import { startSite, type Site } from '../fixtures/site.ts'
import { RealRing } from '../process/ring.ts'

const ROUNDS = Number(process.env['ANILLO_TRIAL_ROUNDS'] ?? 2)
const FLIPS = 100
const KEYS = 200
const PAGES = 20
/** Too long for a record, packed too: a page of so many hex digits has its content in a chunk. */
const PAGE_BYTES = 100_000
const DOORS = [0, 1, 2, 3, 4]
const SEED = 20_261_121
const MADE_ANEW = /(n\d) is made anew/

test(`${FLIPS} bytes flipped in a log and in a database, or a member lost: healed`, async (t) => {
  const chance = new SeededChance(SEED)
  await using kept = await KeptRing.fill()
  await kept.ring.stop()
  let anew = 0
  for (let round = 0; round < ROUNDS; round++) {
    // n1 is told to begin the ring where nobody stands on it: made anew, it must not.
    const [one, other] = round === 0 ? ['n1', 'n3'] : twoOf(chance)
    const isLost = round % 4 === 1
    await damage(kept.directoryOf(one), 'store/log', chance)
    if (isLost) await rm(kept.directoryOf(other), { recursive: true })
    else await damage(kept.directoryOf(other), 'store/state', chance)
    await kept.start()
    const told = kept.ring.said.flatMap((line) => MADE_ANEW.exec(line)?.[1] ?? [])
    await kept.check()
    await kept.ring.until(0, (ring) => ring.mayFail === 2)
    await kept.ring.stop()
    anew += told.length
    const what = isLost ? `${other} lost` : `database of ${other}`
    t.diagnostic(`round ${round}: log of ${one}, ${what}; ${told.length} made anew`)
  }
  assert.ok(anew > 0, 'damage was noticed')
})

test(`${FLIPS} bytes flipped in chunks of a running member: fetched again`, async (t) => {
  const chance = new SeededChance(SEED)
  await using kept = await KeptRing.fill()
  for (let round = 0; round < ROUNDS; round++) {
    const name = `n${1 + chance.below(DOORS.length)}`
    const files = await damage(kept.directoryOf(name), 'store/chunks', chance)
    await kept.check()
    t.diagnostic(`round ${round}: ${files} chunks of ${name}`)
  }
  const { damaged } = await found(t, kept.ring)
  assert.ok(damaged > 0, 'damage was told')
})

/** What the members tell of damaged chunks. */
async function found(t: TestContext, ring: RealRing): Promise<{ readonly damaged: number }> {
  const { chunks } = await ring.ring()
  t.diagnostic(JSON.stringify(chunks))
  return { damaged: chunks?.damaged ?? 0 }
}

/** A ring with records and pages of which a test knows what they must be. */
class KeptRing implements AsyncDisposable {
  readonly #site: Site
  readonly #hashes = new Map<string, string>()
  ring: RealRing

  private constructor(ring: RealRing, site: Site) {
    this.ring = ring
    this.#site = site
  }

  static async fill(): Promise<KeptRing> {
    const kept = new KeptRing(await RealRing.start(), await startSite())
    for (let key = 0; key < KEYS; key++) await kept.#put(key)
    for (let page = 0; page < PAGES; page++) await kept.#scrape(page)
    return kept
  }

  directoryOf(name: string): string {
    return join(this.ring.data, 'members', name)
  }

  async start(): Promise<void> {
    const { data, http } = this.ring
    this.ring = await RealRing.start({ data, http })
  }

  /** Every record and every page at every door; nothing is downloaded again. */
  async check(): Promise<void> {
    for (const door of DOORS) {
      for (let key = 0; key < KEYS; key++) {
        const bytes = await this.#read(door, this.#url(door, key))
        assert.equal(new TextDecoder().decode(bytes), `value ${key}`, `record ${key} at ${door}`)
      }
      for (const [id, hash] of this.#hashes) {
        const content = await this.#read(door, `${this.ring.door(door)}/v1/pages/${id}/content`)
        assert.equal(hashOf(content), hash, `page ${id} at door ${door}`)
      }
    }
    assert.equal(this.#site.log.length, PAGES)
  }

  /**
   * A member that finds what it reads damaged ends, and is made anew: whoever asks there meanwhile
   * may be cut off, and asks again when it is ready.
   */
  async #read(door: number, url: string): Promise<Uint8Array> {
    const saidBefore = this.ring.said.length
    try {
      return await bytesAt(this.ring, url)
    } catch (thrown) {
      await this.ring.says(new RegExp(`n${1 + door} is made anew`), saidBefore).catch(() => {
        throw thrown
      })
      await this.ring.says(new RegExp(`n${1 + door} is ready`), saidBefore)
      return bytesAt(this.ring, url)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ring[Symbol.asyncDispose]()
    await this.#site.close()
  }

  async #put(key: number): Promise<void> {
    const options = { method: 'PUT', body: `value ${key}` }
    const response = await this.ring.fetch(this.#url(key % DOORS.length, key), options)
    assert.ok(response.ok, `put ${key}: ${response.status}`)
  }

  async #scrape(page: number): Promise<void> {
    this.#site.text = randomBytes(PAGE_BYTES / 2).toString('hex')
    const url = `${this.#site.origin}/text?${page}`
    const { id } = await this.ring.scrape(page % DOORS.length, url)
    this.#hashes.set(id, hashOf(Buffer.from(this.#site.text)))
  }

  #url(door: number, key: number): string {
    return `${this.ring.door(door)}/v1/kv/trial/k${key}/v`
  }
}

async function bytesAt(ring: RealRing, url: string): Promise<Uint8Array> {
  const response = await ring.fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return new Uint8Array(await response.arrayBuffer())
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function twoOf(chance: SeededChance): readonly [string, string] {
  const one = chance.below(DOORS.length)
  const other = (one + 1 + chance.below(DOORS.length - 1)) % DOORS.length
  return [`n${1 + one}`, `n${1 + other}`]
}

/**
 * Flips bits at random places of what lies there; tells how many files it hit. In a running member
 * a file may go meanwhile: a chunk that was found damaged is fetched into another one.
 */
async function damage(
  directory: string,
  what: 'store/log' | 'store/state' | 'store/chunks',
  chance: SeededChance,
): Promise<number> {
  const names = await readdir(join(directory, 'store'), { recursive: true })
  const wanted = names.map((name) => join('store', name)).filter((name) => name.startsWith(what))
  const found = await Promise.all(wanted.map((name) => sizeOf(join(directory, name))))
  const files = found.filter(({ size }) => size > 0)
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const hit = new Set<string>()
  for (let flip = 0; flip < FLIPS; flip++) {
    let at = chance.below(total)
    const file = files.find(({ size }) => {
      if (at < size) return true
      at -= size
      return false
    })
    const { path } = present(file, 'file')
    const bit = chance.below(8)
    if ((await unlessGone(flipBit(path, { at, bit }))) !== undefined) hit.add(path)
  }
  return hit.size
}

async function sizeOf(path: string): Promise<{ readonly path: string; readonly size: number }> {
  const stats = await unlessGone(stat(path))
  return { path, size: stats?.isFile() === true ? stats.size : 0 }
}

async function unlessGone<T>(doing: Promise<T>): Promise<T | undefined> {
  try {
    return await doing
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

async function flipBit(
  path: string,
  { at, bit }: { readonly at: number; readonly bit: number },
): Promise<true> {
  const handle = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await handle.read(byte, 0, 1, at)
  byte[0] = (byte[0] ?? 0) ^ (1 << bit)
  await handle.write(byte, 0, 1, at)
  await handle.close()
  return true
}
