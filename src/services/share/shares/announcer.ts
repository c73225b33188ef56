/**
 * Says the ring’s records to the open network: when something is shared, and again before the
 * record ends, as a task of the ring’s schedule. Which members’ doors a record tells turns each
 * time, among those that live then, so that the dead drop out.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { KnownFor } from '../../../effects/known-for.ts'
import { pause } from '../../../effects/pause.ts'
import {
  DOORS_KNOWN_MS,
  DOORS_PER_RECORD,
  REFRESHED_AT_ONCE,
  REFRESHED_PER_LOOK_MAX,
  WITHDRAWN_WAIT_MS,
} from '../limits.ts'
import { RECORD_LIFE_MS, type UnsignedShareRecord } from '../outside.ts'
import type { ShareParts } from '../parts.ts'
import type { Sharers } from '../sharers.ts'
import { noteRefreshed, noteWithdrawn, takeRefresh } from './share-procedures.ts'
import {
  DUE_PREFIX,
  ENDED_PREFIX,
  idIn,
  readEndedRow,
  rootPrefix,
  shareIdOf,
  SHARES_PARTITION,
  SHARES_RANGE,
  timeSk,
  type EndedRow,
  type ShareRow,
} from './share-rows.ts'

export class Announcer {
  readonly #parts: ShareParts
  readonly #sharers: Sharers
  readonly #running = new Set<Promise<void>>()
  readonly #ending = new AbortController()
  readonly #doors: KnownFor<readonly string[]>

  constructor(parts: ShareParts, sharers: Sharers) {
    this.#parts = parts
    this.#sharers = sharers
    this.#doors = new KnownFor(parts.effects.clock, { forMs: DOORS_KNOWN_MS, most: 1 })
  }

  /** In the background; should it come to nothing, the schedule says it again. */
  soon(id: string): void {
    if (this.#ending.signal.aborted) return
    const running = this.#say(id)
      .then(() => undefined)
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /**
   * All that is due, some at once, once what went with its account is taken back. @returns how many
   * were said
   */
  async sayDue(signal: AbortSignal): Promise<number> {
    await this.#takeBack(signal)
    const { clock } = this.#parts.effects
    const end = DUE_PREFIX + timeSk(Math.floor(clock.wallMs()))
    const range = { ...SHARES_RANGE, prefix: DUE_PREFIX, end, limit: REFRESHED_AT_ONCE }
    let said = 0
    while (said < REFRESHED_PER_LOOK_MAX && !signal.aborted) {
      const { items } = await this.#parts.store.list(range, { signal })
      if (items.length === 0) break
      await Promise.all(items.map(({ sk }) => this.#say(idIn(sk))))
      said += items.length
    }
    return said
  }

  /**
   * Nobody is to find it any more. Unsaid, its record ends by itself. Resolves once it is taken
   * back, or a little later, while that goes on.
   */
  async withdraw(row: ShareRow): Promise<void> {
    const { clock } = this.#parts.effects
    const running = this.#unsay(row).finally(() => this.#running.delete(running))
    this.#running.add(running)
    const enough = new AbortController()
    await Promise.race([running, pause(clock, WITHDRAWN_WAIT_MS, enough.signal)])
    enough.abort()
  }

  /** Addresses at which members serve the content, another few each turn. */
  async urlsOf(root: string, turn: number): Promise<readonly string[]> {
    const doors = await this.#doors.of('', this.#parts.doors)
    const count = Math.min(DOORS_PER_RECORD, doors.length)
    return Array.from({ length: count }, (_, at) => {
      return `${doors[(turn * DOORS_PER_RECORD + at) % doors.length] ?? ''}/share/${root}`
    })
  }

  recordOf(
    { bytes, name, root, sequence }: Pick<ShareRow, 'bytes' | 'name' | 'root' | 'sequence'>,
    urls: readonly string[],
    lifeMs = RECORD_LIFE_MS,
  ): UnsignedShareRecord {
    const endMs = this.#parts.effects.clock.wallMs() + lifeMs
    return { name, root, sequence, urls, size: bytes, expiresAtS: Math.floor(endMs / SECOND_MS) }
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#running)
  }

  /** What ended with its account. Of what nobody heard the record ends within a day. */
  async #takeBack(signal: AbortSignal): Promise<void> {
    const range = { ...SHARES_RANGE, prefix: ENDED_PREFIX, limit: REFRESHED_AT_ONCE }
    for (let taken = 0; taken < REFRESHED_PER_LOOK_MAX && !signal.aborted;) {
      const { items } = await this.#parts.store.list(range, { signal })
      if (items.length === 0) return
      taken += items.length
      await Promise.all(
        items.map(async (record) => {
          await this.#unsay(readEndedRow(record))
          const id = record.sk.slice(ENDED_PREFIX.length)
          await this.#parts.store.call(SHARES_PARTITION, noteWithdrawn, { id })
        }),
      )
    }
  }

  /**
   * Under its name, and under its root, by which it is found whatever it is called.
   * @returns how many nodes took it under its name
   */
  async tell(record: UnsignedShareRecord): Promise<number> {
    const { effects, outside } = this.#parts
    const byRoot = outside.publish({ ...record, name: record.root }).catch((thrown: unknown) => {
      effects.log.debug('a share is not found by its root', { error: thrown })
    })
    const [nodes] = await Promise.all([outside.publish(record), byRoot])
    return nodes
  }

  /** Never rejects. */
  async #unsay({ name, root, sequence }: EndedRow): Promise<void> {
    const { outside, store } = this.#parts
    try {
      const range = { ...SHARES_RANGE, prefix: rootPrefix(root), limit: 2 }
      const { items } = await store.list(range)
      const isAlone = items.every(({ sk }) => idIn(sk) === shareIdOf(name))
      await Promise.all([
        outside.withdraw(name, sequence + 1),
        isAlone ? outside.withdraw(root, sequence + 1) : 0,
      ])
    } catch (thrown) {
      this.#parts.effects.log.debug('a record stays until it ends', { error: thrown })
    }
  }

  /**
   * Never rejects. What rests with its account is taken back, and said when it does not any more.
   */
  async #say(id: string): Promise<void> {
    const { effects, store } = this.#parts
    try {
      const row = await store.call(SHARES_PARTITION, takeRefresh, { id })
      if (row === null) return
      const nodes = await this.#nodesOf(row)
      const input = { id, sequence: row.sequence, nodes }
      await store.call(SHARES_PARTITION, noteRefreshed, input)
    } catch (thrown) {
      if (!isAnilloError(thrown)) effects.log.error('a share was not announced', { error: thrown })
      else effects.log.debug('a share is announced later', { id, code: thrown.code })
    }
  }

  /** How many nodes took it. */
  async #nodesOf(row: ShareRow): Promise<number> {
    if ((await this.#sharers.heldBack(row.by)) !== undefined) {
      if ((row.nodes ?? 0) > 0) await this.#unsay(row)
      return 0
    }
    const urls = await this.urlsOf(row.root, row.turn)
    return urls.length === 0 ? 0 : this.tell(this.recordOf(row, urls))
  }
}
