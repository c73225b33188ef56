/**
 * Frames: what two members say to each other over one connection (docs/spec/rpc.md has the table).
 *
 * A frame is a header of 16 bytes, all numbers big-endian, and a body:
 *
 *     0        4      5       6        8    12      16
 *     | length | kind | flags | method | id | value | body ...
 *
 * `length` counts the body alone. One shape for all kinds, so that writing one is five stores and
 * reading one five loads.
 */
import { KIB, MIB } from '../base/limits.ts'

export const HEADER_BYTES = 16

/** Twice the largest chunk (4 MiB), so that a chunk and what is said about it fit. */
export const FRAME_BODY_BYTES_MAX = 8 * MIB

/** A block of a chunk; each array of this size takes a thousandth of a collection of garbage. */
const REUSED_BYTES_MAX = 256 * KIB

/** Before the handshake is done nothing longer than a hello is believed. */
export const HELLO_BODY_BYTES_MAX = 4 * KIB

/** Numbers on the wire: add, never change, never reuse. */
export const KIND = {
  hello: 1,
  refuse: 2,
  name: 3,
  request: 4,
  answer: 5,
  failure: 6,
  item: 7,
  end: 8,
  cancel: 9,
  credit: 10,
  ping: 11,
  pong: 12,
  goodbye: 13,
  notice: 14,
} as const

export const FLAG = {
  /** The body is bytes as they are, not MessagePack. */
  raw: 1,
  /** Of a request: items are asked for, not one answer. */
  stream: 2,
  /** Of a failure: the request was surely not carried out, so that it may be asked elsewhere. */
  notApplied: 4,
} as const

const FLAGS_KNOWN = FLAG.raw | FLAG.stream | FLAG.notApplied

export interface Header {
  readonly kind: number
  readonly flags?: number
  /** Number under which the sender announced the method's name. */
  readonly method?: number
  /** Of the request that the frame belongs to; ids are the asking side's. */
  readonly id?: number
  /** Of a request: ms left. Of a credit: bytes. */
  readonly value?: number
}

/** Writes `HEADER_BYTES` bytes at `at`. */
export function putHeader(
  target: Uint8Array,
  header: Header,
  place: { readonly at: number; readonly bodyBytes: number },
): void {
  const { at } = place
  putU32(target, at, place.bodyBytes)
  const method = header.method ?? 0
  target[at + 4] = header.kind
  target[at + 5] = header.flags ?? 0
  target[at + 6] = method >>> 8
  target[at + 7] = method
  putU32(target, at + 8, header.id ?? 0)
  putU32(target, at + 12, header.value ?? 0)
}

function putU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
}

function readU32(source: Uint8Array, at: number): number {
  const high = (source[at] ?? 0) * 0x1000000
  return (
    high + (((source[at + 1] ?? 0) << 16) | ((source[at + 2] ?? 0) << 8) | (source[at + 3] ?? 0))
  )
}

/**
 * A frame just read: the body is `source` from `start` to `end`. One object is used for all frames
 * of a connection; what is to be kept must be taken from it before the reader goes on, and copied
 * unless `isOwn`.
 */
export interface Frame {
  readonly kind: number
  readonly flags: number
  readonly method: number
  readonly id: number
  readonly value: number
  readonly source: Uint8Array
  readonly start: number
  readonly end: number
  /** `source` was made for this body alone and is not used again. */
  readonly isOwn: boolean
}

export type Reading =
  | { readonly kind: 'read' }
  | { readonly kind: 'garbled'; readonly problem: string }

const READ: Reading = { kind: 'read' }

/**
 * Cuts bytes into frames as they come. A body that lies within one piece is not copied; one that is
 * spread over several is put together, in a buffer of its own unless it is an answer of bytes, for
 * which one buffer is used again and again. Never throws on bad bytes; after
 * `garbled` it takes nothing more, for the place of the next frame is lost.
 */
export class FrameReader {
  /** Longer bodies are garbled. May be changed between frames. */
  bodyBytesMax: number
  readonly #frame = new MutableFrame()
  readonly #header = new Uint8Array(HEADER_BYTES)
  #headerBytes = 0
  #body: Uint8Array | undefined
  #bodyBytes = 0
  /** For one answer of bytes after another. */
  #reused: Uint8Array | undefined
  #garbled: Reading | undefined

