/**
 * `/api/v2/media`: pictures and files for a status, sent before it is published
 * (docs.joinmastodon.org/methods/media).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import { MIB } from '../../../base/limits.ts'
import type { Attachments } from '../../../services/dweets/attachments/types.ts'
import type { Dweeter } from '../../../services/dweets/types.ts'
import type { Attachment } from '../../../wire/api-attachments.ts'
import { refusalFor } from '../../../wire/demands.ts'
import { PICTURE_BYTES_MAX } from '../../../wire/dweet-limits.ts'
import { send } from '../dweets/attachments.ts'
import { goneSignal, whenOver } from '../gone.ts'
import { ATTACHING_AT_ONCE, DOWNLOADS_AT_ONCE } from '../limits.ts'
import { Places } from '../places.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { readFileForm, type SentFile } from './file-form.ts'
import { readAnyForm } from './params.ts'
import { notFound, unprocessable } from './refusal.ts'
import { Showing, type Entity } from './showing.ts'
import { UNUSED, viewedName } from './viewing.ts'

/** Held in memory whole, with what stands around it in the form. */
const FORM_BYTES_MAX = PICTURE_BYTES_MAX + MIB

const SCOPE = 'write:media'

export function addMedia(
  scope: FastifyInstance,
  door: MastodonDoor,
  attachments: Attachments,
): void {
  const shown = ({ base, request }: Exchange, attachment: Attachment): Promise<Entity> =>
    new Showing(door, { base, request }).media(attachment)
  void scope.register(async (sending) => {
    const sent = takeFiles(sending)
    for (const name of ['POST /api/v1/media', 'POST /api/v2/media'] as const) {
      addRoute(sending, name, SCOPE, async (exchange) => {
        const file = sent.get(exchange.request.raw)
        if (file === undefined) throw unprocessable("File can't be blank")
        return shown(exchange, await taken(attachments, exchange, file))
      })
    }
  })
  addViewed(scope, door, attachments)
  addRoute(scope, 'GET /api/v1/media/:id', SCOPE, async (exchange) => {
    const { attachment } = await attachments.unused(exchange.who, exchange.part('id'))
    return shown(exchange, attachment)
  })
  addRoute(scope, 'PUT /api/v1/media/:id', SCOPE, async (exchange) => {
    const { params, who } = exchange
    const id = exchange.part('id')
    const description = params.get('description')
    if (description === undefined)
      return shown(exchange, (await attachments.unused(who, id)).attachment)
    return shown(exchange, await attachments.describe(who, id, description))
  })
}

/** For programs that load pictures without a token: to whom the pass in the address was given. */
function addViewed(scope: FastifyInstance, door: MastodonDoor, attachments: Attachments): void {
  const places = new Places('downloads', DOWNLOADS_AT_ONCE)
  const { viewPasses } = door.entrance.accounts
  addRoute(scope, 'GET /api/v1/media/:pass/:id/:file', '', async (exchange) => {
    const { reply, request } = exchange
    const [pass, dweet, file] = [exchange.part('pass'), exchange.part('id'), exchange.part('file')]
    const admitted = async (): Promise<Dweeter> => {
      const viewer = await viewPasses.viewer(pass, viewedName(dweet, file))
      const refusal = refusalFor(viewer, 'dweets.read')
      if (refusal !== undefined || viewer?.nick === undefined) throw notFound()
      return { nick: viewer.nick, isModerator: false }
    }
    const who = await admitted()
    const options = { signal: goneSignal(reply) }
    const opened = await (dweet === UNUSED
      ? attachments.unused(who, file, options)
      : attachments.open(who, dweet, file, options))
    // Whoever has the address may show it: pages of other origins do.
    const headers = { 'cross-origin-resource-policy': 'cross-origin' }
    const again = async (): Promise<void> => void (await admitted())
    return send({ clock: door.clock, places }, opened, { request, reply, headers, again })
  })
}

/** Who may have a form in memory is decided before any of it is read. */
function takeFiles(scope: FastifyInstance): WeakMap<FastifyRequest['raw'], SentFile> {
  const sent = new WeakMap<FastifyRequest['raw'], SentFile>()
  const places = new Places('attachments', ATTACHING_AT_ONCE)
  scope.addHook('onRequest', async (_request, reply) => {
    const place = places.take()
    whenOver(reply, () => place[Symbol.dispose]())
  })
  readAnyForm(scope)
  scope.removeContentTypeParser('multipart/form-data')
  scope.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: FORM_BYTES_MAX },
    (request, body, done) => {
      const form = readFileForm(request.headers['content-type'] ?? '', Buffer.from(body))
      if (form === undefined) {
        done(new AnilloError('BAD_REQUEST', { problem: 'the body is no form' }))
        return
      }
      if (form.file !== undefined) sent.set(request.raw, form.file)
      done(null, form.texts)
    },
  )
  return sent
}

async function taken(
  attachments: Attachments,
  { params, who }: Exchange,
  { bytes, name }: SentFile,
): Promise<Attachment> {
  const description = params.get('description')
  const said = description === undefined ? {} : { description }
  const upload = await attachments.attach(who, { name, expectedBytes: bytes.length, ...said })
  try {
    await upload.push(bytes)
    return await upload.end()
  } catch (thrown) {
    await upload.discard().catch(() => undefined)
    throw thrown
  }
}
