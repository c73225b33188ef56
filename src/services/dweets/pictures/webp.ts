/**
 * A WebP without Exif and XMP. Pure.
 *
 * RFC 9649, 2.3 to 2.7: RIFF, `VP8 `, `VP8L`, `VP8X`.
 */
import { PICTURE_PARTS_MAX, type BarePicture } from './bare-picture.ts'
import { latin1 } from './sniffed-type.ts'

const RIFF_BYTES = 12
const CHUNK_HEAD_BYTES = 8
const DROPPED: ReadonlySet<string> = new Set(['EXIF', 'XMP '])
/** In the flags of `VP8X`: there is Exif, there is XMP. */
const TELLS = 0x08 | 0x04

/** `undefined`: it is no whole WebP. */
export function bareWebp(bytes: Uint8Array): BarePicture | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < RIFF_BYTES) return undefined
  const whole = 8 + view.getUint32(4, true)
  if (whole > bytes.length) return undefined
  const kept: Uint8Array[] = []
  let size: Pick<BarePicture, 'width' | 'height'> | undefined
  let parts = 0
  for (let at = RIFF_BYTES; at + CHUNK_HEAD_BYTES <= whole;) {
    if (++parts > PICTURE_PARTS_MAX) return undefined
    const length = view.getUint32(at + 4, true)
    const from = at + CHUNK_HEAD_BYTES
    if (from + length > whole) return undefined
    // Each begins at an even place.
    const end = Math.min(whole, from + length + (length % 2))
    const type = latin1(bytes, at, at + 4)
    size ??= sizeIn(type, bytes.subarray(from, from + length))
    if (!DROPPED.has(type))
      kept.push(type === 'VP8X' ? untold(bytes, at, end) : bytes.subarray(at, end))
    at = end
  }
  return size === undefined ? undefined : { ...size, bytes: riff(kept) }
}

function untold(bytes: Uint8Array, at: number, end: number): Uint8Array {
  const chunk = bytes.slice(at, end)
  chunk[CHUNK_HEAD_BYTES] = (chunk[CHUNK_HEAD_BYTES] ?? 0) & ~TELLS
  return chunk
}

function riff(chunks: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  const body = Buffer.concat(chunks)
  head.writeUInt32LE(4 + body.length, 4)
  return Buffer.concat([head, body])
}

function sizeIn(type: string, data: Uint8Array): Pick<BarePicture, 'width' | 'height'> | undefined {
  if (data.length < 10) return undefined
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (type === 'VP8X') return { width: 1 + uint24(view, 4), height: 1 + uint24(view, 7) }
  if (type === 'VP8 ') {
    return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff }
  }
  if (type !== 'VP8L') return undefined
  const bits = view.getUint32(1, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000
}
