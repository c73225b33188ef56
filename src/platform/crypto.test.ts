import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'

import { utf8 } from '../base/bytes.ts'
import { isAnilloError } from '../base/errors.ts'
import { parseMemberId, parseRingId } from '../base/ids.ts'
import { makeCrypto } from './crypto.ts'

const crypto = makeCrypto()
const RING = parseRingId('1'.repeat(32))
const MEMBER = parseMemberId('e'.repeat(32))
const START_MS = Date.UTC(2026, 10, 21)

test('issue() binds member and ring in a certificate that the authority signed', async () => {
  const authority = await crypto.makeAuthority(RING, START_MS)
  const request = await crypto.makeRequest(MEMBER)
  assert.equal(await crypto.readRequest(request.requestPem), MEMBER)
  const pem = await crypto.issue({
    authority,
    requestPem: request.requestPem,
    ringId: RING,
    memberId: MEMBER,
    validFromMs: START_MS,
    validForMs: 3_600_000,
  })
  const certificate = new X509Certificate(pem)
  const issuer = new X509Certificate(authority.certificatePem)
  assert.equal(certificate.subject, `CN=${MEMBER}\nO=${RING}`)
  assert.ok(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
  assert.equal(certificate.ca, false)
  assert.equal(issuer.ca, true)
  assert.equal(Date.parse(certificate.validFrom), START_MS)
  assert.equal(Date.parse(certificate.validTo), START_MS + 3_600_000)
})

test('readRequest() refuses what is no request, too long, or altered', async () => {
  const { requestPem } = await crypto.makeRequest(MEMBER)
  const refused = (error: unknown): boolean => isAnilloError(error, 'BAD_REQUEST')
  await assert.rejects(crypto.readRequest('hello'), refused)
  await assert.rejects(crypto.readRequest(requestPem + ' '.repeat(8192)), refused)
  const other = await crypto.makeRequest(parseMemberId('f'.repeat(32)))
  const altered = spliced(requestPem, other.requestPem)
  await assert.rejects(crypto.readRequest(altered), refused)
})

/** The first request's names and key under the second one's signature. */
function spliced(first: string, second: string): string {
  const body = (pem: string): Buffer =>
    Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  const signatureBytes = 64
  const mixed = Buffer.concat([
    body(first).subarray(0, -signatureBytes),
    body(second).subarray(-signatureBytes),
  ])
  const label = 'CERTIFICATE REQUEST'
  return `-----BEGIN ${label}-----\n${mixed.toString('base64')}\n-----END ${label}-----`
}

test('fingerprint() is the SHA-256 of the DER in hex, and mac() an HMAC', async () => {
  const authority = await crypto.makeAuthority(RING, START_MS)
  assert.match(crypto.fingerprint(authority.certificatePem), /^[0-9a-f]{64}$/)
  assert.throws(
    () => crypto.fingerprint('nonsense'),
    (e) => isAnilloError(e, 'BAD_REQUEST'),
  )
  // RFC 4231, test case 2.
  assert.equal(
    crypto.mac(utf8('Jefe'), 'what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})
