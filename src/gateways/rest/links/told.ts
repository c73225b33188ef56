/** Answers of a public link to people: pages, and why there is nothing to see. */
import type { FastifyReply, FastifyRequest } from 'fastify'

import { ERRORS, type AnilloError, type ErrorCode } from '../../../base/errors.ts'
import { LINK_ADDRESS } from '../../../wire/api-links.ts'
import { problemAnswer } from '../problem.ts'
import { LINK_PAGE_POLICY, lockedPage, problemPage } from './link-page.ts'
import { linkTextsFor, type LinkProblem, type LinkTexts } from './texts.ts'

const PROBLEMS: Readonly<Partial<Record<ErrorCode, LinkProblem>>> = {
  LINK_UNKNOWN: 'unknown',
  LINK_EXPIRED: 'expired',
  LINK_SPENT: 'spent',
  LINK_GONE: 'gone',
  NO_ENTRY: 'noEntry',
  NOT_A_FOLDER: 'noEntry',
  NAME_INVALID: 'malformed',
  BAD_REQUEST: 'malformed',
  CURSOR_STALE: 'malformed',
  SLOW_DOWN: 'slowDown',
}

export function wantsPage({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return /\btext\/html\b/.test(headers.accept ?? '')
}

export function sendLinkPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return (
    reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('content-security-policy', LINK_PAGE_POLICY)
      // With none at all a browser would not tell the form’s origin.
      .header('referrer-policy', 'same-origin')
      .type('text/html; charset=utf-8')
      .send(html)
  )
}

export function sendLinkProblem(
  error: AnilloError,
  {
    reply,
    request,
  }: {
    readonly reply: FastifyReply
    readonly request: FastifyRequest<{ Params: { readonly token: string } }>
  },
): FastifyReply {
  // Those of a file that is not sent after all.
  for (const name of Object.keys(reply.getHeaders())) {
    if (name !== 'vary' && name !== 'content-range') void reply.removeHeader(name)
  }
  void reply.header('cache-control', 'no-store')
  const acceptLanguage = request.headers['accept-language']
  const { body, headers, status } = problemAnswer(error, { acceptLanguage })
  if (!wantsPage(request)) return reply.code(status).headers(headers).send(body)
  const { 'www-authenticate': _, 'content-type': _type, ...standing } = headers
  void reply.headers(standing)
  const texts = linkTextsFor(acceptLanguage)
  const problem = lockedProblem(error, { request, texts })
  if (problem === undefined) {
    const { httpStatus } = ERRORS[error.code]
    const shown = PROBLEMS[error.code] ?? (httpStatus < 500 ? 'malformed' : 'later')
    return sendLinkPage(reply, status, problemPage(shown, texts))
  }
  const address = LINK_ADDRESS + encodeURIComponent(request.params.token)
  return sendLinkPage(reply, status, lockedPage({ address, problem: problem.text }, texts))
}

/** The form is shown, with what was wrong about it; `undefined`: there is nothing to fill in. */
function lockedProblem(
  { code, details }: AnilloError,
  { request, texts }: { readonly request: FastifyRequest; readonly texts: LinkTexts },
): { readonly text: string | undefined } | undefined {
  if (code === 'LINK_LOCKED') return { text: undefined }
  if (code === 'LINK_PASSWORD_WRONG') return { text: texts.wrong }
  const isGuess = code === 'SLOW_DOWN' && request.method === 'POST'
  return isGuess ? { text: texts.waitMinutes(Number(details['minutes'])) } : undefined
}
