/**
 * Says in Mainline where the ring’s shares are, and takes back those that ended: of a member that
 * takes part. Each look takes what is due, of which no other member has taken it.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Timer } from '../../../effects/clock.ts'
import type { Procedure, StoredRecord } from '../../../store/partition/procedure.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { SHARES_MAX } from '../../../wire/share-bounds.ts'
import {
  MAINLINE_AT_ONCE,
  MAINLINE_LOOK_AGAIN_MS,
  MAINLINE_LOOK_MS,
  MAINLINE_SHARES_MAX,
} from '../limits.ts'
import type { ShareParts } from '../parts.ts'
import type { Sharers } from '../sharers.ts'
import type { Announcer } from '../shares/announcer.ts'
import type { RingPublisher } from '../shares/publisher.ts'
import { idIn, MADE_PREFIX, SHARES_PARTITION, SHARES_RANGE } from '../shares/share-rows.ts'
import { forgetSaid, noteSaid, noteUnsaid, takeSay, takeUnsay } from './mainline-procedures.ts'
import {
  readSaidRow,
  readUnsaidRow,
  SAID_PREFIX,
  sharedIn,
  UNSAID_PREFIX,
} from './mainline-rows.ts'
import type { MainlineNetwork } from './mainline.ts'

export interface MainlineKeeperTools {
  readonly parts: Pick<ShareParts, 'effects' | 'store'>
  readonly mainline: MainlineNetwork
  readonly publisher: RingPublisher
  readonly announcer: Pick<Announcer, 'urlsOf'>
  readonly sharers: Sharers
}

export class MainlineKeeper {
  readonly #tools: MainlineKeeperTools
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()
  /** Something changed while it looked. */
  #isWanted = false
  #isLooking = false
  readonly #ending = new AbortController()

  constructor(tools: MainlineKeeperTools) {
    this.#tools = tools
    this.#lookAfter(MAINLINE_LOOK_AGAIN_MS)
  }

  /** Shares came, or went. */
  hear(): void {
    if (this.#ending.signal.aborted) return
    if (this.#isLooking) this.#isWanted = true
    else this.#lookAfter(0)
  }

  /** Whatever is under way is left: the next one says it. */
  async close(): Promise<void> {
    this.#ending.abort()
    this.#timer?.cancel()
    await this.#looking
  }

  #lookAfter(ms: number): void {
    if (this.#ending.signal.aborted) return
    this.#timer?.cancel()
    this.#timer = this.#tools.parts.effects.clock.after(ms, () => {
      this.#isLooking = true
      this.#looking = this.#look().then((againMs) => {
        this.#isLooking = false
        this.#lookAfter(this.#isWanted ? 0 : againMs)
        this.#isWanted = false
      })
    })
  }

  /** Never rejects. @returns after how many ms to look again */
  async #look(): Promise<number> {
    const { log } = this.#tools.parts.effects
    try {
      await this.#each(await this.#due(), (id) => this.#say(id))
      await this.#each(await this.#dueUnsaid(), (id) => this.#unsay(id))
      return MAINLINE_LOOK_MS
    } catch (thrown) {
      if (isAnilloError(thrown)) log.debug('Mainline is told later', { code: thrown.code })
      else log.error('Mainline was not told', { error: thrown })
      return MAINLINE_LOOK_AGAIN_MS
    }
  }

  /** Of the newest shares; what was said of older ones is forgotten. */
  async #due(): Promise<readonly string[]> {
    const { clock } = this.#tools.parts.effects
    const made = await this.#rows(MADE_PREFIX, { reverse: true, max: MAINLINE_SHARES_MAX })
    const ids = new Set(made.map(({ sk }) => idIn(sk)))
    const nowMs = clock.wallMs()
    for (const record of await this.#rows(SAID_PREFIX, { max: SHARES_MAX })) {
      const id = sharedIn(record.sk)
      if (!ids.has(id)) await this.#call(forgetSaid, { id })
      else if (readSaidRow(record).nextMs > nowMs) ids.delete(id)
    }
    return [...ids]
  }

  async #dueUnsaid(): Promise<readonly string[]> {
    const nowMs = this.#tools.parts.effects.clock.wallMs()
    const rows = await this.#rows(UNSAID_PREFIX, { max: SHARES_MAX })
    return rows
      .filter((record) => readUnsaidRow(record).nextMs <= nowMs)
      .map(({ sk }) => sharedIn(sk))
  }

  async #rows(
    prefix: string,
    { max, reverse = false }: { readonly max: number; readonly reverse?: boolean },
  ): Promise<readonly StoredRecord[]> {
    const found: StoredRecord[] = []
    for (;;) {
      const last = found.at(-1)?.sk
      const bound = last === undefined ? {} : reverse ? { end: last } : { start: `${last}\0` }
      const limit = Math.min(LIST_RECORDS_MAX, max - found.length)
      const range = { ...SHARES_RANGE, prefix, reverse, limit, ...bound }
      const { cursor, items } = await this.#tools.parts.store.list(range)
      found.push(...items)
      if (cursor === undefined || items.length === 0 || found.length >= max) return found
    }
  }

  /** Some at once, until this member ends. @throws the first failure, once all have ended */
  async #each(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
    const left = ids.values()
    const one = async (): Promise<void> => {
      for (const id of left) {
        if (this.#ending.signal.aborted) return
        await work(id)
      }
    }
    const ended = await Promise.allSettled(Array.from({ length: MAINLINE_AT_ONCE }, one))
    for (const each of ended) if (each.status === 'rejected') throw each.reason
  }

  async #say(id: string): Promise<void> {
    const { announcer, mainline, publisher, sharers } = this.#tools
    const taken = await this.#call(takeSay, { id })
    if (taken === null) return
    const { by, isSaid, root, salt, sequence, turn } = taken
    // What rests with its account is taken back, and said when it does not any more.
    const rests = (await sharers.heldBack(by)) !== undefined
    const urls = rests ? [] : await announcer.urlsOf(root, turn)
    if (urls.length === 0 && !(rests && isSaid)) return
    const nodes = await mainline.say(
      await publisher.key(),
      { salt, sequence, urls },
      this.#ending.signal,
    )
    await this.#call(noteSaid, { id, sequence, nodes, rests })
  }

  async #unsay(id: string): Promise<void> {
    const { mainline, publisher } = this.#tools
    const taken = await this.#call(takeUnsay, { id })
    if (taken === null) return
    const nodes = await mainline.say(
      await publisher.key(),
      { ...taken, urls: [] },
      this.#ending.signal,
    )
    if (nodes > 0) await this.#call(noteUnsaid, { id, sequence: taken.sequence })
  }

  #call<Q, A>(procedure: Procedure<Q, A>, input: Q): Promise<A> {
    return this.#tools.parts.store.call(SHARES_PARTITION, procedure, input)
  }
}
