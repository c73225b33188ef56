/**
 * What goes wrong, in the words and with the statuses of Mastodon: `{"error": "..."}`, for OAuth
 * with `error_description` (RFC 6749, 5.2).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

import { isAnilloError, type AnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import { DWEETS_PER_PERIOD } from '../../../wire/dweet-limits.ts'
import { languageFor } from '../accept-language.ts'
import { errorFor } from '../member-names.ts'
import { problemWords } from '../problem-words.ts'
import { errorOf, noteFailed, problemAnswer } from '../problem.ts'
import type { Refusals } from '../refusals.ts'

/** One that has words of its own there. */
export class MastodonRefusal extends Error {
  readonly status: number
  readonly description: string | undefined

  constructor(status: number, error: string, description?: string) {
    super(error)
    this.status = status
    this.description = description
  }
}

export function notFound(): MastodonRefusal {
  return new MastodonRefusal(404, 'Record not found')
}

/** @param problem whole sentence */
export function unprocessable(problem: string): MastodonRefusal {
  return new MastodonRefusal(422, `Validation failed: ${problem}`)
}

export interface RefusalParts {
  readonly clock: Pick<Clock, 'wallMs'>
  readonly log: Log
  readonly refusals: Refusals
}

export function refusalHandler({ clock, log, refusals }: RefusalParts) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    void reply.header('cache-control', 'no-store')
    if (thrown instanceof MastodonRefusal) return sendRefusal(reply, thrown)
    const error = errorFor(undefined, errorOf(thrown, request))
    refusals.note(error)
    const { method, routeOptions } = request
    if (error.code === 'INTERNAL') noteFailed(log, { method, route: routeOptions.url, thrown })
    const acceptLanguage = request.headers['accept-language']
    const { headers, status } = problemAnswer(error, { acceptLanguage })
    const { 'content-type': _, ...kept } = headers
    if (error.code === 'SLOW_DOWN') void reply.headers(rateHeaders(error, clock))
    return reply
      .code(STATUSES[error.code] ?? status)
      .headers({ ...kept, vary: 'Origin, Accept-Language' })
      .send({ error: problemWords(error, languageFor(acceptLanguage)), ...detailsOf(error) })
  }
}

export function sendRefusal(reply: FastifyReply, refusal: MastodonRefusal): FastifyReply {
  const { description, message: error, status } = refusal
  const told = description === undefined ? { error } : { error, error_description: description }
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="anillo"')
  return reply.code(status).send(told)
}

/** Where Mastodon's differ from ours. */
const STATUSES: Partial<Record<AnilloError['code'], number>> = {
  NICK_TAKEN: 422,
  FOLLOWS_FULL: 422,
  MUTES_FULL: 422,
  BLOCKS_FULL: 422,
  EDITS_FULL: 422,
  LIST_TAKEN: 422,
  LISTS_FULL: 422,
  LIST_FULL: 422,
  REGISTRATION_CLOSED: 403,
}

/** As clients that register people show it beside the field. */
function detailsOf(error: AnilloError): object {
  const field = FIELDS[error.code]
  if (field === undefined) return {}
  const [name, kind] = field
  return { details: { [name]: [{ error: kind, description: error.message }] } }
}

const FIELDS: Partial<Record<AnilloError['code'], readonly [string, string]>> = {
  NICK_TAKEN: ['username', 'ERR_TAKEN'],
  NICK_UNFIT: ['username', 'ERR_INVALID'],
  PASSWORD_UNFIT: ['password', 'ERR_INVALID'],
}

function rateHeaders({ details }: AnilloError, clock: Pick<Clock, 'wallMs'>) {
  const minutes = Number(details['minutes'])
  if (!Number.isFinite(minutes)) return {}
  return {
    'x-ratelimit-limit': String(DWEETS_PER_PERIOD),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': instant(clock.wallMs() + minutes * MINUTE_MS),
  }
}

/** What is gone, or is nobody's, is simply not found. */
export function isGone(thrown: unknown): boolean {
  return isAnilloError(thrown, 'DWEET_GONE') || isAnilloError(thrown, 'NO_USER')
}
