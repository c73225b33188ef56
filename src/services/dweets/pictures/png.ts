/**
 * A PNG without texts, times and Exif, and without what is hung behind its end. Pure.
 *
 * W3C PNG (third edition), 5.3 (chunks), 11.3.3 and 11.3.4 (texts, `eXIf`, `tIME`).
 */
import { PICTURE_PARTS_MAX, type BarePicture } from './bare-picture.ts'
import { latin1 } from './sniffed-type.ts'

const SIGNATURE_BYTES = 8
/** Length, type, checksum. */
const CHUNK_BYTES = 12

/** What tells of the picture, and is not needed to draw it. */
const DROPPED: ReadonlySet<string> = new Set(['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME'])

/** `undefined`: it is no whole PNG. */
export function barePng(bytes: Uint8Array): BarePicture | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_BYTES)]
  let size: Pick<BarePicture, 'width' | 'height'> | undefined
  let parts = 0
  for (let at = SIGNATURE_BYTES; at + CHUNK_BYTES <= bytes.length;) {
    if (++parts > PICTURE_PARTS_MAX) return undefined
    const end = at + CHUNK_BYTES + view.getUint32(at)
    if (end > bytes.length) return undefined
    const type = latin1(bytes, at + 4, at + 8)
    if (size === undefined) {
      if (type !== 'IHDR' || end - at < CHUNK_BYTES + 8) return undefined
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
      if (size.width === 0 || size.height === 0) return undefined
    }
    if (!DROPPED.has(type)) kept.push(bytes.subarray(at, end))
    if (type === 'IEND') return { ...size, bytes: Buffer.concat(kept) }
    at = end
  }
  return undefined
}
