/**
 * The join token: one line that a person carries from a member to a new machine. It says which ring
 * (id and the authority's fingerprint, so that the newcomer knows whom it speaks with before it
 * shows the token), where (addresses), until when, and bears a digest that only holders of the
 * authority's key can make. A checksum tells a token copied in part from one that is wrong.
 *
 * Layout before base64url: version 1, ring id 16, fingerprint 32, token id 16, expiry 6 (ms,
 * big-endian), count of addresses 1, each as length 1 and text; digest 16, checksum 4.
 */
import { concat, equalBytes, tryText, utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { sameDigest, sha256Hex } from '../../base/hash.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { parseRingId, type RingId } from '../../base/ids.ts'
import { instant } from '../../base/instant.ts'
import { HOUR_MS } from '../../base/limits.ts'
import type { Crypto, KeyAndCertificate } from '../../effects/crypto.ts'
import type { Effects } from '../../effects/effects.ts'
import type { FoundedRing } from './found.ts'
import { authorityMac } from './warrant.ts'

/** Tells people and search fields what the line is; a later layout gets another. */
const PREFIX = 'anillo1-'
const VERSION = 1
const RING_ID_BYTES = 16
const FINGERPRINT_BYTES = 32
const TOKEN_ID_BYTES = 16
const EXPIRY_BYTES = 6
/** 128 of the 256 bits: nobody guesses them, and the line stays short. */
const DIGEST_BYTES = 16
const CHECKSUM_BYTES = 4
/** Enough that one of them lives; each adds some 30 characters to the line. */
export const TOKEN_ADDRESSES_MAX = 5
/** A host name has at most 253 characters, a port 5. */
const ADDRESS_BYTES_MAX = 255
/** A whole token of five short addresses has some 300; nothing longer is looked at. */
const TOKEN_CHARACTERS_MAX = 2_048
/** Used ids are kept until their token expires, so no token may live for ever. */
export const TOKEN_VALID_MS_MAX = 30 * 24 * HOUR_MS

export interface JoinToken {
  readonly ringId: RingId
  /** SHA-256 of the authority's certificate, 64 hex digits. */
  readonly fingerprint: string
  /** 32 hex digits; one newcomer may redeem it. */
  readonly tokenId: string
  /** Wall clock of the member that made it. */
  readonly expiresAtMs: number
  /** Member doors, `host:port`. */
  readonly addresses: readonly string[]
}

export interface TokenOptions {
  readonly validForMs: number
  readonly addresses: readonly string[]
}

/** @throws AnilloError USAGE */
export function makeToken(
  effects: Pick<Effects, 'crypto' | 'random' | 'clock'>,
  ring: FoundedRing,
  options: TokenOptions,
): { readonly text: string; readonly token: JoinToken } {
  checkValidity(options.validForMs)
  const token: JoinToken = {
    ringId: ring.ringId,
    fingerprint: effects.crypto.fingerprint(ring.authority.certificatePem),
    tokenId: hexOf(effects.random.bytes(TOKEN_ID_BYTES)),
    expiresAtMs: Math.floor(effects.clock.wallMs() + options.validForMs),
    addresses: options.addresses.slice(0, TOKEN_ADDRESSES_MAX),
  }
  const said = encodeSaid(token)
  const digest = digestOf(effects.crypto, ring.authority, said)
  const body = concat([said, bytesOfHex(digest)])
  return { text: PREFIX + base64Of(concat([body, checksumOf(body)])), token }
}

function checkValidity(validForMs: number): void {
  if (validForMs > 0 && validForMs <= TOKEN_VALID_MS_MAX) return
  throw new AnilloError('USAGE', { problem: 'A token lives for more than 0 and at most 30 days' })
}

/**
 * Reads without trusting: only a holder of the authority's key can say whether it is genuine.
 * @throws AnilloError TOKEN_MALFORMED
 */
export function readToken(text: string): JoinToken {
  const { said } = unpackToken(text)
  const token = decodeSaid(said)
  if (token === undefined) throw new AnilloError('TOKEN_MALFORMED')
  return token
}

/**
 * What a holder of the authority's key says to a token that is shown to it. The clocks are those of
 * two members, so an expiry is as exact as they agree.
 * @throws AnilloError TOKEN_MALFORMED, TOKEN_WRONG, TOKEN_EXPIRED
 */
export function verifyToken(
  effects: Pick<Effects, 'crypto' | 'clock'>,
  ring: FoundedRing,
  text: string,
): JoinToken {
  const { said, digest } = unpackToken(text)
  const expected = digestOf(effects.crypto, ring.authority, said)
  if (!sameDigest(expected, hexOf(digest))) throw new AnilloError('TOKEN_WRONG')
  const token = readToken(text)
  if (token.ringId !== ring.ringId) throw new AnilloError('TOKEN_WRONG')
  if (effects.clock.wallMs() >= token.expiresAtMs) {
    throw new AnilloError('TOKEN_EXPIRED', { expiredAt: instant(token.expiresAtMs) })
  }
  return token
}

function digestOf(crypto: Crypto, authority: KeyAndCertificate, said: Uint8Array): string {
  const mac = authorityMac(crypto, authority, { purpose: 'join token', text: hexOf(said) })
  return mac.slice(0, DIGEST_BYTES * 2)
}

function encodeSaid(token: JoinToken): Uint8Array {
  const head = concat([
    Uint8Array.of(VERSION),
    bytesOfHex(token.ringId),
    bytesOfHex(token.fingerprint),
    bytesOfHex(token.tokenId),
    bytesOfHex(token.expiresAtMs.toString(16).padStart(EXPIRY_BYTES * 2, '0')),
    Uint8Array.of(token.addresses.length),
  ])
  return concat([head, ...token.addresses.map(encodeAddress)])
}

function encodeAddress(address: string): Uint8Array {
  const bytes = utf8(address)
  if (bytes.length > ADDRESS_BYTES_MAX) {
    throw new AnilloError('TOO_LARGE', { what: 'An address', limit: `${ADDRESS_BYTES_MAX} bytes` })
  }
  return concat([Uint8Array.of(bytes.length), bytes])
}

function unpackToken(text: string): { readonly said: Uint8Array; readonly digest: Uint8Array } {
  // A terminal or a mail may have broken the line.
  const line = text.replaceAll(/\s+/g, '')
  const packed = line.slice(PREFIX.length)
  const isPlausible =
    line.startsWith(PREFIX) && line.length <= TOKEN_CHARACTERS_MAX && /^[\w-]+$/.test(packed)
  if (!isPlausible) throw new AnilloError('TOKEN_MALFORMED')
  const bytes = new Uint8Array(Buffer.from(packed, 'base64url'))
  // A last character that adds no whole byte would be passed over.
  if (base64Of(bytes) !== packed) throw new AnilloError('TOKEN_MALFORMED')
  const body = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES))
  const saidLength = body.length - DIGEST_BYTES
  if (saidLength < 1 || !equalBytes(checksumOf(body), bytes.subarray(body.length))) {
    throw new AnilloError('TOKEN_MALFORMED')
  }
  return { said: body.subarray(0, saidLength), digest: body.subarray(saidLength) }
}

function decodeSaid(said: Uint8Array): JoinToken | undefined {
  let at = 1
  const take = (length: number): Uint8Array => said.subarray(at, (at += length))
  if (said[0] !== VERSION) return undefined
  const ringId = hexOf(take(RING_ID_BYTES))
  const fingerprint = hexOf(take(FINGERPRINT_BYTES))
  const tokenId = hexOf(take(TOKEN_ID_BYTES))
  const expiresAtMs = Number.parseInt(hexOf(take(EXPIRY_BYTES)), 16)
  const count = take(1)[0]
  if (count === undefined || count > TOKEN_ADDRESSES_MAX) return undefined
  const addresses: string[] = []
  for (let i = 0; i < count; i++) {
    const length = take(1)[0] ?? 0
    const address = tryText(take(length))
    if (address === undefined || address === '' || at > said.length) return undefined
    addresses.push(address)
  }
  if (at !== said.length) return undefined
  return { ringId: parseRingId(ringId), fingerprint, tokenId, expiresAtMs, addresses }
}

function checksumOf(body: Uint8Array): Uint8Array {
  return bytesOfHex(sha256Hex(body).slice(0, CHECKSUM_BYTES * 2))
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
