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
  /** Whether datagrams of that address are looked at: whoever asks by them hears of members. */
  isHeard(from: string): boolean
}

export interface PlaceAsked {
  /** `--rpc-host`; empty: as others reach this member. */
  readonly rpcHost: string
  /** By which others reach it, without the port. */
  readonly advertised: string
}

/** @throws AnilloError HOST_UNKNOWN, USAGE */
export async function memberDoorPlace(
  effects: { readonly dns: Dns; readonly localNetworks: LocalNetworks },
  { rpcHost, advertised }: PlaceAsked,
): Promise<MemberDoorPlace> {
  const { dns, localNetworks } = effects
  if (rpcHost === '') return placeAsAdvertised(localNetworks, advertised)
  if (isWildcard(rpcHost) || isLoopback(rpcHost)) return { host: rpcHost, isHeard: () => true }
  const own = localNetworks.ownAddresses()
  const found = (await dns.resolve(rpcHost)).map(({ address }) => address)
  const host = isIP(rpcHost) === 0 ? found.find((address) => own.includes(address)) : rpcHost
  if (host === undefined) {
    const problem = `--rpc-host ${rpcHost} is no address that this machine has on a network`
    throw new AnilloError('USAGE', { problem })
  }
  return { host, isHeard: (from) => isLoopback(from) || localNetworks.isBeside(host, from) }
}

/** A name, or an address that a router translates, says nothing of this machine's own. */
function placeAsAdvertised(networks: LocalNetworks, advertised: string): MemberDoorPlace {
  const host = listenHostOf(advertised)
  if (!isWildcard(host)) return { host, isHeard: () => true }
  if (!networks.ownAddresses().includes(advertised)) return { host, isHeard: () => true }
  return {
    host: advertised,
    // From behind a router newcomers may ask; from a network that is not the ring's they may not.
    isHeard: (from) =>
      isLoopback(from) || networks.isBeside(advertised, from) || !networks.isAttached(from),
  }
}
