/**
 * What shows that somebody knew the password of a link: `TIME.MAC`, until that time. Any member can
 * tell, without computing the password’s hash again; with another password none of them holds.
 */
import { sameDigest } from '../../../base/hash.ts'
import { bytesOfHex } from '../../../base/hex.ts'
import type { Crypto } from '../../../effects/crypto.ts'
import { PROOF_MS } from './limits.ts'

const FORM = /^(\d{1,16})\.([0-9a-f]{64})$/

/** @param seed of the link, 64 hex digits */
export function proofOf(crypto: Pick<Crypto, 'mac'>, seed: string, nowMs: number): string {
  const untilMs = Math.floor(nowMs) + PROOF_MS
  return `${untilMs}.${macOf(crypto, seed, untilMs)}`
}

export function isProof(
  crypto: Pick<Crypto, 'mac'>,
  { nowMs, proof, seed }: { readonly proof: string; readonly seed: string; readonly nowMs: number },
): boolean {
  const [, until = '', mac = ''] = FORM.exec(proof) ?? []
  const untilMs = Number(until)
  return untilMs > nowMs && sameDigest(macOf(crypto, seed, untilMs), mac)
}

function macOf(crypto: Pick<Crypto, 'mac'>, seed: string, untilMs: number): string {
  return crypto.mac(bytesOfHex(seed), `anillo/link/1/${untilMs}`)
}
