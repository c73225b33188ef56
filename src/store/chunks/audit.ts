/**
 * A leader's look over the chunks of one group: what its members have is compared with the group's
 * rows. Missing copies are made, copies too many and files without a row are dropped.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { shuffled } from '../../base/random.ts'
import type { Effects } from '../../effects/effects.ts'
import { NAMED_MAX, TAKE_TIMEOUT_MS, dropChunks } from '../../wire/chunk-methods.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'
import type { GroupHost, Replica } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import { Allowance } from '../routing/allowance.ts'
import type { Gate } from './gate.ts'
import { chunkRows, directoriesOf, inventories, isReferred } from './group-chunks.ts'
import type { ChunkHolder } from './holder.ts'
import { CONFIRM_TIMEOUT_MS, PUT_TIMEOUT_MS, REPAIRS_AT_ONCE_MAX } from './limits.ts'
import { placeChunk } from './placing.ts'
import {
  byPreference,
  copiesWanted,
  preferredHolders,
  stayingIn,
  type HostOf,
} from './preference.ts'
import type { ChunkRow } from './rows.ts'
import type { ChunkShelf } from './shelf.ts'

/** `begin`: found to be missing. `found`: there by then, without this repair. */
export type RepairPhase = 'begin' | 'made' | 'found' | 'failed'

export interface AuditOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  readonly self: MemberId
  readonly host: Pick<GroupHost, 'replica' | 'status' | 'confirmRead'>
  readonly peers: Pick<Peers, 'ask'>
  readonly holder: ChunkHolder
  readonly shelf: ChunkShelf
  readonly hostOf: HostOf
  /** Of all groups of this leader. */
  readonly repairs: Gate
  /** Copies that are found to be missing, and those that were made. */
  readonly onRepair: (bytes: number, phase: RepairPhase) => void
}

export interface AuditReport {
  /** Rows. */
  readonly chunks: number
  /** Of the chunk that has the fewest; `undefined` where there is none that anything refers to. */
  readonly leastCopies: number | undefined
  /** Chunks with fewer copies than there ought to be, after what could be done. */
  readonly lacking: number
  /** Referred to, and no member that answered has it. */
  readonly lost: number
  readonly dropped: number
  /** Members that did not say what they have. */
  readonly silent: number
}

/** What is known of one group for the length of a look. */
interface Look {
  readonly group: PartitionId
  readonly replica: Replica
  readonly configuration: Configuration
  readonly index: number
  readonly members: readonly MemberId[]
}

type Have = ReadonlyMap<MemberId, ReadonlySet<string> | undefined>

/** A chunk with too few copies. */
interface Lacking {
  readonly hash: string
  readonly row: ChunkRow
  readonly holders: readonly MemberId[]
  readonly copies: number
}

/** `undefined`: this member does not lead the group, or nobody confirms that it does. */
export async function auditGroup(
  options: AuditOptions,
  group: PartitionId,
): Promise<AuditReport | undefined> {
  const look = await beginLook(options, group)
  if (look === undefined) return undefined
  const sum = { chunks: 0, leastCopies: Infinity, lacking: 0, lost: 0, dropped: 0, silent: 0 }
  const looks = directoriesOf(group).map((digits) => auditDirectory(options, look, { digits, sum }))
  for (const ended of await Promise.allSettled(looks)) {
    if (ended.status === 'rejected') throw ended.reason
  }
  const { leastCopies } = sum
  return { ...sum, leastCopies: leastCopies === Infinity ? undefined : leastCopies }
}

type Sum = { -readonly [Field in keyof AuditReport]: number }

async function auditDirectory(
  options: AuditOptions,
  look: Look,
  { digits, sum }: { readonly digits: string; readonly sum: Sum },
): Promise<void> {
  const { group, index, members } = look
  const have = await inventories(options, members, { group, digits, index })
  const rows = await chunkRows(look.replica, digits, options.effects.clock)
  const silent = members.filter((id) => have.get(id) === undefined).length
  sum.silent = Math.max(sum.silent, silent)
  sum.chunks += rows.size
  const lacking = lackingIn(options, look, { have, rows })
  const repaired = await repairAll(options, look, { lacking, have })
  const nowhere: string[] = []
  for (const { copies, hash } of repaired) {
    sum.lacking++
    if (!isReferred(look.replica, hash)) continue
    sum.leastCopies = Math.min(sum.leastCopies, copies)
    if (copies === 0 && silent === 0) nowhere.push(hash)
  }
  if (nowhere.length > 0) sum.lost += await countLost(options, look, { digits, nowhere })
  if (rows.size > lacking.length) {
    sum.leastCopies = Math.min(sum.leastCopies, copiesWanted(members, options.hostOf))
  }
  const dropped = await dropSpare(options, look, { have, rows })
  sum.dropped += dropped
}

/**
 * The rows were read behind the inventories: what was put between the two is in the rows alone. So
 * whoever was said to have nothing is asked again.
 */
async function countLost(
  options: AuditOptions,
  { group, members, replica }: Look,
  { digits, nowhere }: { readonly digits: string; readonly nowhere: readonly string[] },
): Promise<number> {
  const index = replica.appliedIndex
  const have = [...(await inventories(options, members, { group, digits, index })).values()]
  const isLost = (hash: string): boolean =>
    have.every((held) => held?.has(hash) === false) && isReferred(replica, hash)
  return nowhere.filter(isLost).length
}

