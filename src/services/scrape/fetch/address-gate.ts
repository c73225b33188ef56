/**
 * Which machines anillo downloads from: the open Internet, and never what stands behind it. A page
 * that a stranger names must not make a member speak to its own machine, its network, its cloud's
 * metadata or its ring (server-side request forgery).
 *
 * A name is resolved once, every address it has is judged, the connection goes to one of those very
 * addresses, and what the socket says of its other end is judged again: a name server that answers
 * differently the second time gains nothing. Literals take the same way.
 */
import ipaddr from 'ipaddr.js'

import { AnilloError, type ErrorDetails } from '../../../base/errors.ts'
import type { Dns, ResolvedAddress } from '../../../effects/dns.ts'

export interface GateRules {
  /** The ring listens on loopback only, so whoever can ask it can reach loopback anyway. */
  readonly allowLoopback: boolean
  /** Networks of homes and companies are no stranger’s to name; absent: never. */
  readonly allowPrivate?: boolean
  /**
   * Ports of the ring's own doors on this machine, without those of the page and API, which may be
   * downloaded.
   */
  readonly ownPorts: () => readonly number[]
}

/** `undefined`: may be downloaded from. Else why not, in words for the error. */
export type Verdict = string | undefined

export interface AddressGate {
  /**
   * Where to connect for this URL, in the order to try; at least one.
   * @throws AnilloError ADDRESS_FORBIDDEN, HOST_UNKNOWN
   */
  admit(url: URL): Promise<readonly ResolvedAddress[]>
  /** Judges where a socket really ended. @throws AnilloError ADDRESS_FORBIDDEN */
  confirm(url: URL, remoteAddress: string): void
}

export function createAddressGate(dns: Dns, rules: GateRules): AddressGate {
  const check = (url: URL, address: string): void => {
    const reason = judge(address, { port: portOf(url), rules })
    if (reason !== undefined) throw forbidden({ host: url.hostname, address, reason })
  }
  return {
    async admit(url) {
      const addresses = await dns.resolve(hostOf(url))
      for (const { address } of addresses) check(url, address)
      if (addresses.length === 0) throw new AnilloError('HOST_UNKNOWN', { host: url.hostname })
      return addresses
    },
    confirm: check,
  }
}

/** The host without the brackets of an IPv6 literal. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? HTTPS_PORT : HTTP_PORT
}

export interface JudgeContext {
  readonly port: number
  readonly rules: GateRules
}

/** Whether this address, as a resolver or a socket spells it, may be downloaded from. */
export function judge(address: string, context: JudgeContext): Verdict {
  const parsed = parseAddress(address)
  if (parsed === undefined) return 'not an address'
  if (METADATA.has(parsed.toString())) return 'metadata'
  const range = rangeOf(parsed)
  if (range === 'unicast') return undefined
  if (context.rules.allowPrivate === true && PRIVATE.has(range)) return undefined
  if (range !== 'loopback' || !context.rules.allowLoopback) return REASONS[range] ?? 'reserved'
  return context.rules.ownPorts().includes(context.port) ? 'a door of the ring itself' : undefined
}

const HTTP_PORT = 80
const HTTPS_PORT = 443

type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Machines in clouds that hand out secrets to whoever asks; those outside the other ranges matter
 * most.
 */
const METADATA: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
])

/** Words for ipaddr.js's names of ranges (IANA special-purpose registries). */
const REASONS: Readonly<Record<string, string>> = {
  loopback: 'loopback',
  unspecified: 'unspecified',
  private: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  multicast: 'multicast',
  broadcast: 'broadcast',
  benchmarking: 'benchmarking',
  '6to4': 'a tunnel',
  teredo: 'a tunnel',
  rfc6145: 'an encoded IPv4 address',
  rfc6052: 'an encoded IPv4 address',
}

const PRIVATE: ReadonlySet<string> = new Set(['private', 'uniqueLocal'])

const NAT64 = ipaddr.IPv6.parse('64:ff9b::')
const NAT64_BITS = 96
/** All of IPv6 that is given out for the open Internet (RFC 4291, 2.4; IANA). */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::')
const GLOBAL_UNICAST_BITS = 3

function parseAddress(text: string): Address | undefined {
  // A zone (`fe80::1%eth0`) belongs to this machine's links.
  if (text.includes('%')) return undefined
  // Decimal, octal and short spellings are the URL parser's business: here four parts stand, or a
  // trick.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (!text.includes(':')) return undefined
  // The URL parser writes IPv6 in one way; ipaddr.js takes `::10.0.0.1` for a mapped address, which
  // it is not.
  const plain = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1)
  return plain === undefined || !ipaddr.IPv6.isValid(plain)
    ? undefined
    : decoded(ipaddr.IPv6.parse(plain))
}

/**
 * What an IPv6 address that carries an IPv4 one really leads to: mapped (RFC 4291, 2.5.5.2) and
 * NAT64 (RFC 6052; how a network without IPv4 reaches every old site). Other encodings are refused
 * as such.
 */
function decoded(address: ipaddr.IPv6): Address {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  if (address.match(NAT64, NAT64_BITS)) return new ipaddr.IPv4(address.toByteArray().slice(-4))
  return address
}

function rangeOf(address: Address): string {
  const range = address.range()
  const isIpv6 = address instanceof ipaddr.IPv6
  if (isIpv6 && range === 'unicast' && !address.match(GLOBAL_UNICAST, GLOBAL_UNICAST_BITS))
    return 'reserved'
  return range
}

function forbidden(details: ErrorDetails): AnilloError {
  return new AnilloError('ADDRESS_FORBIDDEN', details)
}
