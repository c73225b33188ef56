/** Founding a ring, and enrolling members of one machine with the authority's key at hand. */
import { AnilloError } from '../../base/errors.ts'
import { hexOf } from '../../base/hex.ts'
import { parseMemberId, parseRingId, type MemberId, type RingId } from '../../base/ids.ts'
import { DAY_MS, HOUR_MS } from '../../base/limits.ts'
import type { Disk } from '../../effects/disk.ts'
import type { Effects } from '../../effects/effects.ts'
import type { MemberCredentials } from '../../effects/net.ts'
import type { Random } from '../../effects/random.ts'
import type { Role } from '../../wire/api.ts'
import { openMemberKey } from '../at-rest/member-key.ts'
import type { SealedDisk } from '../at-rest/sealed-file.ts'
import { diskBelow } from '../disk-below.ts'
import { haveGroupsBeenFounded, markFounder } from '../store/founding-mark.ts'
import {
  hasAuthority,
  isMemberName,
  memberDirectory,
  memberNames,
  readMember,
  readOwnRequest,
  readRing,
  refuseForeignCertificate,
  unlessDamaged,
  writeMember,
  writeOwnRequest,
  writeRing,
  type MemberFiles,
  type OwnRequest,
  type RingAuthority,
} from './ring-files.ts'
import { makeWarrant } from './warrant.ts'

/** Six weeks: a member that was away for a summer month still stands by its date alone. */
export const CERTIFICATE_VALID_MS = 42 * DAY_MS
/** Clocks of two machines may differ by this much before a fresh certificate looks unborn. */
export const CLOCK_SKEW_MS = HOUR_MS

const ID_BYTES = 16

/** `disk` is rooted at DATA. */
export interface FoundingEffects extends Pick<
  Effects,
  'crypto' | 'random' | 'clock' | 'disk' | 'cipher'
> {
  /** Unlocks the keys of members here, and locks those that are made. */
  readonly passphrase?: string
}

export interface FoundedRing {
  readonly ringId: RingId
  readonly authority: RingAuthority
  /** Authorities that members trust beside it. */
  readonly alsoTrustedPems?: readonly string[]
}

export interface NewMember {
  readonly name: string
  /** `host:port` of its member door. */
  readonly address: string
  readonly roles: readonly Role[]
  readonly hostLabel: string
  /** Members to join through; empty for the founder. */
  readonly entryAddresses: readonly string[]
}

export interface NewMemberOptions {
  /** It founds the groups when it first starts: exactly one member of a ring that is founded. */
  readonly isFounder?: boolean
}

/**
 * The ring of this data directory, founded if there is none. Where `ring` says `founding`, an
 * earlier start was broken off and everything is made anew (architecture 2.4). The caller enrols
 * its members and then calls `markFounded`.
 * @throws AnilloError DATA_DAMAGED when members are there but the ring is not named, or the key is
 * missing
 */
export async function openOrFoundRing(
  effects: FoundingEffects,
): Promise<FoundedRing & { readonly state: 'founding' | 'founded' }> {
  const ringId = await openFounded(effects.disk)
  if (ringId === undefined) return { ...(await foundRing(effects)), state: 'founding' }
  return { ringId, ...(await authorityHere(effects)), state: 'founded' }
}

/** The ring that was founded in this directory; `undefined` where none was, or not to the end. */
export async function openFounded(disk: Disk): Promise<RingId | undefined> {
  await removeClearAuthority(disk)
  const ring = await readRing(disk)
  if (ring === undefined) return undefined
  if (ring.state === 'founded') return ring.ringId
  if (!(await wereFounded(disk))) return undefined
  await markFounded(disk, ring.ringId)
  return ring.ringId
}

/**
 * The groups were founded, and may hold what somebody was told is kept; only the note of it at the
 * ring was cut off.
 */
async function wereFounded(disk: Disk): Promise<boolean> {
  for (const name of await memberNames(disk)) {
    if (await haveGroupsBeenFounded(disk, memberDirectory(name))) return true
  }
  return false
}

/**
 * Makes ring id and authority, and leaves the directory `founding`. What a broken start left is
 * removed.
 */
