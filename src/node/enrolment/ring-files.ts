/**
 * What a data directory says of its ring and its members, all in small files written durably:
 *
 * ```
 * DATA/ring            {"ringId", "state": "founding" | "founded"}
 * DATA/members/NAME/   a member's own data directory, complete in itself:
 *   ring               as above
 *   ca.pem             certificates of the authorities that it trusts: one, two during a rotation
 *   ca.key             its copy of the authority's key, if it stores data; sealed
 *   key.pem            private key that it proves itself with; sealed
 *   cert.pem           its certificate, and that of the authority that signed it
 *   identity.json      who it is
 *   request.pem        what it asked for its certificate with, and asks for the next one
 * ```
 *
 * `ring` is written last, so that a directory in which it says `founded` is whole. All files are
 * readable by their owner alone (the platform's disk makes them so). Sealed is sealed under the
 * member's key (at-rest/member-key.ts).
 */
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { parseMemberId, parseRingId, type MemberId, type RingId } from '../../base/ids.ts'
import type { Crypto, KeyAndCertificate } from '../../effects/crypto.ts'
import type { Disk } from '../../effects/disk.ts'
import type { MemberCredentials } from '../../effects/net.ts'
import { Role } from '../../wire/api.ts'
import { readSealed, writeSealed, type SealedDisk } from '../at-rest/sealed-file.ts'
import { readJson, readText, removeUnfinished, writeDurably } from './durable-files.ts'

const RingJson = Type.Object({
  ringId: Type.String(),
  state: Type.Union([Type.Literal('founding'), Type.Literal('founded')]),
})

const IdentityJson = Type.Object({
  memberId: Type.String(),
  name: Type.String(),
  address: Type.String(),
  roles: Type.Array(Role),
  hostLabel: Type.String(),
  warrant: Type.String(),
  certificateUntilMs: Type.Number(),
  entryAddresses: Type.Array(Type.String()),
})

export interface RingFile {
  readonly ringId: RingId
  /** `founding`: a start was broken off; nothing in the directory is worth keeping. */
  readonly state: 'founding' | 'founded'
}

export interface MemberIdentity {
  readonly memberId: MemberId
  /** Unique within its data directory and file-safe; how people call it. */
  readonly name: string
  /** `host:port` by which other members reach its member door. */
  readonly address: string
  readonly roles: readonly Role[]
  /** Its failure domain (architecture 5). */
  readonly hostLabel: string
  /** Proves to any holder of the authority's key which roles it was enrolled with (warrant.ts). */
  readonly warrant: string
  /**
   * Wall clock at which its certificate ends; it asks for the next one long before (renewal.ts).
   */
  readonly certificateUntilMs: number
  /** Members through which it first joined, for as long as it knows no others. */
  readonly entryAddresses: readonly string[]
}

/** What stands in clear of whose directory it is. */
export interface MemberCard {
  readonly ringId: RingId
  readonly identity: MemberIdentity
}

/** All that a member needs to stand in its ring. */
export interface MemberFiles extends MemberCard {
  readonly credentials: MemberCredentials
  /** Present where this member may enrol others. */
  readonly authority: RingAuthority | undefined
}

/** The authority that issues, with its key. */
export interface RingAuthority extends KeyAndCertificate {
  /** How many rotations made it; absent: the ring was founded with it. */
  readonly number?: number
  /** The one before it, until all members have papers of this one. */
  readonly former?: KeyAndCertificate
}

const RING = 'ring'
const AUTHORITY_CERTIFICATE = 'ca.pem'
const AUTHORITY_KEY = 'ca.key'
const MEMBERS = 'members'
const IDENTITY = 'identity.json'
const CERTIFICATE = 'cert.pem'
const KEY = 'key.pem'
const REQUEST = 'request.pem'

