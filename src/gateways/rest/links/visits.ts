/**
 * `/s/TOKEN`: what a public link leads to, for anybody. Browsers get a page, programs bytes or
 * JSON. Nothing tells where it lies in the tree, and nobody can tell a link that was revoked from
 * one that never was.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { OpenLink } from '../../../services/files/links/types.ts'
import type { Entry } from '../../../services/files/types.ts'
import { LINK_ADDRESS, LinkedEntry, LinkedList, LinkQuestion } from '../../../wire/api-links.ts'
import { Problem } from '../../../wire/api.ts'
import { addressOf, pathIn } from '../../../wire/file-address.ts'
import { originOf } from '../asker-origin.ts'
import { isFromBeyond } from '../beyond.ts'
import { sendContent, type ContentDoor, type LinkReading } from '../files/contents.ts'
import { LINK_FORM_BYTES_MAX, LINK_MISS_COST, LINK_PAGE_ENTRIES } from '../limits.ts'
import { parseQuery } from '../query.ts'
import {
  filePage,
  folderPage,
  LINK_STYLE,
  LINK_STYLE_ADDRESS,
  type ShownFolder,
} from './link-page.ts'
import type { LinkTraffic } from './link-traffic.ts'
import type { LinkOrdersDoor } from './orders.ts'
import { openLink, proofCookie } from './proofs.ts'
import { linkTextsFor } from './texts.ts'
import { sendLinkPage, sendLinkProblem, wantsPage } from './told.ts'

const tags = ['links']

export interface VisitsDoor extends LinkOrdersDoor, Pick<ContentDoor, 'places'> {
  readonly traffic: LinkTraffic
}

interface Visit {
  readonly Params: { readonly token: string }
  readonly Querystring: {
    readonly download?: boolean
    readonly cursor?: string
    readonly limit?: number
  }
}

export interface Visiting {
  readonly request: FastifyRequest<Visit>
  readonly reply: FastifyReply
}

const Params = Type.Object({ token: Type.String() })
const Bytes = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' })

const SCHEMA = {
  summary: 'What a public link leads to: a file, or what is in a folder',
  description:
    'With `Accept: text/html` a page; with `application/json` what is known of the file; else its ' +
    'bytes, with Range. Behind a slash come names in a linked folder. Where the link has a ' +
    'password: `Authorization: Basic` with it under any name.',
  tags,
  params: Params,
  querystring: LinkQuestion,
  response: {
    200: Type.Union([Bytes, LinkedEntry, LinkedList]),
    206: Bytes,
    401: Problem,
    404: Problem,
    410: Problem,
    429: Problem,
  },
}

export async function addVisits(server: FastifyInstance, door: VisitsDoor): Promise<void> {
  const visit = (request: FastifyRequest<Visit>, reply: FastifyReply): Promise<FastifyReply> =>
    answered(door, { request, reply }, () => visited(door, { request, reply }))
  await server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: LINK_FORM_BYTES_MAX },
      (_request, body, done) => done(null, parseQuery(String(body))),
    )
    for (const url of ['/s/:token', '/s/:token/*']) {
      const described = { schema: { ...SCHEMA, hide: url.endsWith('*') } }
      scope.get<Visit>(url, { ...described, exposeHeadRoute: false }, visit)
      scope.head<Visit>(url, { schema: { ...SCHEMA, hide: true } }, visit)
    }
    addUnlocking(scope, door)
  })
  server.get(LINK_STYLE_ADDRESS, { schema: { hide: true } }, async (_request, reply) =>
    reply.header('cache-control', 'no-cache').type('text/css; charset=utf-8').send(LINK_STYLE),
  )
}

interface Unlocking extends Visit {
  readonly Body: { readonly password: string }
}

function addUnlocking(scope: FastifyInstance, door: VisitsDoor): void {
  const Body = Type.Object({ password: Type.String({ maxLength: LINK_FORM_BYTES_MAX }) })
  scope.post<Unlocking>(
    '/s/:token',
    {
      schema: {
        summary: 'Show the password of a public link',
        description: 'What it answers with, a cookie, opens the link for a day.',
        tags,
        params: Params,
        body: Body,
        response: { 303: Type.Null(), 401: Problem, 404: Problem, 410: Problem, 429: Problem },
      },
    },
    async (request, reply) =>
      answered(door, { request, reply }, async () => {
        const { body, params, raw } = request
        const proof = await door.links.unlock(params.token, body.password, originOf(request))
        const cookie = proofCookie(params.token, { proof, isSecure: isFromBeyond(raw) })
        return reply
          .code(303)
          .headers({ 'set-cookie': cookie, location: LINK_ADDRESS + params.token })
          .header('cache-control', 'no-store')
          .send()
      }),
  )
}

/** What goes wrong is told in the form that was asked for, and nothing of where things lie. */
async function answered(
  { traffic }: VisitsDoor,
  visiting: Visiting,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const { reply, request } = visiting
  const { address } = originOf(request)
  void reply.header('vary', 'Accept, Accept-Language')
  try {
    traffic.take(address, 1)
    return await work()
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    if (thrown.code === 'LINK_UNKNOWN') countMiss(visiting, traffic)
    return sendLinkProblem(withoutPath(thrown), visiting)
  }
}

