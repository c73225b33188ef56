/** The state's own rows, as bytes: of each group its mark, and how far a snapshot was taken. */
import { assert } from '../../base/assert.ts'
import { concat, tryText, utf8 } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/hash.ts'
import { decodeConfiguration, encodeConfiguration } from '../../wire/configuration.ts'
import type { Configuration, LogPoint, SnapshotOffer } from '../../wire/raft.ts'
import type { Incarnation } from './keys.ts'
import type { GroupMark } from './types.ts'

/** Which incarnation is served, and what it holds. */
export interface MarkRow {
  readonly incarnation: Incarnation
  readonly mark: GroupMark
}

/** A snapshot that is being taken into an incarnation of its own. */
export interface SinkRow {
  readonly incarnation: Incarnation
  readonly offer: SnapshotOffer
  readonly nextBlock: number
  /** Of the block before, or of the offer. */
  readonly hash: string
  readonly isComplete: boolean
}

/** Raised when the layout changes. */
export const FORMAT = Uint8Array.of(1)

/** Incarnation (u32), index, term (f64 each); the configuration, or nothing, follows. */
const POINT_BYTES = 20
/** Next block (u32), complete (u8), hash (64 digits). */
const PROGRESS_BYTES = 69
const HASH_AT = 5

export function encodeMark({ incarnation, mark }: MarkRow): Uint8Array {
  return concat([encodePoint(incarnation, mark.applied), encodedConfiguration(mark.configuration)])
}

export function decodeMark(bytes: Uint8Array): MarkRow | undefined {
  const point = decodePoint(bytes)
  if (point === undefined) return undefined
  const { incarnation, applied } = point
  if (bytes.length === POINT_BYTES) {
    return { incarnation, mark: { applied, configuration: undefined } }
  }
  const configuration = decodeConfiguration(bytes.subarray(POINT_BYTES))
  if (configuration === undefined) return undefined
  return { incarnation, mark: { applied, configuration } }
}

export function encodeSink(row: SinkRow): Uint8Array {
  const progress = new Uint8Array(PROGRESS_BYTES)
  new DataView(progress.buffer).setUint32(0, row.nextBlock)
  progress[4] = row.isComplete ? 1 : 0
  progress.set(utf8(row.hash), HASH_AT)
  const { point, configuration } = row.offer
  return concat([progress, encodeMark({ ...row, mark: { applied: point, configuration } })])
}

export function decodeSink(bytes: Uint8Array): SinkRow | undefined {
  if (bytes.length < PROGRESS_BYTES) return undefined
  const row = decodeMark(bytes.subarray(PROGRESS_BYTES))
  const hash = tryText(bytes.subarray(HASH_AT, PROGRESS_BYTES))
  if (row?.mark.configuration === undefined || hash === undefined) return undefined
  const { applied: point, configuration } = row.mark
  const nextBlock = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  const { incarnation } = row
  return {
    incarnation,
    offer: { point, configuration },
    nextBlock,
    hash,
    isComplete: bytes[4] === 1,
  }
}

/** What the hashes of a snapshot's blocks begin with. */
export function hashOfOffer({ point, configuration }: SnapshotOffer): string {
  return sha256Hex(encodeMark({ incarnation: 0, mark: { applied: point, configuration } }))
}

function encodePoint(incarnation: Incarnation, { index, term }: LogPoint): Uint8Array {
  assert(Number.isSafeInteger(index) && Number.isSafeInteger(term), 'a point is two numbers')
  const bytes = new Uint8Array(POINT_BYTES)
  const numbers = new DataView(bytes.buffer)
  numbers.setUint32(0, incarnation)
  numbers.setFloat64(4, index)
  numbers.setFloat64(12, term)
  return bytes
}

function decodePoint(
  bytes: Uint8Array,
): { readonly incarnation: Incarnation; readonly applied: LogPoint } | undefined {
  if (bytes.length < POINT_BYTES) return undefined
  const numbers = new DataView(bytes.buffer, bytes.byteOffset)
  const applied = { index: numbers.getFloat64(4), term: numbers.getFloat64(12) }
  return { incarnation: numbers.getUint32(0), applied }
}

const NO_BYTES = new Uint8Array(0)

/** A group's marks bear the same one over and over. */
const encodedConfigurations = new WeakMap<Configuration, Uint8Array>()

function encodedConfiguration(configuration: Configuration | undefined): Uint8Array {
  if (configuration === undefined) return NO_BYTES
  let encoded = encodedConfigurations.get(configuration)
  if (encoded === undefined) {
    encoded = encodeConfiguration(configuration)
    encodedConfigurations.set(configuration, encoded)
  }
  return encoded
}
