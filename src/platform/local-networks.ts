/** The interfaces of this machine, looked up at each question: cables and radios come and go. */
import { BlockList, isIP } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

import type { LocalNetworks } from '../effects/local-networks.ts'

export function platformLocalNetworks(): LocalNetworks {
  return {
    isAttached: (address) => isAttachedTo(addressesOfInterfaces(), address),
    isBeside: (own, address) => isBesideOf(addressesOfInterfaces(), own, address),
    ownAddresses: () => reachable(addressesOfInterfaces()),
  }
}

/** What is used of `os.networkInterfaces()`. */
export type InterfaceAddress = Pick<
  NetworkInterfaceInfo,
  'address' | 'family' | 'internal' | 'cidr'
>

function addressesOfInterfaces(): readonly InterfaceAddress[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
}

export function isAttachedTo(interfaces: readonly InterfaceAddress[], address: string): boolean {
  const plain = plainAddress(address)
  const family = familyOf(plain)
  if (family === undefined) return false
  const networks = new BlockList()
  for (const { cidr } of interfaces) {
    const [network, bits] = cidr?.split('/') ?? []
    if (network === undefined || bits === undefined) continue
    const networkFamily = familyOf(network)
    if (networkFamily !== undefined) networks.addSubnet(network, Number(bits), networkFamily)
  }
  return networks.check(plain, family)
}

export function isBesideOf(
  interfaces: readonly InterfaceAddress[],
  own: string,
  address: string,
): boolean {
  const those = interfaces.filter((one) => one.address === plainAddress(own))
  return isAttachedTo(those, address)
}

/** IPv4 first: people read it, and a link-local IPv6 address means nothing elsewhere. */
export function reachable(interfaces: readonly InterfaceAddress[]): readonly string[] {
  const others = interfaces.filter(({ internal }) => !internal)
  const v4 = others.filter(({ family }) => family === 'IPv4')
  const v6 = others.filter(({ family, address }) => family === 'IPv6' && !/^fe80:/i.test(address))
  return [...v4, ...v6].map(({ address }) => address)
}

/**
 * A socket for both families tells IPv4 addresses as `::ffff:10.0.0.1`; a scope is no part of an
 * address.
 */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  switch (isIP(address)) {
    case 4:
      return 'ipv4'
    case 6:
      return 'ipv6'
    default:
      return undefined
  }
}
