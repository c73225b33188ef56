/**
 * Which members to ask for a group: from replicas here, from what others said when they refused,
 * and from the tables of other members, which are asked when that was wrong, and now and then.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { shuffled } from '../../base/random.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Method } from '../../wire/method.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Directions } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import type { Whereabouts } from '../placement/types.ts'
import type { StoreHost } from '../store-host.ts'
import { decodeWhereabouts, encodeWhereabouts } from './whereabouts-codec.ts'
import { askingOrder, holdersOf, WhereaboutsTable } from './whereabouts-table.ts'

export interface RouterOptions {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly self: MemberId
  readonly peers: Peers
  /** Members of the ring that may be asked, from the roster and the overlay; this one may be in. */
  readonly members: () => readonly MemberId[]
}

/** Where every group is, as the asked member knows it (`encodeWhereabouts`). */
const WHEREABOUTS: Method<Uint8Array, Uint8Array> = {
  name: 'store.whereabouts',
  kind: 'unary',
  readQuestion: readBytes,
  readAnswer: readBytes,
  timeoutMs: SECOND_MS / 2,
  idempotent: true,
}

/** Members asked one after the other in one look, at random: one that answers is enough. */
const ASKED_MAX = 3

/** What stands in the table grows old without anybody noticing: renewed about so often. */
const REFRESH_MS = 30 * SECOND_MS

/** Looks made for operations in vain: many that wait at once share one, and one follows soon. */
const LOOK_PAUSE_MS = 50

const NO_QUESTION = new Uint8Array(0)

export class Router implements Directions {
  readonly #options: RouterOptions
  readonly #table = new WhereaboutsTable()
  #looking: Promise<void> | undefined
  #lookedAtMs = -Infinity
  #timer: Timer | undefined
  #unsubscribe: (() => void) | undefined

  constructor(options: RouterOptions) {
    this.#options = options
    options.peers.handle(WHEREABOUTS, () => encodeWhereabouts(this.#table.rows))
  }

  /** From then on it learns from the replicas of this member, and looks around now and then. */
  start(host: StoreHost): void {
    this.#unsubscribe = host.onChanged((group) => this.#learnOwn(host, group))
    for (const group of host.held()) this.#learnOwn(host, group)
    this.#refreshLater()
  }

  stop(): void {
    this.#unsubscribe?.()
    this.#timer?.cancel()
  }

  /** Where the group is, as far as is known here. */
  whereabouts(group: PartitionId): Whereabouts | undefined {
    return this.#table.get(group)
  }

  /** Who may carry out a change, likeliest first. */
  askable(group: PartitionId): readonly MemberId[] {
    const row = this.#table.get(group)
    return row === undefined ? [] : askingOrder(row)
  }

  /** Who may answer a read, likeliest first; this member is not among them. */
  readable(group: PartitionId): readonly MemberId[] {
    const row = this.#table.get(group)
    return row === undefined ? [] : holdersOf(row).filter((id) => id !== this.#options.self)
  }

  /** The member to ask first for a change. */
  leaderOf(group: PartitionId): MemberId | undefined {
    const row = this.#table.get(group)
    return row?.leader ?? row?.configuration.voters[0]
  }

  /** `at` did not carry out what a leader does; it named `hint`, if it knew anybody. */
  wrong(group: PartitionId, at: MemberId, hint: MemberId | undefined): void {
    if (hint === undefined || hint === at) this.#table.doubt(group, at)
    else this.#table.hint(group, hint)
  }

  /** Asks other members where groups are. Never fails: who waits looks at the table again. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    const { effects, members, peers, self } = this.#options
    if (effects.clock.nowMs() - this.#lookedAtMs < LOOK_PAUSE_MS) return
    this.#lookedAtMs = effects.clock.nowMs()
    const others = members().filter((id) => id !== self)
    for (const member of shuffled(effects.random, others).slice(0, ASKED_MAX)) {
      try {
        const rows = decodeWhereabouts(await peers.ask(member, WHEREABOUTS, NO_QUESTION)) ?? []
        for (const row of rows) this.#table.learn(row)
        if (rows.length > 0) return
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
      }
    }
  }

  #learnOwn(host: StoreHost, group: PartitionId): void {
    const status = host.status(group)
    if (status?.configuration === undefined) return
    const { term, commit: index, leader, configuration } = status
    this.#table.learnOwn({ group, term, index, leader, configuration })
  }

  #refreshLater(): void {
    const { clock, random } = this.#options.effects
    this.#timer = clock.after(REFRESH_MS * (0.5 + random.fraction()), () => {
      void this.look()
      this.#refreshLater()
    })
  }
}

function readBytes(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined
}
