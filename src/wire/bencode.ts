/**
 * Bencoding (BEP 3). What strangers send is read strictly: depth and number of parts are bounded,
 * numbers and lengths have one writing, a key comes once, and nothing follows. The order of keys is
 * not asked for; what is written has it. Pure.
 */
import { byteText, compareBytes, concat, utf8 } from '../base/bytes.ts'

/** Keys of a map are texts, or bytes as they stand. */
export type Bencoded = number | string | Uint8Array | readonly Bencoded[] | BencodedMap
export type BencodedMap = ReadonlyMap<string | Uint8Array, Bencoded>

/** As it is read: bytes stay bytes, keys are texts of one unit a byte. */
export type Unbencoded = number | Uint8Array | readonly Unbencoded[] | UnbencodedMap
export type UnbencodedMap = ReadonlyMap<string, Unbencoded>

/** Of lists and maps in one another. */
const DEPTH_MAX = 8
/** Of one message: values and keys. */
const PARTS_MAX = 1_024
/** Of a number: what is greater than 2^53 - 1 is refused, too. */
const DIGITS_MAX = 16

const [COLON, MINUS, ZERO, NINE] = [0x3a, 0x2d, 0x30, 0x39]
const [NUMBER, LIST, MAP, END] = [0x69, 0x6c, 0x64, 0x65]

export function bencode(value: Bencoded): Uint8Array {
  const parts: Uint8Array[] = []
  write(parts, value)
  return concat(parts)
}

function write(parts: Uint8Array[], value: Bencoded): void {
  if (typeof value === 'number') parts.push(utf8(`i${value}e`))
  else if (typeof value === 'string') writeBytes(parts, utf8(value))
  else if (value instanceof Uint8Array) writeBytes(parts, value)
  else if (isMap(value)) writeMap(parts, value)
  else {
    parts.push(utf8('l'))
    for (const each of value) write(parts, each)
    parts.push(utf8('e'))
  }
}

function isMap(value: readonly Bencoded[] | BencodedMap): value is BencodedMap {
  return value instanceof Map
}

function writeBytes(parts: Uint8Array[], bytes: Uint8Array): void {
  parts.push(utf8(`${bytes.length}:`), bytes)
}

/** In the order of the bytes of its keys. */
function writeMap(parts: Uint8Array[], map: BencodedMap): void {
  const entries = [...map].map(
    ([key, value]) => [typeof key === 'string' ? utf8(key) : key, value] as const,
  )
  parts.push(utf8('d'))
  for (const [key, value] of entries.toSorted(([a], [b]) => compareBytes(a, b))) {
    writeBytes(parts, key)
    write(parts, value)
  }
  parts.push(utf8('e'))
}

/** `undefined`: it is none, or beyond the bounds. Bytes are parts of what was given. */
export function unbencode(bytes: Uint8Array): Unbencoded | undefined {
  const reading = new Reading(bytes)
  const value = reading.value(DEPTH_MAX)
  return value !== undefined && reading.isAtEnd ? value : undefined
}

/** As `unbencode`, of what is to be a map. */
export function unbencodeMap(bytes: Uint8Array): UnbencodedMap | undefined {
  const value = unbencode(bytes)
  return value instanceof Map ? value : undefined
}

class Reading {
  readonly #bytes: Uint8Array
  #at = 0
  #parts = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  value(depth: number): Unbencoded | undefined {
    if (++this.#parts > PARTS_MAX) return undefined
    const first = this.#bytes[this.#at]
    if (first === NUMBER) return this.#number()
    if (first !== LIST && first !== MAP) return this.#text()
    if (depth === 0) return undefined
    this.#at++
    return first === LIST ? this.#list(depth - 1) : this.#map(depth - 1)
  }

  #number(): number | undefined {
    this.#at++
    const isBelow = this.#bytes[this.#at] === MINUS
    if (isBelow) this.#at++
    const digits = this.#digits(END)
    if (digits === undefined || (isBelow && digits === 0)) return undefined
    return isBelow ? -digits : digits
  }

  #text(): Uint8Array | undefined {
    const length = this.#digits(COLON)
    if (length === undefined || length > this.#bytes.length - this.#at) return undefined
    const from = this.#at
    this.#at += length
    return this.#bytes.subarray(from, this.#at)
  }

  #list(depth: number): readonly Unbencoded[] | undefined {
    const found: Unbencoded[] = []
    while (!this.#takesEnd()) {
      const each = this.value(depth)
      if (each === undefined) return undefined
      found.push(each)
    }
    return found
  }

  #map(depth: number): UnbencodedMap | undefined {
    const found = new Map<string, Unbencoded>()
    while (!this.#takesEnd()) {
      const key = this.#text()
      const each = key === undefined ? undefined : this.value(depth)
      if (key === undefined || each === undefined) return undefined
      const text = byteText(key)
      if (found.has(text)) return undefined
      found.set(text, each)
    }
    return found
  }

  #takesEnd(): boolean {
    if (this.#bytes[this.#at] !== END) return false
    this.#at++
    return true
  }

  /** Digits up to a byte that ends them: no leading zeros. */
  #digits(end: number): number | undefined {
    const from = this.#at
    let value = 0
    for (; this.#at - from <= DIGITS_MAX; this.#at++) {
      const byte = this.#bytes[this.#at]
      if (byte === end) break
      if (byte === undefined || byte < ZERO || byte > NINE) return undefined
      value = 10 * value + (byte - ZERO)
    }
    const count = this.#at - from
    if (this.#bytes[this.#at] !== end || count === 0 || !Number.isSafeInteger(value))
      return undefined
    if (count > 1 && this.#bytes[from] === ZERO) return undefined
    this.#at++
    return value
  }
}
