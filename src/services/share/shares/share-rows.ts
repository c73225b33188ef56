/**
 * What the ring shares with the outside, in the store. All stands in one partition, so that a name
 * is taken once, and who refreshes what is due reads one list.
 *
 *     shares  all  publisher      the ring’s key pair: who says its records
 *                  share/ID       what is shared under a name; ID is of the name
 *                  made/TIME.ID   nothing: shares in the order in which they were made
 *                  root/ROOT.ID   nothing: those of one content
 *                  due/TIME.ID    nothing: when its record is to be said again, logged time
 *                  body/ID        its bytes, where they are few
 *                  layer/ID       hashes of its pieces, where they are few
 *                  gone/NICK      a deleted account, for a day: it shares nothing more
 *                  ended/ID       what went with it: its record is to be taken back
 *
 * Keys stand on disks in clear: names and nicks are hashed.
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { nickKey } from '../../../wire/file-people.ts'
import {
  OUTSIDE_SHARES_PARTITION,
  OUTSIDE_SHARES_PK,
  OUTSIDE_SHARES_TABLE,
} from '../../../wire/outside-shares.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { Bytes, Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { SHARE_BYTES_MAX, SHARE_NAME_CHARS_MAX } from '../../../wire/share-bounds.ts'
import { SMALL_BYTES } from '../limits.ts'

export const SHARES_TABLE = OUTSIDE_SHARES_TABLE
export const SHARES_PARTITION = OUTSIDE_SHARES_PARTITION
export const SHARES_RANGE = { table: SHARES_TABLE, pk: OUTSIDE_SHARES_PK }

export const MADE_PREFIX = 'made/'
export const DUE_PREFIX = 'due/'
export const ENDED_PREFIX = 'ended/'
const GONE_PREFIX = 'gone/'
const ROOT_PREFIX = 'root/'

const ID_DIGITS = 32
const TIME_DIGITS = 15

/** As the network has it: 255 bytes of UTF-8 at most, checked where it enters. */
export const ShareName = Type.String({ minLength: 1, maxLength: SHARE_NAME_CHARS_MAX })
export const SharedNick = Type.String({ maxLength: 64 })
export const SmallBytes = Type.Refine(Bytes, ({ length }) => length < SMALL_BYTES)

/** What is shared, and by whom. */
export const SharedThing = {
  name: ShareName,
  root: Hex64,
  bytes: Type.Integer({ minimum: 1, maximum: SHARE_BYTES_MAX }),
  /** Of all bytes. */
  sha256: Hex64,
  /** The content that has them; absent: `body/ID` has. */
  content: Type.Optional(Hex32),
  /** The content that has the hashes of the pieces; absent: `layer/ID` has. */
  layer: Type.Optional(Hex32),
  by: SharedNick,
  /** Where it stood in the tree, or was put. */
  path: Type.Optional(Type.String({ maxLength: 4_096 })),
}

export const ShareRow = Type.Object({
  ...SharedThing,
  madeMs: Count,
  /** Of the record that was said last: each is greater than the one before. */
  sequence: Count,
  /** How often; which doors are told turns with it. */
  turn: Count,
  /** Logged time. */
  nextMs: Count,
  refreshedMs: Type.Optional(Count),
  /** So many nodes took the record last. */
  nodes: Type.Optional(Count),
})
export type ShareRow = Readonly<Static<typeof ShareRow>>

export const PublisherRow = Type.Object({
  privateKey: Hex64,
  publicKey: Hex64,
  madeMs: Count,
})
export type PublisherRow = Readonly<Static<typeof PublisherRow>>

export const EndedRow = Type.Object({ name: ShareName, root: Hex64, sequence: Count })
export type EndedRow = Readonly<Static<typeof EndedRow>>

export const readShareRow = rowReader(ShareRow)
export const readEndedRow = rowReader(EndedRow)
export const readPublisherRow = rowReader(PublisherRow)

/** Equal names are equal in NFC. */
export function shareIdOf(name: string): string {
  return sha256Hex(name.normalize('NFC')).slice(0, ID_DIGITS)
}

export function sharesKey(sk: string): RecordKey {
  return { ...SHARES_RANGE, sk }
}

export function shareKey(id: string): RecordKey {
  return sharesKey(`share/${id}`)
}

export const PUBLISHER_KEY = sharesKey('publisher')

export function endedKey(id: string): RecordKey {
  return sharesKey(ENDED_PREFIX + id)
}

/** The account is deleted: nothing is shared by it any more. */
export function goneKey(nick: string): RecordKey {
  return sharesKey(GONE_PREFIX + nickKey(nick))
}

export function bodyKey(id: string): RecordKey {
  return sharesKey(`body/${id}`)
}

export function layerKey(id: string): RecordKey {
  return sharesKey(`layer/${id}`)
}

export function rootPrefix(root: string): string {
  return `${ROOT_PREFIX}${root}.`
}

/** Of a row in an order: which share. */
export function idIn(sk: string): string {
  return sk.slice(sk.indexOf('.') + 1)
}

/** Of a row in the order of times. */
export function timeIn(sk: string): number {
  const from = sk.indexOf('/') + 1
  return Number(sk.slice(from, from + TIME_DIGITS))
}

/** Keys in byte order have the order of their times. */
export function timedSk(prefix: string, atMs: number, id: string): string {
  return `${prefix}${timeSk(atMs)}.${id}`
}

export function timeSk(atMs: number): string {
  return String(atMs).padStart(TIME_DIGITS, '0')
}

export function shareIn(work: Pick<PartitionWork, 'get'>, id: string): ShareRow | undefined {
  const record = work.get(shareKey(id))
  return record === undefined ? undefined : readShareRow(record)
}

const NOTHING = new Uint8Array(0)

/** Its places in the orders move with it. */
export function putShare(
  work: PartitionWork,
  id: string,
  { before, row }: { readonly row: ShareRow; readonly before: ShareRow | undefined },
): void {
  if (before === undefined) {
    work.put(sharesKey(timedSk(MADE_PREFIX, row.madeMs, id)), NOTHING)
    work.put(sharesKey(rootPrefix(row.root) + id), NOTHING)
  } else work.delete(sharesKey(timedSk(DUE_PREFIX, before.nextMs, id)))
  work.put(sharesKey(timedSk(DUE_PREFIX, row.nextMs, id)), NOTHING)
  work.put(shareKey(id), rowBytes(row))
}

export function dropShare(work: PartitionWork, id: string, row: ShareRow): void {
  work.delete(sharesKey(timedSk(MADE_PREFIX, row.madeMs, id)))
  work.delete(sharesKey(rootPrefix(row.root) + id))
  work.delete(sharesKey(timedSk(DUE_PREFIX, row.nextMs, id)))
  work.delete(bodyKey(id))
  work.delete(layerKey(id))
  work.delete(shareKey(id))
}