/** Only the next request is refused for it: this one is told as any other. */
function countMiss({ request }: Visiting, traffic: LinkTraffic): void {
  try {
    traffic.take(originOf(request).address, LINK_MISS_COST)
  } catch (thrown) {
    if (!isAnilloError(thrown, 'SLOW_DOWN')) throw thrown
  }
}

/** Where in the tree of its maker something is, or is not, is nobody’s affair. */
function withoutPath(error: AnilloError): AnilloError {
  const { path } = error.details
  if (typeof path !== 'string') return error
  return new AnilloError(error.code, { ...error.details, path: path.split('/').at(-1) ?? '' })
}

async function visited(door: VisitsDoor, visiting: Visiting): Promise<FastifyReply> {
  const { request } = visiting
  const { token } = request.params
  const asked = pathIn(request.raw.url ?? '')
  // A download that broke off goes on though none may begin.
  const isBytes = asked.path !== '/' || request.headers.range !== undefined
  const opened = await openLink(door.links, visiting, { token, goesOn: isBytes })
  if (opened.link.entry.kind === 'file') return visitFile(door, visiting, opened)
  return visitFolder(door, visiting, opened)
}

export interface Opened {
  readonly link: OpenLink
  /** @throws AnilloError where it leads nowhere any more, or elsewhere */
  readonly again: () => Promise<void>
}

async function visitFile(
  door: VisitsDoor,
  visiting: Visiting,
  opened: Opened,
): Promise<FastifyReply> {
  const { reply, request } = visiting
  const { link } = opened
  const { entry, token } = link
  const { isFolder, path } = pathIn(request.raw.url ?? '')
  const isNamed = path !== '/'
  if (isNamed && (isFolder || path.slice(1).normalize('NFC') !== entry.name.normalize('NFC'))) {
    throw new AnilloError('NO_ENTRY', { path })
  }
  const { download = false } = request.query
  if (!isNamed && !download) {
    if (wantsPage(request)) {
      if (link.downloadsLeft === 0) throw new AnilloError('LINK_SPENT')
      const address = `${LINK_ADDRESS}${token}/${encodeURIComponent(entry.name)}`
      const texts = linkTextsFor(request.headers['accept-language'])
      return sendLinkPage(reply, 200, filePage({ ...link, address }, texts))
    }
    if (wantsJson(request)) return sendJson(reply, linkedJson(entry))
  }
  return sendBytes(door, visiting, { opened, path: entry.path, only: entry.id })
}