export async function foundRing(effects: FoundingEffects): Promise<FoundedRing> {
  const { disk, crypto, random, clock } = effects
  const begun = await readRing(disk)
  if (begun?.state === 'founded') {
    throw new AnilloError('DATA_FOREIGN', { path: '.', theirs: begun.ringId })
  }
  if (begun === undefined && (await memberNames(disk)).length > 0) {
    throw new AnilloError('DATA_DAMAGED', {
      path: 'ring',
      problem: 'it is missing, but members are there',
    })
  }
  const ringId = parseRingId(randomHex(random))
  await writeRing(disk, { ringId, state: 'founding' })
  await disk.remove('members')
  const authority = await crypto.makeAuthority(ringId, clock.wallMs() - CLOCK_SKEW_MS)
  return { ringId, authority }
}

export async function markFounded(disk: Disk, ringId: RingId): Promise<void> {
  await writeRing(disk, { ringId, state: 'founded' })
}

/**
 * The authority as the storing members of this directory hold it: the newest that one of them has.
 * A member whose files are damaged is not asked.
 * @throws AnilloError DATA_DAMAGED where none has it, PASSPHRASE_NEEDED, PASSPHRASE_WRONG
 */
export async function authorityHere(
  effects: FoundingEffects,
): Promise<Pick<FoundedRing, 'authority' | 'alsoTrustedPems'>> {
  let newest: MemberFiles | undefined
  let cause: AnilloError | undefined
  for (const name of await memberNames(effects.disk)) {
    if (!(await hasAuthority(effects.disk, memberDirectory(name)))) continue
    const files = await memberOrDamage(effects, name)
    if (files instanceof AnilloError) cause = files
    else if (newest === undefined || isNewer(files, newest)) newest = files
  }
  if (newest?.authority === undefined) {
    const details = { path: 'ca.key', problem: 'no member here has it' }
    throw cause ?? new AnilloError('DATA_DAMAGED', details)
  }
  const { authority, credentials } = newest
  const { authorityPem, alsoTrustedPems = [] } = credentials
  const others = [authorityPem, ...alsoTrustedPems].filter(
    (pem) => pem.trim() !== authority.certificatePem.trim(),
  )
  return { authority, ...(others.length === 0 ? {} : { alsoTrustedPems: others }) }
}

/**
 * The files of a member here, or what is damaged or missing of them.
 * @throws AnilloError PASSPHRASE_NEEDED, PASSPHRASE_WRONG, and what the disk says
 */
export function memberOrDamage(
  effects: FoundingEffects,
  name: string,
): Promise<MemberFiles | AnilloError> {
  return unlessDamaged(soundMember(effects, memberDirectory(name)))
}

async function soundMember(effects: FoundingEffects, directory: string): Promise<MemberFiles> {
  const files = await readMember(await sealedDiskOf(effects, directory), directory)
  refuseForeignCertificate(effects.crypto, files, directory)
  return files
}

/** Of the same authority, who trusts another one already has heard more. */
function isNewer(one: MemberFiles, other: MemberFiles): boolean {
  const numbers = [one, other].map(({ authority }) => authority?.number ?? 0)
  const trusted = [one, other].map(({ credentials }) => credentials.alsoTrustedPems?.length ?? 0)
  const [number = 0, otherNumber = 0] = numbers
  const [trust = 0, otherTrust = 0] = trusted
  return number > otherNumber || (number === otherNumber && trust > otherTrust)
}

/** A member's directory with its key, which is made where there is none. */
export async function sealedDiskOf(
  {
    disk,
    cipher,
    random,
    passphrase,
  }: Pick<FoundingEffects, 'disk' | 'cipher' | 'random' | 'passphrase'>,
  directory: string,
): Promise<SealedDisk> {
  await disk.makeDirectory(directory)
  const own = { disk: diskBelow(disk, directory), cipher, random }
  return { disk, cipher, key: await openMemberKey(own, passphrase) }
}

/**
 * Earlier versions kept a copy of the authority's key in DATA itself, in clear. It goes once a
 * member here has its own, which it seals when it starts.
 */
