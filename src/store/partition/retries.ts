/**
 * A person's own keys for changes (`Idempotency-Key`): the request's hash and its first answer, for
 * a day of logged time.
 */
import { assert } from '../../base/assert.ts'
import { tryText, utf8 } from '../../base/bytes.ts'
import { DAY_MS } from '../../base/limits.ts'
import type { StateReader } from '../state/types.ts'
import type { ExpiryIndex } from './expiry.ts'
import type { Layer } from './layer.ts'
import { rowBytes } from './row-bytes.ts'

export const RETRY_KEPT_MS = DAY_MS

/** Some 20 MiB in each of 64 partitions at most; beyond it changes with such a key are refused. */
export const RETRIES_MAX = 65_536

const HASH_BYTES = 64
const TIME_BYTES = 8

export interface KeptRetry {
  readonly expiresAtMs: number
  /** SHA-256 of the request, 64 hex digits. */
  readonly request: string
  readonly answer: Uint8Array
}

/** `key`: `retryKey`. */
export function findRetry(state: StateReader, key: Uint8Array): KeptRetry | undefined {
  const row = state.get(key)
  return row === undefined ? undefined : readRetryRow(row)
}

export function readRetryRow(row: Uint8Array): KeptRetry {
  const request = tryText(row.subarray(TIME_BYTES, TIME_BYTES + HASH_BYTES))
  assert(request?.length === HASH_BYTES, 'a kept retry names its request')
  const expiresAtMs = new DataView(row.buffer, row.byteOffset, TIME_BYTES).getFloat64(0)
  return { expiresAtMs, request, answer: row.subarray(TIME_BYTES + HASH_BYTES) }
}

export interface NewRetry {
  readonly key: Uint8Array
  readonly request: string
  readonly answer: Uint8Array
  readonly older: KeptRetry | undefined
}

/** What `keepRetry` needs: where rows are written, and when. */
export interface RetryKeeping {
  readonly layer: Layer
  readonly expiry: ExpiryIndex
  readonly timeMs: number
}

/** In place of `older`, one with the same key that has expired. */
export function keepRetry(keeping: RetryKeeping, retry: NewRetry): void {
  const { key, request, answer, older } = retry
  if (older !== undefined) keeping.expiry.remove(keeping.layer, older.expiresAtMs, key)
  const expiresAtMs = keeping.timeMs + RETRY_KEPT_MS
  const hash = utf8(request)
  const row = rowBytes(TIME_BYTES + hash.length + answer.length)
  new DataView(row.buffer, row.byteOffset).setFloat64(0, expiresAtMs)
  row.set(hash, TIME_BYTES)
  row.set(answer, TIME_BYTES + hash.length)
  keeping.layer.put(key, row)
  keeping.expiry.add(keeping.layer, expiresAtMs, key)
}
