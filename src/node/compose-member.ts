/**
 * A member, put together: calls, ring, letting others in, discovery, pages. Everything it does to
 * the world goes through the effects that it is given, so that the simulator runs this very
 * composition. The doors for clients stand in front of it (member.ts).
 */
import { AnilloError } from '../base/errors.ts'
import { parseMemberId, positionOf } from '../base/ids.ts'
import type { FoundBrowser } from '../effects/browser.ts'
import type { Effects } from '../effects/effects.ts'
import type { Admissions } from '../gateways/rest/door.ts'
import { Doings } from '../overlay/doings.ts'
import { createOverlay, type RunningOverlay } from '../overlay/start-overlay.ts'
import type { Overlay } from '../overlay/types.ts'
import { RpcNode } from '../rpc/node.ts'
import { answerSessions, type AccountSessions } from '../services/files/doors/account-sessions.ts'
import { answerCrawls, type CrawlService } from '../services/scrape/crawl/crawl-service.ts'
import { answerPages, type PageService } from '../services/scrape/pages/page-service.ts'
import { answerRenders, type RenderService } from '../services/scrape/render/renders.ts'
import { Testimonies } from '../services/scrape/testimony/testimonies.ts'
import { PageDiffs } from '../services/scrape/versions/page-diffs.ts'
import type { RosterKeeper } from '../store/roster/keeper.ts'
import type { RpcPeers } from '../store/rpc-peers.ts'
import type { RecordStore } from '../store/store.ts'
import { LEVELS } from '../wire/levels.ts'
import { crewOf } from './crew-of.ts'
import { describeSelf } from './describe-self.ts'
import {
  answerDiscovery,
  type AnswererOptions,
  type DiscoveryAnswerer,
} from './discovery/answerer.ts'
import { registerEnrolment, type Enrolment } from './enrolment/enrolment.ts'
import { mayAskOutOfDate } from './enrolment/out-of-date.ts'
import type { MemberParts, RunningMember } from './member-parts.ts'
import { closeServices, startServices, type MemberServices } from './member-services.ts'
import {
  memberPeers,
  openMemberStore,
  openRoster,
  rosterAsker,
  type AskRoster,
  type MemberStore,
} from './store/member-store.ts'
import { enrolSelf, type EnrolSelfOutcome } from './store/self-enrolment.ts'
import { groupsNotWhole } from './store/settled.ts'
import { startUpkeep, type Upkeep } from './store/upkeep.ts'

/**
 * Looks for its ring in the background once it is started. @throws AnilloError PORT_IN_USE,
 * DATA_DAMAGED: what it stores cannot be trusted, and must be given up
 */
export async function startMember(effects: Effects, parts: MemberParts): Promise<RunningMember> {
  const ring = await joinParts(effects, parts)
  // Before others see an old one.
  await ring.enrolment.renewHere()
  await ring.running.start()
  ring.enrolment.start()
  const { enrolment, pages, rpc, running, store } = ring
  const ending = new AbortController()
  const enrolled = enrolWith(effects, parts, ring, ending.signal)
  // Who asks for it hears of its end; a member may stop before anybody asks.
  enrolled.catch(() => undefined)
  return {
    outside: parts.outside,
    mainline: parts.mainline,
    overlay: running.overlay,
    view: running.view,
    scraper: pages.scraper,
    archive: pages.archive,
    crawls: ring.crawls.crawls,
    schedules: ring.crawls.schedules,
    transfer: ring.transfer,
    extracts: ring.extracts,
    renders: ring.renders,
    diffs: new PageDiffs(pages.archive, effects.workers),
    crew: crewOf(store.roster),
    testimonies: new Testimonies({
      archive: pages.archive,
      crypto: effects.crypto,
      nameOf: (id) => store.roster.member(parseMemberId(id))?.name,
    }),
    files: ring.files.files,
    heldBytes: ring.files.held,
    share: ring.share,
    previews: ring.previews,
    pathLocks: ring.files.locks,
    repeats: ring.files.repeats,
    fileActs: ring.files.acts,
    accountSessions: ring.accountSessions,
    search: ring.search.search,
    similar: ring.search.similar,
    pages,
    store,
    upkeep: ring.upkeep,
    admissions: admissionsOf(ring),
    rotation: () => ring.enrolment.rotation(),
    rpcCounters: () => rpc.counters,
    issuer: {
      authorityPem: () => enrolment.credentials().authorityPem,
      certify: (request) => enrolment.doorCertificate(request),
    },
    remember: () => running.remember(),
    enrolled: () => enrolled,
    groupsNotWhole: () => groupsNotWhole(store.roster.order, store.router),
    drain: () => pages.drain(),
    async stop() {
      ending.abort(new AnilloError('RPC_CANCELLED', { method: 'enrolment' }))
      await ring.upkeep.stop()
      await closeServices(ring)
      await store.close()
      await running.leave()
      enrolment.close()
      await ring.discovery.close()
      await running.stop()
      await rpc.stop()
    },
  }
}

