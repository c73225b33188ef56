/**
 * What the gateway needs of the member behind it. The composition root (`node/`) fills this in; the
 * routes know nothing else.
 */
import type { FastifyServerFactory, RawServerDefault } from 'fastify'

import type { MemberId } from '../../base/ids.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { Random } from '../../effects/random.ts'
import type { WebSocketStream } from '../../effects/web-sockets.ts'
import type { RingView } from '../../overlay/types.ts'
import type { Accounts } from '../../services/accounts/types.ts'
import type { Attachments } from '../../services/dweets/attachments/types.ts'
import type { OwnData } from '../../services/dweets/own-data/types.ts'
import type { Dweets } from '../../services/dweets/types.ts'
import type { FileActs } from '../../services/files/acts/acts.ts'
import type { TreeProtocol } from '../../services/files/http-protocol.ts'
import type { Links } from '../../services/files/links/types.ts'
import type { Repeats } from '../../services/files/repeats/types.ts'
import type { Files } from '../../services/files/types.ts'
import type { Crawls } from '../../services/scrape/crawl/crawls.ts'
import type { Extracts } from '../../services/scrape/extract/extracts.ts'
import type { Scraper } from '../../services/scrape/pages/scraper.ts'
import type { Renders } from '../../services/scrape/render/renders.ts'
import type { Schedules } from '../../services/scrape/schedules/schedules.ts'
import type { Search } from '../../services/scrape/search/searcher.ts'
import type { Similar } from '../../services/scrape/search/similar.ts'
import type { Testimonies } from '../../services/scrape/testimony/testimonies.ts'
import type { Transfer } from '../../services/scrape/transfer/transfer.ts'
import type { Archive } from '../../services/scrape/versions/archive.ts'
import type { PageDiffs } from '../../services/scrape/versions/page-diffs.ts'
import type { ShareService } from '../../services/share/share-service.ts'
import type { StateChanged } from '../../store/roster/procedures.ts'
import type { RecordStore } from '../../store/store.ts'
import type { AuthorityRotation, RingSetting, Waiting } from '../../wire/api.ts'
import type { BackupPiece } from '../../wire/backup.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { MemberOrder } from '../../wire/roster-rows.ts'
import type { Beyond } from './beyond.ts'
import type { RawReply, RawRequest } from './guards.ts'
import type { Leaving } from './leaving.ts'
import type { Refusals } from './refusals.ts'
import type { Unsent } from './unsent.ts'
import type { IsVantage } from './vantages.ts'

/** Letting machines in: the ring's side of enrolment. */
export interface Admissions {
  /** Who waits at any member of the ring. */
  waiting(): Promise<readonly Waiting[]>
  /** @throws AnilloError ADMISSION_UNKNOWN */
  admit(code: string): Promise<void>
  /**
   * A join token for one machine. @throws AnilloError FORBIDDEN where this member cannot make one
   */
  makeToken(validForMs: number): Promise<string>
  /**
   * Begins to change the ring's authority, or tells of the change under way.
   * @throws AnilloError RING_NOT_READY, STORE_UNAVAILABLE, OUTCOME_UNKNOWN
   */
  rotateAuthority(): Promise<AuthorityRotation>
}

/** Records and locks, as the member's store has them. */
export interface Records {
  readonly store: RecordStore
  readonly random: Random
  /** Tables of the services and the ring, which have doors of their own. */
  readonly isReserved: (table: string) => boolean
}

/** Orders about members, as the ring's own list takes them. */
export interface MemberOrders {
  /** @throws AnilloError NOT_FOUND, FORBIDDEN, STORE_UNAVAILABLE, OUTCOME_UNKNOWN */
  order(member: MemberId, order: MemberOrder): Promise<Pick<StateChanged, 'state'>>
}

/** Settings of the whole ring. */
export interface RingSettings {
  /** @throws AnilloError STORE_UNAVAILABLE */
  settings(): Promise<readonly RingSetting[]>
  /**
   * @param value `null`: as it is by default
   * @throws AnilloError NOT_FOUND, SETTING_INVALID, STORE_UNAVAILABLE, OUTCOME_UNKNOWN
   */
  set(name: string, value: number | null): Promise<void>
}

/** Everything the ring keeps, to be written elsewhere. */
export interface Backups {
  /** Whoever shows it owns a member's directory. */
  isOperator(key: string): boolean
  /** @throws AnilloError BACKUP_MISSED, STORE_UNAVAILABLE */
  collect(known: ReadonlyMap<PartitionId, string>, signal: AbortSignal): AsyncGenerator<BackupPiece>
  /** No chunk is collected for so long; 0: any more. @throws AnilloError STORE_UNAVAILABLE */
  hold(holder: string, forMs: number): Promise<void>
  /** @throws AnilloError NOT_FOUND, CHUNK_LOST, STORE_UNAVAILABLE */
  chunk(hash: string, signal: AbortSignal): Promise<Uint8Array>
}

