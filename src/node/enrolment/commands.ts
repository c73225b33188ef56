/**
 * What the commands `init`, `token` and `member` do to a data directory; `join.ts` has the two ways
 * of joining. `effects.disk` is rooted at DATA. Each gives what a member needs to be run.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import type { LocalNetworks } from '../../effects/local-networks.ts'
import type { Role } from '../../wire/api.ts'
import { addressText } from './endpoint.ts'
import {
  checkedName,
  issueMember,
  markFounded,
  openOrFoundRing,
  removeClearAuthority,
  sealedDiskOf,
  type FoundedRing,
  type FoundingEffects,
} from './found.ts'
import {
  hasAuthority,
  memberDirectory,
  memberNames,
  readAuthority,
  readCard,
  readRing,
  type MemberCard,
  type MemberIdentity,
} from './ring-files.ts'
import { makeToken, TOKEN_ADDRESSES_MAX, type JoinToken } from './token.ts'

/** A member of this data directory that can be started. */
export interface OpenedMember {
  /** Its own data directory, relative to DATA; empty where DATA is that directory itself. */
  readonly directory: string
  readonly files: MemberCard
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
  await removeClearAuthority(disk)
  if ((await disk.read('identity.json')) !== undefined) {
    return { directory: '', files: await readCard(disk), isNew: false }
  }
  const names = await memberNames(disk)
  const [name] = names
  if (name === undefined) throw new AnilloError('DATA_ABSENT', { path: 'The data directory' })
  if (names.length > 1) {
    const problem = `The members ${names.join(', ')} are here; name one: --data DATA/members/NAME`
    throw new AnilloError('USAGE', { problem })
  }
  const directory = memberDirectory(name)
  return { directory, files: await readCard(disk, directory), isNew: false }
}

export interface TokenAsk {
  readonly validForMs: number
  /** More members than those that are here. */
  readonly peers?: readonly string[]
}

/**
 * `anillo token`, from the data directory of any member that holds the authority's key. Its
 * addresses are those of the members here, then `peers`, then those through which they joined.
 * @throws AnilloError DATA_ABSENT, DATA_DAMAGED, FORBIDDEN where no member here holds the key,
 * USAGE, RING_ON_ONE_COMPUTER, PASSPHRASE_NEEDED, PASSPHRASE_WRONG
 */
export async function makeJoinToken(effects: FoundingEffects, ask: TokenAsk): Promise<MadeToken> {
  const here = await cardsHere(effects.disk)
  const [first] = here
  if (first === undefined) throw new AnilloError('DATA_ABSENT', { path: 'The data directory' })
  const cards = here.map(({ card }) => card)
  refuseOneComputer(cards)
  const { ringId } = first.card
  for (const { directory } of here) {
    if (!(await hasAuthority(effects.disk, directory))) continue
    const authority = await readAuthority(await sealedDiskOf(effects, directory), directory)
    if (authority !== undefined) return tokenFrom(effects, { ringId, authority }, { ...ask, cards })
  }
  const problem = 'no member here may enrol others; ask for the token at a member that stores data'
  throw new AnilloError('FORBIDDEN', { problem })
}

export interface MadeToken {
  readonly text: string
  readonly token: JoinToken
}

/** As `makeJoinToken`, by a member that runs. */
export function makeTokenOf(
  effects: Pick<FoundingEffects, 'crypto' | 'random' | 'clock'>,
  { ring, card }: { readonly ring: FoundedRing | undefined; readonly card: MemberCard },
  ask: TokenAsk,
): MadeToken {
  refuseOneComputer([card])
  if (ring === undefined) throw new AnilloError('ENROL_ELSEWHERE')
  return tokenFrom(effects, ring, { ...ask, cards: [card] })
}

function tokenFrom(
  effects: Pick<FoundingEffects, 'crypto' | 'random' | 'clock'>,
  ring: FoundedRing,
  { cards, validForMs, peers = [] }: TokenAsk & { readonly cards: readonly MemberCard[] },
): MadeToken {
  const addresses = [
    ...cards.map(({ identity }) => identity.address),
    ...peers,
    ...cards.flatMap(({ identity }) => identity.entryAddresses),
  ]
  const named = [...new Set(addresses)].slice(0, TOKEN_ADDRESSES_MAX)
  return makeToken(effects, ring, { validForMs, addresses: named })
}

function refuseOneComputer(cards: readonly MemberCard[]): void {
  if (!cards.every(({ identity }) => isOfUp(identity))) return
  throw new AnilloError('RING_ON_ONE_COMPUTER')
}

/**
 * Made by `up` (supervisor/up.ts): named by its number, a host of its own, on an address that leads
 * nowhere from another machine. `init --address 127.0.0.2` makes a ring that others may join.
 */
export function isOfUp({ name, hostLabel, address }: MemberIdentity): boolean {
  return /^n\d+$/.test(name) && hostLabel === name && address.startsWith('127.0.0.1:')
}

interface CardHere {
  readonly directory: string
  readonly card: MemberCard
}

async function cardsHere(disk: Disk): Promise<readonly CardHere[]> {
  const isMember = (await disk.read('identity.json')) !== undefined
  const directories = isMember ? [''] : (await memberNames(disk)).map(memberDirectory)
  return Promise.all(
    directories.map(async (directory) => ({ directory, card: await readCard(disk, directory) })),
  )
}
