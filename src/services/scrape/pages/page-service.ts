/** Pages, downloaded once for the whole ring: puts the parts together and answers other members. */
import { AnilloError } from '../../../base/errors.ts'
import { parsePosition } from '../../../base/ids.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { Overlay, TellDoing } from '../../../overlay/types.ts'
import type { RpcClient, RpcServer } from '../../../rpc/types.ts'
import { fetchFor, type FetchedFor } from '../../../wire/fetch-for.ts'
import { askPage, findPage } from '../../../wire/pages.ts'
import { partitionIdOf } from '../../../wire/partition.ts'
import { askWitness } from '../../../wire/witness.ts'
import type { Crew } from '../crew/crew.ts'
import { fetchForOther, type FetchQuestion } from '../crew/fetch-for-other.ts'
import { Networks } from '../crew/networks.ts'
import type { Extractor } from '../extract/extractor.ts'
import { createAddressGate, type GateRules } from '../fetch/address-gate.ts'
import { rememberNames } from '../fetch/remembered-names.ts'
import { Glances } from '../glance/glances.ts'
import {
  DOWNLOADS_MAX_DEFAULT,
  DOWNLOADS_WAITING_MAX,
  DRAIN_DOWNLOADS_MS,
  MAX_AGE_DEFAULT_MS,
  QUIET_MS,
} from '../limits.ts'
import type { Signer, WitnessRequest } from '../testimony/statements.ts'
import { seeHere, type SaidThere } from '../testimony/witness-here.ts'
import { Archive } from '../versions/archive.ts'
import { refOf } from './known-page.ts'
import { PageAsker } from './page-asker.ts'
import { PageCensus, type HeldPages, type PageCounts } from './page-census.ts'
import { PageOrders } from './page-orders.ts'
import { PageOwner } from './page-owner.ts'
import { PageRights } from './page-right.ts'
import { PageTable, type PageStore } from './page-table.ts'
import type { Visitor } from './scraper.ts'
import { Slots } from './slots.ts'

export interface PageSettings {
  /** `anillo/VERSION (+contact)`. */
  readonly agent: string
  readonly gate: GateRules
  readonly downloadsMax?: number
  readonly downloadsWaitingMax?: number
  /** From so many downloads on the member counts as busy; with all slots taken where absent. */
  readonly busyDownloads?: number
  /** For requests that name no age. */
  readonly maxAgeDefaultMs?: number
  /** The ring is at rest when no neighbour changed for so long. */
  readonly quietMs?: number
}

export interface PageServiceOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'dns' | 'http' | 'unpack' | 'log'>
  readonly rpc: RpcClient
  readonly overlay: Overlay
  /** Where pages are kept; it outlives the service. */
  readonly store: PageStore
  /** The part of it that this member holds, to be counted. */
  readonly held: HeldPages
  /** How people call a member. */
  readonly nameOf: (id: string) => string | undefined
  readonly settings: PageSettings
  readonly tell: TellDoing
  /** Who may download beside this member. */
  readonly crew: Crew
  /** Signs what this member saw. */
  readonly signer: Signer
}

/** For the member's own description. */
export interface PageLoad {
  readonly downloads: number
  readonly downloadsMax: number
  /** It has as much to do as it should have. */
  readonly busy: boolean
}

type SeeQuestion = WitnessRequest & { readonly url: string }

export interface PageService extends AsyncDisposable {
  readonly scraper: Visitor
  readonly archive: Archive
  /** For other members (`answerPages`). */
  readonly owner: Pick<PageOwner, 'ask' | 'find'>
  /** Fetches a page for another member, which keeps it. */
  fetchFor(asked: FetchQuestion, signal: AbortSignal): Promise<FetchedFor>
  /** Downloads a page for another member, and says what it saw. */
  see(asked: SeeQuestion, signal: AbortSignal): Promise<SaidThere>
  /** What pages say of themselves, of which nothing is kept. */
  glances(extractor: Extractor): Glances
  load(): PageLoad
  counts(): PageCounts
  /** Before the member leaves the ring: running downloads end. */
  drain(): Promise<void>
}

