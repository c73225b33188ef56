/** The door for clients: page, API, its description, and operation, on one HTTP server. */
import fastifyStatic from '@fastify/static'
import fastify, {
  type FastifyInstance,
  type FastifyServerFactory,
  type RawServerDefault,
} from 'fastify'

import { AnilloError } from '../../base/errors.ts'
import { addAccounts } from './accounts.ts'
import { askWho } from './asking.ts'
import { addBackups } from './backups.ts'
import { NOBODY_BEYOND } from './beyond.ts'
import { addCrawls } from './crawls.ts'
import { addDescription } from './description.ts'
import { directWay, type DirectOptions, type DirectWay } from './direct.ts'
import type { GatewayOptions, Listener } from './door.ts'
import { addDweets } from './dweets/dweets.ts'
import { addExports } from './exports.ts'
import { addExtracts } from './extracts.ts'
import { addFeed } from './feed/feed.ts'
import { addGlance } from './feed/glance.ts'
import { addFileActs } from './files/acts.ts'
import { addFiles } from './files/files.ts'
import { addQuotas } from './files/quotas.ts'
import { addTreeProtocol } from './files/tree-protocol.ts'
import { addFind } from './find/find.ts'
import { Gate } from './gate.ts'
import { addGuards, type Guard, type RawRequest } from './guards.ts'
import { addHeaders, type DoorKind } from './headers.ts'
import { addImports } from './imports.ts'
import { addKeptPages } from './kept-pages.ts'
import {
  KEEP_ALIVE_TIMEOUT_MS,
  PARAM_CHARS_MAX,
  REQUEST_BODY_BYTES_MAX,
  REQUEST_TIMEOUT_MS,
  STALL_TIMEOUT_MS,
} from './limits.ts'
import { addLinks } from './links/links.ts'
import { addLocks } from './locks.ts'
import { routedUrl } from './mastodon/addresses.ts'
import { addMastodon } from './mastodon/mastodon.ts'
import { addMemberOrders } from './members.ts'
import { addOperation } from './operation.ts'
import { guardHost, guardOrigins, refuseWebhooks, type MayBeNone } from './origins.ts'
import { addPageDiffs, addPageVersions } from './page-versions.ts'
import { addPages } from './pages.ts'
import { boundPipelining } from './pipelining.ts'
import { errorHandler } from './problem.ts'
import { parseQuery, refuseMalformedQueries } from './query.ts'
import { addRecords } from './records.ts'
import { Refusals } from './refusals.ts'
import { addRenders } from './renders.ts'
import { addRingSettings } from './ring-settings.ts'
import { addRing } from './ring.ts'
import { addSchedules } from './schedules.ts'
import { addScrapes } from './scrapes.ts'
import { addSearch, addSimilar } from './search.ts'
import { addShares } from './shares/shares.ts'
import { addTestimonies } from './testimonies.ts'
import { Unreadable } from './unreadable.ts'
import { boundUnsent, Unsent } from './unsent.ts'
import { answerUpgrades, asksForSocket } from './upgrades.ts'
import { compiledAtFirstUse } from './validators.ts'

/** A server that is not listening yet; `inject` tries it without a socket. */
export async function createGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const { records, unsent = new Unsent(options.clock) } = options
  const gate = gateOf(options)
  const unreadable = new Unreadable()
  const server = bareServer(options, {
    gate,
    unreadable,
    routedUrl,
    ...(records === undefined ? {} : { direct: { door: records, unsent } }),
  })
  boundUnsent(server, unsent)
  await addDescription(server, options.version)
  addScrapes(server, options)
  addPages(server, options)
  addKeptPages(server, options.scraper)
  addPageVersions(server, options)
  if (options.diffs !== undefined) addPageDiffs(server, options.diffs)
  if (options.testimonies !== undefined) addTestimonies(server, options.testimonies)
  if (options.crawls !== undefined) addCrawls(server, { ...options, crawls: options.crawls, gate })
  if (options.schedules !== undefined) addSchedules(server, options.schedules)
  if (options.search !== undefined) addSearch(server, options.search)
  if (options.similar !== undefined) addSimilar(server, options.similar)
  if (options.extracts !== undefined) addExtracts(server, options.extracts)
  if (options.renders !== undefined) addRenders(server, options.renders)
  if (options.transfer !== undefined) {
    addExports(server, { ...options, ...options.transfer })
    await addImports(server, { ...options, ...options.transfer, unhurried: unreadable.unhurried })
  }
  if (options.files !== undefined) {
    const door = { ...options, files: options.files, unhurried: unreadable.unhurried }
    addFiles(server, door)
    const accounts = options.entrance?.accounts
    if (accounts !== undefined) addQuotas(server, { ...door, accounts })
    if (options.links !== undefined) {
      await addLinks(server, { ...options, files: options.files, links: options.links })
    }
    if (options.dav !== undefined) addTreeProtocol(server, { ...door, dav: options.dav })
  }
  if (options.fileActs !== undefined) addFileActs(server, options.fileActs)
  if (options.share !== undefined) addShares(server, { ...options, share: options.share, gate })
  if (options.dweets !== undefined) {
    const { unhurried } = unreadable
    const { dweets, entrance } = options
    const ring = entrance === undefined ? {} : { ringId: entrance.ringId }
    await addDweets(server, { ...options, ...ring, dweets, gate, unhurried })
  }
  addFind(server, options)
  addGlance(server, options)
  addFeed(server, options)
  addRing(server, options, gate)
  addOperation(server, options)
  if (records !== undefined) {
    addRecords(server, records)
    addLocks(server, { ...records, clock: options.clock })
  }
  if (options.members !== undefined) addMemberOrders(server, options.members)
  if (options.settings !== undefined) addRingSettings(server, options.settings)
  if (options.backups !== undefined) addBackups(server, options.backups, options.clock)
  const { dweets, entrance } = options
  if (entrance !== undefined) {
    const passwords = addAccounts(server, { dweets, entrance, gate })
    if (dweets !== undefined) {
      const { refusals = new Refusals() } = options
      await addMastodon(server, { ...options, dweets, entrance, gate, passwords, refusals })
    }
  }
  if (options.pageRoot !== undefined) await addPage(server, options.pageRoot)
  await server.ready()
  return server
}

