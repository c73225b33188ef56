/**
 * Members with movers, on one clock, over groups that are one object each: a change is committed a
 * little later while both majorities live, a learner has copied a little later still.
 */
import { present } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { SeededChance } from '../../base/random.ts'
import type { ChangeOutcome, Membership, RaftStatus } from '../../consensus/types.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { Method } from '../../wire/method.ts'
import { ALL_PARTITIONS, partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'
import { askPlace } from '../../wire/roster.ts'
import type { GroupHost } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import { RING_SETTINGS } from '../roster/settings.ts'
import { StorageOrder } from './desired.ts'
import { marginOf } from './may-fail.ts'
import { idOf } from './model.test-helper.ts'
import { Mover } from './mover.ts'
import { Places } from './places.ts'
import type { EnrolledMember } from './types.ts'

const COMMIT_MS = 5
const ELECTION_MS = 1_000
const LOG_END = 1_000
const QUIET_LOG = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => QUIET_LOG }
function quiet(): void {}

interface Group {
  readonly id: PartitionId
  leader: MemberId
  configuration: Configuration
  isChanging: boolean
  readonly copied: Set<MemberId>
}

interface Running {
  readonly mover: Mover
  readonly places: Places
  readonly changed: Set<(group: PartitionId) => void>
}

export class Cluster {
  readonly clock = new ManualClock(1_000_000)
  readonly groups: ReadonlyMap<PartitionId, Group>
  readonly dead = new Set<MemberId>()
  /** Their disks are nearly full. */
  readonly full = new Set<MemberId>()
  /** The most copies that came in at one member at one time. */
  incomingMost = 0
  changes = 0
  transfers = 0
  /** How long a learner copies. */
  copyMs = 20
  chunksSafe = (_group: PartitionId, _staying: readonly MemberId[]): boolean => true
  readonly #running = new Map<MemberId, Running>()
  readonly #chance = new SeededChance(7)
  #order: StorageOrder

  constructor(members: readonly EnrolledMember[], voters: readonly MemberId[] = [idOf(1)]) {
    this.#order = new StorageOrder(members)
    this.groups = new Map(
      ALL_PARTITIONS.map((id) => [
        id,
        {
          id,
          leader: present(voters[0], 'voter'),
          configuration: { voters: voters.toSorted(), learners: [] },
          isChanging: false,
          copied: new Set(voters),
        },
      ]),
    )
    this.enrol(members)
  }