export async function removeClearAuthority(disk: Disk): Promise<void> {
  if ((await disk.read('ca.key')) === undefined) return
  for (const name of await memberNames(disk)) {
    if (!(await hasAuthority(disk, memberDirectory(name)))) continue
    await disk.remove('ca.key')
    await disk.remove('ca.pem')
    await disk.syncDirectory('')
    return
  }
}

/**
 * Makes `members/NAME/` of a new member, its id and its certificate. A directory that was there and
 * was whole is refused; one left over from a broken start is completed.
 */
export async function issueMember(
  effects: FoundingEffects,
  ring: FoundedRing,
  member: NewMember & NewMemberOptions,
): Promise<MemberFiles> {
  const { isFounder, ...own } = member
  const directory = memberDirectory(checkedName(member.name))
  if ((await readRing(effects.disk, directory)) !== undefined) {
    throw new AnilloError('DISK_EXISTS', { path: directory })
  }
  const sealedDisk = await sealedDiskOf(effects, directory)
  const request = await ownRequest({ ...effects, ...sealedDisk }, directory)
  const issued = await issueTo(effects, ring, {
    requestPem: request.requestPem,
    roles: member.roles,
  })
  const files: MemberFiles = {
    ringId: ring.ringId,
    identity: {
      ...own,
      memberId: issued.memberId,
      warrant: issued.warrant,
      certificateUntilMs: issued.certificateUntilMs,
    },
    credentials: {
      authorityPem: ring.authority.certificatePem,
      ...trustOf(ring),
      certificatePem: issued.certificatePem,
      privateKeyPem: request.privateKeyPem,
    },
    authority: holdsAuthority(member.roles) ? ring.authority : undefined,
  }
  if (isFounder === true) await markFounder(effects.disk, directory)
  await writeMember(sealedDisk, directory, files)
  return files
}

function trustOf({ alsoTrustedPems }: FoundedRing): Pick<MemberCredentials, 'alsoTrustedPems'> {
  return alsoTrustedPems === undefined ? {} : { alsoTrustedPems }
}

/**
 * Members that store data keep a copy of the authority's key, so that no one lost disk loses it.
 */
export function holdsAuthority(roles: readonly Role[]): boolean {
  return roles.includes('tweeter')
}

export interface IssuedCertificate {
  readonly memberId: MemberId
  readonly certificatePem: string
  readonly warrant: string
  /** Wall clock. */
  readonly certificateUntilMs: number
}

/** @throws AnilloError BAD_REQUEST when the request's own signature does not hold */
export async function issueTo(
  effects: Pick<FoundingEffects, 'crypto' | 'clock'>,
  ring: FoundedRing,
  newcomer: { readonly requestPem: string; readonly roles: readonly Role[] },
): Promise<IssuedCertificate> {
  const memberId = await effects.crypto.readRequest(newcomer.requestPem)
  const nowMs = effects.clock.wallMs()
  const certificatePem = await effects.crypto.issue({
    authority: ring.authority,
    requestPem: newcomer.requestPem,
    ringId: ring.ringId,
    memberId,
    validFromMs: nowMs - CLOCK_SKEW_MS,
    validForMs: CERTIFICATE_VALID_MS + CLOCK_SKEW_MS,
  })
  const warrant = makeWarrant(effects.crypto, ring.authority, { memberId, roles: newcomer.roles })
  return { memberId, certificatePem, warrant, certificateUntilMs: nowMs + CERTIFICATE_VALID_MS }
}

/** The request that this member asks with: the one of an earlier try, else a new one. */
export async function ownRequest(
  effects: SealedDisk & Pick<Effects, 'crypto' | 'random'>,
  directory: string,
): Promise<OwnRequest> {
  const { crypto, random } = effects
  const begun = await readOwnRequest(effects, directory)
  if (begun !== undefined) return begun
  const request = await crypto.makeRequest(parseMemberId(randomHex(random)))
  await writeOwnRequest(effects, directory, request)
  return request
}

/** @throws AnilloError USAGE */
export function checkedName(name: string): string {
  if (isMemberName(name)) return name
  const problem = `“${name}” cannot name a member: letters, digits, “-” and “_”, at most 63`
  throw new AnilloError('USAGE', { problem })
}

function randomHex(random: Random): string {
  return hexOf(random.bytes(ID_BYTES))
}
