/**
 * The list of a log's segments (docs/spec/log.md, *Manifest*), sealed, replaced as a whole by a
 * rename. A segment that it does not name does not count.
 */
import { crc32 } from '../../base/crc32.ts'
import { SEAL_BYTES } from '../../effects/cipher.ts'
import type { Disk } from '../../effects/disk.ts'
import type { Keys } from './segment.ts'

export interface ListedSegment {
  readonly number: number
  /**
   * Where its batches end. In the last segment of the list, which is written to: where they ended
   * when the list was made; they reach so far at least.
   */
  readonly endBytes: number
}

export const MANIFEST_NAME = 'manifest'
const UNFINISHED_NAME = 'manifest.unfinished'

/** `anilolst` */
const MAGIC = [0x61, 0x6e, 0x69, 0x6c, 0x6f, 0x6c, 0x73, 0x74] as const
const VERSION = 1
const VERSION_AT = 8
const BOUND_BYTES = 12
const ROW_BYTES = 8
const CRC_BYTES = 4

export function encodeManifest(
  segments: readonly ListedSegment[],
  { cipher, key }: Keys,
): Uint8Array {
  const rows = new Uint8Array(segments.length * ROW_BYTES)
  const rowsView = new DataView(rows.buffer)
  for (const [place, { number, endBytes }] of segments.entries()) {
    rowsView.setUint32(place * ROW_BYTES, number)
    rowsView.setUint32(place * ROW_BYTES + 4, endBytes)
  }
  const bytes = new Uint8Array(BOUND_BYTES + rows.length + SEAL_BYTES + CRC_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  view.setUint32(VERSION_AT, VERSION)
  const bound = bytes.subarray(0, BOUND_BYTES)
  cipher.sealInto(key, { bytes: rows, bound, into: bytes, at: BOUND_BYTES })
  const crcAt = bytes.length - CRC_BYTES
  view.setUint32(crcAt, crc32(bytes.subarray(0, crcAt)))
  return bytes
}

/** The segments in their order, or what is wrong. */
export function decodeManifest(
  bytes: Uint8Array,
  { cipher, key }: Keys,
): readonly ListedSegment[] | string {
  const crcAt = bytes.length - CRC_BYTES
  if (crcAt < BOUND_BYTES + SEAL_BYTES) return 'it is cut short'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(crcAt) !== crc32(bytes.subarray(0, crcAt))) return 'it is changed'
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) return 'it is no list of segments'
  const version = view.getUint32(VERSION_AT)
  if (version !== VERSION) return `its version ${version} is not known here`
  const bound = bytes.subarray(0, BOUND_BYTES)
  const rows = cipher.open(key, bytes.subarray(BOUND_BYTES, crcAt), bound)
  if (rows === undefined) return 'it was sealed under another key'
  const rowsView = new DataView(rows.buffer, rows.byteOffset, rows.length)
  return Array.from({ length: rows.length / ROW_BYTES }, (_, place) => ({
    number: rowsView.getUint32(place * ROW_BYTES),
    endBytes: rowsView.getUint32(place * ROW_BYTES + 4),
  }))
}

/** On the medium when it returns. */
export async function writeManifest(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(`${path}/${UNFINISHED_NAME}`, 'write')
  try {
    await file.truncate(0)
    await file.write(0, bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(`${path}/${UNFINISHED_NAME}`, `${path}/${MANIFEST_NAME}`)
  await disk.syncDirectory(path)
}
