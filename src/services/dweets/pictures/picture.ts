/**
 * Pictures as they are kept: with their size, for whoever lays them out, and without what tells
 * where they were taken. Pure.
 */
import type { BarePicture } from './bare-picture.ts'
import { bareJpeg } from './jpeg.ts'
import { barePng } from './png.ts'
import { latin1 } from './sniffed-type.ts'
import { bareWebp } from './webp.ts'

/** Those whose size is told. */
const READERS: Readonly<Record<string, (bytes: Uint8Array) => BarePicture | undefined>> = {
  'image/jpeg': bareJpeg,
  'image/png': barePng,
  'image/webp': bareWebp,
  'image/gif': gif,
  'image/avif': avif,
}

export function isPictureType(type: string): boolean {
  return Object.hasOwn(READERS, type)
}

/** `undefined`: it is no whole picture of that type. */
export function barePicture(type: string, bytes: Uint8Array): BarePicture | undefined {
  return isPictureType(type) ? READERS[type]?.(bytes) : undefined
}

/** GIF89a, 18: cameras write none, so that it stays as it is. */
function gif(bytes: Uint8Array): BarePicture | undefined {
  if (bytes.length < 14) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)]
  return width > 0 && height > 0 ? { width, height, bytes } : undefined
}

/** Beyond it no box of a picture’s properties stands. */
const PROPERTIES_WITHIN = 64 * 1_024

/**
 * ISO/IEC 23008-12, 6.5.3: the property `ispe`. What it tells beside the picture stays: where that
 * stands, boxes say that would all have to be written anew.
 */
function avif(bytes: Uint8Array): BarePicture | undefined {
  const at = latin1(bytes, 0, PROPERTIES_WITHIN).indexOf('ispe')
  if (at < 0 || at + 16 > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)]
  return width > 0 && height > 0 ? { width, height, bytes } : undefined
}