/** The root of a data directory is the empty path. */
function at(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`
}

/** Letters, digits, `-`, `_`: safe as a directory, in an address bar and on a command line. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/

export function isMemberName(name: string): boolean {
  return NAME.test(name)
}

/** A host's name, made into a member's: `Ana's Laptop.local` gives `Ana-s-Laptop`. */
export function memberNameOf(hostName: string): string {
  const label = hostName.split('.')[0] ?? ''
  const name = label
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 63)
  return isMemberName(name) ? name : 'member'
}

/** Where a member's own directory stands in DATA. */
export function memberDirectory(name: string): string {
  return `${MEMBERS}/${name}`
}

/** `undefined` where no ring was begun. @throws AnilloError DATA_DAMAGED */
export async function readRing(disk: Disk, directory = ''): Promise<RingFile | undefined> {
  const path = at(directory, RING)
  const json = await readJson(disk, path)
  if (json === undefined) return undefined
  if (!Check(RingJson, json)) throw damaged(path, 'it does not name a ring')
  return { ringId: orDamaged(path, () => parseRingId(json.ringId)), state: json.state }
}

export async function writeRing(disk: Disk, ring: RingFile, directory = ''): Promise<void> {
  await disk.makeDirectory(directory)
  await writeDurably(disk, at(directory, RING), jsonLines(ring))
}

/** Names of the members whose directories are whole, in order. */
export async function memberNames(disk: Disk): Promise<readonly string[]> {
  const names: string[] = []
  for (const name of await disk.list(MEMBERS)) {
    if ((await disk.read(`${memberDirectory(name)}/${RING}`)) !== undefined) names.push(name)
  }
  return names
}

const KeyAndCertificateJson = Type.Object({
  privateKeyPem: Type.String({ minLength: 1 }),
  certificatePem: Type.String({ minLength: 1 }),
})
const AuthorityJson = Type.Object({
  ...KeyAndCertificateJson.properties,
  number: Type.Optional(Type.Integer({ minimum: 1 })),
  former: Type.Optional(KeyAndCertificateJson),
})

/**
 * The authority's key in a member's directory; `undefined` where it holds none.
 * @throws AnilloError DATA_DAMAGED
 */
export async function readAuthority(
  sealedDisk: SealedDisk,
  directory = '',
): Promise<RingAuthority | undefined> {
  const path = at(directory, AUTHORITY_KEY)
  const found = await readSealed(sealedDisk, path)
  if (found === undefined) return undefined
  if (found.text.trim() === '') throw damaged(path, 'it is empty')
  // Earlier versions kept the key alone, in clear.
  if (!found.isSealed) {
    if (pemsOf(found.text).length === 0) throw damaged(path, 'it holds no key of an authority')
    const { authorityPem } = await readCertificates(sealedDisk.disk, directory)
    return { privateKeyPem: found.text, certificatePem: authorityPem }
  }
  const json = orDamaged(path, () => JSON.parse(found.text) as unknown)
  if (!Check(AuthorityJson, json)) throw damaged(path, 'it holds no key of an authority')
  return json
}

/** Key and certificate in one file: one is never there without the other. */
export async function writeAuthority(
  sealedDisk: SealedDisk,
  authority: RingAuthority,
  directory = '',
): Promise<void> {
  await sealedDisk.disk.makeDirectory(directory)
  await writeSealed(sealedDisk, at(directory, AUTHORITY_KEY), JSON.stringify(authority))
}

/** Whether a member's directory holds the authority's key. */
export async function hasAuthority(disk: Disk, directory: string): Promise<boolean> {
  return (await disk.read(at(directory, AUTHORITY_KEY))) !== undefined
}

/** What a member shows of itself, and whom it trusts; nothing of it is secret. */
export type Certificates = Omit<MemberCredentials, 'privateKeyPem'>

