/**
 * What stands behind the `?`, strictly: Node and Fastify put a replacement character where the
 * bytes are no UTF-8, and a list from a name that nobody wrote would be answered as if it were the
 * right one.
 */
import type { FastifyInstance } from 'fastify'

import { AnilloError } from '../../base/errors.ts'

type Query = Record<string, string | string[]>

/** What stands for a malformed one. The parser cannot throw: the router would not catch it. */
const MALFORMED: Query = {}

export function parseQuery(text: string): Query {
  if (text === '') return {}
  const query = new Map<string, string | string[]>()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = decoded(at === -1 ? pair : pair.slice(0, at))
    const value = at === -1 ? '' : decoded(pair.slice(at + 1))
    if (name === undefined || value === undefined) return MALFORMED
    const before = query.get(name)
    if (before === undefined) query.set(name, value)
    else if (typeof before === 'string') query.set(name, [before, value])
    else before.push(value)
  }
  // Defines each name, `__proto__` too, as a property of its own.
  return Object.fromEntries(query)
}

/** As forms write it: `+` is a space (WHATWG URL, 5.1). */
function decoded(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined
  }
}

export function refuseMalformedQueries(server: FastifyInstance): void {
  server.addHook('onRequest', ({ query }, _reply, done) => {
    if (query !== MALFORMED) return done()
    const problem = 'what stands behind its “?” is not percent-encoded UTF-8'
    done(new AnilloError('BAD_REQUEST', { problem }))
  })
}
