/**
 * `/api/v2/media`: pictures and files for a status, sent before it is published
 * (docs.joinmastodon.org/methods/media).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import { MIB } from '../../../base/limits.ts'
import type { Attachments } from '../../../services/dweets/attachments/types.ts'
import type { Attachment } from '../../../wire/api-dweets.ts'
import { PICTURE_BYTES_MAX } from '../../../wire/dweet-limits.ts'
import { ATTACHING_AT_ONCE } from '../limits.ts'
import { Places } from '../places.ts'
import { addRoute, type Exchange } from './exchange.ts'
import { readFileForm, type SentFile } from './file-form.ts'
import { readAnyForm } from './params.ts'
import { unprocessable } from './refusal.ts'
import { mediaEntity, type Entity } from './showing.ts'

/** Held in memory whole, with what stands around it in the form. */
const FORM_BYTES_MAX = PICTURE_BYTES_MAX + MIB

const SCOPE = 'write:media'

export function addMedia(scope: FastifyInstance, attachments: Attachments): void {
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

/** Who may have a form in memory is decided before any of it is read. */
function takeFiles(scope: FastifyInstance): WeakMap<FastifyRequest['raw'], SentFile> {
  const sent = new WeakMap<FastifyRequest['raw'], SentFile>()
  const places = new Places('attachments', ATTACHING_AT_ONCE)
  scope.addHook('onRequest', async (_request, reply) => {
    const place = places.take()
    reply.raw.once('close', () => place[Symbol.dispose]())
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

function shown({ base }: Exchange, attachment: Attachment): Entity {
  return mediaEntity(base, attachment)
}
