/** What every Crypto keeps. */
import assert from 'node:assert/strict'

import { utf8 } from '../../src/base/bytes.ts'
import { parseMemberId, parseRingId } from '../../src/base/ids.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import type { Crypto, KeyAndCertificate } from '../../src/effects/crypto.ts'
import { rejectsWith } from './disk.ts'
import { promise, type Suite } from './subject.ts'

const RING = parseRingId('1'.repeat(32))
const ANNA = parseMemberId('a'.repeat(32))
const NOW_MS = Date.UTC(2026, 5, 1)

export function cryptoSuite(suite: Suite<'crypto'>): void {
  promise(suite, 'Crypto.readRequest() gives the member that asked', async ({ crypto }) => {
    const { requestPem } = await crypto.makeRequest(ANNA)
    assert.equal(await crypto.readRequest(requestPem), ANNA)
  })

  promise(suite, 'Crypto.readRequest() refuses what was changed or is none', async ({ crypto }) => {
    const { requestPem } = await crypto.makeRequest(ANNA)
    const lines = requestPem.trim().split('\n')
    lines.splice(2, 1)
    await rejectsWith('BAD_REQUEST', () => crypto.readRequest(lines.join('\n')))
    await rejectsWith('BAD_REQUEST', () => crypto.readRequest('nonsense'))
    await rejectsWith('BAD_REQUEST', () => crypto.readRequest(''))
  })

  promise(suite, 'Crypto.issue() makes a certificate for each request', async ({ crypto }) => {
    const authority = await crypto.makeAuthority(RING, NOW_MS)
    const { requestPem } = await crypto.makeRequest(ANNA)
    const dates = { validFromMs: NOW_MS, validForMs: DAY_MS }
    const names = { ringId: RING, memberId: ANNA }
    const issued = await crypto.issue({ authority, requestPem, ...names, ...dates })
    assert.match(crypto.fingerprint(issued), /^[0-9a-f]{64}$/)
    assert.notEqual(crypto.fingerprint(issued), crypto.fingerprint(authority.certificatePem))
    const nonsense = { authority, requestPem: 'nonsense', ...names, ...dates }
    await rejectsWith('BAD_REQUEST', () => crypto.issue(nonsense))
  })

  promise(suite, 'Crypto.fingerprint() tells authorities apart', async ({ crypto }) => {
    const one = await crypto.makeAuthority(RING, NOW_MS)
    const two = await crypto.makeAuthority(RING, NOW_MS)
    const fingerprint = crypto.fingerprint(one.certificatePem)
    assert.equal(crypto.fingerprint(`${one.certificatePem}\n`), fingerprint)
    assert.notEqual(crypto.fingerprint(two.certificatePem), fingerprint)
  })

  promise(suite, 'Crypto.mac() is HMAC-SHA-256 (RFC 4231, test case 2)', async ({ crypto }) => {
    const mac = crypto.mac(utf8('Jefe'), 'what do ya want for nothing?')
    assert.equal(mac, '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  })
}

/** An authority, and a member with its certificate. */
async function certifiedBy(crypto: Crypto, authority: KeyAndCertificate) {
  const { privateKeyPem, requestPem } = await crypto.makeRequest(ANNA)
  const dates = { validFromMs: NOW_MS, validForMs: DAY_MS }
  const names = { ringId: RING, memberId: ANNA }
  const certificatePem = await crypto.issue({ authority, requestPem, ...names, ...dates })
  return { privateKeyPem, certificatePem }
}

export function memberSignaturesSuite(suite: Suite<'crypto'>): void {
  promise(suite, 'Crypto.verify() holds for the very bytes and key', async ({ crypto }) => {
    const authority = await crypto.makeAuthority(RING, NOW_MS)
    const one = await certifiedBy(crypto, authority)
    const other = await certifiedBy(crypto, authority)
    const bytes = utf8('what was seen')
    const signature = crypto.sign(one.privateKeyPem, bytes)
    assert.equal(crypto.verify(one.certificatePem, bytes, signature), true)
    assert.equal(crypto.verify(other.certificatePem, bytes, signature), false)
    assert.equal(crypto.verify(one.certificatePem, utf8('what was not'), signature), false)
    assert.equal(crypto.verify(one.certificatePem, bytes, signature.slice(1)), false)
    assert.equal(crypto.verify('no certificate', bytes, signature), false)
  })

  promise(
    suite,
    'Crypto.certified() tells what a member’s certificate says',
    async ({ crypto }) => {
      const authority = await crypto.makeAuthority(RING, NOW_MS)
      const another = await crypto.makeAuthority(RING, NOW_MS)
      const { certificatePem } = await certifiedBy(crypto, authority)
      assert.deepEqual(crypto.certified(certificatePem, authority.certificatePem), {
        ringId: RING,
        memberId: ANNA,
        validFromMs: NOW_MS,
        validUntilMs: NOW_MS + DAY_MS,
      })
      assert.equal(crypto.certified(certificatePem, another.certificatePem), undefined)
      assert.equal(crypto.certified(authority.certificatePem, authority.certificatePem), undefined)
      assert.equal(crypto.certified(certificatePem, 'no authority'), undefined)
      assert.equal(crypto.certified(`${certificatePem}\n`, authority.certificatePem), undefined)
    },
  )
}
