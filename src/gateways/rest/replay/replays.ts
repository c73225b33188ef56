/** Archived pages and what they show, each as who asks for it needs it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import { headerOf } from '../../../services/scrape/fetch/http-message.ts'
import type { PageContent } from '../../../services/scrape/pages/scraper.ts'
import {
  digitsOf,
  instantOfDigits,
  replayPath,
  type ReplayPlace,
} from '../../../services/scrape/replay/replay-address.ts'
import { rewrittenBody } from '../../../services/scrape/replay/rewritten-body.ts'
import { pageIdOf, type CanonicalUrl } from '../../../services/scrape/urls/canonical-url.ts'
import { NOBODY_BEYOND } from '../beyond.ts'
import type { GatewayOptions } from '../door.ts'
import { escaped } from '../escaped.ts'
import { goneSignal } from '../gone.ts'
import { archivedPolicy, DOWNLOAD_POLICY, framingOf } from '../headers.ts'
import { pageAsked, readPageAsked, readUrl, refererPath } from './asked-address.ts'
import { FRAME_POLICY, framePage, notHeldPage } from './frame-page.ts'
import { doorOf, nearestOf, versionOf, versionsOf, withShown } from './held-page.ts'
import { allLinks, fewLinks, httpDate } from './memento.ts'
import type { Passes } from './passes.ts'
import { textsFor } from './texts.ts'

type Options = Pick<GatewayOptions, 'archive' | 'beyond' | 'entrance'> & { readonly passes: Passes }

const Place = Type.Object({ instant: Type.String() })
const PassedPlace = Type.Object({ ...Place.properties, pass: Type.String() })
type Passed = Static<typeof PassedPlace>

/** What was asked for, read. */
interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly signal: AbortSignal
  /** As it was asked for. */
  readonly digits: string
  readonly instant: string
  readonly url: CanonicalUrl
  /** With which it was asked for. */
  readonly pass: string | undefined
}

export function addReplays(server: FastifyInstance, options: Options): void {
  server.get<{ Params: Static<typeof Place> }>(
    '/:instant/*',
    { schema: { params: Place } },
    async (request, reply) => {
      refuseStrangers(request)
      const { instant } = request.params
      const isRaw = instant.endsWith('id_')
      const asked = readAsked(request, reply, isRaw ? instant.slice(0, -'id_'.length) : instant)
      if (asked === undefined) return sendNotHeld(options, { request, reply })
      if (isRaw) return sendRaw(options, asked)
      return isDocument(request) ? sendFrame(options, asked) : sendPage(options, asked)
    },
  )

  server.get<{ Params: Passed }>(
    '/p/:pass/:instant/*',
    { schema: { params: PassedPlace } },
    async (request, reply) => {
      const { instant, pass } = request.params
      // Opened by itself: the pass is for what a page loads.
      if (isDocument(request)) {
        return leadTo(reply, replayPath({ digits: instant }, pageAsked(request.originalUrl)))
      }
      await requirePass(options, pass)
      const asked = readAsked(request, reply, instant)
      if (asked === undefined) return sendNotHeld(options, { request, reply })
      return sendPage(options, { ...asked, pass })
    },
  )

  // What a page's scripts ask for by a path alone is meant for its site.
  server.get('/-', async (request, reply) => {
    const to = meantBy(request)
    if (to === undefined) throw new AnilloError('NOT_FOUND', { what: 'such address on this door' })
    return leadTo(reply, to)
  })
}

/**
 * Whoever is let in by the machine they are on shows no credential that tells a stranger's page
 * from ours: which pages are held is not for it to try out.
 * @throws AnilloError FORBIDDEN
 */
function refuseStrangers({ headers }: FastifyRequest): void {
  if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') {
    throw new AnilloError('FORBIDDEN', { problem: 'pages of other sites may not use this door' })
  }
}

