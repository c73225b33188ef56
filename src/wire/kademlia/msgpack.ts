/**
 * MessagePack, as far as nodes speak it, read strictly: depth, number of values and every length
 * are bounded before anything is made; bytes and text stay apart; text is UTF-8; extensions, map
 * keys that are no text or come twice, and bytes behind the value are refused. Written it is in the
 * shortest form, so that equal values have equal bytes: what is signed needs that. Why not the
 * library: `docs/decisions/0049-own-reader-for-strangers.md`.
 *
 * Format: the MessagePack specification, “Formats”.
 */
import { assert } from '../../base/assert.ts'
import { tryText, utf8 } from '../../base/bytes.ts'
import { DEPTH_MAX, VALUES_MAX } from './limits.ts'

/** Integers beyond 2^53 are bigints; a map has its keys in the order that they came in. */
export type Packable =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Packable[]
  | ReadonlyMap<string, Packable>
  | PackedValue

/** A value that is packed already, and goes out as it came in: 1.0 stays 1.0. */
export class PackedValue {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** A value read, with its bytes, a view of what was read. */
export interface Read {
  readonly value: Packable
  readonly raw: Uint8Array
}

/** Thrown by the reader, caught by whoever began to read. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** What `read` makes of the whole of the bytes; `undefined` where they are not as it expects. */
export function readWhole<T>(bytes: Uint8Array, read: (reader: PackReader) => T): T | undefined {
  const reader = new PackReader(bytes)
  try {
    const made = read(reader)
    return reader.isAtEnd ? made : undefined
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined
    throw thrown
  }
}

/** `undefined` for what is not exactly one value. */
export function unpackValue(bytes: Uint8Array): Packable | undefined {
  return readWhole(bytes, (reader) => reader.value())
}

export class PackReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  #values = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The head of a list. @throws Malformed where there is none */
  listLength(): number {
    const first = this.#first()
    const length = this.#listLength(first)
    if (length === undefined) throw new Malformed('no list')
    return length
  }

  /** The head of a map. @throws Malformed where there is none */
  mapLength(): number {
    const length = this.#mapLength(this.#first())
    if (length === undefined) throw new Malformed('no map')
    return length
  }

  /** Whether a map comes next. */
  get isAtMap(): boolean {
    const first = this.#bytes[this.#at] ?? 0
    return (first & 0xf0) === 0x80 || first === 0xde || first === 0xdf
  }

  /** @throws Malformed where no text comes */
  text(): string {
    const value = this.value()
    if (typeof value !== 'string') throw new Malformed('no text')
    return value
  }

  /** @throws Malformed */
  read(): Read {
    const start = this.#at
    const value = this.value(2)
    return { value, raw: this.#bytes.subarray(start, this.#at) }
  }

  /** Any value; `depth` counts what it already lies within. @throws Malformed */
  value(depth = 0): Packable {
    const first = this.#first()
    if (first <= 0x7f) return first
    if (first >= 0xe0) return first - 0x100
    if (first >= 0xa0 && first <= 0xbf) return this.#text(first & 0x1f)
    const listed = this.#listLength(first)
    if (listed !== undefined) return this.#list(listed, depth + 1)
    const mapped = this.#mapLength(first)
    if (mapped !== undefined) return this.#map(mapped, depth + 1)
    return this.#scalar(first)
  }

  #scalar(first: number): Packable {
    switch (first) {
      case 0xc0:
        return null
      case 0xc2:
      case 0xc3:
        return first === 0xc3
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#unsigned(1 << (first - 0xc4)))
      case 0xca:
        return this.#view.getFloat32(this.#skip(4))
      case 0xcb:
        return this.#view.getFloat64(this.#skip(8))
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#unsigned(1 << (first - 0xcc))
      case 0xcf:
        return small(this.#view.getBigUint64(this.#skip(8)))
      case 0xd0:
        return this.#view.getInt8(this.#skip(1))
      case 0xd1:
        return this.#view.getInt16(this.#skip(2))
      case 0xd2:
        return this.#view.getInt32(this.#skip(4))
      case 0xd3:
        return small(this.#view.getBigInt64(this.#skip(8)))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (first - 0xd9)))
      default:
        throw new Malformed('an extension, or no format at all')
    }
  }

  #first(): number {
    if (++this.#values > VALUES_MAX) throw new Malformed('too many values')
    return this.#view.getUint8(this.#skip(1))
  }

  #listLength(first: number): number | undefined {
    if ((first & 0xf0) === 0x90) return this.#counted(first & 0x0f, 1)
    if (first === 0xdc) return this.#counted(this.#unsigned(2), 1)
    if (first === 0xdd) return this.#counted(this.#unsigned(4), 1)
    return undefined
  }

  #mapLength(first: number): number | undefined {
    if ((first & 0xf0) === 0x80) return this.#counted(first & 0x0f, 2)
    if (first === 0xde) return this.#counted(this.#unsigned(2), 2)
    if (first === 0xdf) return this.#counted(this.#unsigned(4), 2)
    return undefined
  }

