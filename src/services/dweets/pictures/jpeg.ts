/**
 * A JPEG without what its camera wrote beside the picture: where it was taken, when, with what, and
 * the small pictures in which all of that stands again. How it is turned stays, as it would lie on
 * its side without; so does what colours need. Pure.
 *
 * ITU-T T.81, B.1 (markers, segments); Exif 2.32, 4.5 and 4.6 (APP1, orientation); CIPA DC-007
 * (pictures behind the end of the first one).
 */
import { PICTURE_PARTS_MAX, type BarePicture } from './bare-picture.ts'

const MARKER = 0xff
const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const APP0 = 0xe0
const APP1 = 0xe1
const APP2 = 0xe2
const APP14 = 0xee
const APP15 = 0xef
const COMMENT = 0xfe
const RST0 = 0xd0
const RST7 = 0xd7
const TEM = 0x01
const LENGTH_BYTES = 2
const DHT = 0xc4
const JPG = 0xc8
const DAC = 0xcc

/** `undefined`: it is no whole JPEG. */
export function bareJpeg(bytes: Uint8Array): BarePicture | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kept: Uint8Array[] = [bytes.subarray(0, 2)]
  let size: Pick<BarePicture, 'width' | 'height'> | undefined
  let parts = 0
  let turned: number | undefined
  let at = 2
  while (at + LENGTH_BYTES <= bytes.length) {
    if (bytes[at] !== MARKER) return undefined
    const marker = bytes[at + 1] ?? 0
    // Any number of fill bytes may stand before a marker.
    if (marker === MARKER) {
      at++
      continue
    }
    if (marker === EOI) {
      if (size === undefined) return undefined
      kept.push(bytes.subarray(at, at + 2))
      return { ...upright(size, turned), bytes: joined(kept, turned) }
    }
    if (marker === SOI || marker === TEM) return undefined
    if (at + 4 > bytes.length) return undefined
    if (++parts > PICTURE_PARTS_MAX) return undefined
    const end = at + 2 + view.getUint16(at + 2)
    if (end > bytes.length || end < at + 4) return undefined
    const segment = bytes.subarray(at, end)
    if (isFrame(marker)) size ??= sizeIn(segment)
    if (marker === APP1) turned ??= orientationIn(segment)
    const next = marker === SOS ? endOfScan(bytes, end) : end
    if (isKept(marker, segment)) kept.push(bytes.subarray(at, next))
    at = next
  }
  return undefined
}

/** Of coded data: a marker that is none of those that stand within. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] !== MARKER) continue
    const next = bytes[at + 1] ?? 0
    const isWithin = next === 0 || next === MARKER || (next >= RST0 && next <= RST7)
    if (!isWithin) return at
  }
  return bytes.length
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![DHT, JPG, DAC].includes(marker)
}

/**
 * JFIF, profiles of colours, and how Adobe's colours are meant; of APP and comments nothing else.
 */
function isKept(marker: number, segment: Uint8Array): boolean {
  if (marker === COMMENT) return false
  if (marker < APP0 || marker > APP15) return true
  if (marker === APP2) return asText(segment, 'ICC_PROFILE'.length) === 'ICC_PROFILE'
  return (marker === APP0 && asText(segment, 'JFIF'.length) === 'JFIF') || marker === APP14
}

function asText(segment: Uint8Array, length: number): string {
  return String.fromCharCode(...segment.subarray(4, 4 + length))
}

function sizeIn(segment: Uint8Array): Pick<BarePicture, 'width' | 'height'> | undefined {
  if (segment.length < 9) return undefined
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength)
  const [height, width] = [view.getUint16(5), view.getUint16(7)]
  return width > 0 && height > 0 ? { width, height } : undefined
}

/** 5 to 8: on its side. */
function upright(
  { height, width }: Pick<BarePicture, 'width' | 'height'>,
  turned: number | undefined,
): Pick<BarePicture, 'width' | 'height'> {
  return (turned ?? 1) >= 5 ? { width: height, height: width } : { width, height }
}

const ORIENTATION = 0x0112
const ENTRY_BYTES = 12
/** Marker, length, `Exif`, two zeros. */
const EXIF_HEAD_BYTES = 10

/** 2 to 8: how it is turned; `undefined`: it is upright, or that cannot be read. */
function orientationIn(segment: Uint8Array): number | undefined {
  if (asText(segment, 4) !== 'Exif') return undefined
  const tiff = segment.subarray(EXIF_HEAD_BYTES)
  if (tiff.length < 8) return undefined
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const isLittle = tiff[0] === 0x49
  const first = view.getUint32(4, isLittle)
  if (first + 2 > tiff.length) return undefined
  const count = view.getUint16(first, isLittle)
  for (let entry = 0; entry < count; entry++) {
    const at = first + 2 + entry * ENTRY_BYTES
    if (at + ENTRY_BYTES > tiff.length) return undefined
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue
    const turned = view.getUint16(at + 8, isLittle)
    return turned >= 2 && turned <= 8 ? turned : undefined
  }
  return undefined
}

/** How it is turned, and nothing else. */
function exifOf(turned: number): Uint8Array {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1]
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0]
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff, ...entry, 0, 0, 0, 0]
  return Uint8Array.from([MARKER, APP1, 0, body.length + LENGTH_BYTES, ...body])
}

function joined(kept: readonly Uint8Array[], turned: number | undefined): Uint8Array {
  const [start, ...rest] = kept
  return Buffer.concat([
    ...(start === undefined ? [] : [start]),
    ...(turned === undefined ? [] : [exifOf(turned)]),
    ...rest,
  ])
}
