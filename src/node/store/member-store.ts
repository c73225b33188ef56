/**
 * The store of one member, put together: its groups over log and state, where the others are, the
 * list of members, what moves replicas, and the door that services use.
 */
import { isAnilloError, type AnilloError } from '../../base/errors.ts'
import type { MemberId, RingId } from '../../base/ids.ts'
import { MIB } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Overlay, TellDoing } from '../../overlay/types.ts'
import type { RpcNode } from '../../rpc/node.ts'
import { ACCOUNT_PROCEDURES } from '../../services/accounts/procedures.ts'
import { DWEET_PROCEDURES } from '../../services/dweets/procedures.ts'
import { CONTENT_PROCEDURES } from '../../services/files/contents/procedures.ts'
import { LINK_PROCEDURES } from '../../services/files/links/procedures.ts'
import { PATH_LOCK_PROCEDURES } from '../../services/files/locks/lock-procedures.ts'
import { TREE_PROCEDURES } from '../../services/files/tree/procedures.ts'
import { CRAWL_PROCEDURES } from '../../services/scrape/crawl/procedures.ts'
import { OUTSIDE_PROCEDURES } from '../../services/share/procedures.ts'
import { BackupCollecting, mayCollectChunks } from '../../store/backup/collecting.ts'
import { BackupServing } from '../../store/backup/serving.ts'
import { openChunks, type MemberChunks } from '../../store/chunks/member-chunks.ts'
import { CHUNK_PROCEDURES } from '../../store/chunks/procedures.ts'
import { SCHEDULE_PROCEDURES } from '../../store/coordinator/procedures.ts'
import { countedStore, type StoreCounts } from '../../store/counted.ts'
import { createGroupHost } from '../../store/group/host.ts'
import type { GroupHost } from '../../store/group/types.ts'
import { LOCK_PROCEDURES } from '../../store/locks/lock-procedures.ts'
import { ProcedureTable } from '../../store/partition/procedures.ts'
import { transact } from '../../store/partition/transact.ts'
import { Placement } from '../../store/placement/placement.ts'
import { RosterKeeper, type RosterAnswer } from '../../store/roster/keeper.ts'
import { RING_PROCEDURES } from '../../store/roster/procedures.ts'
import { Outages } from '../../store/routing/outages.ts'
import { Router } from '../../store/routing/router.ts'
import { Submitter } from '../../store/routing/submitter.ts'
import { RpcPeers } from '../../store/rpc-peers.ts'
import { createStore, withChunks, type RecordStore } from '../../store/store.ts'
import type { Store } from '../../store/types.ts'
import { fetchRoster } from '../../wire/roster.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'
import type { MemberFiles } from '../enrolment/ring-files.ts'
import type { Settings } from '../settings.ts'
import { isToFound, markGroupsFounded } from './founding-mark.ts'
import { readGeneration, writeGeneration } from './generation.ts'
import { StoreDoings } from './store-doings.ts'
import { markStoreBegun, refuseLostStore } from './store-mark.ts'

/** The last copy of the list of members, in the member's directory. */
export const ROSTER_FILE = 'members.json'
/** Of log, database and chunks, in the member's directory. */
export const STORE_PATH = 'store'
const CHUNKS_PATH = `${STORE_PATH}/chunks`
/** Neighbours on the ring that are known before the list of members is. */
const NEIGHBOURS_MAX = 8

export interface MemberStoreParts {
  readonly effects: Effects
  readonly files: MemberFiles
  readonly overlay: Overlay
  readonly roster: RosterKeeper
  /** Of the member, 32 bytes: what it stores is under it at rest. */
  readonly key: Uint8Array
  readonly settings: Pick<Settings, 'diskReserveMib'>
  /** The disk failed: the process must end. */
  readonly onFailure: (error: unknown) => void
  readonly tell: TellDoing
}

export interface MemberStore {
  readonly host: GroupHost
  readonly records: RecordStore
  /** What became of the questions to `records`. */
  readonly counts: StoreCounts
  /** Records and chunks, for services. */
  readonly store: Store
  readonly chunks: MemberChunks
  readonly roster: RosterKeeper
  readonly router: Router
  readonly placement: Placement
  readonly procedures: ProcedureTable
  readonly backups: BackupCollecting
  /** Stops moving replicas, hands leaderships over, closes everything. */
  close(): Promise<void>
}