  /** Each value takes a byte at least, so an honest count is never beyond the end. */
  #counted(length: number, step: number): number {
    if (length * step > this.#bytes.length - this.#at) throw new Malformed('a count beyond the end')
    return length
  }

  #list(length: number, depth: number): readonly Packable[] {
    checkDepth(depth)
    const list: Packable[] = []
    for (let i = 0; i < length; i++) list.push(this.value(depth))
    return list
  }

  #map(length: number, depth: number): ReadonlyMap<string, Packable> {
    checkDepth(depth)
    const map = new Map<string, Packable>()
    for (let i = 0; i < length; i++) {
      const key = this.text()
      if (map.has(key)) throw new Malformed('a key twice')
      map.set(key, this.value(depth))
    }
    return map
  }

  #unsigned(bytes: number): number {
    const at = this.#skip(bytes)
    if (bytes === 1) return this.#view.getUint8(at)
    return bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  #text(length: number): string {
    const start = this.#skip(length)
    const text = tryText(this.#bytes.subarray(start, this.#at))
    if (text === undefined) throw new Malformed('text that is not UTF-8')
    return text
  }

  /** A copy: what is kept of a datagram must not hold the whole of it. */
  #take(length: number): Uint8Array {
    const start = this.#skip(length)
    return this.#bytes.slice(start, this.#at)
  }

  /** @returns where the skipped bytes begin */
  #skip(length: number): number {
    const start = this.#at
    if (length > this.#bytes.length - start) throw new Malformed('cut off')
    this.#at = start + length
    return start
  }
}

function checkDepth(depth: number): void {
  if (depth > DEPTH_MAX) throw new Malformed('too deep')
}

function small(integer: bigint): number | bigint {
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : integer
}

/** In the shortest form, integers as integers. */
export function packValue(value: Packable): Uint8Array {
  writer.start()
  put(value)
  return writer.taken()
}

/** Longer than any message. */
const WRITER_BYTES = 32 * 1024

/** One buffer for all, since nothing is written within another's writing; it grows when it must. */
class Writer {
  #bytes = new Uint8Array(WRITER_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #at = 0

  start(): void {
    this.#at = 0
  }

  /** A copy: the buffer is for the next. */
  taken(): Uint8Array {
    return this.#bytes.slice(0, this.#at)
  }

  byte(value: number): void {
    const at = this.#room(1)
    this.#bytes[at] = value
  }

  /** Big-endian. */
  unsigned(tag: number, value: number, length: 1 | 2 | 4): void {
    const at = this.#room(1 + length)
    this.#bytes[at] = tag
    if (length === 1) this.#bytes[at + 1] = value
    else if (length === 2) this.#view.setUint16(at + 1, value)
    else this.#view.setUint32(at + 1, value)
  }