function gateOf({ backups, entrance }: GatewayOptions): Gate {
  return new Gate({ entrance, isOwnerKey: backups?.isOperator.bind(backups) })
}

interface Doorway {
  readonly gate: Gate
  readonly kind?: DoorKind
  readonly unreadable?: Unreadable
  /** Records that are asked for plainly; absent: the door has none. */
  readonly direct?: Pick<DirectOptions, 'door' | 'unsent'>
  /** Addresses as the router is to see them. */
  readonly routedUrl?: (url: string) => string
  /** Which addresses a page of no origin may ask for. */
  readonly mayBeNone?: MayBeNone
}

function itself(url: string): string {
  return url
}

/** What the doors share: limits, guards, headers, errors. */
export function bareServer(
  options: Pick<
    GatewayOptions,
    'beyond' | 'entrance' | 'leaving' | 'listener' | 'log' | 'refusals' | 'webSockets'
  >,
  doorway: Doorway,
): FastifyInstance {
  const { direct, gate, kind = 'page', mayBeNone, unreadable = new Unreadable() } = doorway
  const { routedUrl: asRouted = itself } = doorway
  const { beyond = NOBODY_BEYOND, entrance, leaving, listener, log, webSockets } = options
  const { refusals = new Refusals() } = options
  const guards = [
    unreadable.note,
    ...(listener === undefined ? [] : [refuseAbove(listener)]),
    ...(leaving === undefined ? [] : [leaving.guard]),
    boundPipelining(),
    guardHost(beyond),
    refuseWebhooks,
  ]
  const directly =
    direct === undefined ? undefined : directWay({ ...direct, beyond, gate, guards, log, refusals })
  const mayUpgrade = (request: RawRequest): boolean =>
    webSockets !== undefined && asksForSocket(request)
  const server = fastify({
    ...(listener === undefined
      ? { http: { shouldUpgradeCallback: mayUpgrade } }
      : { serverFactory: serversOf(listener, mayUpgrade, directly) }),
    rewriteUrl: ({ url = '' }: RawRequest) => asRouted(url),
    bodyLimit: REQUEST_BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: STALL_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: PARAM_CHARS_MAX, querystringParser: parseQuery },
    frameworkErrors: errorHandler(log, refusals),
    clientErrorHandler: unreadable.answer,
  })
  server.setValidatorCompiler(compiledAtFirstUse)
  // Answers are typed where they are made; checking them again at each request would cost and add
  // nothing.
  server.setSerializerCompiler(() => (value) => JSON.stringify(value))
  server.setErrorHandler(errorHandler(log, refusals))
  server.setNotFoundHandler(() => {
    throw new AnilloError('NOT_FOUND', { what: 'such address on this door' })
  })
  if (webSockets !== undefined) answerUpgrades(server, webSockets)
  addGuards(server, guards)
  refuseMalformedQueries(server)
  guardOrigins(server, entrance, mayBeNone)
  askWho(server, gate)
  addHeaders(server, kind, beyond)
  return server
}

function serversOf(
  listener: Listener,
  mayUpgrade: (request: RawRequest) => boolean,
  directly: DirectWay | undefined,
): FastifyServerFactory<RawServerDefault> {
  return (routed) => {
    const handler: typeof routed = (request, reply) => {
      // A server that closes answers all that still comes with the router's refusal.
      if (directly === undefined || !server.listening || !directly(request, reply)) {
        routed(request, reply)
      }
    }
    const timeouts = {
      keepAliveMs: KEEP_ALIVE_TIMEOUT_MS,
      requestMs: REQUEST_TIMEOUT_MS,
      stallMs: STALL_TIMEOUT_MS,
    }
    const server = listener.makeServer(handler, timeouts, mayUpgrade)
    return server
  }
}

/** Who comes when there are too many is told so, and makes room. */
function refuseAbove(listener: Listener): Guard {
  return ({ socket }, reply) => {
    if (!listener.isOver(socket)) return undefined
    reply.setHeader('connection', 'close')
    return new AnilloError('BUSY', { what: 'connections' })
  }
}

async function addPage(server: FastifyInstance, root: string): Promise<void> {
  await server.register(fastifyStatic, {
    root,
    // Built files bear a hash in their names; the page itself must always be asked for anew.
    setHeaders: (response, path) => {
      const lasting = path.includes('/assets/')
      response.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
