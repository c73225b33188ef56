/** Pages, downloaded once for the whole ring: puts the parts together and answers other members. */
import { AnilloError } from '../../base/errors.ts'
import { parsePosition } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Overlay, TellDoing } from '../../overlay/types.ts'
import type { RpcClient, RpcServer } from '../../rpc/types.ts'
import { askPage, findPage, offerPages, peekPage, readBody, takePage } from '../../wire/pages.ts'
import { createAddressGate, type GateRules } from './address-gate.ts'
import { canonicalUrl, pageIdOf } from './canonical-url.ts'
import {
  DOWNLOADS_MAX_DEFAULT,
  DOWNLOADS_WAITING_MAX,
  DRAIN_DOWNLOADS_MS,
  MAX_AGE_DEFAULT_MS,
} from './limits.ts'
import { PageAsker } from './page-asker.ts'
import { PageCopies } from './page-copies.ts'
import { PageOwner } from './page-owner.ts'
import { PageSearch } from './page-search.ts'
import type { PageShelf } from './page-shelf.ts'
import type { Scraper } from './scraper.ts'
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
}

export interface PageServiceOptions {
  readonly effects: Pick<Effects, 'clock' | 'dns' | 'http' | 'unpack' | 'log'>
  readonly rpc: { readonly client: RpcClient; readonly server: RpcServer }
  readonly overlay: Overlay
  /** Opened before the member listens, and closed by the service. */
  readonly shelf: PageShelf
  readonly settings: PageSettings
  readonly tell: TellDoing
}

/** For the member's own description. */
export interface PageLoad {
  readonly downloads: number
  readonly downloadsMax: number
  /** It has as much to do as it should have. */
  readonly busy: boolean
}

export interface PageCounts {
  readonly pages: number
  /** Those that this member owns. */
  readonly ownPages: number
  readonly pageBytes: number
}

export interface PageService extends AsyncDisposable {
  readonly scraper: Scraper
  load(): PageLoad
  counts(): PageCounts
  /**
   * Before the member leaves the ring: running downloads end, and all that it owns goes to its
   * successors.
   */
  drain(): Promise<void>
}

/** Answers other members from now on: in the same turn in which the member began to listen. */
export function createPageService(options: PageServiceOptions): PageService {
  const { effects, overlay, settings, shelf, tell } = options
  const { clock, log } = effects
  const slots = new Slots({
    slotsMax: settings.downloadsMax ?? DOWNLOADS_MAX_DEFAULT,
    waitingMax: settings.downloadsWaitingMax ?? DOWNLOADS_WAITING_MAX,
  })
  const gate = createAddressGate(effects.dns, settings.gate)
  const fetching = {
    clock,
    http: effects.http,
    unpack: effects.unpack,
    gate,
    agent: settings.agent,
  }
  const rpc = options.rpc.client
  const copies = new PageCopies({ clock, log, rpc, overlay, shelf, tell })
  const takeOver: PageCopies['takeOver'] = (record, from) => copies.takeOver(record, from)
  const search = new PageSearch({ clock, log, rpc, overlay, shelf, takeOver })
  const keeping = { clock, log, overlay, shelf, copies, search }
  const owner: PageOwner = new PageOwner({
    ...keeping,
    slots,
    fetching,
    tell,
    passOn: async (request) => {
      await scraper.scrape(request, 0, NEVER_ABORTED)
    },
  })
  const maxAgeDefaultMs = settings.maxAgeDefaultMs ?? MAX_AGE_DEFAULT_MS
  const scraper = new PageAsker({ clock, rpc, overlay, shelf, owner, maxAgeDefaultMs })
  answerMembers(options.rpc.server, { owner, copies, shelf })
  return {
    scraper,
    load: () => loadOf(slots, settings),
    counts: () => countsOf(shelf, overlay),
    async drain() {
      await owner.idle(DRAIN_DOWNLOADS_MS)
      await copies.drain()
    },
    async [Symbol.asyncDispose]() {
      search.close()
      await copies.close()
      await owner.close()
      await shelf.close()
    },
  }
}

/** An order that is passed on has nobody who could take it back. */
const NEVER_ABORTED = new AbortController().signal

interface Parts {
  readonly owner: PageOwner
  readonly copies: PageCopies
  readonly shelf: PageShelf
}

function answerMembers(server: RpcServer, { owner, copies, shelf }: Parts): void {
  server.handle(askPage, (question, { signal }) => owner.ask(question, signal))
  server.handle(findPage, ({ id, waitMs }, { signal }) =>
    owner.find({ id: parsePosition(id), waitMs }, signal),
  )
  server.handle(peekPage, (question, { signal }) => owner.peek(question, signal))
  server.handle(takePage, async ({ record, from }) => {
    if (pageIdOf(canonicalUrl(record.url)) !== record.id)
      throw new AnilloError('BAD_REQUEST', { problem: 'id and address of a page differ' })
    const kept = await copies.takeOver(record, from)
    return { bytes: kept.page?.bytes ?? 0 }
  })
  server.handle(offerPages, ({ as, pages }) => ({ wanted: copies.wanted(as, pages) }))
  server.handleStream(readBody, ({ hash, offset }) => pieces(shelf.body(hash, offset)))
}

async function* pieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<{ bytes: Uint8Array }> {
  for await (const bytes of body) yield { bytes }
}

function loadOf(slots: Slots, settings: PageSettings): PageLoad {
  const { downloadsMax = DOWNLOADS_MAX_DEFAULT, busyDownloads = downloadsMax } = settings
  return {
    downloads: slots.taken,
    downloadsMax,
    busy: slots.isFull || slots.taken >= busyDownloads,
  }
}

function countsOf(shelf: PageShelf, overlay: Overlay): PageCounts {
  const { pages, bytes } = shelf.counts()
  let ownPages = 0
  for (const { id, hash } of shelf.entries()) if (hash !== undefined && overlay.owns(id)) ownPages++
  return { pages, ownPages, pageBytes: bytes }
}
