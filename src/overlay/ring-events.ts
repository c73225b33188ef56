/**
 * The doings of all members as one stream: this member's own and, while somebody reads, the
 * others'.
 */
import { parseMemberId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { RpcClient } from '../rpc/types.ts'
import type { Member, MemberRef, RingEvent } from '../wire/api.ts'
import { followDoings } from '../wire/members.ts'
import { Inbox, type Doings } from './doings.ts'

/** What a newcomer did before it was found, its joining above all. */
const NEWCOMER_DOINGS = 50

/** How often it is looked whether there are members that are not followed yet. */
const FOLLOW_PERIOD_MS = SECOND_MS

/** Events that wait for one reader; the oldest make room. */
const MERGED_EVENTS_MAX = 2_000

export interface RingEventsOptions {
  readonly clock: Clock
  readonly rpc: RpcClient
  readonly doings: Doings
  readonly members: () => Promise<readonly Member[]>
  readonly selfAddress: string
  /** By the name known here. */
  readonly named: (ref: MemberRef) => MemberRef
}

export async function* ringEvents(
  options: RingEventsOptions,
  recent: number,
  signal: AbortSignal,
): AsyncGenerator<RingEvent> {
  const merged = new Merged(options, signal)
  // The walk that finds the others also learns their names.
  await merged.followOthers(recent)
  merged.followSelf(recent)
  yield* merged.inbox.take(signal)
}

class Merged {
  readonly inbox = new Inbox<RingEvent>(MERGED_EVENTS_MAX)
  readonly #options: RingEventsOptions
  readonly #signal: AbortSignal
  readonly #followed = new Set<string>()
  /** Processes met, by address and start: of one met before, nothing is told twice. */
  readonly #met = new Set<string>()

  constructor(options: RingEventsOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  followSelf(recent: number): void {
    void this.#pour(this.#options.doings.follow(recent, this.#signal))
  }

  /**
   * Follows who is not followed yet, then looks again each period; a lost member is followed anew
   * when it is back.
   */
  async followOthers(recent: number): Promise<void> {
    const members = await this.#options.members()
    if (this.#signal.aborted) return
    for (const member of members) {
      const isOther = member.address !== this.#options.selfAddress && member.state !== 'down'
      if (isOther && !this.#followed.has(member.address)) {
        void this.#follow(member, this.#isMet(member) ? 0 : recent)
      }
    }
    this.#options.clock.after(FOLLOW_PERIOD_MS, () => {
      if (!this.#signal.aborted) void this.followOthers(NEWCOMER_DOINGS)
    })
  }

  #isMet({ address, startedAt }: Member): boolean {
    const process = `${address} ${startedAt}`
    const isMet = this.#met.has(process)
    this.#met.add(process)
    return isMet
  }

  async #follow(member: Member, recent: number): Promise<void> {
    this.#followed.add(member.address)
    const target = { addresses: [member.address], id: parseMemberId(member.id) }
    await this.#pour(
      this.#options.rpc.stream(target, followDoings, { recent }, { signal: this.#signal }),
    )
    this.#followed.delete(member.address)
  }

  #named(event: RingEvent): RingEvent {
    const { named } = this.#options
    return {
      ...event,
      ...(event.other !== undefined && { other: named(event.other) }),
      ...(event.hops !== undefined && { hops: event.hops.map(named) }),
    }
  }

  /** The source's end, for whatever reason, ends only what comes from it. */
  async #pour(source: AsyncIterable<RingEvent>): Promise<void> {
    try {
      for await (const event of source) this.inbox.put(this.#named(event))
    } catch {
      // The member died or left; its doings end here, and the next period may find it again.
    }
  }
}