/** @throws AnilloError DATA_DAMAGED */
export async function readCertificates(disk: Disk, directory = ''): Promise<Certificates> {
  const trusted = pemsOf(await requireText(disk, at(directory, AUTHORITY_CERTIFICATE)))
  const [certificatePem, signer] = pemsOf(await requireText(disk, at(directory, CERTIFICATE)))
  const authorityPem = signer ?? trusted[0]
  if (certificatePem === undefined) throw damaged(at(directory, CERTIFICATE), 'it is no PEM')
  if (authorityPem === undefined)
    throw damaged(at(directory, AUTHORITY_CERTIFICATE), 'it is no PEM')
  const others = trusted.filter((pem) => pem !== authorityPem)
  return {
    certificatePem,
    authorityPem,
    ...(others.length === 0 ? {} : { alsoTrustedPems: others }),
  }
}

/** Those that are trusted first: whoever shows a certificate must trust its authority itself. */
async function writeCertificates(
  disk: Disk,
  directory: string,
  { certificatePem, authorityPem, alsoTrustedPems = [] }: Certificates,
): Promise<void> {
  const trusted = joinPems([authorityPem, ...alsoTrustedPems])
  await writeDurably(disk, at(directory, AUTHORITY_CERTIFICATE), trusted)
  await writeDurably(disk, at(directory, CERTIFICATE), joinPems([certificatePem, authorityPem]))
}

function joinPems(pems: readonly string[]): string {
  return pems.map((pem) => (pem.endsWith('\n') ? pem : `${pem}\n`)).join('')
}

function pemsOf(text: string): readonly string[] {
  return text.split(/^(?=-----BEGIN )/m).filter((pem) => pem.startsWith('-----BEGIN '))
}

/**
 * What a member asks for a certificate with; made once, so that a second try is the same member.
 */
export interface OwnRequest {
  readonly privateKeyPem: string
  readonly requestPem: string
}

export async function readOwnRequest(
  sealedDisk: SealedDisk,
  directory: string,
): Promise<OwnRequest | undefined> {
  const requestPem = await readText(sealedDisk.disk, at(directory, REQUEST))
  const key = await readSealed(sealedDisk, at(directory, KEY))
  if (requestPem === undefined || key === undefined) return undefined
  return { privateKeyPem: key.text, requestPem }
}

export async function writeOwnRequest(
  sealedDisk: SealedDisk,
  directory: string,
  request: OwnRequest,
): Promise<void> {
  await sealedDisk.disk.makeDirectory(directory)
  await writeSealed(sealedDisk, at(directory, KEY), request.privateKeyPem)
  await writeDurably(sealedDisk.disk, at(directory, REQUEST), request.requestPem)
}

/** Completes a member's directory; `ring` comes last and makes it count. */
export async function writeMember(
  sealedDisk: SealedDisk,
  directory: string,
  member: MemberFiles,
): Promise<void> {
  const { disk } = sealedDisk
  const { credentials, authority } = member
  await disk.makeDirectory(directory)
  if (authority !== undefined) await writeAuthority(sealedDisk, authority, directory)
  await writeSealed(sealedDisk, at(directory, KEY), credentials.privateKeyPem)
  await writeCertificates(disk, directory, credentials)
  await writeDurably(disk, at(directory, IDENTITY), jsonLines(member.identity))
  await writeRing(disk, { ringId: member.ringId, state: 'founded' }, directory)
}

/**
 * After a renewal, a move to another address, or when another authority is trusted. The certificate
 * is for the same key, and goes first: a crash in between leaves an old date, and the renewal is
 * asked for again.
 */
export async function updateMember(
  disk: Disk,
  directory: string,
  member: Pick<MemberFiles, 'identity' | 'credentials'>,
): Promise<void> {
  await writeCertificates(disk, directory, member.credentials)
  await writeDurably(disk, at(directory, IDENTITY), jsonLines(member.identity))
}

/**
 * Private keys that an earlier version left in clear are sealed, and what a broken write of them
 * left is removed.
 */