async function beginLook({ host }: AuditOptions, group: PartitionId): Promise<Look | undefined> {
  if (host.status(group)?.role !== 'leader') return undefined
  if ((await host.confirmRead(group, { timeoutMs: CONFIRM_TIMEOUT_MS })) !== 'ready') {
    return undefined
  }
  const status = host.status(group)
  const replica = host.replica(group)
  if (status?.role !== 'leader' || status.configuration === undefined) return undefined
  if (replica === undefined) return undefined
  const { configuration } = status
  const members = stayingIn(configuration)
  return { group, replica, configuration, index: replica.appliedIndex, members }
}

function lackingIn(
  { hostOf }: AuditOptions,
  { members }: Look,
  { have, rows }: { readonly have: Have; readonly rows: ReadonlyMap<string, ChunkRow> },
): readonly Lacking[] {
  const wanted = copiesWanted(members, hostOf)
  const lacking: Lacking[] = []
  for (const [hash, row] of rows) {
    const holders = members.filter((id) => have.get(id)?.has(hash) === true)
    const copies = new Set(holders.map(hostOf)).size
    if (copies < wanted) lacking.push({ hash, row, holders, copies })
  }
  return lacking
}

/** Those that lack copies still. */
async function repairAll(
  options: AuditOptions,
  look: Look,
  { lacking, have }: { readonly lacking: readonly Lacking[]; readonly have: Have },
): Promise<readonly Lacking[]> {
  const wanted = copiesWanted(look.members, options.hostOf)
  const isAnySilent = look.members.some((id) => have.get(id) === undefined)
  // Who is silent has its copies still, and is replaced when it stays away: until then two will do.
  const needed = isAnySilent ? Math.min(wanted, SAFE_COPIES) : wanted
  const open: Lacking[] = []
  const waiting: Lacking[] = []
  for (const each of lacking) {
    const isRepairable = each.copies > 0 && each.copies < needed
    if (isRepairable) waiting.push(each)
    else open.push(each)
    if (isRepairable) options.onRepair(each.row.bytes * (needed - each.copies), 'begin')
  }
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const each = next
      const copies = await options.repairs.run(() => repair(options, look, { each, have, needed }))
      if (copies < wanted) open.push({ ...next, copies })
    }
  }
  await Promise.all(Array.from({ length: REPAIRS_AT_ONCE_MAX }, worker))
  return open
}

/** One may fail before the next look. */
const SAFE_COPIES = 2

interface Repair {
  readonly each: Lacking
  readonly have: Have
  readonly needed: number
}

async function repair(
  options: AuditOptions,
  { configuration, index }: Look,
  { each, have, needed }: Repair,
): Promise<number> {
  const { effects, hostOf, onRepair } = options
  const { hash, row, holders, copies } = each
  const placing = {
    question: { hash, index, from: [...shuffled(effects.random, holders)], isRepair: true },
    candidates: byPreference(configuration, hash).filter((id) => have.get(id) !== undefined),
    wanted: needed,
    held: new Set(holders),
  }
  const allowance = new Allowance(effects.clock, { timeoutMs: PUT_TIMEOUT_MS })
  const { held, fetched } = await placeChunk(options, placing, allowance)
  const after = new Set([...held].map(hostOf)).size
  const made = Math.min(fetched.size, after - copies)
  onRepair(row.bytes * made, 'made')
  onRepair(row.bytes * (after - copies - made), 'found')
  onRepair(row.bytes * Math.max(0, needed - after), 'failed')
  return after
}

/** Files without a row, and copies beyond those of the preferred holders, who all have it. */
async function dropSpare(
  options: AuditOptions,
  look: Look,
  { have, rows }: { readonly have: Have; readonly rows: ReadonlyMap<string, ChunkRow> },
): Promise<number> {
  const { configuration, members } = look
  const keepersOf = (hash: string): readonly MemberId[] =>
    preferredHolders(configuration, hash, options.hostOf)
  const isSettled =
    configuration.outgoing === undefined && members.every((id) => have.get(id) !== undefined)
  const isSpare = (hash: string, at: MemberId): boolean => {
    if (!rows.has(hash)) return true
    if (!isSettled) return false
    const keepers = keepersOf(hash)
    return !keepers.includes(at) && keepers.every((id) => have.get(id)?.has(hash) === true)
  }
  let dropped = 0
  for (const [member, hashes] of have) {
    const spare = [...(hashes ?? [])].filter((hash) => isSpare(hash, member))
    for (let at = 0; at < spare.length; at += NAMED_MAX) {
      dropped += await drop(options, look, { member, hashes: spare.slice(at, at + NAMED_MAX) })
    }
  }
  return dropped
}

async function drop(
  { holder, peers, self }: AuditOptions,
  { group, index }: Look,
  { member, hashes }: { readonly member: MemberId; readonly hashes: string[] },
): Promise<number> {
  if (member === self) return holder.drop(group, { index, hashes })
  try {
    const options = { timeoutMs: TAKE_TIMEOUT_MS }
    return (await peers.ask(member, dropChunks, { group, index, hashes }, options)).dropped
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return 0
  }
}
