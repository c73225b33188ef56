/**
 * What the commands `init`, `token` and `member` do to a data directory; `join.ts` has the two ways
 * of joining. `effects.disk` is rooted at DATA. Each gives what a member needs to be run.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import type { LocalNetworks } from '../../effects/local-networks.ts'
import type { Role } from '../../wire/api.ts'
import { addressText } from './endpoint.ts'
import { checkedName, issueMember, markFounded, openOrFoundRing } from './found.ts'
import type { FoundingEffects } from './found.ts'
import {
  memberDirectory,
  memberNames,
  readAuthority,
  readMember,
  readRing,
  type MemberFiles,
  type MemberIdentity,
} from './ring-files.ts'
import { makeToken, TOKEN_ADDRESSES_MAX, type JoinToken } from './token.ts'

/** A member of this data directory that can be started. */
export interface OpenedMember {
  /** Its own data directory, relative to DATA; empty where DATA is that directory itself. */
  readonly directory: string
  readonly files: MemberFiles
  /** Made by this call, not found. */
  readonly isNew: boolean
}

export interface SelfDescription {
  readonly name: string
  /** Of the member door. */
  readonly port: number
  /**
   * Host by which others reach this machine, where it cannot be seen from the connection
   * (`--address`).
   */
  readonly host?: string
  readonly roles: readonly Role[]
  readonly hostLabel: string
}

/**
 * Founds a ring of one member, or opens the one that is there: `init` repeated goes on as the
 * member.
 * @throws AnilloError USAGE where this machine has no address to tell others, or DATA has several
 * members; DATA_DAMAGED
 */
export async function initRing(
  effects: FoundingEffects & { readonly localNetworks: LocalNetworks },
  self: SelfDescription,
): Promise<OpenedMember> {
  checkedName(self.name)
  const begun = await readRing(effects.disk)
  if (begun?.state === 'founded') return openMember(effects.disk)
  const host = self.host ?? effects.localNetworks.ownAddresses()[0]
  if (host === undefined) {
    const problem = 'This machine has no network; name its address with --address'
    throw new AnilloError('USAGE', { problem })
  }
  const ring = await openOrFoundRing(effects)
  const files = await issueMember(effects, ring, {
    name: self.name,
    address: addressText({ host, port: self.port }),
    roles: self.roles,
    hostLabel: self.hostLabel,
    entryAddresses: [],
    isFounder: true,
  })
  await markFounded(effects.disk, ring.ringId)
  return { directory: memberDirectory(self.name), files, isNew: true }
}

/**
 * The one member that `anillo member` runs: DATA itself where it is a member's directory, else its
 * only member.
 * @throws AnilloError DATA_ABSENT, DATA_DAMAGED, USAGE where there are several
 */
export async function openMember(disk: Disk): Promise<OpenedMember> {
  if ((await disk.read('identity.json')) !== undefined) {
    return { directory: '', files: await readMember(disk), isNew: false }
  }
  const names = await memberNames(disk)
  const [name] = names
  if (name === undefined) throw new AnilloError('DATA_ABSENT', { path: 'The data directory' })
  if (names.length > 1) {
    const problem = `The members ${names.join(', ')} are here; name one: --data DATA/members/NAME`
    throw new AnilloError('USAGE', { problem })
  }
  const directory = memberDirectory(name)
  return { directory, files: await readMember(disk, directory), isNew: false }
}

/**
 * `anillo token`, from the data directory of any member that holds the authority's key. Its
 * addresses are those of the members here, then `peers`, then those through which they joined.
 * @throws AnilloError DATA_ABSENT, DATA_DAMAGED, FORBIDDEN where no member here holds the key,
 * USAGE, RING_ON_ONE_COMPUTER
 */
export async function makeJoinToken(
  effects: FoundingEffects,
  options: { readonly validForMs: number; readonly peers?: readonly string[] },
): Promise<{ readonly text: string; readonly token: JoinToken }> {
  const members = await openAll(effects.disk)
  const [first] = members
  if (first === undefined) throw new AnilloError('DATA_ABSENT', { path: 'The data directory' })
  if (members.every(({ identity }) => isOfUp(identity))) {
    throw new AnilloError('RING_ON_ONE_COMPUTER')
  }
  const authority =
    (await readAuthority(effects.disk)) ?? members.find((files) => files.authority)?.authority
  if (authority === undefined) {
    const problem =
      'no member here may enrol others; ask for the token at a member that stores data'
    throw new AnilloError('FORBIDDEN', { problem })
  }
  const addresses = [
    ...members.map(({ identity }) => identity.address),
    ...(options.peers ?? []),
    ...members.flatMap(({ identity }) => identity.entryAddresses),
  ]
  return makeToken(
    effects,
    { ringId: first.ringId, authority },
    {
      validForMs: options.validForMs,
      addresses: [...new Set(addresses)].slice(0, TOKEN_ADDRESSES_MAX),
    },
  )
}

/**
 * Made by `up` (supervisor/up.ts): named by its number, a host of its own, on an address that leads
 * nowhere from another machine. `init --address 127.0.0.2` makes a ring that others may join.
 */
function isOfUp({ name, hostLabel, address }: MemberIdentity): boolean {
  return /^n\d+$/.test(name) && hostLabel === name && address.startsWith('127.0.0.1:')
}

async function openAll(disk: Disk): Promise<readonly MemberFiles[]> {
  if ((await disk.read('identity.json')) !== undefined) return [await readMember(disk)]
  const names = await memberNames(disk)
  return Promise.all(names.map((name) => readMember(disk, memberDirectory(name))))
}
