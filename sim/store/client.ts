/**
 * Who asks at a member of the store, and moves on to another after a failure. With a name for
 * retries a request is sent again until its outcome is known.
 */
import { assert } from '../../src/base/assert.ts'
import type { ErrorCode } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import type { Chance } from '../../src/base/random.ts'
import type { WriteOptions } from '../../src/store/types.ts'
import type { Tally } from '../world/tally.ts'
import { EXPECTED, SURELY_NOT, type Doors, type Records, type Reply } from './doors.ts'

const SENDINGS_MAX = 8
const RESEND_AFTER_MS = 400
const CALL_TIMEOUT_MS = 4_000
/** One of so many operations is asked for at another door. */
const WANDERS = 3
/** One in so many named changes is sent once more though its outcome is known. */
const REPEATED = 8

export type Told<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** Surely nothing was done. */
  | { readonly kind: 'never'; readonly code: ErrorCode }
  | { readonly kind: 'unknown' }

export interface ClientParts {
  readonly name: string
  readonly doors: Doors
  readonly tally: Tally
}

export class Client {
  readonly #parts: ClientParts
  #door: number
  #requests = 0

  constructor(parts: ClientParts, door: number) {
    this.#parts = parts
    this.#door = door
  }

  get name(): string {
    return this.#parts.name
  }

  /** Something worth counting happened. */
  tally(what: string): void {
    this.#parts.tally.add(what)
  }

  /** Clients do not stay where they are for ever. */
  wander(chance: Chance): void {
    if (chance.below(WANDERS) === 0) this.#door += chance.below(this.#parts.doors.count)
  }

  /** One read at the door where the client stands. */
  async read<T>(run: (store: Records, timeoutMs: number) => Promise<T>): Promise<T | undefined> {
    const reply = await this.#ask((store) => run(store, CALL_TIMEOUT_MS), false)
    return reply.kind === 'answer' ? reply.value : undefined
  }

  /** One change; in three of four cases with a name under which it may be sent again. */
  async change<T>(
    chance: Chance,
    run: (store: Records, options: WriteOptions) => Promise<T>,
  ): Promise<Told<T>> {
    const { name, tally } = this.#parts
    const key = sha256Hex(`${name} ${this.#requests++}`)
    const isNamed = chance.below(4) > 0
    const retry = isNamed ? { retry: { key, request: sha256Hex(key) } } : {}
    const send = (): Promise<Reply<T>> =>
      this.#ask((store) => run(store, { timeoutMs: CALL_TIMEOUT_MS, ...retry }), true)
    const told = await this.#sendUntilKnown(send, isNamed ? SENDINGS_MAX : 1)
    if (told.kind !== 'answer' || !isNamed || chance.below(REPEATED) > 0) return told
    const again = await send()
    if (again.kind === 'answer') {
      tally.add('check: a repeated request has its first answer')
      const [first, second] = [told.value, again.value].map((value) => JSON.stringify(value))
      assert(first === second, `a request was answered ${first}, and repeated ${second}`)
    }
    return told
  }

  async #sendUntilKnown<T>(send: () => Promise<Reply<T>>, sendings: number): Promise<Told<T>> {
    let mayBeDone = false
    for (let sent = 1; ; sent++) {
      const reply = await send()
      if (reply.kind === 'answer') return reply
      const isSure = reply.kind === 'error' && SURELY_NOT.has(reply.code)
      if (isSure && !mayBeDone) return { kind: 'never', code: reply.code }
      mayBeDone = true
      if (sent === sendings) return { kind: 'unknown' }
      await this.#parts.doors.pause(RESEND_AFTER_MS * sent)
    }
  }

  async #ask<T>(run: (store: Records) => Promise<T>, isChange: boolean): Promise<Reply<T>> {
    const { doors, tally } = this.#parts
    const reply = await doors.ask(this.#door % doors.count, run, isChange)
    if (reply.kind === 'answer') return reply
    this.#door++
    const what = reply.kind === 'error' ? reply.code : 'silence'
    assert(what === 'silence' || EXPECTED.has(what), `a store failed with ${what}`)
    tally.add(`client: ${what}`)
    return reply
  }
}
