/** Members with chunks on the machines of a virtual world. */
import { PeerNetwork } from '../../../sim/store/virtual-peers.ts'
import { memberIdOf } from '../../../sim/world/credentials.ts'
import type { Machine } from '../../../sim/world/machine.ts'
import { World } from '../../../sim/world/world.ts'
import { assert, present } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import { KIB, SECOND_MS } from '../../base/limits.ts'
import { ALL_PARTITIONS, partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import { createGroupHost } from '../group/host.ts'
import type { GroupHost } from '../group/types.ts'
import { ProcedureTable, type AnyProcedure } from '../partition/procedures.ts'
import { transact } from '../partition/transact.ts'
import { Router } from '../routing/router.ts'
import { createStore, withChunks } from '../store.ts'
import type { Store, Upload } from '../types.ts'
import type { ChunkSettings } from './limits.ts'
import { openChunks, type MemberChunks } from './member-chunks.ts'
import { CHUNK_PROCEDURES } from './procedures.ts'

const KEY = new Uint8Array(32).fill(7)
const SETTLE_MS = 120_000
const PAUSE_MS = 50
const WHOLE_HOST_MS = 10 * SECOND_MS

export interface Running {
  readonly host: GroupHost
  readonly store: Store
  readonly chunks: MemberChunks
  readonly router: Router
}

export class ChunkMember {
  readonly id: MemberId
  readonly machine: Machine
  readonly ring: ChunkRing
  readonly failures: unknown[] = []
  /** Hashes of files found damaged, and of those healed. */
  readonly damaged: string[] = []
  readonly healed: string[] = []
  running: Running | undefined

  constructor(ring: ChunkRing, index: number) {
    this.ring = ring
    this.id = memberIdOf(index)
    this.machine = ring.world.machine()
  }

  get here(): Running {
    return present(this.running, `${this.machine.name} runs`)
  }

  start(): Promise<void> {
    return this.ring.settle(this.begin(), `${this.machine.name} starts`)
  }

  /** Settles while somebody lets time pass. */
  begin(): Promise<void> {
    return this.machine.start(async (effects) => {
      const { ring, id, machine } = this
      const peers = ring.network.join(machine, effects, id)
      const members = (): readonly MemberId[] => ring.members.map((member) => member.id)
      const router = new Router({ effects, self: id, peers, members })
      const host = await createGroupHost(effects, {
        self: id,
        generation: 1,
        path: 'store',
        key: KEY,
        peers,
        procedures: new ProcedureTable({
          procedures: [transact, ...CHUNK_PROCEDURES, ...ring.procedures],
        }),
        directions: router,
        isEnrolled: () => true,
        onFailure: (error) => this.failures.push(error),
        settings: { groups: ring.groups, checkpointBytes: 64 * KIB },
      })
      router.start(host)
      const nameOf = (member: MemberId): string => ring.names.get(member) ?? member
      const parts = { effects, self: id, host, peers, router, nameOf }
      const records = createStore(parts)
      const chunks = await openChunks({
        ...parts,
        records,
        key: KEY,
        path: 'chunks',
        hostOf: (member) => ring.hosts.get(member) ?? member,
        mayCollect: async () => true,
        onVerdict: () => ring.verdicts++,
        onDamage: (hash, what) => this[what === 'found' ? 'damaged' : 'healed'].push(hash),
        settings: ring.settings,
      })
      chunks.start()
      this.running = { host, store: withChunks(records, chunks.store), chunks, router }
      return {
        stop: async () => {
          await chunks.stop()
          router.stop()
          await host.close()
        },
      }
    })
  }

  /** As kill -9. */
  kill(): void {
    this.running = undefined
    this.machine.kill()
  }

  losePower(): void {
    this.running = undefined
    this.machine.losePower()
  }

  async restart(): Promise<void> {
    this.machine.givePower()
    await this.start()
  }

  /** On its medium, whether it runs or not. */
  has(hash: string): boolean {
    return this.machine.medium.find(`chunks/${hash.slice(0, 2)}/${hash}`) !== undefined
  }
}

export interface ChunkRingOptions {
  readonly seed?: number
  readonly members: number
  /** Of members that take part from the start; the others only run. */
  readonly voters?: number
  readonly groups?: readonly PartitionId[]
  readonly settings?: Partial<ChunkSettings>
  /** Of a service that refers to chunks. */
  readonly procedures?: readonly AnyProcedure[]
}

export class ChunkRing {
  readonly world: World
  readonly network: PeerNetwork
  readonly groups: readonly PartitionId[]
  readonly settings: Partial<ChunkSettings>
  readonly procedures: readonly AnyProcedure[]
  readonly members: readonly ChunkMember[]
  /** Members that share a machine with another. */
  readonly hosts = new Map<MemberId, string>()
  /** How people call them. */
  readonly names = new Map<MemberId, string>()
  verdicts = 0
  #uploads = 0

  constructor(options: ChunkRingOptions) {
    const { seed = 1, members, groups = ALL_PARTITIONS, settings = {}, procedures = [] } = options
    this.world = new World({ seed })
    this.network = new PeerNetwork(this.world)
    this.groups = groups
    this.settings = settings
    this.procedures = procedures
    this.members = Array.from({ length: members }, (_, index) => new ChunkMember(this, index))
    for (const [index, { id }] of this.members.entries()) this.names.set(id, `m${index}`)
  }

  static async founded(options: ChunkRingOptions): Promise<ChunkRing> {
    const ring = new ChunkRing(options)
    for (const member of ring.members) await member.start()
    await ring.settle(ring.member(0).here.host.found())
    const ids = ring.members.slice(0, options.voters ?? options.members).map(({ id }) => id)
    if (ids.length > 1) for (const group of ring.groups) await ring.change(group, ids)
    return ring
  }

  member(index: number): ChunkMember {
    return present(this.members[index], `member ${index}`)
  }

  upload(partition: PartitionId): Upload {
    return { id: String(++this.#uploads).padStart(32, '0'), partition }
  }

  settle<T>(promise: Promise<T>, what = 'it'): Promise<T> {
    return this.world.settle(promise, what, SETTLE_MS)
  }

  until(holds: () => boolean, what: string): Promise<void> {
    return this.world.until(holds, what, SETTLE_MS)
  }

  leaderOf(group: PartitionId): ChunkMember | undefined {
    const term = (member: ChunkMember): number => member.running?.host.status(group)?.term ?? 0
    return this.members
      .filter(({ running }) => running?.host.status(group)?.role === 'leader')
      .toSorted((a, b) => term(b) - term(a))[0]
  }

  async leader(group: PartitionId): Promise<ChunkMember> {
    await this.until(() => {
      const status = this.leaderOf(group)?.running?.host.status(group)
      return status?.isReady === true
    }, `somebody leads ${group}`)
    return present(this.leaderOf(group), 'leader')
  }

  /** Members on whose disk the chunk is, as numbers. */
  holdersOf(hash: string): readonly number[] {
    return [...this.members.keys()].filter((number) => this.member(number).has(hash))
  }

  rowOf(hash: string) {
    const replica = this.leaderOf(partitionOfHash(hash))?.here.host.replica(partitionOfHash(hash))
    return replica?.get({ table: 'chunks', pk: 'all', sk: hash })
  }

  async change(
    group: PartitionId,
    voters: readonly MemberId[],
    learners: readonly MemberId[] = [],
  ): Promise<void> {
    const isMade = (): boolean => {
      const status = this.leaderOf(group)?.running?.host.status(group)
      const { configuration } = status ?? {}
      if (status?.isReady !== true || status.isChanging || configuration === undefined) return false
      return isEqual(configuration.voters, voters) && isEqual(configuration.learners, learners)
    }
    for (let passedMs = 0; !isMade(); passedMs += PAUSE_MS) {
      assert(passedMs < WHOLE_HOST_MS, `group ${group} does not change`)
      this.leaderOf(group)?.here.host.change(group, { voters, learners })
      await this.world.pass(PAUSE_MS)
    }
  }
}

function isEqual(one: readonly MemberId[], other: readonly MemberId[]): boolean {
  return one.toSorted().join() === other.toSorted().join()
}