export type AskRoster = (
  members: readonly MemberId[],
  question: { readonly index: number },
) => Promise<RosterAnswer>

/** Before the rest: it says who may connect. */
export function openRoster(
  effects: Effects,
  { identity }: Pick<MemberFiles, 'identity'>,
  ask: AskRoster,
): Promise<RosterKeeper> {
  return RosterKeeper.open({
    effects,
    self: identity.memberId,
    file: {
      read: () => readText(effects.disk, ROSTER_FILE),
      write: (text) => writeDurably(effects.disk, ROSTER_FILE, text),
    },
    ask: (members, question) =>
      ask(
        members.map(({ id }) => id),
        question,
      ),
  })
}

/**
 * Asks one after the other; where the list names nobody, the neighbours on the ring.
 * @throws AnilloError of the last one
 */
export function rosterAsker(peers: RpcPeers, overlay: Overlay): AskRoster {
  return async (members, question) => {
    const asked = members.length > 0 ? members : neighbours(overlay).map(({ id }) => id)
    let problem: AnilloError | undefined
    for (const member of asked) {
      try {
        return await peers.ask(member, fetchRoster, question)
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        problem = thrown
      }
    }
    if (problem !== undefined) throw problem
    return {}
  }
}

/** By the list of members, and by what the ring says while there is none. */
export function memberPeers(rpc: RpcNode, roster: RosterKeeper, overlay: Overlay): RpcPeers {
  return new RpcPeers({
    rpc,
    addressesOf(id) {
      const listed = roster.addressesOf(id)
      const met = neighbours(overlay).find((neighbour) => neighbour.id === id)?.address
      return met === undefined || listed.includes(met) ? listed : [...listed, met]
    },
  })
}

/**
 * Founds the groups where this member bears the mark of the founder.
 * @throws AnilloError DATA_DAMAGED: the member's data must be given up
 */
export async function openMemberStore(
  parts: MemberStoreParts,
  peers: RpcPeers,
): Promise<MemberStore> {
  const { effects, files, overlay, roster, key, tell } = parts
  const self = files.identity.memberId
  const router = new Router({ effects, self, peers, members: () => known(roster, overlay) })
  const procedures = memberProcedures()
  const doings = new StoreDoings({ clock: effects.clock, member: (id) => roster.member(id), tell })
  const host = await openHost(parts, { peers, procedures, router, doings })
  const nameOf = (id: MemberId): string => roster.member(id)?.name ?? id
  const { store: records, counts } = countedStore(
    createStore({ effects, self, host, peers, router, nameOf }),
  )
  const shared = { effects, self, host, peers, router, records }
  const { serving, backups } = backupParts(shared, { nameOf, ringId: files.ringId })
  const chunks = await openChunks({
    ...shared,
    key,
    path: CHUNKS_PATH,
    // Chunks stop before records do.
    settings: { diskFreeBytesMin: 2 * parts.settings.diskReserveMib * MIB },
    hostOf: (id) => roster.member(id)?.host ?? id,
    nameOf,
    mayCollect: () => mayCollectChunks(records),
    onVerdict: () => placement.changed(),
    onDamage: doings.chunkDamage,
    onRepaired: doings.chunkRepaired,
  })
  const placement = new Placement({
    ...shared,
    keeper: roster,
    store: records,
    whereabouts: (group) => router.whereabouts(group),
    chunksSafe: (group, staying) => chunks.chunksSafe(group, staying),
    chunkCopies: (group) => chunks.copiesOf(group),
    chunkCare: () => chunks.care(),
  })
  doings.follow(host)
  router.start(host)
  roster.start(host)
  placement.start()
  chunks.start()
  const store = withChunks(records, chunks.store)
  return {
    host,
    records,
    counts,
    store,
    chunks,
    roster,
    router,
    placement,
    procedures,
    backups,
    close,
  }

  async function close(): Promise<void> {
    doings.stop()
    placement.stop()
    serving.stop()
    await chunks.stop()
    router.stop()
    await roster.stop()
    await host.close()
  }
}

