/**
 * Where a member hears other members and newcomers: a member of two networks is heard by the
 * servers' alone, so that clients find no port of the ring's.
 */
import { isIP } from 'node:net'

import { AnilloError } from '../../base/errors.ts'
import type { Dns } from '../../effects/dns.ts'
import type { LocalNetworks } from '../../effects/local-networks.ts'
import { isLoopback } from '../enrolment/endpoint.ts'
import { listenHostOf } from '../member-options.ts'
import { isWildcard } from './door-plan.ts'

export interface MemberDoorPlace {
  /** To listen on. */
  readonly host: string
  /**
   * Whether connections from that address are taken. A system takes what is for one of its
   * addresses from any of its networks, so that where it listens does not decide it.
   */
  mayCall(from: string): boolean
  /** Whether datagrams of that address are looked at: whoever asks by them hears of members. */
  isHeard(from: string): boolean
}

export interface PlaceAsked {
  /** Clients of other machines come to this member, perhaps by a network of their own. */
  readonly hasDoor: boolean
  /** `--rpc-host`; empty: as others reach this member. */
  readonly rpcHost: string
  /** By which others reach it, without the port. */
  readonly advertised: string
}

/** @throws AnilloError HOST_UNKNOWN, USAGE */
export async function memberDoorPlace(
  effects: { readonly dns: Dns; readonly localNetworks: LocalNetworks },
  asked: PlaceAsked,
): Promise<MemberDoorPlace> {
  const { dns, localNetworks } = effects
  const { rpcHost } = asked
  if (rpcHost === '') return placeAsAdvertised(localNetworks, asked)
  if (isWildcard(rpcHost) || isLoopback(rpcHost)) return { host: rpcHost, ...FROM_ANYWHERE }
  const own = localNetworks.ownAddresses()
  const found = (await dns.resolve(rpcHost)).map(({ address }) => address)
  const host = isIP(rpcHost) === 0 ? found.find((address) => own.includes(address)) : rpcHost
  if (host === undefined) {
    const problem = `--rpc-host ${rpcHost} is no address that this machine has on a network`
    throw new AnilloError('USAGE', { problem })
  }
  const isHeard = (from: string): boolean => isLoopback(from) || localNetworks.isBeside(host, from)
  return { host, isHeard, mayCall: fromNoOther(localNetworks, host) }
}

const FROM_ANYWHERE = { isHeard: () => true, mayCall: () => true } as const

/** A name, or an address that a router translates, says nothing of this machine's own. */
function placeAsAdvertised(
  networks: LocalNetworks,
  { advertised, hasDoor }: PlaceAsked,
): MemberDoorPlace {
  const host = listenHostOf(advertised)
  const isOwn = hasDoor && isWildcard(host) && networks.ownAddresses().includes(advertised)
  if (!isOwn) return { host, ...FROM_ANYWHERE }
  const isHeard = fromNoOther(networks, advertised)
  return { host: advertised, isHeard, mayCall: isHeard }
}

/** From the network of that address, or through a router; from none of the machine's others. */
function fromNoOther(networks: LocalNetworks, host: string): (from: string) => boolean {
  return (from) => isLoopback(from) || networks.isBeside(host, from) || !networks.isAttached(from)
}
