/**
 * `anillo join`: by a token, or by discovery with a person's admission. Either leaves a member's
 * directory in DATA that `anillo member` can run; either, repeated on the same DATA, goes on where
 * it was.
 */
import { AnilloError } from '../../base/errors.ts'
import { parseRingId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Admitted, Newcomer } from '../../wire/enrol.ts'
import { LEVELS } from '../../wire/levels.ts'
import { findRing } from '../discovery/finder.ts'
import { openMember, type OpenedMember, type SelfDescription } from './commands.ts'
import { checkedName, ownRequest, sealedDiskOf, type FoundingEffects } from './found.ts'
import { askToJoin, type Claim, type EnrolNews } from './newcomer.ts'
import {
  memberDirectory,
  memberNames,
  readRing,
  writeMember,
  writeRing,
  type MemberFiles,
  type OwnRequest,
} from './ring-files.ts'
import { readToken } from './token.ts'

/** `disk` is rooted at DATA. */
export interface JoinEffects extends FoundingEffects, Pick<Effects, 'net'> {}

export type JoinNews =
  | EnrolNews
  | { readonly kind: 'found'; readonly ringId: string; readonly addresses: readonly string[] }

export interface JoinOptions {
  /** Tells a person what goes on; the code, above all. */
  readonly say: (news: JoinNews) => void
  readonly signal?: AbortSignal
}

export interface DiscoverOptions extends JoinOptions {
  /** To which questions go, normally 9299. */
  readonly discoveryPort: number
  /** Hosts to ask besides the networks of this machine. */
  readonly askAt: readonly string[]
  /** How the ring's id begins, where several rings answer. */
  readonly ring?: string
}

/**
 * @throws AnilloError TOKEN_MALFORMED, TOKEN_EXPIRED, TOKEN_USED, TOKEN_WRONG, DATA_FOREIGN,
 * DATA_DAMAGED, RING_NOT_REACHABLE, ENROL_ELSEWHERE, BUSY, RPC_CANCELLED, USAGE
 */
export async function joinWithToken(
  effects: JoinEffects,
  self: SelfDescription,
  options: JoinOptions & { readonly token: string },
): Promise<OpenedMember> {
  const token = readToken(options.token)
  const member = await memberOf(effects, token.ringId)
  if (member !== undefined) return member
  const text = options.token.replaceAll(/\s+/g, '')
  const claim: Claim = { kind: 'token', text, fingerprint: token.fingerprint }
  return enrol(effects, self, {
    ...options,
    claim,
    addresses: token.addresses,
    ringId: token.ringId,
  })
}

/**
 * @throws AnilloError RING_NOT_FOUND, RING_AMBIGUOUS, ADMISSION_REFUSED, DATA_FOREIGN,
 * DATA_DAMAGED, RING_NOT_REACHABLE, ENROL_ELSEWHERE, BUSY, RPC_CANCELLED, USAGE
 */
export async function joinByDiscovery(
  effects: JoinEffects,
  self: SelfDescription,
  options: DiscoverOptions,
): Promise<OpenedMember> {
  const member = await memberOf(effects, options.ring ?? '')
  if (member !== undefined) return member
  const { say, discoveryPort: port, askAt, ring, signal } = options
  const found = await findRing(effects, {
    port,
    askAt,
    ...(ring === undefined ? {} : { ring }),
    ...(signal === undefined ? {} : { signal }),
  })
  say({ kind: 'found', ringId: found.ringId, addresses: found.addresses })
  const { addresses, ringId } = found
  return enrol(effects, self, { ...options, claim: { kind: 'code' }, addresses, ringId })
}

/**
 * The member that DATA already holds, so that a repeated `join` runs it. `ring` is how the wanted
 * ring's id begins.
 * @throws AnilloError DATA_FOREIGN where it is of another ring than the one that is joined
 */
async function memberOf(effects: JoinEffects, ring: string): Promise<OpenedMember | undefined> {
  const { disk } = effects
  const begun = await readRing(disk)
  if (begun?.state === 'founding') throw foreign(begun.ringId)
  if (begun === undefined && (await memberNames(disk)).length === 0) return undefined
  const member = await openMember(disk)
  if (!member.files.ringId.startsWith(ring)) throw foreign(member.files.ringId)
  return member
}

function foreign(theirs: string): AnilloError {
  return new AnilloError('DATA_FOREIGN', { path: 'The data directory', theirs })
}

interface Enrolling extends JoinOptions {
  readonly claim: Claim
  readonly addresses: readonly string[]
  readonly ringId: string
}

async function enrol(
  effects: JoinEffects,
  self: SelfDescription,
  enrolling: Enrolling,
): Promise<OpenedMember> {
  const directory = memberDirectory(checkedName(self.name))
  const sealedDisk = await sealedDiskOf(effects, directory)
  const request = await ownRequest({ ...effects, ...sealedDisk }, directory)
  const { requestPem } = request
  const { name, roles, port, host, hostLabel } = self
  const newcomer: Newcomer = {
    requestPem,
    name,
    roles: [...roles],
    port,
    hostLabel,
    levels: LEVELS,
    ...(host === undefined ? {} : { host }),
  }
  const admitted = await askToJoin(effects, { ...enrolling, newcomer })
  // Datagrams are not proved: the ring that was found may call itself otherwise.
  if (admitted.ringId !== enrolling.ringId) throw new AnilloError('TOKEN_WRONG')
  const files = await filesOf(effects, self, { admitted, request })
  await writeMember(sealedDisk, directory, files)
  await writeRing(effects.disk, { ringId: files.ringId, state: 'founded' })
  return { directory, files, isNew: true }
}

async function filesOf(
  effects: JoinEffects,
  self: SelfDescription,
  outcome: { readonly admitted: Admitted; readonly request: OwnRequest },
): Promise<MemberFiles> {
  const { admitted, request } = outcome
  const { alsoTrustedPems } = admitted
  return {
    ringId: parseRingId(admitted.ringId),
    identity: {
      memberId: await effects.crypto.readRequest(request.requestPem),
      name: self.name,
      address: admitted.address,
      roles: self.roles,
      hostLabel: self.hostLabel,
      warrant: admitted.warrant,
      certificateUntilMs: admitted.certificateUntilMs,
      entryAddresses: admitted.entryAddresses,
    },
    credentials: {
      authorityPem: admitted.authorityPem,
      ...(alsoTrustedPems === undefined ? {} : { alsoTrustedPems }),
      certificatePem: admitted.certificatePem,
      privateKeyPem: request.privateKeyPem,
    },
    authority: undefined,
  }
}
