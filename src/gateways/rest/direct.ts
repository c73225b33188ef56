/**
 * The direct way of the two requests that come most: a plain GET or PUT of one record is answered
 * over Node's own objects, past the router and its hooks, which cost as much as all that Node does
 * for it. What is not plain (a query, an escaped name, an origin, cookies, a body of no told
 * length, a door that closes) goes through the router, which answers all of them the same.
 */
import { asAnilloError, type AnilloError } from '../../base/errors.ts'
import type { Log } from '../../effects/log.ts'
import { demandOf } from '../../wire/demands.ts'
import { VALUE_BYTES_MAX } from '../../wire/record-limits.ts'
import type { Beyond } from './beyond.ts'
import type { Gate } from './gate.ts'
import { refusalOf, type Guard, type RawReply, type RawRequest } from './guards.ts'
import { standingHeaders } from './headers.ts'
import { errorFor } from './member-names.ts'
import { noteFailed, problemAnswer } from './problem.ts'
import {
  answerGet,
  answerPut,
  type AnswerHeaders,
  type RecordAnswer,
  type RecordDoor,
} from './record-answers.ts'
import type { Refusals } from './refusals.ts'
import type { Unsent } from './unsent.ts'

export interface DirectOptions {
  readonly door: RecordDoor
  readonly gate: Gate
  readonly refusals: Refusals
  readonly guards: readonly Guard[]
  readonly unsent: Unsent
  readonly log: Log
  readonly beyond: Beyond
}

/** With what every answer bears. */
interface Direct extends DirectOptions {
  readonly headersOf: ReturnType<typeof standingHeaders>
}

/** Answers whether it takes the request. */
export type DirectWay = (request: RawRequest, reply: RawReply) => boolean

interface PlainRequest {
  readonly method: 'GET' | 'PUT'
  readonly url: string
  readonly headers: RawRequest['headers']
  readonly key: { readonly table: string; readonly pk: string; readonly sk: string }
  /** Of the body. */
  readonly bytes: number
}

/** Nothing in it that a URL would say in another way. */
const PLAIN_PATH = /^\/v1\/kv\/([\w.~-]+)\/([\w.~-]+)\/([\w.~-]+)$/
const LENGTH = /^\d{1,6}$/
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/

const NO_BODY = new Uint8Array(0)
const ROUTE = '/v1/kv/:table/:pk/:sk'
const DEMANDED = { GET: demandOf(`GET ${ROUTE}`), PUT: demandOf(`PUT ${ROUTE}`) } as const
const ANSWERS = { GET: answerGet, PUT: answerPut } as const

export function directWay(given: DirectOptions): DirectWay {
  const options: Direct = { ...given, headersOf: standingHeaders('page', given.beyond) }
  return (request, reply) => {
    const plain = plainIn(request)
    if (plain === undefined) return false
    const refusal = refusalOf(options.guards, request, reply)
    if (refusal !== undefined) sendRefusal(options, { request, reply }, refusal)
    else if (plain.method === 'GET')
      void carryOut(options, plain, { request, reply, body: NO_BODY })
    else
      readBody(
        request,
        plain.bytes,
        (body) => void carryOut(options, plain, { request, reply, body }),
      )
    return true
  }
}

function plainIn({ headers, method, url = '' }: RawRequest): PlainRequest | undefined {
  if (method !== 'GET' && method !== 'PUT') return undefined
  if (headers.origin !== undefined || headers.cookie !== undefined) return undefined
  const found = PLAIN_PATH.exec(url)
  const bytes = found === null ? undefined : bodyBytes(method, headers)
  if (found === null || bytes === undefined) return undefined
  const [, table = '', pk = '', sk = ''] = found
  return { method, url, headers, key: { table, pk, sk }, bytes }
}

/** `undefined` where it is not as simple as that. */
function bodyBytes(method: 'GET' | 'PUT', headers: RawRequest['headers']): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined
  const length = headers['content-length'] ?? '0'
  const type = headers['content-type'] ?? ''
  if (!LENGTH.test(length) || (type !== '' && !MEDIA_TYPE.test(type))) return undefined
  const bytes = Number(length)
  if (bytes > (method === 'PUT' ? VALUE_BYTES_MAX : 0)) return undefined
  return bytes
}

/** A request that breaks off has nobody who waits for an answer. */
function readBody(request: RawRequest, bytes: number, take: (body: Uint8Array) => void): void {
  let first: Uint8Array = NO_BODY
  const pieces: Uint8Array[] = []
  request.on('data', (piece: Uint8Array) => {
    if (piece.length === bytes) first = piece
    else pieces.push(piece)
  })
  request.on('end', () => take(pieces.length === 0 ? first : Buffer.concat(pieces)))
  request.on('error', () => undefined)
}

interface Exchange {
  readonly request: RawRequest
  readonly reply: RawReply
}

async function carryOut(
  options: Direct,
  plain: PlainRequest,
  { body, ...exchange }: Exchange & { readonly body: Uint8Array },
): Promise<void> {
  const { door, gate, log } = options
  const { headers, key, method, url } = plain
  const asked = { asker: undefined, method, url, headers, key, query: undefined, body }
  let asker = gate.stranger(exchange.request)
  try {
    const isKnown = method === 'GET' && gate.isKnown(exchange.request)
    const early = isKnown ? answerGet(door, asked) : undefined
    // Where the asker is refused nobody waits for it.
    early?.catch(() => undefined)
    asker = await gate.admit(exchange.request, DEMANDED[method])
    const answer = await (early ?? ANSWERS[method](door, { ...asked, asker }))
    sendAnswer(options, exchange, answer)
  } catch (thrown) {
    const error = asAnilloError(thrown)
    if (error.code === 'INTERNAL') noteFailed(log, { method, route: ROUTE, thrown })
    sendRefusal(options, exchange, errorFor(asker, error))
  }
}

function sendAnswer(options: Direct, exchange: Exchange, answer: RecordAnswer): void {
  if ('refusal' in answer) return sendRefusal(options, exchange, answer.refusal, answer.headers)
  const { body, headers, status } = answer
  const refusal = options.unsent.refuses(exchange.request.socket, exchange.reply, body?.length ?? 0)
  if (refusal !== undefined) return sendRefusal(options, exchange, refusal)
  send(options, exchange, { status, headers, body })
}

/** Never so large that a connection may not take it. */
function sendRefusal(
  options: Direct,
  exchange: Exchange,
  error: AnilloError,
  more?: AnswerHeaders,
): void {
  options.refusals.note(error)
  const acceptLanguage = exchange.request.headers['accept-language']
  const { body, headers, status } = problemAnswer(error, { acceptLanguage })
  options.unsent.refuses(exchange.request.socket, exchange.reply, body.length)
  send(options, exchange, { status, headers: { ...headers, ...more }, body })
}

interface Sent {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Uint8Array | string | undefined
}

function send({ headersOf }: Direct, { request, reply }: Exchange, sent: Sent): void {
  const { body, headers, status } = sent
  const standing = headersOf(request)
  if (body === undefined) {
    const length = status === 201 ? EMPTY : undefined
    reply.writeHead(status, { ...standing, ...headers, ...length }).end()
  } else {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    reply.writeHead(status, { ...standing, ...headers, 'content-length': length }).end(body)
  }
}

/** 204 and 304 never have one, and do not say so. */
const EMPTY = { 'content-length': 0 } as const
