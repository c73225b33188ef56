/**
 * The six digits by which a person sees that the machine that shows them is the machine that waits.
 * They bind the authority whose ring the newcomer sees and all that the newcomer asks with, so that
 * somebody in the middle, who must show another authority or another key, gets other digits on one
 * side. He cannot try until they fit: the newcomer commits itself before it sees the member's
 * nonce, and the member tells its nonce before it sees the newcomer's. One try, one chance in a
 * million; the door bounds the tries (door.ts). The scheme is numeric comparison of Bluetooth
 * Secure Simple Pairing (Core Specification, vol 2, part H, 7.2) with the digits shown on one side
 * and typed on the other.
 */
import { utf8 } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/hash.ts'
import type { Crypto } from '../../effects/crypto.ts'
import type { Newcomer } from '../../wire/enrol.ts'

const CODES = 1_000_000
/** 48 bits: exact in a number, and a million divides them almost evenly. */
const MAC_DIGITS_USED = 12

export interface CodeStatement {
  /** SHA-256 of the authority's certificate, as this side sees it. */
  readonly fingerprint: string
  readonly newcomer: Newcomer
}

/** What the newcomer is bound to before any nonce is told. */
export function commitmentOf(statement: CodeStatement, newcomerNonce: string): string {
  return sha256Hex(`anillo/1 commitment\n${newcomerNonce}\n${statementText(statement)}`)
}

export function codeOf(
  crypto: Crypto,
  statement: CodeStatement,
  nonces: { readonly newcomer: string; readonly member: string },
): string {
  const key = utf8(`${nonces.newcomer}${nonces.member}`)
  const mac = crypto.mac(key, `anillo/1 code\n${statementText(statement)}`)
  const number = Number.parseInt(mac.slice(0, MAC_DIGITS_USED), 16) % CODES
  return String(number).padStart(6, '0')
}

/** Unambiguous: JSON tells where each part ends. */
function statementText({ fingerprint, newcomer }: CodeStatement): string {
  const { requestPem, name, roles, host = null, port, hostLabel } = newcomer
  return JSON.stringify([fingerprint, requestPem, name, roles, host, port, hostLabel])
}
