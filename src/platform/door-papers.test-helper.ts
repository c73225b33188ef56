/** A ring's authority and what it issues to doors, for trials over real TLS. */
import { parseMemberId, parseRingId } from '../base/ids.ts'
import { DAY_MS } from '../base/limits.ts'
import { makeCrypto } from './crypto.ts'
import type { DoorPapers } from './tls-front.ts'

const RING = parseRingId('ab'.repeat(16))
const MEMBER = parseMemberId('cd'.repeat(16))

export interface IssuedDoor extends DoorPapers {
  /** Whom a client has to trust. */
  readonly authorityPem: string
}

/** For two days from yesterday, by an authority of its own. */
export async function issuedDoor(...names: readonly string[]): Promise<IssuedDoor> {
  const crypto = makeCrypto()
  const dates = { validFromMs: Date.now() - DAY_MS, validForMs: 2 * DAY_MS }
  const authority = await crypto.makeAuthority(RING, dates.validFromMs)
  const { privateKeyPem, requestPem } = await crypto.makeRequest(MEMBER)
  const leaf = await crypto.issueDoor({ authority, requestPem, ringId: RING, names, ...dates })
  const authorityPem = authority.certificatePem
  return { privateKeyPem, certificatePem: `${leaf}\n${authorityPem}`, authorityPem }
}