  wide(tag: number, value: bigint): void {
    const at = this.#room(9)
    this.#bytes[at] = tag
    this.#view.setBigUint64(at + 1, BigInt.asUintN(64, value))
  }

  float(value: number): void {
    const at = this.#room(9)
    this.#bytes[at] = 0xcb
    this.#view.setFloat64(at + 1, value)
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  #room(length: number): number {
    const at = this.#at
    this.#at = at + length
    if (this.#at <= this.#bytes.length) return at
    const grown = new Uint8Array(2 * this.#at)
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
    return at
  }
}

const writer = new Writer()

function put(value: Packable): void {
  if (value === null) writer.byte(0xc0)
  else if (typeof value === 'boolean') writer.byte(value ? 0xc3 : 0xc2)
  else if (typeof value === 'number') putNumber(value)
  else if (typeof value === 'bigint') putWide(value)
  else if (typeof value === 'string') putText(value)
  else if (value instanceof Uint8Array) {
    putHead(value.length, { tags: [0xc4, 0xc5, 0xc6] })
    writer.bytes(value)
  } else if (value instanceof PackedValue) writer.bytes(value.bytes)
  else if (isMap(value)) {
    putHead(value.size, MAP)
    for (const [key, one] of value) {
      putText(key)
      put(one)
    }
  } else {
    putHead(value.length, LIST)
    for (const one of value) put(one)
  }
}

function isMap(
  value: readonly Packable[] | ReadonlyMap<string, Packable>,
): value is ReadonlyMap<string, Packable> {
  return value instanceof Map
}

function putText(text: string): void {
  const bytes = utf8(text)
  putHead(bytes.length, TEXT)
  writer.bytes(bytes)
}

interface HeadForms {
  /** Of a short one: the tag that the length is added to. */
  readonly fixed?: number
  readonly fixedMax?: number
  /** With a length of 1, 2 and 4 bytes. */
  readonly tags: readonly [number | undefined, number, number]
}

const TEXT: HeadForms = { fixed: 0xa0, fixedMax: 31, tags: [0xd9, 0xda, 0xdb] }
const LIST: HeadForms = { fixed: 0x90, fixedMax: 15, tags: [undefined, 0xdc, 0xdd] }
const MAP: HeadForms = { fixed: 0x80, fixedMax: 15, tags: [undefined, 0xde, 0xdf] }

function putHead(length: number, { fixed, fixedMax = -1, tags }: HeadForms): void {
  const [one, two, four] = tags
  if (fixed !== undefined && length <= fixedMax) writer.byte(fixed | length)
  else if (one !== undefined && length <= 0xff) writer.unsigned(one, length, 1)
  else if (length <= 0xffff) writer.unsigned(two, length, 2)
  else writer.unsigned(four, length, 4)
}

function putNumber(value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) writer.float(value)
  else if (value >= 0) putUnsigned(value)
  else if (value >= -32) writer.byte(value & 0xff)
  else if (value >= -0x80) writer.unsigned(0xd0, value & 0xff, 1)
  else if (value >= -0x8000) writer.unsigned(0xd1, value & 0xffff, 2)
  else if (value >= -0x80000000) writer.unsigned(0xd2, value >>> 0, 4)
  else putWide(BigInt(value))
}

function putUnsigned(value: number): void {
  if (value <= 0x7f) writer.byte(value)
  else if (value <= 0xff) writer.unsigned(0xcc, value, 1)
  else if (value <= 0xffff) writer.unsigned(0xcd, value, 2)
  else if (value <= 0xffffffff) writer.unsigned(0xce, value, 4)
  else putWide(BigInt(value))
}

/** Beyond 32 bits, or of what came as such. */
function putWide(value: bigint): void {
  assert(value < 2n ** 64n && value >= -(2n ** 63n), 'an integer of 64 bits')
  if (value >= -0x80000000n && value <= 0xffffffffn) putNumber(Number(value))
  else writer.wide(value < 0n ? 0xd3 : 0xcf, value)
}