export async function sealMember(sealedDisk: SealedDisk): Promise<void> {
  const { disk } = sealedDisk
  const key = await readSealed(sealedDisk, KEY)
  if (key?.isSealed === false) await writeSealed(sealedDisk, KEY, key.text)
  if ((await readSealed(sealedDisk, AUTHORITY_KEY))?.isSealed === false) {
    const authority = await readAuthority(sealedDisk)
    if (authority !== undefined) await writeAuthority(sealedDisk, authority)
  }
  for (const path of [KEY, AUTHORITY_KEY]) await removeUnfinished(disk, path)
}

/**
 * @throws AnilloError DATA_ABSENT where no member was enrolled, DATA_DAMAGED where a file is
 * missing or unreadable
 */
export async function readMember(sealedDisk: SealedDisk, directory = ''): Promise<MemberFiles> {
  const { disk } = sealedDisk
  const card = await readCard(disk, directory)
  const certificates = await readCertificates(disk, directory)
  const path = at(directory, KEY)
  const key = await readSealed(sealedDisk, path)
  if (key === undefined) throw damaged(path, 'it is missing')
  if (key.text.trim() === '') throw damaged(path, 'it is empty')
  if (pemsOf(key.text).length === 0) throw damaged(path, 'it holds no private key')
  return {
    ...card,
    credentials: { ...certificates, privateKeyPem: key.text },
    authority: await readAuthority(sealedDisk, directory),
  }
}

/**
 * With one that does not hold nobody would speak with it, and it would wait for ever.
 * @throws AnilloError DATA_DAMAGED where its certificate is not its own, of the ring’s authority
 */
export function refuseForeignCertificate(
  crypto: Pick<Crypto, 'certified' | 'fingerprint'>,
  { ringId, identity, credentials }: MemberFiles,
  directory = '',
): void {
  const { alsoTrustedPems = [], authorityPem, certificatePem } = credentials
  for (const pem of alsoTrustedPems) {
    orDamaged(at(directory, AUTHORITY_CERTIFICATE), () => crypto.fingerprint(pem))
  }
  const certified = crypto.certified(certificatePem, authorityPem)
  if (certified?.ringId === ringId && certified.memberId === identity.memberId) return
  const problem = 'it is no certificate of this member by the authority of its ring'
  throw damaged(at(directory, CERTIFICATE), problem)
}

/** What is damaged or missing of a member’s files is given; all else that goes wrong is thrown. */
export async function unlessDamaged<T>(reading: Promise<T>): Promise<T | AnilloError> {
  try {
    return await reading
  } catch (thrown) {
    if (isAnilloError(thrown, 'DATA_DAMAGED') || isAnilloError(thrown, 'DATA_ABSENT')) return thrown
    throw thrown
  }
}

/** Needs no key. @throws AnilloError as `readMember` */
export async function readCard(disk: Disk, directory = ''): Promise<MemberCard> {
  const ring = await readRing(disk, directory)
  if (ring === undefined) throw new AnilloError('DATA_ABSENT', { path: directory })
  return { ringId: ring.ringId, identity: await readIdentity(disk, directory) }
}

async function readIdentity(disk: Disk, directory: string): Promise<MemberIdentity> {
  const path = at(directory, IDENTITY)
  const json = await readJson(disk, path)
  if (json === undefined) throw damaged(path, 'it is missing')
  if (!Check(IdentityJson, json)) throw damaged(path, 'it does not describe a member')
  return identityOf(path, json)
}

function identityOf(path: string, json: Static<typeof IdentityJson>): MemberIdentity {
  return { ...json, memberId: orDamaged(path, () => parseMemberId(json.memberId)) }
}

async function requireText(disk: Disk, path: string): Promise<string> {
  const text = await readText(disk, path)
  if (text === undefined) throw damaged(path, 'it is missing')
  if (text.trim() === '') throw damaged(path, 'it is empty')
  return text
}

function orDamaged<T>(path: string, parse: () => T): T {
  try {
    return parse()
  } catch {
    throw damaged(path, 'what stands in it is malformed')
  }
}

function damaged(path: string, problem: string): AnilloError {
  return new AnilloError('DATA_DAMAGED', { path, problem })
}

function jsonLines(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
