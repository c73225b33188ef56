/**
 * Errors as `application/problem+json` (RFC 9457). The one place where a thrown error meets HTTP.
 */
import type { ConnectionError, FastifyError, FastifyReply, FastifyRequest } from 'fastify'

import { utf8 } from '../../base/bytes.ts'
import {
  AnilloError,
  asAnilloError,
  ERRORS,
  isAnilloError,
  type ErrorCode,
} from '../../base/errors.ts'
import { KIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { Log } from '../../effects/log.ts'
import type { Problem } from '../../wire/api.ts'
import { languageFor, type Language } from './accept-language.ts'
import { isAskedOfDav } from './dav-addresses.ts'
import { isAskedOfFeeds } from './dweets/feed-address.ts'
import { REQUEST_BODY_BYTES_MAX } from './limits.ts'
import { errorFor } from './member-names.ts'
import { problemWords } from './problem-words.ts'
import type { Refusals } from './refusals.ts'
import { violationWords } from './validation-words.ts'

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export function problemOf(error: AnilloError, language: Language = 'en'): Problem {
  const status = ERRORS[error.code].httpStatus
  return {
    type: `urn:anillo:error:${error.code}`,
    title: error.code.toLowerCase().replaceAll('_', ' '),
    status,
    code: error.code,
    detail: problemWords(error, language),
    details: { ...error.details },
  }
}

/** An error as an answer: what stands in it, whoever sends it. */
export interface ProblemAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface AnswerHow {
  /** As the header of the request has it; absent: English. */
  readonly acceptLanguage?: string | undefined
  /** It was asked by a program that knows nick and password alone. */
  readonly isOfDav?: boolean
}

export function problemAnswer(
  error: AnilloError,
  { acceptLanguage, isOfDav = false }: AnswerHow = {},
): ProblemAnswer {
  const language = languageFor(acceptLanguage)
  const problem = problemOf(error, language)
  const { status } = problem
  const isLater = ERRORS[error.code].retry === 'later' && status === 503
  const headers = {
    'content-type': PROBLEM_TYPE,
    'content-language': language,
    vary: 'accept-language',
    ...(isLater ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
    ...(status === 401 ? challengeFor(error.code, isOfDav) : {}),
    ...tooOften(error),
    ...(wasNotApplied(error.code) ? { 'anillo-applied': 'no' } : {}),
  }
  return { status, headers, body: JSON.stringify(problem) }
}

/**
 * What would let the asker in (RFC 9110, 11.6.1). With `Basic` browsers would ask for it by
 * themselves.
 */
const CHALLENGE = { 'www-authenticate': 'Bearer realm="anillo"' } as const

/** The password of a link, under any name. */
const LINK_CHALLENGE = { 'www-authenticate': 'Basic realm="link", charset="UTF-8"' } as const

/** Of programs that know nick and password alone (RFC 7617). */
const DAV_CHALLENGE = { 'www-authenticate': 'Basic realm="anillo", charset="UTF-8"' } as const

function challengeFor(code: ErrorCode, isOfDav: boolean): Readonly<Record<string, string>> {
  if (isOfDav) return DAV_CHALLENGE
  return code === 'LINK_LOCKED' || code === 'LINK_PASSWORD_WRONG' ? LINK_CHALLENGE : CHALLENGE
}

function tooOften({ code, details }: AnilloError): Readonly<Record<string, string>> {
  if (code !== 'SLOW_DOWN' || typeof details['minutes'] !== 'number') return {}
  return { 'retry-after': String((details['minutes'] * MINUTE_MS) / SECOND_MS) }
}

export function sendProblem(
  reply: FastifyReply,
  error: AnilloError,
  how: AnswerHow = {},
): FastifyReply {
  const { body, headers, status } = problemAnswer(error, how)
  const vary = [reply.getHeader('vary') ?? [], headers['vary'] ?? []].flat().join(', ')
  return reply.code(status).headers(headers).header('vary', vary).send(body)
}

/**
 * Nothing that this gateway refuses was carried out; nor what a member says that it surely did not
 * begin. Of everything else nobody can say.
 */
function wasNotApplied(code: ErrorCode): boolean {
  return ERRORS[code].httpStatus < 500 || NOT_APPLIED.has(code)
}

const NOT_APPLIED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BUSY',
  'DISK_FULL',
  'MEMBER_ENDS',
  'RING_NOT_READY',
  'STORE_UNAVAILABLE',
])

