/** Bencoding (BEP 3), as far as it is written here. Pure. */
import { compareBytes, concat, utf8 } from '../../../base/bytes.ts'

/** Keys of a map are texts, or bytes as they stand. */
export type Bencoded = number | string | Uint8Array | readonly Bencoded[] | BencodedMap
export type BencodedMap = ReadonlyMap<string | Uint8Array, Bencoded>

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
