/**
 * The signed record of a share: who serves what under a name, and until when. A node keeps one of
 * each publisher under a key.
 *
 * Packed it is the map `{v, key, pk, seq, exp, urls, size, root, sig}`, in this order and in the
 * shortest form; other forms of it are refused, so that a record has one writing alone. Signed are
 * the bytes of the map without `sig`, behind words that nothing else that is signed begins with.
 */
import { assert } from '../../base/assert.ts'
import { concat, equalBytes, utf8 } from '../../base/bytes.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { SIGNATURE_BYTES, SIGNING_KEY_BYTES } from '../../effects/signing.ts'
import { KEY_BYTES, RECORD_BYTES_MAX, RECORD_URL_BYTES_MAX, RECORD_URLS_MAX } from './limits.ts'
import { packValue, unpackValue, type Packable } from './msgpack.ts'

/** What a publisher says of one name. */
export interface RecordContents {
  /** SHA-1 of the name, 40 hex digits. */
  readonly key: string
  /** Ed25519, 64 hex digits. */
  readonly publisher: string
  /** A later record of the same publisher has a greater one. */
  readonly sequence: number
  /** Seconds since 1970. */
  readonly expiresAtS: number
  /** Where it is served, `http:` or `https:`; none: the publisher has taken it back. */
  readonly urls: readonly string[]
  /** Of the content, bytes. */
  readonly size: number
  /** Of the content's tree (BEP 52), SHA-256, 64 hex digits. */
  readonly root: string
}

/** With its signature, 128 hex digits. Whether it holds, who has checked it knows. */
export interface ShareRecord extends RecordContents {
  readonly signature: string
}

const VERSION = 1
const ROOT_BYTES = 32
const PREFIX = utf8('anillo share record 1\0')
const HTTP_URL = /^https?:\/\/[\x21-\x7e]+$/

/** @returns what is signed */
export function signedBytes(record: RecordContents): Uint8Array {
  return concat([PREFIX, packValue(mapOf(record))])
}

/** @param signature 64 bytes */
export function encodeRecord(record: RecordContents, signature: Uint8Array): Uint8Array {
  const bytes = packValue(mapOf(record).set('sig', signature))
  assert(bytes.length <= RECORD_BYTES_MAX, 'a record within its bound')
  return bytes
}

/** Of a record that was read, or signed: its bytes again. */
export function encodeSignedRecord({ signature, ...contents }: ShareRecord): Uint8Array {
  return encodeRecord(contents, bytesOfHex(signature))
}

/**
 * What a publisher may not say: a sentence for people; `undefined` where all is well.
 */
export function recordProblem(record: RecordContents): string | undefined {
  const { expiresAtS, sequence, size, urls } = record
  if (urls.length > RECORD_URLS_MAX) return `a record has up to ${RECORD_URLS_MAX} addresses`
  const wrong = urls.find((url) => !isHttpUrl(url))
  if (wrong !== undefined)
    return `“${wrong}” is no http address of up to ${RECORD_URL_BYTES_MAX} bytes`
  if (![sequence, expiresAtS, size].every(isCount)) return 'its numbers are from 0 to 2^53 - 1'
  const bytes = packValue(mapOf(record).set('sig', new Uint8Array(SIGNATURE_BYTES)))
  if (bytes.length <= RECORD_BYTES_MAX) return undefined
  return `its addresses are too long together: it has ${bytes.length} bytes of ${RECORD_BYTES_MAX}`
}

/** `undefined` for what is no record, or is written otherwise than it must be. */
export function decodeRecord(bytes: Uint8Array): ShareRecord | undefined {
  if (bytes.length > RECORD_BYTES_MAX) return undefined
  const map = unpackValue(bytes)
  if (!(map instanceof Map)) return undefined
  const field = (name: string): Packable | undefined => map.get(name) as Packable | undefined
  const key = hexField(field('key'), KEY_BYTES)
  const publisher = hexField(field('pk'), SIGNING_KEY_BYTES)
  const root = hexField(field('root'), ROOT_BYTES)
  const signature = hexField(field('sig'), SIGNATURE_BYTES)
  const [sequence, expiresAtS, size] = [field('seq'), field('exp'), field('size')]
  const urls = urlsOf(field('urls'))
  if (key === undefined || publisher === undefined || root === undefined) return undefined
  if (signature === undefined || urls === undefined || field('v') !== VERSION) return undefined
  if (!isCount(sequence) || !isCount(expiresAtS) || !isCount(size)) return undefined
  const record = { key, publisher, sequence, expiresAtS, urls, size, root, signature }
  return equalBytes(encodeSignedRecord(record), bytes) ? record : undefined
}

function mapOf(record: RecordContents): Map<string, Packable> {
  return new Map<string, Packable>([
    ['v', VERSION],
    ['key', bytesOfHex(record.key)],
    ['pk', bytesOfHex(record.publisher)],
    ['seq', record.sequence],
    ['exp', record.expiresAtS],
    ['urls', record.urls],
    ['size', record.size],
    ['root', bytesOfHex(record.root)],
  ])
}

function hexField(value: Packable | undefined, length: number): string | undefined {
  return value instanceof Uint8Array && value.length === length ? hexOf(value) : undefined
}

function urlsOf(value: Packable | undefined): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > RECORD_URLS_MAX) return undefined
  const urls: unknown[] = value
  return urls.every(isUrl) ? urls : undefined
}

function isUrl(value: unknown): value is string {
  return typeof value === 'string' && isHttpUrl(value)
}

function isHttpUrl(text: string): boolean {
  return text.length <= RECORD_URL_BYTES_MAX && HTTP_URL.test(text)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
