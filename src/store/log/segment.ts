/**
 * The bytes of a segment (docs/spec/log.md, *Segments* and *Batches*): a header that wraps the
 * segment's key, then batches without gaps, then zeros up to its capacity. Pure but for the cipher.
 */
import { assert } from '../../base/assert.ts'
import { crc32 } from '../../base/crc32.ts'
import { MIB } from '../../base/limits.ts'
import { CIPHER_KEY_BYTES, SEAL_BYTES, type Cipher } from '../../effects/cipher.ts'

/** `anilolog` */
const MAGIC = [0x61, 0x6e, 0x69, 0x6c, 0x6f, 0x6c, 0x6f, 0x67] as const
const VERSION = 1

const VERSION_AT = 8
const NUMBER_AT = 12
const CAPACITY_AT = 16
const KEY_AT = 20
const WRAPPED_BYTES = CIPHER_KEY_BYTES + SEAL_BYTES
const HEADER_CRC_AT = KEY_AT + WRAPPED_BYTES
const HEADER_BYTES = HEADER_CRC_AT + 4

/** No write of a batch touches the sector of the header. */
export const FIRST_BATCH_AT = 512

/** Offsets are 32-bit. */
export const CAPACITY_BYTES_MAX = 2_048 * MIB

const BATCH_MAGIC = 0xb7a1c0de
const BATCH_MAGIC_FIRST_BYTE = 0xb7
const LENGTH_AT = 4
const SEQUENCE_AT = 8
const OFFSET_AT = 12
const SEGMENT_AT = 16
const BATCH_CRC_AT = 20
const BATCH_HEADER_BYTES = 24

/** How much longer a batch is than its payload. */
export const BATCH_EXTRA_BYTES = BATCH_HEADER_BYTES + SEAL_BYTES

export interface SegmentHeader {
  readonly number: number
  /** Length of the file, from its making to its end. */
  readonly capacityBytes: number
  readonly key: Uint8Array
}

export interface Keys {
  readonly cipher: Cipher
  /** The member's, under which those of the segments are wrapped. */
  readonly key: Uint8Array
}

export function encodeSegmentHeader(header: SegmentHeader, { cipher, key }: Keys): Uint8Array {
  assert(header.capacityBytes <= CAPACITY_BYTES_MAX, 'a segment is too large')
  const bytes = new Uint8Array(HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  view.setUint32(VERSION_AT, VERSION)
  view.setUint32(NUMBER_AT, header.number)
  view.setUint32(CAPACITY_AT, header.capacityBytes)
  const bound = bytes.subarray(0, KEY_AT)
  cipher.sealInto(key, { bytes: header.key, bound, into: bytes, at: KEY_AT })
  view.setUint32(HEADER_CRC_AT, crc32(bytes.subarray(0, HEADER_CRC_AT)))
  return bytes
}

/** The header, or what is wrong with it. */
export function decodeSegmentHeader(
  bytes: Uint8Array,
  { cipher, key }: Keys,
): SegmentHeader | string {
  if (bytes.length < FIRST_BATCH_AT) return 'it is cut short'
  const view = viewOf(bytes)
  if (view.getUint32(HEADER_CRC_AT) !== crc32(bytes.subarray(0, HEADER_CRC_AT))) {
    return 'its header is damaged'
  }
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) return 'it is no segment of a log'
  const version = view.getUint32(VERSION_AT)
  if (version !== VERSION) return `its version ${version} is not known here`
  const wrapped = bytes.subarray(KEY_AT, HEADER_CRC_AT)
  const opened = cipher.open(key, wrapped, bytes.subarray(0, KEY_AT))
  if (opened === undefined) return 'it was sealed under another key'
  const capacityBytes = view.getUint32(CAPACITY_AT)
  if (capacityBytes !== bytes.length) {
    return `it has ${bytes.length} bytes instead of ${capacityBytes}`
  }
  return { number: view.getUint32(NUMBER_AT), capacityBytes, key: opened }
}

export interface BatchPlace {
  readonly segment: number
  /** From 0 on in each segment. */
  readonly sequence: number
  /** All before it in the segment was synced before the batch was written. */
  readonly offset: number
}

export interface BatchSeal {
  readonly place: BatchPlace
  readonly key: Uint8Array
  readonly payload: Uint8Array
  /** Takes `payload.length + BATCH_EXTRA_BYTES` from its start on. */
  readonly into: Uint8Array
}

/** Header and seal of one batch; the seal covers the header too. */
export function sealBatch(cipher: Cipher, { place, key, payload, into }: BatchSeal): void {
  const view = viewOf(into)
  view.setUint32(0, BATCH_MAGIC)
  view.setUint32(LENGTH_AT, payload.length)
  view.setUint32(SEQUENCE_AT, place.sequence)
  view.setUint32(OFFSET_AT, place.offset)
  view.setUint32(SEGMENT_AT, place.segment)
  view.setUint32(BATCH_CRC_AT, crc32(into.subarray(0, BATCH_CRC_AT)))
  const bound = into.subarray(0, BATCH_HEADER_BYTES)
  cipher.sealInto(key, { bytes: payload, bound, into, at: BATCH_HEADER_BYTES })
}

export interface OpenedBatch {
  readonly payload: Uint8Array
  /** Offset behind it. */
  readonly end: number
}

/** `undefined` where no whole batch of this place stands. */
export function openBatch(
  bytes: Uint8Array,
  place: BatchPlace,
  { cipher, key }: Keys,
): OpenedBatch | undefined {
  const { offset } = place
  if (!isBatchHeader(bytes, place)) return undefined
  const view = viewOf(bytes)
  if (view.getUint32(offset + SEQUENCE_AT) !== place.sequence) return undefined
  const end = offset + BATCH_EXTRA_BYTES + view.getUint32(offset + LENGTH_AT)
  if (end > bytes.length) return undefined
  const bound = bytes.subarray(offset, offset + BATCH_HEADER_BYTES)
  const payload = cipher.open(key, bytes.subarray(offset + BATCH_HEADER_BYTES, end), bound)
  return payload === undefined ? undefined : { payload, end }
}

/** A header that was written to this very place, whatever became of what follows it. */
function isBatchHeader(
  bytes: Uint8Array,
  { segment, offset }: Omit<BatchPlace, 'sequence'>,
): boolean {
  if (offset + BATCH_HEADER_BYTES > bytes.length) return false
  const view = viewOf(bytes)
  return (
    view.getUint32(offset) === BATCH_MAGIC &&
    view.getUint32(offset + OFFSET_AT) === offset &&
    view.getUint32(offset + SEGMENT_AT) === segment &&
    view.getUint32(offset + BATCH_CRC_AT) === crc32(bytes.subarray(offset, offset + BATCH_CRC_AT))
  )
}

/**
 * Offset of a batch's header behind `from`. Such a batch was written after all before it was
 * synced, so `from` was not torn but damaged later.
 */
export function batchBehind(bytes: Uint8Array, segment: number, from: number): number | undefined {
  for (let offset = from; ;) {
    offset = bytes.indexOf(BATCH_MAGIC_FIRST_BYTE, offset + 1)
    if (offset === -1) return undefined
    if (isBatchHeader(bytes, { segment, offset })) return offset
  }
}

/** Bytes from `from` to the last one that is not zero. */
export function writtenBytes(bytes: Uint8Array, from: number): number {
  const view = viewOf(bytes)
  let end = bytes.length
  // A segment is mostly zeros when its member starts: by words.
  while (end - from >= 4 && view.getUint32(end - 4) === 0) end -= 4
  while (end > from && bytes[end - 1] === 0) end--
  return end - from
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