function isDocument({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-dest'] === 'document'
}

function isFrame({ headers }: FastifyRequest): boolean {
  const destination = headers['sec-fetch-dest']
  return destination === 'iframe' || destination === 'frame'
}

/** @throws AnilloError BAD_REQUEST: there is no such time */
function readAsked(
  request: FastifyRequest,
  reply: FastifyReply,
  digits: string,
): Asked | undefined {
  const instant = instantOfDigits(digits)
  if (instant === undefined) {
    const problem = 'the address begins with no time, such as /20260131120000/'
    throw new AnilloError('BAD_REQUEST', { problem })
  }
  const url = readPageAsked(request.originalUrl)
  if (url === undefined) return undefined
  return { request, reply, signal: goneSignal(reply), digits, instant, url, pass: undefined }
}

function leadTo(reply: FastifyReply, path: string): FastifyReply {
  return reply.header('cache-control', 'no-store').redirect(path)
}

/** Where a page led when it was held: in its headers, or by redirects that were followed then. */
async function ledTo(
  { archive }: Options,
  { page }: PageContent,
  { instant, signal, url }: Asked,
): Promise<string | undefined> {
  const location = headerOf(page.headers, 'location')
  if (page.status >= 300 && page.status < 400 && location !== undefined) {
    const to = URL.parse(location, page.finalUrl)
    return to === null || !/^https?:$/.test(to.protocol) ? undefined : to.href
  }
  const last = readUrl(page.finalUrl)
  if (last === undefined || last === url) return undefined
  const isHeld = (await archive.at(pageIdOf(last), instant, { signal })) !== undefined
  return isHeld ? last : undefined
}

/** To a browser, which shows it to a person. */
async function sendFrame(options: Options, asked: Asked): Promise<FastifyReply> {
  const { instant, reply, request, signal, url } = asked
  const content = await options.archive.at(pageIdOf(url), instant, { signal })
  if (content === undefined) return sendNotHeld(options, asked)
  const shown = versionOf(content)
  const digits = digitsOf(shown.at)
  const to = await ledTo(options, content, asked)
  if (to !== undefined) return leadTo(reply, replayPath({ digits: asked.digits }, to))
  if (digits !== asked.digits || pageAsked(request.originalUrl) !== url) {
    return leadTo(reply, replayPath({ digits }, url))
  }
  const { version, versions } = withShown(await versionsOf(options.archive, url, signal), shown)
  const pass = options.passes.for(request.asker)
  const { page } = content
  const frame = isShown(page.contentType) ? replayPath({ digits, pass }, url) : undefined
  const html = framePage(
    { url, title: page.title ?? '', versions, version, frame },
    textsFor(request.headers['accept-language']),
  )
  return reply
    .header('content-security-policy', FRAME_POLICY)
    .header('memento-datetime', httpDate(shown.at))
    .header('link', allLinks({ origin: doorOf(request), url }, versions, version))
    .header('vary', 'accept-language, sec-fetch-dest')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html)
}

/** Types that a browser shows in a sandbox; what has no type is shown as text. */
function isShown(type: string): boolean {
  return type === '' || SHOWN.test(type)
}

const SHOWN =
  /^(?:text\/|image\/|audio\/|video\/|application\/(?:xhtml\+xml|json|xml|rss\+xml|atom\+xml|javascript))/

/** The page itself, or what a page loads. */
async function sendPage(options: Options, asked: Asked): Promise<FastifyReply> {
  const { digits, instant, reply, request, signal, url } = asked
  const content = await options.archive.at(pageIdOf(url), instant, { signal })
  if (content === undefined) return sendNotHeld(options, asked)
  const to = await ledTo(options, content, asked)
  const pass = asked.pass ?? options.passes.for(request.asker)
  if (to !== undefined) return leadTo(reply, replayPath({ digits, pass }, to))
  const { page } = content
  const place = { digits, pass }
  const rewritten = rewrittenBody(content, { place, insert: shim(place, page.finalUrl) })
  if (!isShown(page.contentType)) void reply.header('content-disposition', 'attachment')
  if (rewritten.bytes !== undefined) void reply.header('content-length', rewritten.bytes)
  await describe(options, asked, content)
  return reply
    .code(page.status >= 200 && page.status < 600 ? page.status : 200)
    .type(typeFor(request, rewritten.contentType))
    .send(ReadableStream.from(rewritten.body))
}

