/**
 * Standard Webhooks 1.0: an event is signed with HMAC-SHA256 over `ID.TIMESTAMP.BODY`, under a
 * secret of 24 to 64 bytes that is written as `whsec_` and base64.
 */
import { AnilloError } from '../../../base/errors.ts'
import { bytesOfHex } from '../../../base/hex.ts'
import type { Crypto } from '../../../effects/crypto.ts'
import type { Random } from '../../../effects/random.ts'
import {
  WEBHOOK_SECRET_BYTES_MAX,
  WEBHOOK_SECRET_BYTES_MIN,
  WEBHOOK_SECRET_PREFIX,
} from '../../../wire/webhook-bounds.ts'

export function makeSecret(random: Random): string {
  const bytes = random.bytes(WEBHOOK_SECRET_BYTES_MIN)
  return WEBHOOK_SECRET_PREFIX + Buffer.from(bytes).toString('base64')
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** @throws AnilloError BAD_REQUEST; it does not repeat what it was given */
export function checkSecret(secret: string): void {
  const text = secret.slice(WEBHOOK_SECRET_PREFIX.length)
  const { length } = Buffer.from(text, 'base64')
  const isText = secret.startsWith(WEBHOOK_SECRET_PREFIX) && BASE64.test(text)
  if (isText && length >= WEBHOOK_SECRET_BYTES_MIN && length <= WEBHOOK_SECRET_BYTES_MAX) return
  const sizes = `${WEBHOOK_SECRET_BYTES_MIN} to ${WEBHOOK_SECRET_BYTES_MAX}`
  const problem = `a secret is ${WEBHOOK_SECRET_PREFIX} and ${sizes} bytes in base64`
  throw new AnilloError('BAD_REQUEST', { problem })
}

export interface Signed {
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/** The value of `webhook-signature`. */
export function signatureOf(
  secret: string,
  { body, id, timestamp }: Signed,
  crypto: Pick<Crypto, 'mac'>,
): string {
  const key = Buffer.from(secret.slice(WEBHOOK_SECRET_PREFIX.length), 'base64')
  const mac = bytesOfHex(crypto.mac(key, `${id}.${timestamp}.${body}`))
  return `v1,${Buffer.from(mac).toString('base64')}`
}
