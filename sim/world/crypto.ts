/**
 * Certificates as text that one can read. They keep the rules that matter to members: who signed,
 * which ring and member are bound, and that a changed text no longer holds.
 */
import { createHmac } from 'node:crypto'

import { tryText, utf8 } from '../../src/base/bytes.ts'
import { AnilloError } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { parseMemberId, parseRingId } from '../../src/base/ids.ts'
import type { Crypto, KeyAndCertificate } from '../../src/effects/crypto.ts'
import type { CertifiedMember } from '../../src/effects/member-signatures.ts'
import type { MemberCredentials, PeerIdentity } from '../../src/effects/net.ts'
import type { Random } from '../../src/effects/random.ts'

const KEY_BYTES = 16

type Fields = Readonly<Record<string, string>>

export function virtualCrypto(random: Random): Crypto {
  const makeKey = (): string =>
    write('KEY', { secret: Buffer.from(random.bytes(KEY_BYTES)).toString('hex') })
  return {
    makeAuthority: async (ringId, validFromMs) => {
      const privateKeyPem = makeKey()
      const fields = { ring: ringId, key: publicKeyOf(privateKeyPem), from: String(validFromMs) }
      return { privateKeyPem, certificatePem: write('AUTHORITY', fields) }
    },
    makeRequest: async (memberId) => {
      const privateKeyPem = makeKey()
      const fields = { member: memberId, key: publicKeyOf(privateKeyPem) }
      return { privateKeyPem, requestPem: write('REQUEST', fields) }
    },
    readRequest: async (requestPem) => parseMemberId(requestOf(requestPem)['member'] ?? ''),
    issue: async (options) => {
      const { memberId, ringId, validFromMs, validForMs } = options
      return write('CERTIFICATE', {
        ring: ringId,
        member: memberId,
        key: requestOf(options.requestPem)['key'] ?? '',
        from: String(validFromMs),
        until: String(validFromMs + validForMs),
        signer: signerOf(options.authority),
      })
    },
    issueDoor: async (options) => {
      const { names, ringId, validFromMs, validForMs } = options
      return write('DOOR', {
        ring: ringId,
        names: names.join(' '),
        key: requestOf(options.requestPem)['key'] ?? '',
        from: String(validFromMs),
        until: String(validFromMs + validForMs),
        signer: signerOf(options.authority),
      })
    },
    fingerprint: (certificatePem) => sha256Hex(certificatePem.trim()),
    mac: (keyBytes, text) => createHmac('sha256', keyBytes).update(text).digest('hex'),
    sign: (privateKeyPem, bytes) => utf8(signatureOf(publicKeyOf(privateKeyPem), bytes)),
    verify(certificatePem, bytes, signature) {
      const key = read('CERTIFICATE', certificatePem)?.['key']
      return key !== undefined && tryText(signature) === signatureOf(key, bytes)
    },
    certified,
  }
}

function certified(certificatePem: string, authorityPem: string): CertifiedMember | undefined {
  const fields = read('CERTIFICATE', certificatePem)
  const { from, member, ring, signer, until } = fields ?? {}
  const authority = read('AUTHORITY', authorityPem)
  if (ring === undefined || member === undefined || authority?.['ring'] !== ring) return undefined
  // In the one spelling.
  if (fields !== undefined && write('CERTIFICATE', fields) !== certificatePem) return undefined
  if (signer !== fingerprintOf(authorityPem)) return undefined
  const dates = { validFromMs: Number(from), validUntilMs: Number(until) }
  return { ringId: parseRingId(ring), memberId: parseMemberId(member), ...dates }
}

/** It holds for these bytes and this key alone. */
function signatureOf(publicKey: string, bytes: Uint8Array): string {
  return sha256Hex(`${publicKey} signed ${sha256Hex(bytes)}`)
}

export function fingerprintOf(authorityPem: string): string {
  return sha256Hex(authorityPem.trim())
}

export interface Proved {
  readonly peer: PeerIdentity
  /** Wall clock at which the certificate is out of date. */
  readonly untilMs: number
}

/** What TLS does: who the shower of these credentials is, for one who trusts these authorities. */
export function identify(
  shown: MemberCredentials,
  {
    authorityPem,
    alsoTrustedPems = [],
  }: Pick<MemberCredentials, 'authorityPem' | 'alsoTrustedPems'>,
): Proved | undefined {
  const fields = read('CERTIFICATE', shown.certificatePem)
  const trusted = [authorityPem, ...alsoTrustedPems].map(fingerprintOf)
  if (fields === undefined || !trusted.includes(fields['signer'] ?? '')) return undefined
  if (fields['key'] !== publicKeyOf(shown.privateKeyPem)) return undefined
  const { ring, member } = fields
  if (ring === undefined || member === undefined) return undefined
  const peer = { ringId: parseRingId(ring), memberId: parseMemberId(member) }
  return { peer, untilMs: Number(fields['until']) }
}

/** An authority signs with its own key only. */
function signerOf(authority: KeyAndCertificate): string {
  const fields = read('AUTHORITY', authority.certificatePem)
  if (fields?.['key'] !== publicKeyOf(authority.privateKeyPem)) {
    throw new AnilloError('BAD_REQUEST', { problem: 'the key is not the authority’s' })
  }
  return fingerprintOf(authority.certificatePem)
}

function requestOf(requestPem: string): Fields {
  const fields = read('REQUEST', requestPem)
  if (fields === undefined) {
    throw new AnilloError('BAD_REQUEST', { problem: 'the certificate request does not hold' })
  }
  return fields
}

function publicKeyOf(privateKeyPem: string): string {
  return sha256Hex(`public key of ${privateKeyPem.trim()}`)
}

/** The seal stands for a signature: it holds for this text alone. */
function write(kind: string, fields: Fields): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  const seal = sha256Hex([kind, ...lines].join('\n'))
  const body = [...lines, `seal: ${seal}`].join('\n')
  return `-----BEGIN VIRTUAL ${kind}-----\n${body}\n-----END VIRTUAL ${kind}-----\n`
}

function read(kind: string, pem: string): Fields | undefined {
  const lines = pem.trim().split('\n')
  if (lines.shift() !== `-----BEGIN VIRTUAL ${kind}-----`) return undefined
  if (lines.pop() !== `-----END VIRTUAL ${kind}-----`) return undefined
  if (lines.pop() !== `seal: ${sha256Hex([kind, ...lines].join('\n'))}`) return undefined
  const fields: Record<string, string> = {}
  for (const line of lines) {
    const [name, value] = line.split(': ')
    if (name !== undefined && value !== undefined) fields[name] = value
  }
  return fields
}
