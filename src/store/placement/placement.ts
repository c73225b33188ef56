/**
 * All that a running member does about who holds what: it moves replicas of the groups that it
 * leads, takes in those that are moved to it, tells how the ring stands, and carries orders about
 * members to the ring's list. docs/spec/placement.md.
 */
import type { MemberId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import type { ChunkCare } from '../../wire/api.ts'
import { ALL_PARTITIONS, RING_PARTITION, type PartitionId } from '../../wire/partition.ts'
import type { MemberOrder } from '../../wire/roster-rows.ts'
import { askPlace, fetchRoster, type LedReport } from '../../wire/roster.ts'
import type { GroupHost } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import type { RosterKeeper } from '../roster/keeper.ts'
import { setMemberState, type StateChanged } from '../roster/procedures.ts'
import type { Store } from '../types.ts'
import { FeatureGate, LEVEL_EVERY_MS } from './feature-gate.ts'
import { Janitor, JANITOR_EVERY_MS } from './janitor.ts'
import { Mover, type MoverOptions } from './mover.ts'
import { Places } from './places.ts'
import { Rounds } from './rounds.ts'
import { Survey, type StoreDescription } from './survey.ts'
import type { Whereabouts } from './types.ts'

export interface PlacementOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  readonly self: MemberId
  readonly host: GroupHost
  readonly peers: Peers
  readonly keeper: RosterKeeper
  readonly store: Pick<Store, 'call'>
  /** Where a group is, as far as it is known here. */
  readonly whereabouts: (group: PartitionId) => Whereabouts | undefined
  /** Each chunk of the group has the copies that it needs among `staying`. */
  readonly chunksSafe: (group: PartitionId, staying: readonly MemberId[]) => boolean
  /** Of a group led here: copies of the chunk that has the fewest; `undefined`: there is none. */
  readonly chunkCopies: (group: PartitionId) => number | undefined
  readonly chunkCare: () => ChunkCare
  /** Groups of the ring; fewer in simulations. */
  readonly groups?: readonly PartitionId[]
}

export class Placement {
  readonly #options: PlacementOptions
  readonly #mover: Mover
  readonly #survey: Survey
  readonly #rounds: readonly Rounds[]
  #unfollow: (() => void) | undefined

  /** Answers other members from then on. */
  constructor(options: PlacementOptions) {
    const { effects, keeper, peers, groups = ALL_PARTITIONS } = options
    this.#options = options
    const roster = (): RosterKeeper['roster'] => keeper.roster
    const whereabouts = (): readonly Whereabouts[] =>
      groups.flatMap((group) => options.whereabouts(group) ?? [])
    const ring = (): ReturnType<MoverOptions['ring']> => ({
      ...keeper.roster,
      order: keeper.order,
    })
    const leaders = (): ReadonlyMap<PartitionId, MemberId> => leadersOf(groups, options)
    this.#mover = new Mover({ ...options, ring, leaders })
    this.#survey = new Survey({ ...options, mover: this.#mover, roster, whereabouts, groups })
    const janitor = new Janitor({ ...options, roster, survey: this.#survey })
    const gate = new FeatureGate({ ...options, roster })
    const work = [
      { name: 'janitor', everyMs: JANITOR_EVERY_MS, round: () => janitor.look() },
      { name: 'level', everyMs: LEVEL_EVERY_MS, round: () => gate.look() },
    ]
    this.#rounds = work.map((each) => new Rounds({ effects, ...each }))
    const places = new Places(effects.clock, () => keeper.roster.settings.incomingMax)
    peers.handle(fetchRoster, (question) => keeper.answer(question))
    peers.handle(askPlace, (question) => {
      keeper.hinted(question.roster)
      return places.answer(question)
    })
  }

  start(): void {
    this.#unfollow = this.#options.keeper.onChanged(() => this.#mover.changed())
    this.#mover.start()
    for (const rounds of this.#rounds) rounds.start()
  }

  stop(): void {
    this.#unfollow?.()
    this.#mover.stop()
    for (const rounds of this.#rounds) rounds.stop()
  }

  /** What chunks need of their holders changed. */
  changed(): void {
    this.#mover.changed()
  }

  /** Groups led here, and what is to move in them. */
  report(): readonly LedReport[] {
    return this.#mover.report()
  }

  /** For `/v1/ring`: asks all members that store. */
  describe(): Promise<StoreDescription> {
    return this.#survey.describe()
  }

  /** @throws AnilloError NOT_FOUND, FORBIDDEN, STORE_UNAVAILABLE, OUTCOME_UNKNOWN */
  order(id: MemberId, order: MemberOrder): Promise<StateChanged> {
    return this.#options.store.call(RING_PARTITION, setMemberState, { id, order })
  }
}

/** Replicas here know best. */
function leadersOf(
  groups: readonly PartitionId[],
  { host, whereabouts }: Pick<PlacementOptions, 'host' | 'whereabouts'>,
): ReadonlyMap<PartitionId, MemberId> {
  const leaders = new Map<PartitionId, MemberId>()
  for (const group of groups) {
    const leader = host.status(group)?.leader ?? whereabouts(group)?.leader
    if (leader !== undefined) leaders.set(group, leader)
  }
  return leaders
}