  enrol(members: readonly EnrolledMember[]): void {
    this.#order = new StorageOrder(members)
    for (const { id } of members) if (!this.#running.has(id)) this.#start(id)
    for (const { mover } of this.#running.values()) mover.changed()
  }

  /** Its groups find another leader; it answers nothing. */
  kill(member: MemberId): void {
    this.dead.add(member)
    this.#running.get(member)?.mover.stop()
    this.#running.delete(member)
    this.clock.after(ELECTION_MS, () => {
      for (const group of this.groups.values()) if (group.leader === member) this.#elect(group)
    })
  }

  revive(member: MemberId): void {
    this.dead.delete(member)
    this.#start(member)
  }

  mover(member: MemberId): Mover {
    return present(this.#running.get(member), 'running member').mover
  }

  /** Lets time pass until the condition holds; fails after `withinMs`. */
  async until(condition: () => boolean, withinMs: number): Promise<number> {
    const fromMs = this.clock.nowMs()
    while (!condition()) {
      if (this.clock.nowMs() - fromMs > withinMs) throw new Error(`not within ${withinMs} ms`)
      await this.pass(10)
    }
    return this.clock.nowMs() - fromMs
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      this.clock.advance(10)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }

  leads(): ReadonlyMap<MemberId, number> {
    const counts = new Map<MemberId, number>()
    for (const { leader } of this.groups.values()) counts.set(leader, (counts.get(leader) ?? 0) + 1)
    return counts
  }

  isLive(id: MemberId): boolean {
    return !this.dead.has(id)
  }

  #start(id: MemberId): void {
    const changed = new Set<(group: PartitionId) => void>()
    const mover = new Mover({
      effects: { clock: this.clock, random: this.#randomOf(), log: QUIET_LOG },
      self: id,
      host: this.#hostOf(id, changed),
      peers: this.#peersOf(),
      ring: () => ({ index: 1, order: this.#order, settings: RING_SETTINGS }),
      leaders: () =>
        new Map([...this.groups.values()].map(({ id: group, leader }) => [group, leader])),
      chunksSafe: (group, staying) => this.chunksSafe(group, staying),
    })
    const places = new Places(this.clock, () => RING_SETTINGS.incomingMax)
    this.#running.set(id, { mover, places, changed })
    mover.start()
  }

  #randomOf(): {
    u32(): number
    fraction(): number
    below(n: number): number
    bytes(): Uint8Array
  } {
    const chance = this.#chance.fork()
    return {
      u32: () => chance.u32(),
      fraction: () => chance.fraction(),
      below: (below) => chance.below(below),
      bytes: () => new Uint8Array(),
    }
  }

  #peersOf(): Pick<Peers, 'ask'> {
    return {
      ask: async <Q, A>(to: MemberId, method: Method<Q, A>, question: Q): Promise<A> => {
        const running = this.#running.get(to)
        const asked = askPlace.readQuestion(question)
        if (running === undefined || asked === undefined) {
          throw new AnilloError('RPC_UNREACHABLE', { address: to, problem: 'it is dead' })
        }
        const answer = running.places.answer(asked)
        this.incomingMost = Math.max(this.incomingMost, running.places.used)
        return present(method.readAnswer(answer), 'answer')
      },
    }
  }

  #hostOf(
    self: MemberId,
    changed: Set<(group: PartitionId) => void>,
  ): Pick<GroupHost, 'held' | 'status' | 'change' | 'transfer' | 'onChanged' | 'isFull'> {
    const isHeld = ({ configuration }: Group): boolean =>
      [...configuration.voters, ...configuration.learners].includes(self)
    return {
      held: () => [...this.groups.values()].filter(isHeld).map(({ id }) => id),
      status: (group) => this.#statusOf(this.#group(group), self),
      change: (group, target) => this.#change(this.#group(group), target),
      transfer: (group, to) => this.#transfer(this.#group(group), to),
      isFull: (member) => this.full.has(member),
      onChanged: (listener) => {
        changed.add(listener)
        return () => changed.delete(listener)
      },
    }
  }

  #group(id: PartitionId): Group {
    return present(this.groups.get(partitionIdOf(id)), 'group')
  }

  #statusOf(group: Group, self: MemberId): RaftStatus {
    const { configuration, leader, isChanging } = group
    const members = [...configuration.voters, ...configuration.learners]
    const last = { index: LOG_END, term: 1 }
    return {
      role: leader === self ? 'leader' : 'follower',
      term: 1,
      vote: undefined,
      leader,
      configuration,
      isChanging,
      commit: LOG_END,
      applied: LOG_END,
      last,
      base: last,
      isReady: true,
      progress: members
        .filter((member) => member !== self)
        .map((member) => ({
          member,
          match: group.copied.has(member) ? LOG_END : 0,
          needsSnapshot: !group.copied.has(member),
          lastAnswerAtMs: this.isLive(member) ? this.clock.nowMs() : 0,
          hasAnswered: true,
        })),
    }
  }

  #change(group: Group, { voters, learners }: Membership): ChangeOutcome {
    if (group.isChanging) return { kind: 'underWay' }
    const next = { voters: [...voters], learners: [...learners] }
    group.isChanging = true
    this.changes += 1
    this.clock.after(COMMIT_MS, () => {
      group.isChanging = false
      const isLive = (id: MemberId): boolean => this.isLive(id)
      if (marginOf(next, isLive) < 0 || marginOf(group.configuration, isLive) < 0) return
      group.configuration = next
      for (const id of group.copied) {
        if (![...next.voters, ...next.learners].includes(id)) group.copied.delete(id)
      }
      for (const id of next.learners) this.clock.after(this.copyMs, () => void group.copied.add(id))
      if (!next.voters.includes(group.leader)) this.#elect(group)
      this.#tell(group.id)
    })
    return { kind: 'taken', at: { index: LOG_END, term: 1 } }
  }

  #transfer(group: Group, to: MemberId): void {
    this.transfers += 1
    this.clock.after(COMMIT_MS, () => {
      if (!this.isLive(to) || !group.configuration.voters.includes(to)) return
      group.leader = to
      this.#tell(group.id)
    })
  }

  #elect(group: Group): void {
    const living = group.configuration.voters.filter((id) => this.isLive(id))
    const next = living[0]
    if (next === undefined || marginOf(group.configuration, (id) => this.isLive(id)) < 0) return
    group.leader = next
    this.#tell(group.id)
  }

  #tell(group: PartitionId): void {
    for (const { changed } of this.#running.values())
      for (const listener of changed) listener(group)
  }
}
