/** `Idempotency-Key`: the same request, sent again at any member, is carried out once. */
import { Type } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import { Sha256, sha256Hex } from '../../base/hash.ts'
import type { Repeatable } from '../../services/accounts/types.ts'
import type { WriteOptions } from '../../store/types.ts'
import type { Asker } from '../../wire/demands.ts'

/** Fits a UUID, a hash, a path; visible ASCII. */
const KEY = /^[\u0021-\u007e]{1,255}$/

export interface RepeatableRequest {
  /** Who asks: each account has keys of its own. */
  readonly asker: Pick<Asker, 'nick'> | undefined
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** `undefined` where no key was given. @throws AnilloError BAD_REQUEST */
export function idempotencyKeyOf({ headers }: RepeatableRequest): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && KEY.test(key)) return key
  const problem = 'Idempotency-Key must be 1 to 255 visible ASCII characters'
  throw new AnilloError('BAD_REQUEST', { problem })
}

/** Binds the answer to the key: all that decides what the request does is hashed. */
export function writeOptionsOf(request: RepeatableRequest, body: Uint8Array): WriteOptions {
  const key = idempotencyKeyOf(request)
  if (key === undefined) return NO_KEY
  const { headers, method, url } = request
  const head = [method, url, headers['if-match'] ?? null, headers['if-none-match'] ?? null]
  const hash = new Sha256().update(Buffer.from(JSON.stringify(head))).update(body)
  return { retry: { key: keyHash(request, key), request: hash.digestHex() } }
}

/** Also with the key itself, for what a member derives from it and does not keep. */
export function repeatableOf(request: RepeatableRequest, body: Uint8Array): Repeatable | undefined {
  const key = idempotencyKeyOf(request)
  const { retry } = writeOptionsOf(request, body)
  return key === undefined || retry === undefined ? undefined : { key, retry }
}

/**
 * For a request that may try several times before it has its answer: each attempt under a key of
 * its own, made of the request's, so that the request sent again repeats the same attempts.
 */
export function attemptOptionsOf(
  request: RepeatableRequest,
  body: Uint8Array,
  attempt: number,
): WriteOptions {
  const options = writeOptionsOf(request, body)
  if (options.retry === undefined || attempt === 0) return options
  const key = sha256Hex(`${options.retry.key}\0${attempt}`)
  return { retry: { key, request: options.retry.request } }
}

/** What is made of the request bears this name: sent again, at whichever member, it is the same. */
export function repeatKey(request: RepeatableRequest): string | undefined {
  const key = idempotencyKeyOf(request)
  return key === undefined ? undefined : keyHash(request, key)
}

const NO_KEY: WriteOptions = {}

/** What a ring keeps of a key: not the key, and apart for each account; guests share theirs. */
export function keyHash({ asker }: Pick<RepeatableRequest, 'asker'>, key: string): string {
  return sha256Hex(`${asker?.nick ?? ''}\0${key}`)
}

/** For OpenAPI alone. */
export const ONCE_HEADERS = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'Sent again with it within a day, at any member, the change is carried out once and ' +
        'answered as the first time; with another request it is refused. A key of its own for ' +
        'each change: 1 to 255 visible ASCII characters.',
    }),
  ),
})