/** Who may come in. */
export interface Entrance {
  readonly accounts: Accounts
  /** In the names of cookies: several rings share `localhost`. */
  readonly ringId: string
  /** Whoever shows no credential is a guest: on loopback alone. */
  readonly hasGuests: boolean
  /**
   * The origin of a page that one of the ring's doors serves, as browsers write it:
   * `http://localhost:9101`. The door's own need not be told.
   */
  isOrigin(origin: string): Promise<boolean>
  /** People make their accounts themselves. @throws AnilloError STORE_UNAVAILABLE */
  isRegistrationOpen(): Promise<boolean>
}

type Handler = Parameters<FastifyServerFactory<RawServerDefault>>[0]

/** The HTTP servers under a door, and how many connections they have (platform). */
export interface Listener {
  makeServer(
    handler: Handler,
    timeouts: {
      readonly keepAliveMs: number
      readonly requestMs: number
      readonly stallMs: number
    },
    mayUpgrade?: (request: RawRequest) => boolean,
  ): RawServerDefault
  /** A connection above the bound: what it asks is refused, and it is closed. */
  isOver(socket: object): boolean
}

/** Connections that change from HTTP to WebSocket (platform). */
export interface WebSockets {
  /** What answers such a request; `undefined`: it cannot be answered, and is closed. */
  begin(request: RawRequest, head: Uint8Array): RawReply | undefined
  /** Instead of an answer; `undefined`: it did not ask for one, or is gone. */
  take(request: RawRequest): WebSocketStream | undefined
}

export interface GatewayOptions {
  /** Answers made and not taken; absent: counted by the door for itself. */
  readonly unsent?: Unsent
  /** Absent: Fastify's own servers, without a bound on connections. */
  readonly listener?: Listener
  /** Absent: it closes at once. */
  readonly leaving?: Leaving
  /** Absent: it is reached on loopback alone. */
  readonly beyond?: Beyond
  readonly clock: Clock
  readonly log: Log
  readonly scraper: Scraper
  /** Who may fetch a page; a door that shows pages alone has none. */
  readonly isVantage?: IsVantage
  readonly archive: Pick<Archive, 'at' | 'remove' | 'versions'>
  /** `/v1/crawls`; a door that shows pages alone has none. */
  readonly crawls?: Crawls
  /** `/v1/schedules`; a door that shows pages alone has none. */
  readonly schedules?: Schedules
  /** Lists, exports and imports of pages; a door that shows pages alone has none. */
  readonly transfer?: Transfer
  /** What is extracted from pages; a door that shows pages alone has none. */
  readonly extracts?: Extracts
  /** Pages as browsers draw them; a door that shows pages alone has none. */
  readonly renders?: Renders
  /** `/v1/pages/ID/diff`; a door that shows pages alone has none. */
  readonly diffs?: Pick<PageDiffs, 'diff'>
  /** `/v1/pages/ID/witness`; a door that shows pages alone has none. */
  readonly testimonies?: Pick<Testimonies, 'text' | 'verdict'>
  /** `/v1/search`; a door that shows pages alone has none. */
  readonly search?: Search
  /** `/v1/pages/ID/similar`; a door that shows pages alone has none. */
  readonly similar?: Similar
  /** `/v1/files`; a door that shows pages alone has none. */
  readonly files?: Files
  /** Changes of them that may be asked for again; absent: `Idempotency-Key` means nothing there. */
  readonly repeats?: Repeats
  /** `/v1/links` and `/s`; a door that shows pages alone has none. */
  readonly links?: Links
  /** `/dav`; a door without files has none. */
  readonly dav?: TreeProtocol
  /** `/v1/audit/files`; a door that shows pages alone has none. */
  readonly fileActs?: Pick<FileActs, 'page'>
  /** `/v1/shares`; a door that shows pages alone has none. */
  readonly share?: ShareService
  /** `/v1/dweets`; a door that shows pages alone has none. */
  readonly dweets?: Dweets
  /** Streams by WebSocket; absent: a door without them. */
  readonly webSockets?: WebSockets
  /** What is shown with them; absent: nothing is. */
  readonly attachments?: Attachments
  /** With `dweets`. */
  readonly ownData?: OwnData
  readonly ring: RingView
  readonly admissions: Admissions
  /** `/v1/kv` and `/v1/locks`; a door that shows pages alone has none. */
  readonly records?: Records
  /** `/v1/ring/members`; a door that shows pages alone has none. */
  readonly members?: MemberOrders
  /** `/v1/ring/settings`; a door that shows pages alone has none. */
  readonly settings?: RingSettings
  /** `/v1/ring/backups`; a door that shows pages alone has none. */
  readonly backups?: Backups
  /** Absent: the door asks nobody who they are, and does for everybody all but backups. */
  readonly entrance?: Entrance
  /** What was refused to whom asked; absent: counted by the door for itself. */
  readonly refusals?: Refusals
  /** Has joined its ring and serves. */
  readonly ready: () => boolean
  /** Prometheus text format. */
  readonly metrics: () => Promise<string>
  /** Directory of the built page; `undefined` serves the API alone. */
  readonly pageRoot: string | undefined
  readonly version: string
}