async function visitFolder(
  door: VisitsDoor,
  visiting: Visiting,
  opened: Opened,
): Promise<FastifyReply> {
  const { reply, request } = visiting
  const { as, entry: root } = opened.link
  const { isFolder, path } = pathIn(request.raw.url ?? '')
  const full = path === '/' ? root.path : `${root.path === '/' ? '' : root.path}${path}`
  if (path === '/' || isFolder) {
    if (!isFolder) return toFolder(visiting, '/')
    return sendFolder(door, visiting, { opened, full, path })
  }
  try {
    return await sendBytes(door, visiting, { opened, path: full })
  } catch (thrown) {
    if (!isAnilloError(thrown, 'IS_A_FOLDER')) throw thrown
    await door.files.stat(as, full)
    for (const name of Object.keys(reply.getHeaders())) {
      if (name !== 'vary') void reply.removeHeader(name)
    }
    return toFolder(visiting, `${path}/`)
  }
}

/** Names in a folder’s page are told as seen from its own address, with a slash. */
function toFolder({ reply, request }: Visiting, path: string): FastifyReply {
  const [, query] = (request.raw.url ?? '').split('?', 2)
  const { token } = request.params
  const address = `${LINK_ADDRESS}${token}${addressOf(path)}`
  return reply
    .code(302)
    .header('cache-control', 'no-store')
    .header('location', query === undefined ? address : `${address}?${query}`)
    .send()
}

async function sendFolder(
  { files }: VisitsDoor,
  { reply, request }: Visiting,
  { full, opened, path }: { readonly opened: Opened; readonly full: string; readonly path: string },
): Promise<FastifyReply> {
  const { link } = opened
  if (link.downloadsLeft === 0) throw new AnilloError('LINK_SPENT')
  const { cursor, limit = LINK_PAGE_ENTRIES } = request.query
  const options = { limit, ...(cursor === undefined ? {} : { cursor }) }
  const listed = await files.list(link.as, full, options)
  await opened.again()
  const names = path.split('/').filter((name) => name !== '')
  if (!wantsPage(request)) {
    const items = listed.entries.map(linkedJson)
    const name = names.at(-1) ?? link.entry.name
    const further = listed.cursor === undefined ? {} : { cursor: listed.cursor }
    return sendJson(reply, { path, name, items, ...further })
  }
  const shown: ShownFolder = {
    ...listed,
    ...link,
    names: [link.entry.name === '' ? '/' : link.entry.name, ...names],
    isFurther: cursor !== undefined,
  }
  const texts = linkTextsFor(request.headers['accept-language'])
  return sendLinkPage(reply, 200, folderPage(shown, texts))
}

function sendBytes(
  { clock, files, links, places }: VisitsDoor,
  { reply, request }: Visiting,
  asked: { readonly opened: Opened; readonly path: string; readonly only?: string },
): Promise<FastifyReply> {
  const { only, opened, path } = asked
  const { again, link } = opened
  const { address } = originOf(request)
  const reading: LinkReading = {
    as: link.as,
    again,
    check: async ({ id }) => {
      if (only === undefined) await again()
      else if (id !== only) throw new AnilloError('NO_ENTRY', { path })
    },
    begins: (entry, isStart) => links.count(link, { address, entry, isStart }),
  }
  const { download = false } = request.query
  const ask = { path, isDownload: download, link: reading }
  return sendContent({ clock, files, places }, ask, { reply, request })
}

function sendJson(reply: FastifyReply, told: object): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(told)
}

function linkedJson({ bytes, kind, modifiedMs, name, sha256 }: Entry): LinkedEntry {
  const hash = sha256 === undefined ? {} : { sha256 }
  return { name, kind, bytes, modifiedAt: instant(modifiedMs), ...hash }
}

function wantsJson({ headers }: FastifyRequest): boolean {
  return /\bapplication\/json\b/.test(headers.accept ?? '')
}
