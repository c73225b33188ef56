/**
 * A member, put together: calls, ring, letting others in, discovery, pages. Everything it does to the
 * world goes through the effects that it is given, so that the simulator runs this very composition.
 * The doors for clients stand in front of it (run-member.ts).
 */
import { positionOf } from '../base/ids.ts'
import type { Effects } from '../effects/effects.ts'
import type { LocalNetworks } from '../effects/local-networks.ts'
import type { Endpoint } from '../effects/net.ts'
import type { Admissions } from '../gateways/rest/door.ts'
import { Doings } from '../overlay/doings.ts'
import { createOverlay, type RunningOverlay } from '../overlay/start-overlay.ts'
import type { Overlay, PeerMemory, RingView } from '../overlay/types.ts'
import { RpcNode } from '../rpc/node.ts'
import type { RpcCounters } from '../rpc/types.ts'
import { createPageService, type PageService } from '../services/scrape/page-service.ts'
import type { Scraper } from '../services/scrape/scraper.ts'
import { describeSelf } from './describe-self.ts'
import { answerDiscovery, type DiscoveryAnswerer } from './discovery/answerer.ts'
import { makeJoinToken } from './enrolment/commands.ts'
import { isLoopback } from './enrolment/endpoint.ts'
import { registerEnrolment, type Enrolment } from './enrolment/enrolment.ts'
import type { MemberFiles } from './enrolment/ring-files.ts'
import { ownPorts } from './own-ports.ts'
import type { MemberPorts } from './ports.ts'
import type { Settings } from './settings.ts'

export interface MemberParts {
  readonly files: MemberFiles
  readonly listen: Endpoint
  readonly ports: MemberPorts
  readonly localNetworks: LocalNetworks
  readonly peers: PeerMemory
  /** Be a ring of one, which the others join. */
  readonly begins: boolean
  /** `host:port` of members to join through. */
  readonly entries: readonly string[]
  /** Newcomers of the local network are let in without asking for so long; 0 never. */
  readonly admitLocalMs: number
  readonly settings: Settings
  readonly version: string
}

export interface RunningMember {
  readonly overlay: Overlay
  readonly view: RingView
  readonly scraper: Scraper
  readonly admissions: Admissions
  readonly pages: Pick<PageService, 'load' | 'counts'>
  rpcCounters(): RpcCounters
  /** Hands over all that is held, so that the member can stop for good. */
  drain(): Promise<void>
  /** Leaves the ring and closes everything; the data stays. */
  stop(): Promise<void>
}

/** Looks for its ring in the background once it is started. @throws AnilloError PORT_IN_USE, DATA_DAMAGED */
export async function startMember(effects: Effects, parts: MemberParts): Promise<RunningMember> {
  const ring = await joinParts(effects, parts)
  await ring.running.start()
  ring.enrolment.start()
  const { enrolment, pages, rpc, running } = ring
  return {
    overlay: running.overlay,
    view: running.view,
    scraper: pages.scraper,
    pages,
    admissions: admissionsOf(effects, ring),
    rpcCounters: () => rpc.counters,
    drain: () => pages.drain(),
    async stop() {
      await running.leave()
      enrolment.close()
      await ring.discovery.close()
      await pages[Symbol.asyncDispose]()
      await running.stop()
      await rpc.stop()
    },
  }
}

interface Ring {
  readonly rpc: RpcNode
  readonly running: RunningOverlay
  readonly enrolment: Enrolment
  readonly pages: PageService
  readonly discovery: DiscoveryAnswerer
}

/** The parts need each other: those that listen or are asked for come first and look the rest up late. */
async function joinParts(effects: Effects, parts: MemberParts): Promise<Ring> {
  const { identity, ringId } = parts.files
  const self = {
    id: identity.memberId,
    name: identity.name,
    address: identity.address,
    position: positionOf(identity.address),
  }
  const doings = new Doings(effects.clock, self)
  let enrolment: Enrolment | undefined
  const rpc = await RpcNode.start({
    effects,
    ringId,
    memberId: identity.memberId,
    endpoint: parts.listen,
    advertised: identity.address,
    credentials: () => enrolment?.credentials() ?? parts.files.credentials,
    stranger: (connection) =>
      enrolment === undefined ? connection.destroy() : enrolment.stranger(connection),
  })
  let pages: PageService | undefined
  const startedAt = new Date(effects.clock.wallMs()).toISOString()
  const running = createOverlay({
    ...effects,
    rpc,
    ringId,
    self,
    doings,
    peers: parts.peers,
    begins: parts.begins,
    hints: () => [...parts.entries, ...identity.entryAddresses],
    describe: (place) => describeSelf({ parts, self, startedAt, place, pages }),
  })
  const members = async () => (await running.view.ring()).members
  enrolment = registerEnrolment(rpc, {
    effects,
    localNetworks: parts.localNetworks,
    client: rpc,
    overlay: running.overlay,
    members,
    files: parts.files,
    tell: doings.tell,
    admitLocalMs: parts.admitLocalMs,
  })
  pages = await createPageService({
    effects,
    rpc,
    overlay: running.overlay,
    settings: parts.settings,
    version: parts.version,
    gate: {
      allowLoopback: isLoopback(parts.listen.host),
      ownPorts: () => ownPorts(parts.ports, running.overlay),
    },
    tell: doings.tell,
  })
  const discovery = await answerDiscovery(effects, {
    port: parts.settings.discoveryPort,
    ringId,
    fingerprint: effects.crypto.fingerprint(parts.files.credentials.authorityPem),
    selfAddress: identity.address,
    liveAddresses: () => running.overlay.successors(DISCOVERY_PEERS).map((peer) => peer.address),
    mayEnrol: () => running.overlay.joined && enrolment.mayEnrol(),
  })
  return { rpc, running, enrolment, pages, discovery }
}

/** Members named to a newcomer beside the one that answers. */
const DISCOVERY_PEERS = 3

function admissionsOf(effects: Effects, ring: Ring): Admissions {
  return {
    waiting: () => ring.enrolment.waiting(),
    admit: (code) => ring.enrolment.admit(code),
    async makeToken(validForMs) {
      const peers = ring.running.overlay.successors(DISCOVERY_PEERS).map((peer) => peer.address)
      const { text } = await makeJoinToken(effects, { validForMs, peers })
      return text
    },
  }
}