/** A member whose build does not know the ring's level has no part in it. */
function followLevel(
  { roster, onFailure }: Pick<MemberStoreParts, 'roster' | 'onFailure'>,
  procedures: ProcedureTable,
): void {
  const check = (): void => procedures.checkLevel(roster.roster.level, 'the ring')
  check()
  roster.onChanged(() => {
    try {
      check()
    } catch (thrown) {
      onFailure(thrown)
    }
  })
}

interface HostParts {
  readonly peers: RpcPeers
  readonly procedures: ProcedureTable
  readonly router: Router
  readonly doings: StoreDoings
}

async function openHost(
  { effects, files, roster, key, settings, onFailure }: MemberStoreParts,
  { peers, procedures, router, doings }: HostParts,
): Promise<GroupHost> {
  await refuseLostStore(effects.disk, `${STORE_PATH}/log`)
  followLevel({ roster, onFailure }, procedures)
  const host = await createGroupHost(effects, {
    self: files.identity.memberId,
    generation: await readGeneration(effects.disk),
    onGeneration: (generation) => writeGeneration(effects.disk, generation),
    path: STORE_PATH,
    key,
    peers,
    procedures,
    directions: router,
    isEnrolled: (id) => roster.isAllowed(id),
    onFailure,
    onDoing: doings.groupDid,
    settings: { diskFreeBytesMin: settings.diskReserveMib * MIB },
  })
  await markStoreBegun(effects.disk)
  await foundWhereAsked(effects, host)
  return host
}

interface Shared {
  readonly effects: Effects
  readonly self: MemberId
  readonly host: GroupHost
  readonly peers: RpcPeers
  readonly router: Router
  readonly records: RecordStore
}

function backupParts(
  { effects, self, host, peers, router, records }: Shared,
  { nameOf, ringId }: { readonly nameOf: (id: MemberId) => string; readonly ringId: RingId },
): { readonly serving: BackupServing; readonly backups: BackupCollecting } {
  const { clock } = effects
  const serving = new BackupServing({ clock, host, peers })
  const outages = new Outages(clock)
  const submitter = new Submitter({ effects, self, host, peers, router, nameOf, outages })
  const parts = { clock, self, ringId, peers, router, submitter, serving, store: records }
  return { serving, backups: new BackupCollecting(parts) }
}

/** Of this build, in all. Which level brings which: `levels.test.ts`. */
export const MEMBER_PROCEDURES = [
  transact,
  ...LOCK_PROCEDURES,
  ...RING_PROCEDURES,
  ...CHUNK_PROCEDURES,
  ...SCHEDULE_PROCEDURES,
  ...ACCOUNT_PROCEDURES,
  ...CONTENT_PROCEDURES,
  ...CRAWL_PROCEDURES,
  ...LINK_PROCEDURES,
  ...TREE_PROCEDURES,
  ...DWEET_PROCEDURES,
  ...PATH_LOCK_PROCEDURES,
  ...OUTSIDE_PROCEDURES,
]

export function memberProcedures(): ProcedureTable {
  return new ProcedureTable({ procedures: MEMBER_PROCEDURES })
}

async function foundWhereAsked(effects: Effects, host: GroupHost): Promise<void> {
  if (!(await isToFound(effects.disk))) return
  if (host.held().length === 0) await host.found()
  await markGroupsFounded(effects.disk)
}

/** Listed, or met on the ring. */
function known({ roster }: RosterKeeper, overlay: Overlay): readonly MemberId[] {
  const listed = roster.members.filter(({ state }) => state !== 'removed')
  return [...new Set([...neighbours(overlay), ...listed].map(({ id }) => id))]
}

function neighbours(
  overlay: Overlay,
): readonly { readonly id: MemberId; readonly address: string }[] {
  const before = overlay.predecessor()
  const after = overlay.successors(NEIGHBOURS_MAX)
  return before === undefined ? after : [before, ...after]
}
