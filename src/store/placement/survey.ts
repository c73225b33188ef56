/**
 * What all members know of all groups: each tells what it leads, and the latest term counts. For
 * status and page, and for those who must know that nobody holds a member's replica any more.
 */
import { parseMemberId, type MemberId } from '../../base/ids.ts'
import type { Clock } from '../../effects/clock.ts'
import type { ChunkCare, Enrolled, Partition, ReplicaMove } from '../../wire/api.ts'
import { ALL_PARTITIONS, partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'
import { describeLed, type LedReport } from '../../wire/roster.ts'
import type { GroupHost } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import { isOnOneMachine, marginOf, mayFail } from './may-fail.ts'
import type { Mover } from './mover.ts'
import type { EnrolledMember, Roster, Whereabouts } from './types.ts'

export interface SurveyOptions {
  readonly effects: { readonly clock: Pick<Clock, 'nowMs' | 'wallMs'> }
  readonly self: MemberId
  readonly peers: Pick<Peers, 'ask' | 'handle'>
  readonly mover: Pick<Mover, 'report'>
  readonly host: Pick<GroupHost, 'incoming' | 'isDiskFull'>
  readonly roster: () => Roster
  /** Where groups are whose leader does not answer: hints. */
  readonly whereabouts: () => readonly Whereabouts[]
  /** Of a group led here: copies of the chunk that has the fewest; `undefined`: there is none. */
  readonly chunkCopies: (group: PartitionId) => number | undefined
  /** What this member repairs. */
  readonly chunkCare: () => ChunkCare
  /** Groups that the ring has; fewer in simulations. */
  readonly groups?: readonly PartitionId[]
}

interface Own {
  leads: LedReport[]
  incoming: { group: number; bytes: number }[]
  isDiskFull: boolean
  chunks: ChunkCare
  wallMs: number
}

interface Led extends LedReport {
  readonly leader: MemberId
}

interface Heard {
  readonly answered: ReadonlySet<MemberId>
  /** Their clocks against this member's, ms. */
  readonly clocksOffMs: ReadonlyMap<MemberId, number>
  /** Their disks are nearly full. */
  readonly full: ReadonlySet<MemberId>
  readonly led: ReadonlyMap<PartitionId, Led>
  /** By group and member: bytes of a state that it has fetched. */
  readonly copied: ReadonlyMap<string, number>
  readonly chunks: ChunkCare
}

/** What `/v1/ring` tells of the store. */
export interface StoreDescription {
  readonly partitions: readonly Partition[]
  readonly mayFail: number
  readonly isOnOneMachine: boolean
  readonly enrolled: readonly Enrolled[]
  /** Of all members that answer. */
  readonly chunks: ChunkCare
}

export class Survey {
  readonly #options: SurveyOptions
  readonly #groups: readonly PartitionId[]

  /** Answers other members' surveys from then on. */
  constructor(options: SurveyOptions) {
    this.#options = options
    this.#groups = options.groups ?? ALL_PARTITIONS
    options.peers.handle(describeLed, () => this.#own())
  }

  async describe(): Promise<StoreDescription> {
    const { roster } = this.#options
    const heard = await this.#hear()
    const isLive = (id: MemberId): boolean => heard.answered.has(id)
    const { members } = roster()
    const places = this.#groups.map((group) => this.#placeOf(group, heard))
    const configurations = places.flatMap(({ configuration }) => configuration ?? [])
    const isComplete = configurations.length === this.#groups.length
    const storing = members.filter(({ roles, state }) => isEnrolled(state) && isStore(roles))
    return {
      partitions: places.map((place) => partitionOf(place, isLive)),
      // Of a group that nobody knows of nothing good can be said.
      mayFail: isComplete
        ? mayFail({ configurations, isLive, chunkCopies: leastCopiesIn(heard) })
        : 0,
      isOnOneMachine: isOnOneMachine(storing.map(({ address }) => address)),
      enrolled: members.map((member) => ({
        ...enrolledOf(member, configurations, isLive),
        isDiskFull: heard.full.has(member.id),
        ...clockOf(heard.clocksOffMs.get(member.id)),
      })),
      chunks: heard.chunks,
    }
  }

  /**
   * Members of this list that no group's configuration names, as all leaders say; none while a
   * leader is missing.
   */
  async holdingNothing(members: readonly MemberId[]): Promise<readonly MemberId[]> {
    const { led } = await this.#hear()
    if (this.#groups.some((group) => !led.has(group))) return []
    const holders = new Set<string>()
    for (const { voters, learners, outgoing = [] } of led.values()) {
      for (const id of [...voters, ...learners, ...outgoing]) holders.add(id)
    }
    return members.filter((id) => !holders.has(id))
  }

  #own(): Own {
    const { mover, host, chunkCare, chunkCopies } = this.#options
    const leads = mover.report().map((led) => {
      const copies = chunkCopies(partitionIdOf(led.group))
      return copies === undefined ? led : { ...led, chunkCopies: copies }
    })
    const incoming = host.incoming().map(({ group, bytes }) => ({ group, bytes }))
    const wallMs = Math.round(this.#options.effects.clock.wallMs())
    return { leads, incoming, isDiskFull: host.isDiskFull, chunks: chunkCare(), wallMs }
  }

  async #hear(): Promise<Heard> {
    const { self, roster, peers, effects } = this.#options
    const { clock } = effects
    const others = roster().members.filter(
      ({ id, state, roles }) => id !== self && isEnrolled(state) && isStore(roles),
    )
    const asked = others.map(async ({ id }) => {
      const askedMs = clock.nowMs()
      const answer = await peers.ask(id, describeLed, {})
      const { leads, incoming, isDiskFull = false, chunks, wallMs } = answer
      // Half the time ago: as long there as back.
      const thenMs = clock.wallMs() - (clock.nowMs() - askedMs) / 2
      const clockOffMs = wallMs === undefined ? undefined : wallMs - thenMs
      return { id, leads, incoming, isDiskFull, chunks, clockOffMs }
    })
    const settled = await Promise.allSettled(asked)
    const answers = settled.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value] : [],
    )
    const all = [...answers, { id: self, ...this.#own() }]
    const led = new Map<PartitionId, Led>()
    const copied = new Map<string, number>()
    for (const { id, leads, incoming } of all) {
      for (const report of leads) {
        const group = partitionIdOf(report.group)
        if ((led.get(group)?.term ?? -1) < report.term) led.set(group, { ...report, leader: id })
      }
      for (const { group, bytes } of incoming) copied.set(`${group} ${id}`, bytes)
    }
    return {
      answered: new Set(all.map(({ id }) => id)),
      full: new Set(all.filter(({ isDiskFull }) => isDiskFull).map(({ id }) => id)),
      led,
      copied,
      chunks: careOfAll(all.flatMap(({ chunks }) => chunks ?? [])),
      clocksOffMs: new Map(
        answers.flatMap(({ id, clockOffMs }) =>
          clockOffMs === undefined ? [] : [[id, clockOffMs]],
        ),
      ),
    }
  }

  #placeOf(group: PartitionId, { led, copied }: Heard): Place {
    const report = led.get(group)
    if (report === undefined) {
      const known = this.#options.whereabouts().find((place) => place.group === group)
      return { group, leader: undefined, configuration: known?.configuration, moves: [] }
    }
    const { voters, learners, outgoing } = report
    return {
      group,
      leader: report.leader,
      configuration: {
        voters: voters.map(parseMemberId),
        learners: learners.map(parseMemberId),
        ...(outgoing === undefined ? {} : { outgoing: outgoing.map(parseMemberId) }),
      },
      moves: report.moves.map((move) => ({
        ...move,
        bytesCopied: copied.get(`${group} ${move.to}`) ?? null,
      })),
    }
  }
}

/** They work side by side: all is done when the last one is. */
function careOfAll(all: readonly ChunkCare[]): ChunkCare {
  const sum = (of: (care: ChunkCare) => number): number =>
    all.reduce((so, care) => so + of(care), 0)
  const busy = all.filter(({ bytesLeft }) => bytesLeft > 0)
  const isKnown = busy.length > 0 && busy.every(({ doneInMs }) => doneInMs !== null)
  return {
    bytesLeft: sum(({ bytesLeft }) => bytesLeft),
    doneInMs: isKnown ? Math.max(...busy.map(({ doneInMs }) => doneInMs ?? 0)) : null,
    damaged: sum(({ damaged }) => damaged),
    healed: sum(({ healed }) => healed),
    lost: sum(({ lost = 0 }) => lost),
  }
}

function clockOf(offMs: number | undefined): Pick<Enrolled, 'clockOffMs'> {
  return offMs === undefined ? {} : { clockOffMs: Math.round(offMs) }
}

function leastCopiesIn({ led }: Heard): number | undefined {
  const copies = [...led.values()].flatMap(({ chunkCopies }) => chunkCopies ?? [])
  return copies.length === 0 ? undefined : Math.min(...copies)
}

interface Place {
  readonly group: PartitionId
  readonly leader: MemberId | undefined
  readonly configuration: Configuration | undefined
  readonly moves: readonly ReplicaMove[]
}

function partitionOf(place: Place, isLive: (member: MemberId) => boolean): Partition {
  const { group, leader = '', configuration, moves } = place
  return {
    id: group,
    leader,
    voters: [...(configuration?.voters ?? [])],
    learners: [...(configuration?.learners ?? [])],
    ...(configuration === undefined ? {} : { margin: marginOf(configuration, isLive) }),
    moves: [...moves],
  }
}

function enrolledOf(
  member: EnrolledMember,
  configurations: readonly Configuration[],
  isLive: (member: MemberId) => boolean,
): Enrolled {
  const { id, name, address, host, roles, state, isLeaving = false } = member
  const holds = configurations.filter(({ voters, learners, outgoing = [] }) =>
    [...voters, ...learners, ...outgoing].includes(id),
  ).length
  return {
    id,
    name,
    address,
    host,
    roles: [...roles],
    state,
    isLeaving,
    isUp: isLive(id),
    holds,
  }
}

/** One that is gone or removed is not asked. */
function isEnrolled(state: EnrolledMember['state']): boolean {
  return state === 'active' || state === 'draining'
}

function isStore(roles: EnrolledMember['roles']): boolean {
  return roles.includes('tweeter')
}
