/** One member of a simulated ring: groups, store and placement, wired as `node/` wires them. */
import type { MemberId } from '../../src/base/ids.ts'
import { KIB } from '../../src/base/limits.ts'
import { RAFT_SETTINGS } from '../../src/consensus/settings.ts'
import type { RaftSettings } from '../../src/consensus/types.ts'
import { CIPHER_KEY_BYTES } from '../../src/effects/cipher.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { createGroupHost } from '../../src/store/group/host.ts'
import type {
  AppliedListener,
  GroupDoing,
  GroupHost,
  GroupSettings,
} from '../../src/store/group/types.ts'
import { LOCK_PROCEDURES } from '../../src/store/locks/lock-procedures.ts'
import { ProcedureTable, type AnyProcedure } from '../../src/store/partition/procedures.ts'
import { transact } from '../../src/store/partition/transact.ts'
import type { Peers } from '../../src/store/peers.ts'
import type { StorageOrder } from '../../src/store/placement/desired.ts'
import { Mover } from '../../src/store/placement/mover.ts'
import { Places } from '../../src/store/placement/places.ts'
import type { EnrolledMember, RingSettings } from '../../src/store/placement/types.ts'
import { Router } from '../../src/store/routing/router.ts'
import type { StoreHost } from '../../src/store/store-host.ts'
import { createStore } from '../../src/store/store.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import { askPlace } from '../../src/wire/roster.ts'
import type { Life } from '../world/life.ts'
import type { Machine } from '../world/machine.ts'
import type { Records } from './doors.ts'
import type { RaftWitness } from './invariants.ts'
import { SIM_PROCEDURES } from './procedures.ts'
import type { PeerNetwork } from './virtual-peers.ts'

export interface StoreMember {
  readonly host: GroupHost
  readonly store: Records
  readonly life: Life
  stop(): Promise<void>
}

/** The list of members. Another object whenever it changed. */
export interface RingView {
  readonly order: StorageOrder
  readonly members: readonly EnrolledMember[]
  readonly settings: RingSettings
}

export interface StoreMemberOptions {
  readonly id: MemberId
  readonly machine: Machine
  readonly network: PeerNetwork
  readonly witness: RaftWitness
  readonly groups: readonly PartitionId[]
  readonly ring: () => RingView
  readonly isEnrolled: (member: MemberId) => boolean
  readonly effects: Effects
  readonly isTight: boolean
  /** The first of the ring. */
  readonly founds: boolean
  readonly onFailure: (error: unknown) => void
  /** A replica of a group begins here. */
  readonly onReplica: (group: PartitionId) => void
  readonly onDoing: (doing: GroupDoing) => void
  /** Of every entry that its groups apply. */
  readonly onApplied: AppliedListener
  readonly addition?: StoreAddition
}

/** What a simulation runs on each store beside it. */
export interface StoreAddition {
  readonly procedures: readonly AnyProcedure[]
  readonly attach: (added: AddedTo) => Promise<{ stop(): Promise<void> }>
}

export interface AddedTo {
  readonly id: MemberId
  readonly effects: Effects
  readonly peers: Peers
  readonly host: GroupHost
  readonly router: Router
  readonly store: Records
}

const PROCEDURES = [transact, ...LOCK_PROCEDURES, ...SIM_PROCEDURES]
const GENERATION = 1
const KEY = new Uint8Array(CIPHER_KEY_BYTES).fill(7)

/** Small, so that checkpoints, segments and snapshots come often. */
const SETTINGS: Partial<GroupSettings> = {
  checkpointBytes: 64 * KIB,
}

/** One entry an append, few under way, and soon none left for who lags. */
const TIGHT: RaftSettings = {
  ...RAFT_SETTINGS,
  appendBytesMax: 1,
  inFlightBytesMax: 2 * KIB,
  keptBytesMax: 4 * KIB,
}

export async function startStoreMember(options: StoreMemberOptions): Promise<StoreMember> {
  const { addition, id, machine, network, groups, ring, effects } = options
  const peers = network.join(machine, effects, id)
  const members = (): readonly MemberId[] => ring().members.map((member) => member.id)
  const router = new Router({ effects, self: id, peers, members })
  const host = await createGroupHost(effects, {
    self: id,
    generation: GENERATION,
    path: 'store',
    key: KEY,
    peers,
    procedures: new ProcedureTable({
      procedures: [...PROCEDURES, ...(addition?.procedures ?? [])],
    }),
    directions: router,
    isEnrolled: options.isEnrolled,
    onFailure: options.onFailure,
    onDoing: options.onDoing,
    settings: { ...SETTINGS, groups, ...(options.isTight ? { raft: TIGHT } : {}) },
  })
  const { witness } = options
  host.onApplied(options.onApplied)
  witness.recovered(id, (group) => host.status(group))
  watchGroups(options, host)
  if (options.founds) await host.found()
  router.start(host)
  const mover = startMover(options, { host, peers, router })
  const store = createStore({
    effects,
    self: id,
    host: witnessed(host, witness),
    peers,
    router,
    nameOf: (member) => member,
  })
  const added = await addition?.attach({ id, effects, peers, host, router, store })
  return {
    host,
    store,
    life: machine.lifeOf(effects),
    stop: async () => {
      await added?.stop()
      mover.stop()
      router.stop()
      await host.close()
    },
  }
}

function watchGroups({ id, witness, onReplica }: StoreMemberOptions, host: GroupHost): void {
  const held = new Set(host.held())
  host.onChanged((group) => {
    const status = host.status(group)
    witness.changed(id, group, status)
    if (status === undefined) held.delete(group)
    else if (!held.has(group)) {
      held.add(group)
      onReplica(group)
    }
  })
}

/** A replica that may answer a read holds all that was committed when the read came. */
function witnessed(host: GroupHost, witness: RaftWitness): StoreHost {
  return {
    confirmRead: async (group, options) => {
      const asked = witness.commitOf(group)
      const outcome = await host.confirmRead(group, options)
      if (outcome === 'ready') witness.served(group, asked, host.replica(group)?.appliedIndex ?? 0)
      return outcome
    },
    held: () => host.held(),
    onChanged: (changed) => host.onChanged(changed),
    replica: (group) => host.replica(group),
    status: (group) => host.status(group),
    submit: (...asked) => host.submit(...asked),
  }
}

function startMover(
  { id, groups, ring, effects }: StoreMemberOptions,
  parts: { readonly host: GroupHost; readonly peers: Peers; readonly router: Router },
): Mover {
  const { host, peers, router } = parts
  const leaders = (): ReadonlyMap<PartitionId, MemberId> => {
    const known = new Map<PartitionId, MemberId>()
    for (const group of groups) {
      const leader = router.whereabouts(group)?.leader
      if (leader !== undefined) known.set(group, leader)
    }
    return known
  }
  const mover = new Mover({ effects, self: id, host, peers, ring, leaders, chunksSafe: () => true })
  const places = new Places(effects.clock, () => ring().settings.incomingMax)
  peers.handle(askPlace, (question) => places.answer(question))
  mover.start()
  return mover
}
