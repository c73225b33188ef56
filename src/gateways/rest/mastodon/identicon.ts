/**
 * A picture for who has none: a pattern of the nick, the same at every member, as PNG (ISO 15948).
 * Pure.
 */
import { utf8 } from '../../../base/bytes.ts'
import { deflated } from '../../../base/deflate.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { bytesOfHex } from '../../../base/hex.ts'

const CELLS = 5
const HALF = Math.ceil(CELLS / 2)
const CELL_PIXELS = 20
const MARGIN_PIXELS = 10
const SIDE = CELLS * CELL_PIXELS + 2 * MARGIN_PIXELS
const GREY = 240

export function identicon(nick: string): Uint8Array {
  const bytes = bytesOfHex(sha256Hex(nick))
  const isInk = (x: number, y: number): boolean => {
    const column = x < HALF ? x : CELLS - 1 - x
    return ((bytes[column * CELLS + y] ?? 0) & 1) === 1
  }
  const rows = new Uint8Array(SIDE * (SIDE + 1))
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [cellX, cellY] = [cellOf(x), cellOf(y)]
      const isInside = cellX >= 0 && cellX < CELLS && cellY >= 0 && cellY < CELLS
      // The first byte of each row names its filter: none.
      rows[y * (SIDE + 1) + 1 + x] = isInside && isInk(cellX, cellY) ? 1 : 0
    }
  }
  return png(rows, colourOf(bytes))
}

function cellOf(pixel: number): number {
  return Math.floor((pixel - MARGIN_PIXELS) / CELL_PIXELS)
}

/** Dark enough on the ground: each part at most half. */
function colourOf(bytes: Uint8Array): readonly number[] {
  return [29, 30, 31].map((at) => (bytes[at] ?? 0) >> 1)
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const EIGHT_BITS = 8
const BY_PALETTE = 3

/** Of one palette of two colours. @param rows each with its filter in front */
function png(rows: Uint8Array, ink: readonly number[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, SIDE)
  header.setUint32(4, SIDE)
  header.setUint8(8, EIGHT_BITS)
  header.setUint8(9, BY_PALETTE)
  return joined([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('PLTE', Uint8Array.from([GREY, GREY, GREY, ...ink])),
    chunk('IDAT', zlib(rows)),
    chunk('IEND', new Uint8Array(0)),
  ])
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = joined([utf8(type), data])
  return joined([u32(data.length), body, u32(crc32(body))])
}

/** RFC 1950 around RFC 1951. */
function zlib(bytes: Uint8Array): Uint8Array {
  return joined([Uint8Array.from([0x78, 0x01]), deflated(bytes), u32(adler32(bytes))])
}

const ADLER_BASE = 65_521

function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % ADLER_BASE
    b = (b + a) % ADLER_BASE
  }
  return ((b << 16) | a) >>> 0
}

const CRC_POLYNOMIAL = 0xed_b8_83_20

function crc32(bytes: Uint8Array): number {
  let crc = 0xff_ff_ff_ff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * CRC_POLYNOMIAL)
  }
  return (crc ^ 0xff_ff_ff_ff) >>> 0
}

function u32(number: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
