/** Certificates and codes of authentication, by `node:crypto` and `@peculiar/x509`. */
import { createHmac, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'

import type * as x509Types from '@peculiar/x509'

import { AnilloError } from '../base/errors.ts'
import { parseMemberId, type MemberId, type RingId } from '../base/ids.ts'
import { DAY_MS } from '../base/limits.ts'
import type {
  CertificateRequest,
  Crypto,
  IssueDoorOptions,
  IssueOptions,
  KeyAndCertificate,
} from '../effects/crypto.ts'
import { memberSignatures } from './member-signatures.ts'

type X509 = typeof x509Types

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Enrolment decides who belongs to a ring, not the authority's dates: it must outlive the ring. */
const AUTHORITY_VALID_MS = 100 * 365 * DAY_MS

/** RFC 5280, 4.1.2.2: at most 20 octets, positive, not guessable. */
const SERIAL_BYTES = 16

/** A request for a P-256 key takes about 600 characters. */
const REQUEST_CHARACTERS_MAX = 8192

export function makeCrypto(): Crypto {
  return {
    makeAuthority,
    makeRequest,
    readRequest,
    issue,
    issueDoor,
    fingerprint,
    mac,
    ...memberSignatures(),
  }
}

let loaded: Promise<X509> | undefined

/** Loaded at first use: a member that has its certificate starts without these 5 MiB and 100 ms. */
function loadX509(): Promise<X509> {
  loaded ??= importX509()
  return loaded
}

async function importX509(): Promise<X509> {
  // The library finds its parts by metadata of decorators, which must be there before it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(webcrypto)
  return x509
}

async function makeAuthority(ringId: RingId, validFromMs: number): Promise<KeyAndCertificate> {
  const x509 = await loadX509()
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify'])
  const usage = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: ['anillo ring authority'] }, { O: [ringId] }],
    notBefore: new Date(validFromMs),
    notAfter: new Date(validFromMs + AUTHORITY_VALID_MS),
    signingAlgorithm: KEY,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return {
    privateKeyPem: await exportPrivateKey(x509, keys.privateKey),
    certificatePem: pemText(certificate),
  }
}

async function makeRequest(memberId: MemberId): Promise<CertificateRequest> {
  const x509 = await loadX509()
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify'])
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [memberId] }],
    keys,
    signingAlgorithm: KEY,
  })
  return {
    privateKeyPem: await exportPrivateKey(x509, keys.privateKey),
    requestPem: request.toString('pem'),
  }
}

async function readRequest(requestPem: string): Promise<MemberId> {
  const { memberId } = await verifiedRequest(requestPem)
  return memberId
}

async function verifiedRequest(requestPem: string) {
  if (requestPem.length > REQUEST_CHARACTERS_MAX) throw badRequest('it is too long')
  const x509 = await loadX509()
  try {
    const request = new x509.Pkcs10CertificateRequest(requestPem)
    if (!(await request.verify())) throw badRequest('its signature does not hold')
    // Only P-256: importing the key under another curve fails.
    const publicKey = await request.publicKey.export(KEY, ['verify'])
    const names = request.subjectName.getField('CN')
    if (names.length !== 1) throw badRequest('it names no member')
    return { memberId: parseMemberId(names[0] ?? ''), publicKey }
  } catch (thrown) {
    if (thrown instanceof AnilloError) throw thrown
    throw badRequest('it cannot be read', thrown)
  }
}

function badRequest(problem: string, cause?: unknown): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem: `certificate request: ${problem}` }, { cause })
}

/** The subject is made here from checked ids, never copied from the request. */
async function issue(options: IssueOptions): Promise<string> {
  const x509 = await loadX509()
  const usages = [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]
  return signLeaf(options, {
    subject: [{ CN: [options.memberId] }, { O: [options.ringId] }],
    more: [new x509.ExtendedKeyUsageExtension(usages)],
  })
}

/** RFC 9525: a server is known by its alternative names alone. */
async function issueDoor(options: IssueDoorOptions): Promise<string> {
  const x509 = await loadX509()
  const names = options.names.map(
    (name) => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name }) as const,
  )
  return signLeaf(options, {
    subject: [{ CN: ['anillo door'] }, { O: [options.ringId] }],
    more: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  })
}

async function signLeaf(
  options: Omit<IssueOptions, 'memberId'>,
  leaf: {
    readonly subject: x509Types.JsonName
    readonly more: readonly x509Types.Extension[]
  },
): Promise<string> {
  const { publicKey } = await verifiedRequest(options.requestPem)
  const x509 = await loadX509()
  const authority = new x509.X509Certificate(options.authority.certificatePem)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: leaf.subject,
    issuer: authority.subjectName,
    notBefore: new Date(options.validFromMs),
    notAfter: new Date(options.validFromMs + options.validForMs),
    signingAlgorithm: KEY,
    publicKey,
    signingKey: await importPrivateKey(x509, options.authority.privateKeyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...leaf.more,
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  })
  return pemText(certificate)
}

function fingerprint(certificatePem: string): string {
  return fingerprintOf(readCertificate(certificatePem))
}

/** @throws AnilloError BAD_REQUEST */
export function readCertificate(certificatePem: string): X509Certificate {
  try {
    return new X509Certificate(certificatePem)
  } catch (cause) {
    throw new AnilloError('BAD_REQUEST', { problem: 'a certificate cannot be read' }, { cause })
  }
}

/** SHA-256 of the DER, 64 lower-case hex digits. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase()
}

function mac(keyBytes: Uint8Array, text: string): string {
  return createHmac('sha256', keyBytes).update(text).digest('hex')
}

/** Ends with a line's end, so that several make one file. */
function pemText(certificate: x509Types.X509Certificate): string {
  return `${certificate.toString('pem').trimEnd()}\n`
}

/** Hex; the first bit is 0, since the number must be positive. */
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

async function exportPrivateKey(x509: X509, key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key)
  return x509.PemConverter.encode(der, x509.PemConverter.PrivateKeyTag)
}

async function importPrivateKey(x509: X509, pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), KEY, false, [
    'sign',
  ])
}
