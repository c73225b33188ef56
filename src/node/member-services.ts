/** What people come for, at one member: its services, over its store and its place on the ring. */
import { parseMemberId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Effects } from '../effects/effects.ts'
import type { RunningOverlay } from '../overlay/start-overlay.ts'
import type { Overlay, TellDoing } from '../overlay/types.ts'
import type { RpcNode } from '../rpc/node.ts'
import { isSuspended } from '../services/accounts/standing.ts'
import type { Previewer } from '../services/dweets/previews/previewer.ts'
import type { AccountSessions } from '../services/files/doors/account-sessions.ts'
import type { FileService } from '../services/files/file-service.ts'
import { createCrawlService, type CrawlService } from '../services/scrape/crawl/crawl-service.ts'
import { WorkerExtractor } from '../services/scrape/extract/extractor.ts'
import { Extracts } from '../services/scrape/extract/extracts.ts'
import { refOf } from '../services/scrape/pages/known-page.ts'
import {
  createPageService,
  type PageService,
  type PageSettings,
} from '../services/scrape/pages/page-service.ts'
import { createRenders, type RenderService } from '../services/scrape/render/renders.ts'
import {
  createSearchService,
  type SearchService,
} from '../services/scrape/search/search-service.ts'
import { createTransfer, type Transfer } from '../services/scrape/transfer/transfer.ts'
import type { ShareService } from '../services/share/share-service.ts'
import { RingPublisher } from '../services/share/shares/publisher.ts'
import type { RosterKeeper } from '../store/roster/keeper.ts'
import { accountSessionsOf } from './account-sessions.ts'
import { crewOf } from './crew-of.ts'
import { isLoopback } from './enrolment/endpoint.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import { filesOf, previewsOf } from './kept-for-people.ts'
import type { MemberParts } from './member-parts.ts'
import { ownPorts } from './own-ports.ts'
import { shareOf } from './share/compose-share.ts'
import { NO_NETWORK } from './share/no-network.ts'
import type { MemberStore } from './store/member-store.ts'

export interface MemberServices {
  readonly pages: PageService
  readonly crawls: CrawlService
  readonly transfer: Transfer
  readonly extracts: Extracts
  readonly renders: RenderService
  readonly search: SearchService
  readonly files: FileService
  readonly share: ShareService
  readonly previews: Previewer | undefined
  readonly accountSessions: AccountSessions
}

interface Ring {
  readonly rpc: RpcNode
  readonly running: RunningOverlay
  readonly store: MemberStore
  readonly enrolment: Enrolment
}

export function startServices(
  effects: Effects,
  parts: MemberParts,
  ring: Ring & { readonly roster: RosterKeeper; readonly tell: TellDoing },
): MemberServices {
  const { enrolment, roster, rpc, running, store, tell } = ring
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
  const share = sharesOf(effects, parts, { ...ring, files })
  const kept = { files, share, previews, accountSessions }
  return { pages, crawls, transfer, extracts, renders, search, ...kept }
}

/** What began last ends first. */
export async function closeServices(services: MemberServices): Promise<void> {
  await services.share[Symbol.asyncDispose]()
  await services.previews?.[Symbol.asyncDispose]()
  await services.files[Symbol.asyncDispose]()
  await services.search[Symbol.asyncDispose]()
  await services.crawls[Symbol.asyncDispose]()
  await services.renders[Symbol.asyncDispose]()
  await services.pages[Symbol.asyncDispose]()
}

function sharesOf(
  effects: Effects,
  parts: MemberParts,
  { files, running, store }: Ring & Pick<MemberServices, 'files'>,
): ShareService {
  const { agent, gate } = pageSettings(parts, running.overlay)
  const publisher = new RingPublisher(store.store, effects.signing)
  return shareOf({
    effects,
    store,
    files,
    view: running.view,
    outside: parts.outside?.publishedBy(publisher) ?? NO_NETWORK,
    mainline: parts.mainline,
    publisher,
    agent,
    gate: { ...gate, allowPrivate: parts.settings.sharePrivate === 'on' },
  })
}

function rendersOf(
  effects: Effects,
  parts: MemberParts,
  { pages, rpc, running, store }: Omit<Ring, 'enrolment'> & Pick<MemberServices, 'pages'>,
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
