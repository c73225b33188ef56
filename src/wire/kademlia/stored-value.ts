/**
 * A value as stock nodes keep it: text, bytes, a number or a truth, kept packed as it came, so that
 * it goes out with the type that it came with. In a network of iic2523 also a list of texts.
 */
import { tryText } from '../../base/bytes.ts'
import { hexOf } from '../../base/hex.ts'
import { packValue, unpackValue, type Packable, type Read } from './msgpack.ts'

/** Whether a value may be a list of texts, as in a network of iic2523. */
export type ValueKinds = 'one' | 'lists'

declare const storedValueTag: unique symbol

/** Packed, and of one of the kinds that may be kept. */
export type StoredValue = Uint8Array & { readonly [storedValueTag]: true }

/** A copy; `undefined` for what nobody keeps. */
export function readStoredValue({ value, raw }: Read, kinds: ValueKinds): StoredValue | undefined {
  const isKept = isScalar(value) || (kinds === 'lists' && isTexts(value))
  return isKept ? (raw.slice() as StoredValue) : undefined
}

export function storedText(text: string): StoredValue {
  return packValue(text) as StoredValue
}

export function storedList(texts: readonly string[]): StoredValue {
  return packValue(texts) as StoredValue
}

/** As people read it: bytes that are no text as hex digits; several of a list. */
export function textsOf(stored: StoredValue): readonly string[] {
  const value = unpackValue(stored)
  if (value === undefined) return []
  return isTexts(value) ? value : [textOf(value)]
}

function textOf(value: Packable): string {
  if (value instanceof Uint8Array) return tryText(value) ?? hexOf(value)
  return typeof value === 'object' ? '' : String(value)
}

function isScalar(value: Packable): boolean {
  return (typeof value !== 'object' && value !== null) || value instanceof Uint8Array
}

function isTexts(value: Packable): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
