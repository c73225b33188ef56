/** Credentials for the members of one virtual ring. */
import { parseMemberId, parseRingId, type MemberId } from '../../src/base/ids.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import type { Crypto } from '../../src/effects/crypto.ts'
import type { MemberCredentials } from '../../src/effects/net.ts'

export const RING_ID = parseRingId('7'.repeat(32))

/** From 1970 to 2169: in no run are they out of date. */
const DATES = { validFromMs: 0, validForMs: 200 * 365 * DAY_MS }

/** The member ids are the numbers from 1 on. */
export function memberIdOf(index: number): MemberId {
  return parseMemberId((index + 1).toString(16).padStart(32, '0'))
}

/** For `count` members, the first with index 0. */
export async function certify(crypto: Crypto, count: number): Promise<MemberCredentials[]> {
  const authority = await crypto.makeAuthority(RING_ID, 0)
  const credentials: MemberCredentials[] = []
  for (let index = 0; index < count; index++) {
    const memberId = memberIdOf(index)
    const { privateKeyPem, requestPem } = await crypto.makeRequest(memberId)
    const ids = { ringId: RING_ID, memberId }
    const certificatePem = await crypto.issue({ authority, requestPem, ...ids, ...DATES })
    credentials.push({ authorityPem: authority.certificatePem, certificatePem, privateKeyPem })
  }
  return credentials
}