/** What `BUSY` and its like tell a client to wait, in seconds. */
const RETRY_AFTER_SECONDS = '1'

/**
 * Fastify's own errors (a malformed body, a wrong type) as ours; the rest as `INTERNAL`, logged.
 */
export function errorHandler(log: Log, refusals: Refusals) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { asker, method, routeOptions } = request
    const { namesNoMember } = routeOptions.config
    const error = errorFor(namesNoMember === true ? undefined : asker, errorOf(thrown, request))
    refusals.note(error)
    if (error.code === 'INTERNAL') noteFailed(log, { method, route: routeOptions.url, thrown })
    const acceptLanguage = request.headers['accept-language']
    return sendProblem(reply, error, { acceptLanguage, isOfDav: knowsNames(request) })
  }
}

/** Whatever was thrown on the way to an answer. */
export function errorOf(
  thrown: unknown,
  request: Pick<FastifyRequest, 'params' | 'query' | 'routeOptions'>,
): AnilloError {
  return refusedBySchema(thrown, request) ?? translate(thrown, request.routeOptions.bodyLimit)
}

/** Programs that know nick and password alone. */
function knowsNames(request: FastifyRequest): boolean {
  return isAskedOfDav(request) || isAskedOfFeeds(request)
}

export function noteFailed(
  log: Log,
  request: {
    readonly method: string | undefined
    readonly route: string | undefined
    readonly thrown: unknown
  },
): void {
  log.error('request failed', { ...request })
}

/**
 * What came over a connection and never became a request: no HTTP, headers too long, too slow.
 * There is no reply to send, so the answer is written as it stands; the connection ends with it.
 */
export function answerBadConnection(error: ConnectionError, socket: BadConnection): void {
  if (error.code !== 'ECONNRESET' && socket.writable)
    socket.write(problemMessage(unreadable(error.code)))
  socket.destroy()
}

/** As much of a socket as it takes. */
export interface BadConnection {
  readonly writable: boolean
  readonly bytesRead?: number
  write(text: string): unknown
  destroy(): unknown
}

function unreadable(code: string): AnilloError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AnilloError('TOO_LARGE', { what: 'The header of the request', limit: '16 KiB' })
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AnilloError('BAD_REQUEST', { problem: 'it took too long to arrive' })
  return new AnilloError('BAD_REQUEST', { problem: 'it is not HTTP' })
}

function problemMessage(error: AnilloError): string {
  const problem = problemOf(error)
  const body = JSON.stringify(problem)
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_TEXTS[problem.status] ?? 'Error'}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${utf8(body).length}`,
    'anillo-applied: no',
    'connection: close',
    '',
    body,
  ].join('\r\n')
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  413: 'Content Too Large',
}

/** What stands in the address is told again; what came as a body may be a secret. */
function refusedBySchema(
  thrown: unknown,
  { params, query }: Pick<FastifyRequest, 'params' | 'query'>,
): AnilloError | undefined {
  if (!(thrown instanceof Error)) return undefined
  const { validation, validationContext: part = 'body' }: Partial<FastifyError> = thrown
  if (validation === undefined) return undefined
  const values: Readonly<Record<string, unknown>> = { params, querystring: query }
  const problem = violationWords(validation, { part, value: values[part] })
  return problem === undefined ? undefined : new AnilloError('BAD_REQUEST', { problem })
}

function translate(thrown: unknown, bodyBytesMax = REQUEST_BODY_BYTES_MAX): AnilloError {
  if (isAnilloError(thrown)) return thrown
  if (!(thrown instanceof Error)) return asAnilloError(thrown)
  const status = 'statusCode' in thrown ? thrown.statusCode : undefined
  if (status === 413) {
    const limit = `${Math.floor(bodyBytesMax / KIB)} KiB`
    return new AnilloError('TOO_LARGE', { what: 'The request', limit })
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AnilloError('BAD_REQUEST', { problem: thrown.message.replace(/\.$/, '') })
  }
  return asAnilloError(thrown)
}
