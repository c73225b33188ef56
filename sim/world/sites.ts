/**
 * Web sites outside of the ring: a table of addresses with scripted answers, and the sites' log.
 */
import { isIP } from 'node:net'

import { AnilloError } from '../../src/base/errors.ts'
import type { Dns, ResolvedAddress } from '../../src/effects/dns.ts'
import type { HttpClient, IncomingResponse, OutgoingRequest } from '../../src/effects/http.ts'
import type { Life } from './life.ts'
import { stoppable, type Wait } from './stoppable.ts'

const RESOLVE_MS = 1
const CONNECT_MS = 5
/** As the platform hands out what a socket reads. */
const PIECE_BYTES = 16 * 1024

export interface SiteAnswer {
  readonly status?: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: Uint8Array
  /** Until the headers come. */
  readonly delayMs?: number
  /** Between two pieces of the body. */
  readonly pieceDelayMs?: number
  /** The site breaks off after so many bytes of the body. */
  readonly breaksAfterBytes?: number
  /** Nobody listens there. */
  readonly refuses?: boolean
}

export interface SiteVisit {
  readonly atMs: number
  readonly url: string
  readonly method: string
  readonly headers: OutgoingRequest['headers']
  /** The machine that asked. */
  readonly from: string
}

type Script = SiteAnswer | ((visit: SiteVisit) => SiteAnswer)

export class VirtualSites {
  /** Every request that reached a site, in order. */
  readonly visits: SiteVisit[] = []
  readonly #answers = new Map<string, Script>()
  readonly #addresses = new Map<string, readonly ResolvedAddress[]>()

  /** What is answered at this address; the site's name must be known to `name`. */
  page(url: string, script: Script): void {
    this.#answers.set(new URL(url).href, script)
  }

  name(host: string, ...addresses: readonly string[]): void {
    const resolved = addresses.map((address) => ({ address, family: familyOf(address) }))
    this.#addresses.set(host, resolved)
  }

  addressesOf(host: string): readonly ResolvedAddress[] {
    if (isIP(host) !== 0) return [{ address: host, family: familyOf(host) }]
    return this.#addresses.get(host) ?? []
  }

  visitsOf(url: string): number {
    return this.visits.filter((visit) => visit.url === new URL(url).href).length
  }

  dnsOf(life: Life): Dns {
    return {
      resolve: (host) =>
        life.answer(RESOLVE_MS, `dns ${host}`, () => {
          const addresses = this.addressesOf(host)
          if (addresses.length === 0) throw new AnilloError('HOST_UNKNOWN', { host })
          return addresses
        }),
    }
  }

  httpOf(life: Life, nowMs: () => number): HttpClient {
    return {
      request: async (request) => {
        const { url, signal } = request
        const connecting = { signal, delayMs: CONNECT_MS, label: `http ${url.href}` }
        const answer = await downloading(life, connecting, () => {
          const { headers, method } = request
          const visit = { atMs: nowMs(), url: url.href, method, headers, from: life.name }
          const answered = this.#visit(request, visit)
          if (answered.refuses === true) throw new AnilloError('FETCH_REFUSED', { host: url.host })
          this.visits.push(visit)
          return answered
        })
        return respond(life, request, answer)
      },
    }
  }

  #visit(request: OutgoingRequest, visit: SiteVisit): SiteAnswer {
    const isThere = this.addressesOf(request.url.hostname).some(
      ({ address }) => address === request.address.address,
    )
    if (!isThere) return { refuses: true }
    const script = this.#answers.get(visit.url) ?? { status: 404 }
    return typeof script === 'function' ? script(visit) : script
  }
}

function familyOf(address: string): 4 | 6 {
  return isIP(address) === 6 ? 6 : 4
}

/** Ends as the platform does: with the signal's reason where that is an error of the table. */
async function downloading<T>(life: Life, wait: Wait, make: () => T): Promise<T> {
  try {
    return await stoppable(life, wait, make)
  } catch (error) {
    if (error instanceof AnilloError) throw error
    throw new AnilloError('RPC_CANCELLED', { method: 'download' }, { cause: error })
  }
}

async function respond(
  life: Life,
  request: OutgoingRequest,
  answer: SiteAnswer,
): Promise<IncomingResponse> {
  const { signal, url, headersTimeoutMs } = request
  const delayMs = Math.min(answer.delayMs ?? 0, headersTimeoutMs)
  await downloading(life, { signal, delayMs, label: `http headers ${url.href}` }, () => {
    if (delayMs >= headersTimeoutMs) {
      const details = { host: url.host, phase: 'headers', limitMs: headersTimeoutMs }
      throw new AnilloError('FETCH_TIMEOUT', details)
    }
  })
  return {
    status: answer.status ?? 200,
    statusText: '',
    httpVersion: '1.1',
    headers: answer.headers ?? [['Content-Type', 'text/html; charset=utf-8']],
    remoteAddress: request.address.address,
    body: bodyOf(life, request, answer),
  }
}

async function* bodyOf(
  life: Life,
  request: OutgoingRequest,
  answer: SiteAnswer,
): AsyncGenerator<Uint8Array> {
  const { signal, url } = request
  const body = answer.body ?? new Uint8Array(0)
  const end = Math.min(body.length, answer.breaksAfterBytes ?? body.length)
  for (let at = 0; at < end; at += PIECE_BYTES) {
    const piece = body.slice(at, Math.min(at + PIECE_BYTES, end))
    const delayMs = answer.pieceDelayMs ?? 0.1
    yield await downloading(life, { signal, delayMs, label: `http piece ${url.href}` }, () => piece)
  }
  if (answer.breaksAfterBytes !== undefined) {
    throw new AnilloError('FETCH_BROKEN', { host: url.host, problem: 'ECONNRESET' })
  }
}
