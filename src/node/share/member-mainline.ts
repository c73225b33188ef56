/**
 * A member’s part in BitTorrent’s Mainline DHT: none, unless somebody turned it on. Which nodes it
 * may ask, and which of the ring’s doors are for the world, follows from whom it begins with: a DHT
 * on loopback, or in a private network, is one of the operator’s own.
 */
import type { Effects } from '../../effects/effects.ts'
import type { Endpoint } from '../../effects/net.ts'
import { openMainlineNode, type MainlineNode } from '../../gateways/mainline/mainline-node.ts'
import { hostOf, judge, portOf, type GateRules } from '../../services/scrape/fetch/address-gate.ts'
import { isLoopback } from '../enrolment/endpoint.ts'
import { kademliaPortAt, type MemberPorts } from '../ports.ts'
import type { Settings } from '../settings.ts'
import { parseBootstrap } from './bootstrap.ts'

/** Services of machines stand below; no node need. */
const NODE_PORT_MIN = 1_024

export interface MemberMainlineOptions {
  readonly ports: Pick<MemberPorts, 'http'>
  /** Where the member itself is heard. */
  readonly listenHost: string
  readonly settings: Pick<
    Settings,
    'discoveryPort' | 'shareMainline' | 'shareMainlineBootstrap' | 'sharePrivate'
  >
}

/** `undefined`: it takes no part, and nothing is loaded for it. */
export async function openMemberMainline(
  effects: Effects,
  options: MemberMainlineOptions,
): Promise<MainlineNode | undefined> {
  const { settings } = options
  if (settings.shareMainline === 'off') return undefined
  const bootstrap = parseBootstrap(settings.shareMainlineBootstrap) ?? []
  const isLocal = bootstrap.every(({ host }) => isLoopback(host))
  return openMainlineNode(effects, {
    // It answers nobody: any port will do, and none need be let in.
    endpoint: { host: isLocal ? '127.0.0.1' : '0.0.0.0', port: 0 },
    bootstrap,
    isAllowed: nodeRule(options, bootstrap),
    isTold: (url) => isForWorld(url, bootstrap),
  })
}

/** Whether a node that a stranger named may be asked. */
export function nodeRule(
  { listenHost, ports, settings }: MemberMainlineOptions,
  bootstrap: readonly Endpoint[],
): (at: Endpoint) => boolean {
  const isLocal = bootstrap.every(({ host }) => isLoopback(host))
  const rules: GateRules = {
    allowLoopback: isLocal && isLoopback(listenHost),
    allowPrivate: settings.sharePrivate === 'on',
    ownPorts: () => [settings.discoveryPort, kademliaPortAt(ports.http)],
  }
  return ({ host, port }) => port >= NODE_PORT_MIN && judge(host, { port, rules }) === undefined
}

/** Whether it leads there from wherever the DHT is. */
export function isForWorld(text: string, bootstrap: readonly Endpoint[]): boolean {
  const url = URL.parse(text)
  if (url === null) return false
  const rules: GateRules = {
    allowLoopback: bootstrap.every(({ host }) => isLoopback(host)),
    allowPrivate: bootstrap.every(({ host }) => isLoopback(host) || isPrivate(host)),
    ownPorts: () => [],
  }
  const host = hostOf(url)
  if (host === 'localhost') return rules.allowLoopback
  // A name without a dot is one of a local network.
  if (!/^[\d.]+$|:/.test(host)) return host.includes('.') || rules.allowPrivate === true
  return judge(host, { port: portOf(url), rules }) === undefined
}

function isPrivate(host: string): boolean {
  const rules: GateRules = { allowLoopback: false, ownPorts: () => [] }
  return judge(host, { port: NODE_PORT_MIN, rules }) === 'private'
}