interface Ring extends MemberServices {
  readonly rpc: RpcNode
  readonly running: RunningOverlay
  readonly enrolment: Enrolment
  readonly discovery: DiscoveryAnswerer
  readonly store: MemberStore
  readonly upkeep: Upkeep
}

/** Parts that others ask for before they are there. */
interface LateParts {
  overlay?: Overlay
  peers?: RpcPeers
  store?: MemberStore
  enrolment?: Enrolment
  pages?: PageService
  renders?: RenderService
  browser?: FoundBrowser | undefined
  crawls?: CrawlService
  accountSessions?: AccountSessions
  upkeep?: Upkeep
}

/**
 * The parts need each other: those that listen or are asked for come first and look the rest up
 * late. From the start of the RPC on there is no pause until all handlers but the store's are
 * there; the store reads its log first, and until then its callers go elsewhere.
 */
async function joinParts(effects: Effects, parts: MemberParts): Promise<Ring> {
  const self = selfOf(parts)
  const doings = new Doings(effects.clock, self)
  const late: LateParts = {}
  const roster = await openRoster(effects, parts.files, askLate(late))
  const rpc = await openMemberDoor(effects, parts, { late, roster })
  const startedAt = new Date(effects.clock.wallMs()).toISOString()
  const running = createOverlay({
    ...effects,
    rpc,
    ringId: parts.files.ringId,
    self,
    doings,
    peers: parts.peers,
    begins: parts.begins,
    hints: () => [...parts.entries, ...parts.files.identity.entryAddresses],
    describe: (place) => describeSelf({ parts, self, startedAt, place, ...late }),
  })
  const enrolment = registerEnrolment(rpc, {
    ...parts,
    effects,
    client: rpc,
    overlay: running.overlay,
    store: lateStore(late),
    papersChanged: (graceMs) => rpc.renewConnections(graceMs),
    members: async () => (await running.view.ring()).members,
    isEntry: (member) => roster.member(member)?.roles.includes('entry') ?? false,
    tell: doings.tell,
  })
  answerMembers(rpc, late)
  tellOfBrowser(effects, late)
  const peers = memberPeers(rpc, roster, running.overlay)
  Object.assign(late, { overlay: running.overlay, peers, enrolment })
  const store = await openMemberStore(
    { effects, ...parts, overlay: running.overlay, roster, tell: doings.tell },
    peers,
  ).catch(async (thrown: unknown) => {
    await rpc.stop()
    throw thrown
  })
  const { tell } = doings
  const services = startServices(effects, parts, { rpc, running, enrolment, roster, store, tell })
  Object.assign(late, { store, ...services })
  roster.onChanged(() => rpc.dropRefused())
  const discovery = await answerNewcomers(effects, parts, {
    running,
    enrolment,
    others: (bytes) => late.upkeep?.coordinator.received(bytes) ?? false,
  })
  const { identity, ringId } = parts.files
  const upkeep = startUpkeep({
    effects,
    self: identity.memberId,
    ringId,
    peers,
    store,
    broadcast: { send: (bytes) => discovery.broadcast(bytes) },
    tell: doings.tell,
    share: services.share,
    takesPart: identity.roles.includes('tweeter'),
  })
  late.upkeep = upkeep
  return { rpc, running, enrolment, ...services, discovery, store, upkeep }
}

