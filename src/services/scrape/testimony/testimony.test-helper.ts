/** A ring's authority and members that have its certificates, to make testimonies with. */
import { parseMemberId, parseRingId } from '../../../base/ids.ts'
import { DAY_MS } from '../../../base/limits.ts'
import type { KeyAndCertificate } from '../../../effects/crypto.ts'
import { makeCrypto } from '../../../platform/crypto.ts'
import { TESTIMONY_FORMAT, testimonyText, type Testimony } from '../../../wire/testimony.ts'
import { sayHere, type SaidHere, type Seen, type Signer } from './statements.ts'

export const crypto = makeCrypto()
export const RING_ID = parseRingId('9'.repeat(32))
export const NOW_MS = Date.UTC(2026, 10, 22, 1, 30)
export const NONCE = '5'.repeat(64)

export const SEEN: Seen = {
  url: 'https://example.org/',
  finalUrl: 'https://example.org/',
  status: 200,
  headers: [['Content-Type', 'text/html']],
  hash: 'a'.repeat(64),
  bytes: 1_234,
  remoteAddress: '192.0.2.7',
  durationMs: 150,
  receivedMs: NOW_MS,
}

export function makeAuthority(validFromMs = NOW_MS - DAY_MS): Promise<KeyAndCertificate> {
  return crypto.makeAuthority(RING_ID, validFromMs)
}

/** @param digit of which its id consists */
export async function signerOf(authority: KeyAndCertificate, digit: string): Promise<Signer> {
  const memberId = parseMemberId(digit.repeat(32))
  const { privateKeyPem, requestPem } = await crypto.makeRequest(memberId)
  const dates = { validFromMs: NOW_MS - DAY_MS, validForMs: 2 * DAY_MS }
  const certificatePem = await crypto.issue({
    authority,
    requestPem,
    ringId: RING_ID,
    memberId,
    ...dates,
  })
  const authorityPem = authority.certificatePem
  const credentials = { authorityPem, certificatePem, privateKeyPem }
  return { crypto, ringId: RING_ID, memberId, credentials: () => credentials }
}

export function said(signer: Signer, seen: Partial<Seen> = {}, nonce = NONCE): SaidHere {
  return sayHere({ ...SEEN, ...seen }, { nonce, witnesses: 3 }, signer)
}

export function testimonyOf(all: readonly SaidHere[]): Testimony {
  return {
    format: TESTIMONY_FORMAT,
    statements: all.map(({ statement }) => statement),
    authorities: [...new Set(all.map(({ authority }) => authority))],
  }
}

export function textOf(all: readonly SaidHere[]): string {
  return testimonyText(testimonyOf(all))
}
