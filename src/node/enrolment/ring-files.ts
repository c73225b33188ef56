/**
 * What a data directory says of its ring and its members, all in small files written durably:
 *
 * ```
 * DATA/ring            {"ringId", "state": "founding" | "founded"}
 * DATA/ca.pem          certificate of the ring's authority
 * DATA/ca.key          its private key, where members are enrolled from here (`up`, `init`)
 * DATA/members/NAME/   a member's own data directory, complete in itself:
 *   ring, ca.pem       as above
 *   ca.key             its copy of the authority's key, if it stores data
 *   key.pem, cert.pem  what it proves itself with
 *   identity.json      who it is
 *   request.pem        what it asked for its certificate with, and asks for the next one
 * ```
 *
 * `ring` is written last, so that a directory in which it says `founded` is whole. All files are
 * readable by their owner alone (the platform's disk makes them so).
 */
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

import { AnilloError } from '../../base/errors.ts'
import { parseMemberId, parseRingId, type MemberId, type RingId } from '../../base/ids.ts'
import type { KeyAndCertificate } from '../../effects/crypto.ts'
import type { Disk } from '../../effects/disk.ts'
import type { MemberCredentials } from '../../effects/net.ts'
import { Role } from '../../wire/api.ts'
import { readJson, readText, writeDurably } from './durable-files.ts'

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

/** All that a member needs to stand in its ring. */
export interface MemberFiles {
  readonly ringId: RingId
  readonly identity: MemberIdentity
  readonly credentials: MemberCredentials
  /** Present where this member may enrol others. */
  readonly authority: KeyAndCertificate | undefined
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

/**
 * @throws AnilloError DATA_DAMAGED where only one of the two files is there or one cannot be read
 */
export async function readAuthority(
  disk: Disk,
  directory = '',
): Promise<KeyAndCertificate | undefined> {
  const keyPath = at(directory, AUTHORITY_KEY)
  if ((await readText(disk, keyPath)) === undefined) return undefined
  return {
    privateKeyPem: await requireText(disk, keyPath),
    certificatePem: await requireText(disk, at(directory, AUTHORITY_CERTIFICATE)),
  }
}

export async function writeAuthority(
  disk: Disk,
  authority: KeyAndCertificate,
  directory = '',
): Promise<void> {
  await disk.makeDirectory(directory)
  await writeDurably(disk, at(directory, AUTHORITY_CERTIFICATE), authority.certificatePem)
  await writeDurably(disk, at(directory, AUTHORITY_KEY), authority.privateKeyPem)
}

/**
 * What a member asks for a certificate with; made once, so that a second try is the same member.
 */
export interface OwnRequest {
  readonly privateKeyPem: string
  readonly requestPem: string
}

export async function readOwnRequest(
  disk: Disk,
  directory: string,
): Promise<OwnRequest | undefined> {
  const requestPem = await readText(disk, at(directory, REQUEST))
  const privateKeyPem = await readText(disk, at(directory, KEY))
  if (requestPem === undefined || privateKeyPem === undefined) return undefined
  return { privateKeyPem, requestPem }
}

export async function writeOwnRequest(
  disk: Disk,
  directory: string,
  request: OwnRequest,
): Promise<void> {
  await disk.makeDirectory(directory)
  await writeDurably(disk, at(directory, KEY), request.privateKeyPem)
  await writeDurably(disk, at(directory, REQUEST), request.requestPem)
}

/** Completes a member's directory; `ring` comes last and makes it count. */
export async function writeMember(
  disk: Disk,
  directory: string,
  member: MemberFiles,
): Promise<void> {
  const { credentials, authority } = member
  await disk.makeDirectory(directory)
  await writeDurably(disk, at(directory, AUTHORITY_CERTIFICATE), credentials.authorityPem)
  if (authority !== undefined) await writeAuthority(disk, authority, directory)
  await writeDurably(disk, at(directory, KEY), credentials.privateKeyPem)
  await writeDurably(disk, at(directory, CERTIFICATE), credentials.certificatePem)
  await writeDurably(disk, at(directory, IDENTITY), jsonLines(member.identity))
  await writeRing(disk, { ringId: member.ringId, state: 'founded' }, directory)
}

/**
 * After a renewal or a move to another address. The certificate is for the same key, and goes
 * first: a crash in between leaves an old date, and the renewal is asked for again.
 */
export async function updateMember(
  disk: Disk,
  directory: string,
  member: Pick<MemberFiles, 'identity' | 'credentials'>,
): Promise<void> {
  await writeDurably(disk, at(directory, CERTIFICATE), member.credentials.certificatePem)
  await writeDurably(disk, at(directory, IDENTITY), jsonLines(member.identity))
}

/**
 * @throws AnilloError DATA_ABSENT where no member was enrolled, DATA_DAMAGED where a file is
 * missing or unreadable
 */
export async function readMember(disk: Disk, directory = ''): Promise<MemberFiles> {
  const ring = await readRing(disk, directory)
  if (ring === undefined) throw new AnilloError('DATA_ABSENT', { path: directory })
  return {
    ringId: ring.ringId,
    identity: await readIdentity(disk, directory),
    credentials: {
      authorityPem: await requireText(disk, at(directory, AUTHORITY_CERTIFICATE)),
      certificatePem: await requireText(disk, at(directory, CERTIFICATE)),
      privateKeyPem: await requireText(disk, at(directory, KEY)),
    },
    authority: await readAuthority(disk, directory),
  }
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
    throw damaged(path, 'an id in it is malformed')
  }
}

function damaged(path: string, problem: string): AnilloError {
  return new AnilloError('DATA_DAMAGED', { path, problem })
}

function jsonLines(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