/** Until the services are there, that they are not. */
function answerMembers(rpc: RpcNode, late: LateParts): void {
  answerPages(rpc, () => late.pages)
  answerCrawls(rpc, () => late.crawls)
  answerRenders(rpc, () => late.renders)
  answerSessions(rpc, () => late.accountSessions)
}

/** Others may have it draw pages; it is looked for once. */
function tellOfBrowser({ browser }: Effects, late: LateParts): void {
  void browser.find().then((found) => {
    late.browser = found
  })
}

function askLate(late: LateParts): AskRoster {
  return async (members, question) => {
    const { overlay, peers } = late
    return overlay === undefined || peers === undefined
      ? {}
      : rosterAsker(peers, overlay)(members, question)
  }
}

function enrolWith(
  effects: Effects,
  { files }: MemberParts,
  { store }: Ring,
  signal: AbortSignal,
): Promise<EnrolSelfOutcome> {
  const { memberId, name, address, hostLabel, roles } = files.identity
  return enrolSelf({
    effects,
    self: { id: memberId, name, address, host: hostLabel, roles, levels: LEVELS },
    roster: store.roster,
    store: store.records,
    signal,
  })
}

/** Each call fails while the store is not open. */
function lateStore(late: LateParts): Pick<RecordStore, 'call' | 'get' | 'list' | 'transact'> {
  return {
    call: async (...asked) => (await storeOf(late)).call(...asked),
    get: async (...asked) => (await storeOf(late)).get(...asked),
    list: async (...asked) => (await storeOf(late)).list(...asked),
    transact: async (...asked) => (await storeOf(late)).transact(...asked),
  }
}

/** @throws AnilloError RING_NOT_READY while it is not open */
async function storeOf({ store }: LateParts): Promise<RecordStore> {
  if (store === undefined) throw new AnilloError('RING_NOT_READY')
  return store.records
}

function selfOf({ files }: MemberParts): Overlay['self'] {
  const { memberId, name, address } = files.identity
  return { id: memberId, name, address, position: positionOf(address) }
}

function openMemberDoor(
  effects: Effects,
  parts: MemberParts,
  { late, roster }: { readonly late: LateParts; readonly roster: RosterKeeper },
): Promise<RpcNode> {
  const { credentials, identity, ringId } = parts.files
  return RpcNode.start({
    effects,
    ringId,
    memberId: identity.memberId,
    endpoint: parts.listen,
    isHeard: parts.mayCall,
    advertised: identity.address,
    featureLevel: LEVELS.to,
    credentials: () => late.enrolment?.credentials() ?? credentials,
    isAllowed: (member) => roster.isAllowed(member),
    outOfDate: {
      mayConnect: (member) => roster.member(member) !== undefined,
      mayAsk: mayAskOutOfDate,
    },
    stranger: (connection) => {
      if (late.enrolment === undefined) connection.destroy()
      else late.enrolment.stranger(connection)
    },
  })
}

function answerNewcomers(
  effects: Effects,
  { files, isHeard, settings }: MemberParts,
  parts: Pick<Ring, 'running' | 'enrolment'> & Pick<AnswererOptions, 'others'>,
): Promise<DiscoveryAnswerer> {
  const { running, enrolment, others } = parts
  return answerDiscovery(effects, {
    port: settings.discoveryPort,
    ringId: files.ringId,
    fingerprint: () => effects.crypto.fingerprint(enrolment.credentials().authorityPem),
    selfAddress: files.identity.address,
    liveAddresses: () => running.overlay.successors(DISCOVERY_PEERS).map((peer) => peer.address),
    others,
    isHeard,
    mayEnrol: () => running.overlay.joined && enrolment.mayEnrol(),
  })
}

/** Members named to a newcomer beside the one that answers. */
const DISCOVERY_PEERS = 3

function admissionsOf(ring: Ring): Admissions {
  return {
    waiting: () => ring.enrolment.waiting(),
    admit: (code) => ring.enrolment.admit(code),
    rotateAuthority: () => ring.enrolment.rotateAuthority(),
    async makeToken(validForMs) {
      const peers = ring.running.overlay.successors(DISCOVERY_PEERS).map((peer) => peer.address)
      return ring.enrolment.makeToken({ validForMs, peers }).text
    },
  }
}