export function createPageService(options: PageServiceOptions): PageService {
  const { crew, effects, held, nameOf, overlay, rpc, settings, signer, store, tell } = options
  const { clock, log, random } = effects
  const slots = new Slots({
    slotsMax: settings.downloadsMax ?? DOWNLOADS_MAX_DEFAULT,
    waitingMax: settings.downloadsWaitingMax ?? DOWNLOADS_WAITING_MAX,
  })
  const gate = createAddressGate(rememberNames(effects.dns, clock), settings.gate)
  const fetching = {
    clock,
    http: effects.http,
    unpack: effects.unpack,
    gate,
    agent: settings.agent,
  }
  const { chunks } = store
  const table = new PageTable({ store, random, self: overlay.self.id })
  const maxAgeDefaultMs = settings.maxAgeDefaultMs ?? MAX_AGE_DEFAULT_MS
  const quietMs = settings.quietMs ?? QUIET_MS
  const rights = new PageRights({ clock, log, overlay, table, quietMs })
  const networks = new Networks({
    clock,
    log,
    rpc,
    crew,
    self: refOf(overlay.self),
    chunks,
    fetching,
  })
  const owner: PageOwner = new PageOwner({
    clock,
    log,
    overlay,
    table,
    networks,
    slots,
    crew,
    tell,
    witnessing: { clock, random, log, rpc, crew, signer },
    maxAgeDefaultMs,
    rights,
    passOn: async (request) => {
      await scraper.scrape(request, 0, NEVER_ABORTED)
    },
  })
  const asking = { clock, rpc, overlay, table, chunks, owner, nameOf, crew, maxAgeDefaultMs }
  const scraper = new PageAsker(asking)
  const orders = new PageOrders({ clock, log, overlay, table, owner })
  const census = new PageCensus({ clock, held, overlay })
  return {
    scraper,
    archive: new Archive(store),
    owner,
    fetchFor: (asked, signal) => fetchForOther(asked, { chunks, fetching, slots }, signal),
    see: (asked, signal) => seeHere(asked, { fetching, signer, slots, tell }, signal),
    glances: (extractor) => new Glances({ fetching, slots, extractor }),
    load: () => loadOf(slots, settings),
    counts: () => census.counts(),
    drain: () => owner.idle(DRAIN_DOWNLOADS_MS),
    async [Symbol.asyncDispose]() {
      census.close()
      await orders.close()
      await owner.close()
    },
  }
}

/** An order that is passed on has nobody who could take it back. */
const NEVER_ABORTED = new AbortController().signal

/**
 * Answers other members from now on, in the same turn in which the member began to listen; until
 * there is a service, that it is not ready.
 */
/** What other members ask for. */
type AnsweringPages = Pick<PageService, 'owner' | 'see' | 'fetchFor'>

export function answerPages(server: RpcServer, service: () => AnsweringPages | undefined): void {
  const running = (): AnsweringPages => {
    const pages = service()
    if (pages === undefined) throw new AnilloError('RING_NOT_READY')
    return pages
  }
  const owner = (): PageService['owner'] => running().owner
  server.handle(askPage, (question, { signal }) => owner().ask(question, signal))
  server.handle(askWitness, (asked, { signal }) => running().see(asked, signal))
  server.handle(fetchFor, (asked, { signal }) =>
    running().fetchFor(
      {
        ...asked,
        upload: { id: asked.upload.id, partition: partitionIdOf(asked.upload.partition) },
      },
      signal,
    ),
  )
  server.handle(findPage, ({ id, waitMs }, { signal }) =>
    owner().find({ id: parsePosition(id), waitMs }, signal),
  )
}

function loadOf(slots: Slots, settings: PageSettings): PageLoad {
  const { downloadsMax = DOWNLOADS_MAX_DEFAULT, busyDownloads = downloadsMax } = settings
  return {
    downloads: slots.taken,
    downloadsMax,
    busy: slots.isFull || slots.taken >= busyDownloads,
  }
}
