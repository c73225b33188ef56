/**
 * A client that takes locks, and writes under them: with the fence that it was given, as long as it
 * believes, or after. Who holds a lock is never checked; what was written under it is.
 */
import { assert, present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { pick, type Chance } from '../../src/base/random.ts'
import { acquireLock, releaseLock } from '../../src/store/locks/lock-procedures.ts'
import type { Etag } from '../../src/store/partition/procedure.ts'
import { partitionOf } from '../../src/wire/partition.ts'
import type { Client } from './client.ts'
import { LOCK_TABLE, type KeySpace } from './keys.ts'

export const LOCK_OPERATIONS = ['lock', 'write under a lock', 'unlock'] as const
export type LockOperation = (typeof LOCK_OPERATIONS)[number]

const LOCK_SK = 'lock'
const GUARDED_SK = 'guarded'
const TTL_MS_MIN = 2_000
const TTL_MS_SPREAD = 20_000
const TOKEN_DIGITS = 32

interface Guarded {
  readonly fence: number
  readonly etag: Etag
  readonly called: number
}

/** What all clients of a run know of the locks. */
export class LockBook {
  readonly #held = new Map<string, Map<number, string>>()
  readonly #acquired = new Map<string, { fence: number; returned: number }[]>()
  readonly #guarded = new Map<string, Guarded[]>()
  #sequence = 0

  next(): number {
    return ++this.#sequence
  }

  /** @throws AssertionError when two hold a lock under one fence */
  acquired(lock: string, fence: number, token: string): void {
    const holders = this.#held.get(lock) ?? new Map<number, string>()
    this.#held.set(lock, holders)
    const holder = holders.get(fence)
    assert(holder === undefined || holder === token, `two hold ${lock} under the fence ${fence}`)
    holders.set(fence, token)
    const list = this.#acquired.get(lock) ?? []
    this.#acquired.set(lock, list)
    list.push({ fence, returned: this.next() })
  }

  wrote(lock: string, guarded: Guarded): void {
    const list = this.#guarded.get(lock) ?? []
    this.#guarded.set(lock, list)
    list.push(guarded)
  }

  /** Nobody wrote under a fence once another was given out, or had been written under. */
  check(): number {
    let checked = 0
    for (const [lock, writes] of this.#guarded) {
      const inOrder = writes.toSorted((a, b) => a.etag.index - b.etag.index)
      let highest = 0
      for (const { fence, called } of inOrder) {
        assert(fence >= highest, `${lock}: a write under ${fence} came after one under ${highest}`)
        highest = fence
        const acquired = this.#acquired.get(lock) ?? []
        const newer = acquired.find((one) => one.fence > fence && one.returned < called)
        assert(newer === undefined, `${lock}: ${fence} wrote after ${newer?.fence} was given out`)
        checked++
      }
    }
    return checked
  }
}

export class LockClient {
  readonly #client: Client
  readonly #book: LockBook
  readonly #space: KeySpace
  /** The newest fence that this client was given, by lock. */
  readonly #fences = new Map<string, number>()
  readonly #tokens = new Map<string, string>()

  constructor(client: Client, book: LockBook, space: KeySpace) {
    this.#client = client
    this.#book = book
    this.#space = space
  }

  async perform(operation: LockOperation, chance: Chance): Promise<void> {
    const lock = pick(chance, this.#space.locks)
    if (operation === 'lock') {
      await this.#acquire(lock, chance)
      await this.#write(lock, chance)
    } else if (operation === 'unlock') await this.#release(lock, chance)
    else await this.#write(lock, chance)
  }

  async #acquire(lock: string, chance: Chance): Promise<void> {
    const token = sha256Hex(`${this.#client.name} ${chance.u32()}`).slice(0, TOKEN_DIGITS)
    const ttlMs = TTL_MS_MIN + chance.below(TTL_MS_SPREAD)
    const input = { table: LOCK_TABLE, pk: lock, sk: LOCK_SK, token, ttlMs }
    const told = await this.#client.change(chance, (store, options) =>
      store.call(partitionOf(LOCK_TABLE, lock), acquireLock, input, options),
    )
    if (told.kind !== 'answer' || told.value.kind !== 'held') return
    this.#book.acquired(lock, told.value.fence, token)
    this.#fences.set(lock, told.value.fence)
    this.#tokens.set(lock, token)
  }

  async #release(lock: string, chance: Chance): Promise<void> {
    const token = this.#tokens.get(lock)
    if (token === undefined) return
    const input = { table: LOCK_TABLE, pk: lock, sk: LOCK_SK, token }
    await this.#client.change(chance, (store, options) =>
      store.call(partitionOf(LOCK_TABLE, lock), releaseLock, input, options),
    )
  }

  async #write(lock: string, chance: Chance): Promise<void> {
    const fence = this.#fences.get(lock)
    if (fence === undefined) return
    const called = this.#book.next()
    const request = {
      table: LOCK_TABLE,
      pk: lock,
      conditions: [{ sk: LOCK_SK, is: { fence } }],
      writes: [{ kind: 'put' as const, sk: GUARDED_SK, value: utf8(String(fence)) }],
    }
    const told = await this.#client.change(chance, (store, options) =>
      store.transact(request, options),
    )
    if (told.kind !== 'answer' || told.value.kind !== 'done') return
    const { etag } = present(told.value, 'what was done')
    this.#book.wrote(lock, { fence, etag, called })
  }
}
