/**
 * Bodies as MessagePack, and the check that makes reading one safe: depth, number of values and
 * every length are bounded before any object is made, and extension types are refused, since with
 * them a sender would choose classes of ours.
 */
import { Packr, RESET_BUFFER_MODE, Unpackr } from 'msgpackr'

import { tryText } from '../base/bytes.ts'
import { KIB } from '../base/limits.ts'
import type { Frame } from './frame.ts'

/** Deeper than any message of ours; far from what the reader's recursion can bear. */
export const DEPTH_MAX = 32

/** An empty map costs one byte to send and some 60 in memory: so at most 16 MiB a frame. */
export const VALUES_MAX = 256 * KIB

/** The packer keeps one buffer for all; what is larger than this leaves it as a copy. */
export const PACKED_SHARED_BYTES_MAX = 16 * KIB

// Bytes are copied out: a small value kept for long must not hold the 64 KiB that it arrived in.
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, copyBuffers: true })
const viewingUnpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, copyBuffers: false })
const packr = new Packr({ useRecords: false, mapsAsObjects: true })

/**
 * Up to `PACKED_SHARED_BYTES_MAX` bytes are valid until the next call only, more are the caller's.
 * @throws RangeError on a value that refers to itself
 */
export function pack(value: unknown): Uint8Array {
  const packed = packr.pack(value, RESET_BUFFER_MODE)
  return packed.length > PACKED_SHARED_BYTES_MAX ? new Uint8Array(packed) : packed
}

export type Unpacked =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'garbled' }

const GARBLED: Unpacked = { kind: 'garbled' }

/** Where in bytes a packed value lies. */
type Body = Pick<Frame, 'source' | 'start' | 'end'>

/** The value in a frame's body. */
export function unpack(body: Body): Unpacked {
  return isSound(body, 'any text') ? unpackSound(unpackr, body) : GARBLED
}

/**
 * As `unpack`, but text that is not UTF-8 is refused: what becomes of it differs between builds of
 * the reader, and some values must be the same at every member. Bytes in the value are views of the
 * source: what is kept of them is copied by its keeper.
 */
export function unpackStrictly(body: Body): Unpacked {
  return isSound(body, 'UTF-8') ? unpackSound(viewingUnpackr, body) : GARBLED
}

function unpackSound(reader: Unpackr, body: Body): Unpacked {
  try {
    const value: unknown = reader.unpack(body.source, body)
    return { kind: 'value', value }
  } catch {
    return GARBLED
  }
}

const left = new Uint32Array(DEPTH_MAX + 1)

/** Exactly one MessagePack value from `start` to `end`, within the bounds. */
function isSound(body: Body, text: 'any text' | 'UTF-8'): boolean {
  const { source: bytes, start, end } = body
  let at = start
  let depth = 0
  let values = 0
  left[0] = 1
  for (;;) {
    while (left[depth] === 0) {
      if (depth === 0) return at === end
      depth--
    }
    left[depth] = (left[depth] ?? 0) - 1
    if (at >= end || ++values > VALUES_MAX) return false
    const first = bytes[at] ?? 0
    at++
    if (first <= 0x7f || first >= 0xe0) continue
    if (first >= 0xa0 && first <= 0xbf) {
      const textStart = at
      at += first & 0x1f
      if (at > end || (text === 'UTF-8' && !isUtf8(bytes, textStart, at))) return false
      continue
    }
    const lengthBytes = LENGTH_BYTES[first] ?? 0
    const skipped = SKIPPED_BYTES[first] ?? 0
    if (lengthBytes === REFUSED) return false
    if (at + lengthBytes + skipped > end) return false
    if (first === UNDEFINED_EXTENSION && bytes[at] !== 0) return false
    const length = first <= 0x9f ? first & 0x0f : bigEndian(bytes, at, lengthBytes)
    at += lengthBytes + skipped
    const step = STEP[first] ?? 0
    if (step === 0) {
      const textStart = at
      at += length
      if (at > end) return false
      const isText = first >= STR_8 && first <= STR_32
      if (isText && text === 'UTF-8' && !isUtf8(bytes, textStart, at)) return false
    } else if (length > 0) {
      // Each value takes a byte at least, so an honest length is never beyond the end.
      if (length * step > end - at || depth === DEPTH_MAX) return false
      depth++
      left[depth] = length * step
    }
  }
}

function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if ((bytes[at] ?? 0) >= 0x80) return tryText(bytes.subarray(at, end)) !== undefined
  }
  return true
}

function bigEndian(bytes: Uint8Array, at: number, count: number): number {
  let number = 0
  for (let i = 0; i < count; i++) number = number * 256 + (bytes[at + i] ?? 0)
  return number
}

const REFUSED = 255
const STR_8 = 0xd9
const STR_32 = 0xdb

/**
 * One byte of an extension: the packer writes `undefined` as type 0. Every other type is refused.
 */
const UNDEFINED_EXTENSION = 0xd4

/** By first byte: how many bytes of length follow. MessagePack specification, “Formats”. */
const LENGTH_BYTES = new Uint8Array(256)
/** By first byte: bytes of a number that follow. */
const SKIPPED_BYTES = new Uint8Array(256)
/** By first byte: values in each element of a container, 2 in a map; 0 for what is no container. */
const STEP = new Uint8Array(256)

for (let first = 0x80; first <= 0x8f; first++) STEP[first] = 2
for (let first = 0x90; first <= 0x9f; first++) STEP[first] = 1
STEP[0xdc] = STEP[0xdd] = 1
STEP[0xde] = STEP[0xdf] = 2
for (const [first, count] of [
  [0xc4, 1],
  [0xc5, 2],
  [0xc6, 4],
  [0xd9, 1],
  [0xda, 2],
  [0xdb, 4],
  [0xdc, 2],
  [0xdd, 4],
  [0xde, 2],
  [0xdf, 4],
] as const) {
  LENGTH_BYTES[first] = count
}
for (const [first, count] of [
  [0xca, 4],
  [0xcb, 8],
  [0xcc, 1],
  [0xcd, 2],
  [0xce, 4],
  [0xcf, 8],
  [0xd0, 1],
  [0xd1, 2],
  [0xd2, 4],
  [0xd3, 8],
  [UNDEFINED_EXTENSION, 2],
] as const) {
  SKIPPED_BYTES[first] = count
}
for (const first of [0xc1, 0xc7, 0xc8, 0xc9, 0xd5, 0xd6, 0xd7, 0xd8]) LENGTH_BYTES[first] = REFUSED

/** A body that is a list, with places of unknown shape. */
export function isList(body: unknown): body is readonly unknown[] {
  return Array.isArray(body)
}