  constructor(bodyBytesMax: number) {
    this.bodyBytesMax = bodyBytesMax
  }

  /**
   * Calls `take` with each frame that is complete; when it answers false, the rest is thrown away.
   */
  push(piece: Uint8Array, take: (frame: Frame) => boolean): Reading {
    if (this.#garbled !== undefined) return this.#garbled
    let at = 0
    while (at < piece.length) {
      if (this.#body !== undefined) {
        at = this.#fillBody(piece, at)
        if (this.#body.length > this.#bodyBytes) return READ
        if (!this.#giveBody(take)) return READ
        continue
      }
      const ahead = piece.length - at
      if (this.#headerBytes > 0 || ahead < HEADER_BYTES) {
        at = this.#fillHeader(piece, at)
        if (this.#headerBytes < HEADER_BYTES) return READ
        if (!this.#frame.readHeader(this.#header, 0)) return this.#isGarbled('unknown frame')
        this.#headerBytes = 0
      } else {
        if (!this.#frame.readHeader(piece, at)) return this.#isGarbled('unknown frame')
        at += HEADER_BYTES
      }
      const length = this.#frame.bodyBytes
      if (length > this.bodyBytesMax) return this.#isGarbled(`frame of ${length} bytes`)
      if (at + length > piece.length) {
        this.#body = this.#roomFor(length)
        this.#bodyBytes = 0
        continue
      }
      this.#frame.setBody(piece, at, at + length)
      this.#frame.isOwn = false
      at += length
      if (!take(this.#frame)) return READ
    }
    return READ
  }

  /** Answers of bytes come by the thousand, and their readers put them elsewhere at once. */
  #roomFor(length: number): Uint8Array {
    const { kind, flags } = this.#frame
    const isBytes = kind === KIND.answer && (flags & FLAG.raw) !== 0
    this.#frame.isOwn = !isBytes || length > REUSED_BYTES_MAX
    if (this.#frame.isOwn) return new Uint8Array(length)
    this.#reused ??= new Uint8Array(REUSED_BYTES_MAX)
    return this.#reused.subarray(0, length)
  }

  #fillHeader(piece: Uint8Array, at: number): number {
    const count = Math.min(HEADER_BYTES - this.#headerBytes, piece.length - at)
    this.#header.set(piece.subarray(at, at + count), this.#headerBytes)
    this.#headerBytes += count
    return at + count
  }

  #fillBody(piece: Uint8Array, at: number): number {
    const body = this.#body
    if (body === undefined) return at
    const count = Math.min(body.length - this.#bodyBytes, piece.length - at)
    const whole = at === 0 && count === piece.length
    body.set(whole ? piece : piece.subarray(at, at + count), this.#bodyBytes)
    this.#bodyBytes += count
    return at + count
  }

  #giveBody(take: (frame: Frame) => boolean): boolean {
    const body = this.#body ?? EMPTY
    this.#body = undefined
    this.#frame.setBody(body, 0, body.length)
    return take(this.#frame)
  }

  #isGarbled(problem: string): Reading {
    this.#garbled = { kind: 'garbled', problem }
    return this.#garbled
  }
}

const EMPTY = new Uint8Array(0)
const KIND_MAX = Math.max(...Object.values(KIND))

class MutableFrame implements Frame {
  kind = 0
  flags = 0
  method = 0
  id = 0
  value = 0
  source: Uint8Array = EMPTY
  start = 0
  end = 0
  isOwn = false
  bodyBytes = 0

  /** `false` when the kind or a flag is not known: the sender then speaks another protocol. */
  readHeader(source: Uint8Array, at: number): boolean {
    this.bodyBytes = readU32(source, at)
    this.kind = source[at + 4] ?? 0
    this.flags = source[at + 5] ?? 0
    this.method = ((source[at + 6] ?? 0) << 8) | (source[at + 7] ?? 0)
    this.id = readU32(source, at + 8)
    this.value = readU32(source, at + 12)
    return this.kind >= 1 && this.kind <= KIND_MAX && (this.flags & ~FLAGS_KNOWN) === 0
  }

  setBody(source: Uint8Array, start: number, end: number): void {
    this.source = source
    this.start = start
    this.end = end
  }
}
