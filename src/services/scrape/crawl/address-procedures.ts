/**
 * Hosts of one address share its connections: a machine that serves a thousand names bears no more
 * than one that serves one. A host’s scheduler has a share as long as it asks, and gives it back
 * when others wait. Shares are written where all see them, so they hold over all members.
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { CRAWL_CONNECTIONS_MAX } from '../../../wire/crawl-bounds.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { Count } from '../../../wire/shapes.ts'
import { Hostname, readAddressRow, type AddressRow } from './rows.ts'

export const ADDRESSES_TABLE = 'hosts.addresses'

/**
 * A share that nobody lengthens is free after this; who schedules the host next goes on with it.
 */
export const SHARE_MS = 30 * SECOND_MS
/** Between two looks of the first who waits; each further one waits so much longer. */
export const SHARE_LOOK_MS = 500
const SHARE_LOOK_MS_MAX = 60 * SECOND_MS
/** What a waiting host may be late by before it has lost its place. */
const LATE_MS = 10 * SECOND_MS
/** More wait without a place: a row stays small. */
const WAITING_MAX = 64

const ShareInput = Type.Object({
  /** Canonical text of an IPv4 or IPv6 address. */
  address: Type.String({ minLength: 1, maxLength: 64 }),
  host: Hostname,
  /** Of the host’s lease. */
  fence: Count,
  /** Connections; 0 gives the share back. */
  want: Type.Integer({ minimum: 0, maximum: CRAWL_CONNECTIONS_MAX }),
  /** That the address bears, as the asker sees it. */
  max: Type.Integer({ minimum: 1, maximum: CRAWL_CONNECTIONS_MAX }),
})
export type ShareInput = Readonly<Static<typeof ShareInput>>

export interface Share {
  /** It may have so many connections open. */
  readonly given: number
  /** Others wait for them. */
  readonly isWaitedFor: boolean
  /** When it should ask again, ms from now: to lengthen its share, or to be given one. */
  readonly inMs: number
}

/** What a scheduler says whose lease was followed by another is refused with LOCK_LOST. */
export const shareAddress = defineProcedure({
  name: 'crawl.share',
  tables: [ADDRESSES_TABLE],
  readInput: reader(ShareInput),
  freesRoom: ({ want }: ShareInput) => want === 0,
  run: (work, { address, fence, host, max, want }: ShareInput): Share => {
    const { shares, waiting } = rowAt(work, address)
    const mine = shares.find((one) => one.host === host)
    if (fence < (mine?.fence ?? 0)) return work.refuse('LOCK_LOST', { name: host })
    const others = shares.filter((one) => one !== mine)
    const taken = others.reduce((sum, { connections }) => sum + connections, 0)
    const place = waiting.findIndex((one) => one.host === host)
    const ahead = place < 0 ? waiting : waiting.slice(0, place)
    const behind = waiting.filter((one) => one.host !== host)
    // Each of those ahead gets one first; what is held is held.
    const free = max - taken - (mine === undefined ? ahead.length : 0)
    const given = Math.max(0, Math.min(want, Math.max(free, mine?.connections ?? 0)))
    const untilMs = work.timeMs + SHARE_MS
    const held = given === 0 ? [] : [{ host, fence, connections: given, untilMs }]
    const inMs = given > 0 ? SHARE_MS / 3 : lookMs(ahead.length)
    const isInLine = want > 0 && given === 0 && ahead.length < WAITING_MAX
    const next = { host, untilMs: work.timeMs + inMs + LATE_MS }
    const line = isInLine ? behind.toSpliced(ahead.length, 0, next) : behind
    put(work, address, { shares: [...others, ...held], waiting: line })
    return { given, isWaitedFor: behind.length > 0, inMs }
  },
})

export function partitionOfAddress(address: string): PartitionId {
  return partitionOf(ADDRESSES_TABLE, keyOf(address).pk)
}

function lookMs(ahead: number): number {
  return Math.min(SHARE_LOOK_MS_MAX, SHARE_LOOK_MS * (1 + ahead))
}

function rowAt(work: PartitionWork, address: string): AddressRow {
  const record = work.get(keyOf(address))
  if (record === undefined) return { shares: [], waiting: [] }
  const { shares, waiting } = readAddressRow(record)
  const isThere = ({ untilMs }: { readonly untilMs: number }): boolean => untilMs > work.timeMs
  return { shares: shares.filter(isThere), waiting: waiting.filter(isThere) }
}

function put(work: PartitionWork, address: string, row: AddressRow): void {
  const ends = [...row.shares, ...row.waiting].map(({ untilMs }) => untilMs)
  if (ends.length === 0) work.delete(keyOf(address))
  else work.put(keyOf(address), rowBytes(row), Math.max(...ends))
}

function keyOf(address: string): RecordKey {
  const id = sha256Hex(address)
  return { table: ADDRESSES_TABLE, pk: id.slice(0, 2), sk: id }
}
