/**
 * A member, put together: calls, ring, letting others in, discovery, pages. Everything it does to
 * the world goes through the effects that it is given, so that the simulator runs this very
 * composition. The doors for clients stand in front of it (member.ts).
 */
import { AnilloError } from '../base/errors.ts'
import { parseMemberId, positionOf } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { FoundBrowser } from '../effects/browser.ts'
import type { Effects } from '../effects/effects.ts'
import type { Admissions } from '../gateways/rest/door.ts'
import { Doings } from '../overlay/doings.ts'
import { createOverlay, type RunningOverlay } from '../overlay/start-overlay.ts'
import type { Overlay, TellDoing } from '../overlay/types.ts'
import { RpcNode } from '../rpc/node.ts'
import { isSuspended } from '../services/accounts/standing.ts'
import type { Previewer } from '../services/dweets/previews/previewer.ts'
import { answerSessions, type AccountSessions } from '../services/files/doors/account-sessions.ts'
import type { FileService } from '../services/files/file-service.ts'
import {
  answerCrawls,
  createCrawlService,
  type CrawlService,
} from '../services/scrape/crawl/crawl-service.ts'
import { WorkerExtractor } from '../services/scrape/extract/extractor.ts'
import { Extracts } from '../services/scrape/extract/extracts.ts'
import { refOf } from '../services/scrape/pages/known-page.ts'
import {
  answerPages,
  createPageService,
  type PageService,
  type PageSettings,
} from '../services/scrape/pages/page-service.ts'
import {
  answerRenders,
  createRenders,
  type RenderService,
} from '../services/scrape/render/renders.ts'
import {
  createSearchService,
  type SearchService,
} from '../services/scrape/search/search-service.ts'
import { Testimonies } from '../services/scrape/testimony/testimonies.ts'
import { createTransfer, type Transfer } from '../services/scrape/transfer/transfer.ts'
import { PageDiffs } from '../services/scrape/versions/page-diffs.ts'
import type { RosterKeeper } from '../store/roster/keeper.ts'
import type { RpcPeers } from '../store/rpc-peers.ts'
import type { RecordStore } from '../store/store.ts'
import { LEVELS } from '../wire/levels.ts'
import { accountSessionsOf } from './account-sessions.ts'
import { crewOf } from './crew-of.ts'
import { describeSelf } from './describe-self.ts'
import {
  answerDiscovery,
  type AnswererOptions,
  type DiscoveryAnswerer,
} from './discovery/answerer.ts'
import { isLoopback } from './enrolment/endpoint.ts'
import { registerEnrolment, type Enrolment } from './enrolment/enrolment.ts'
import { mayAskOutOfDate } from './enrolment/out-of-date.ts'
import { filesOf, previewsOf } from './kept-for-people.ts'
import type { MemberParts, RunningMember } from './member-parts.ts'
import { ownPorts } from './own-ports.ts'
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
      await ring.previews?.[Symbol.asyncDispose]()
      await ring.files[Symbol.asyncDispose]()
      await ring.search[Symbol.asyncDispose]()
      await ring.crawls[Symbol.asyncDispose]()
      await ring.renders[Symbol.asyncDispose]()
      await pages[Symbol.asyncDispose]()
      await store.close()
      await running.leave()
      enrolment.close()
      await ring.discovery.close()
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
  readonly crawls: CrawlService
  readonly transfer: Transfer
  readonly extracts: Extracts
  readonly renders: RenderService
  readonly search: SearchService
  readonly files: FileService
  readonly previews: Previewer | undefined
  readonly accountSessions: AccountSessions
  readonly discovery: DiscoveryAnswerer
  readonly store: MemberStore
  readonly upkeep: Upkeep
}

type Services = Pick<
  Ring,
  | 'pages'
  | 'crawls'
  | 'transfer'
  | 'extracts'
  | 'renders'
  | 'search'
  | 'files'
  | 'previews'
  | 'accountSessions'
>

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
  const tell = doings.tell
  const services = startServices(effects, parts, {
    rpc,
    running,
    enrolment,
    roster,
    store,
    tell,
  })
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

/** What people come for. */
function startServices(
  effects: Effects,
  parts: MemberParts,
  {
    roster,
    rpc,
    running,
    enrolment,
    store,
    tell,
  }: Pick<Ring, 'rpc' | 'running' | 'store' | 'enrolment'> & {
    readonly roster: RosterKeeper
    readonly tell: TellDoing
  },
): Services {
  const { overlay } = running
  const pages = createPageService({
    effects,
    rpc,
    overlay,
    store: store.store,
    held: store.host,
    nameOf: (id) => roster.member(parseMemberId(id))?.name,
    settings: pageSettings(parts, overlay),
    tell,
    crew: crewOf(roster),
    signer: {
      crypto: effects.crypto,
      ringId: parts.files.ringId,
      memberId: overlay.self.id,
      credentials: () => enrolment.credentials(),
    },
  })
  const { scraper } = pages
  const renders = rendersOf(effects, parts, { rpc, running, store, pages })
  const crawls = createCrawlService({
    effects,
    rpc,
    overlay,
    store: store.store,
    scraper,
    archive: pages.archive,
    settings: pageSettings(parts, overlay),
    isSuspended: (nick) => isSuspended(store.records, nick),
    drawer: renders.drawer,
  })
  const extractor = new WorkerExtractor(effects.workers)
  const transfer = createTransfer({
    effects,
    extractor,
    store: store.store,
    crawls: crawls.crawls,
    self: refOf(overlay.self),
    version: parts.version,
  })
  const extracts = new Extracts({ scraper, renders, crawls: crawls.crawls, extractor })
  const search = createSearchService({
    effects,
    store: store.store,
    held: store.host,
    scraper,
    isBusy: () => pages.load().busy,
  })
  const files = filesOf(effects, parts.settings, { store, pages })
  const glance = pages.glances(extractor)
  const previews = previewsOf(effects, parts.settings, { store, bytes: files.held, glance })
  const self = overlay.self.id
  const accountSessions = accountSessionsOf({ ...effects, rpc, crew: crewOf(roster), self })
  return { pages, crawls, transfer, extracts, renders, search, files, previews, accountSessions }
}

function rendersOf(
  effects: Effects,
  parts: MemberParts,
  { pages, rpc, running, store }: Pick<Ring, 'rpc' | 'running' | 'store' | 'pages'>,
): RenderService {
  const { overlay, view } = running
  const { agent, gate } = pageSettings(parts, overlay)
  return createRenders({
    effects,
    browser: effects.browser,
    rpc,
    overlay,
    store: store.store,
    scraper: pages.scraper,
    archive: pages.archive,
    members: async () => (await view.ring()).members,
    agent,
    ownPorts: gate.ownPorts,
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

function pageSettings(parts: MemberParts, overlay: Overlay): PageSettings {
  const { settings, listen, ports, version } = parts
  return {
    agent: `anillo/${version}${settings.contact === '' ? '' : ` (+${settings.contact})`}`,
    gate: {
      allowLoopback: isLoopback(listen.host),
      ownPorts: () => ownPorts(ports, overlay),
    },
    downloadsMax: settings.downloads,
    busyDownloads: settings.busyDownloads,
    maxAgeDefaultMs: settings.freshSeconds * SECOND_MS,
  }
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