/** What is told with a page; nothing of what its site told. */
async function describe(
  { archive, beyond = NOBODY_BEYOND }: Options,
  { reply, request, signal, url }: Asked,
  content: PageContent,
): Promise<void> {
  const shown = versionOf(content)
  const original = { origin: doorOf(request), url }
  const destination = request.headers['sec-fetch-dest']
  let link = fewLinks(original)
  if (destination === undefined) {
    const { version, versions } = withShown(await versionsOf(archive, url, signal), shown)
    link = allLinks(original, versions, version)
  }
  const policy = archivedPolicy(original.origin, framingOf(request.raw, beyond), isFrame(request))
  void reply
    .header('content-security-policy', policy)
    // Addresses that scripts make are led into the archive by the page that they stand on.
    .header('referrer-policy', 'unsafe-url')
    .header('memento-datetime', httpDate(shown.at))
    .header('link', link)
    .header('cache-control', 'no-store')
}

/** Scripts without a type of their own run where their site sent none: ours always says one. */
function typeFor({ headers }: FastifyRequest, type: string): string {
  if (headers['sec-fetch-dest'] === 'script') return type.replace(VAGUE, 'text/javascript')
  return type === '' ? 'text/plain; charset=utf-8' : type
}

const VAGUE = /^(?:text\/plain|application\/octet-stream|)(?=;|$)/

/** As it was downloaded, for programs. */
async function sendRaw({ archive }: Options, asked: Asked): Promise<FastifyReply> {
  const { instant, reply, request, signal, url } = asked
  const content = await archive.at(pageIdOf(url), instant, { signal })
  if (content === undefined) throw new AnilloError('NOT_FOUND', { what: 'version of this page' })
  const { page } = content
  return reply
    .header('content-security-policy', DOWNLOAD_POLICY)
    .header('content-disposition', 'attachment')
    .header('memento-datetime', httpDate(versionOf(content).at))
    .header('link', fewLinks({ origin: doorOf(request), url }))
    .header('cache-control', 'no-store')
    .header('content-length', page.bytes)
    .type(page.contentType || 'application/octet-stream')
    .send(ReadableStream.from(content.body))
}

function shim(place: ReplayPlace, page: string): string {
  const head = replayPath(place, '')
  return `<script src="/-/shim.js" data-head="${head}" data-page="${escaped(page)}"></script>`
}

type NotHeld = Pick<Asked, 'request' | 'reply'> & Partial<Asked>

/** To people with what is near to it. */
async function sendNotHeld(
  { archive }: Options,
  { instant, reply, request, signal, url }: NotHeld,
): Promise<FastifyReply> {
  void reply.code(404).header('cache-control', 'no-store')
  const isForPerson = isDocument(request) || isFrame(request)
  if (!isForPerson) throw new AnilloError('NOT_FOUND', { what: 'version of this page' })
  const nearest =
    url === undefined || instant === undefined || signal === undefined
      ? []
      : await nearestOf(archive, { url, instant }, signal)
  const asked = pageAsked(request.originalUrl)
  return reply
    .header('content-security-policy', FRAMED_NOTE_POLICY)
    .type('text/html; charset=utf-8')
    .send(notHeldPage({ asked, nearest, url }, textsFor(request.headers['accept-language'])))
}

/** It is ours, and may stand where an archived page would. */
const FRAMED_NOTE_POLICY = FRAME_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")

/** `undefined`: nobody can say of which page it is. */
function meantBy({ headers, originalUrl }: FastifyRequest): string | undefined {
  const [, head, page] = PASSED.exec(refererPath(headers.referer)) ?? []
  const to = page === undefined ? null : URL.parse(originalUrl, page)
  return head === undefined || to === null ? undefined : `${head}${to.href}`
}

const PASSED = /^(\/p\/[\w-]{1,64}\/\d{1,14}\/)(https?:.+)$/s

/**
 * A log-out anywhere, or another right, counts at once for what an open page still loads.
 * @throws AnilloError LOGIN_FIRST, STORE_UNAVAILABLE
 */
async function requirePass({ entrance, passes }: Options, pass: string): Promise<void> {
  const bearer = passes.bearerOf(pass)
  if (bearer === undefined) throw new AnilloError('LOGIN_FIRST')
  const { by, nick } = bearer
  // A key is shown by programs, which load nothing by themselves: its pass has its time.
  if (entrance === undefined || nick === undefined || by.kind !== 'session') return
  const asker = await entrance.accounts.ofSession(nick, by.id)
  if (asker?.permissions.has('pages.read') !== true) throw new AnilloError('LOGIN_FIRST')
}
