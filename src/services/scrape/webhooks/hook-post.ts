/**
 * One try to deliver an event: through the address gate as a page is asked for, without following
 * redirects, which would lead the signed event elsewhere. Of the answer nothing but the status is
 * read.
 */
import { utf8 } from '../../../base/bytes.ts'
import { AnilloError, asAnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Crypto } from '../../../effects/crypto.ts'
import type { ResolvedAddress } from '../../../effects/dns.ts'
import type { HttpClient, IncomingResponse } from '../../../effects/http.ts'
import type { AddressGate } from '../fetch/address-gate.ts'
import { headerOf } from '../fetch/http-message.ts'
import { unlessAborted, within } from '../fetch/timing.ts'
import {
  CONNECT_TIMEOUT_MS,
  HEADER_BYTES_MAX,
  HEADERS_COUNT_MAX,
  HEADERS_TIMEOUT_MS,
  RESOLVE_TIMEOUT_MS,
} from '../limits.ts'
import { retryAfterMs } from '../politeness/retry-after.ts'
import type { SentInput } from './hook-procedures.ts'
import type { EventRow, HookRow } from './hook-rows.ts'
import { signatureOf } from './signature.ts'

export interface PostTools {
  readonly clock: Clock
  readonly crypto: Pick<Crypto, 'mac'>
  readonly http: HttpClient
  readonly gate: AddressGate
  /** `anillo/VERSION (+contact)`. */
  readonly agent: string
}

export interface Delivery {
  readonly hook: string
  readonly seq: number
  readonly to: Pick<HookRow, 'url' | 'secret'>
  readonly event: EventRow
}

const GONE = 410

/** Never rejects but when it is aborted. */
export async function post(
  delivery: Delivery,
  tools: PostTools,
  signal: AbortSignal,
): Promise<SentInput> {
  const { hook, seq } = delivery
  // Closes the connection, whatever the receiver still says.
  const end = new AbortController()
  try {
    const both = AbortSignal.any([signal, end.signal])
    const { headers, status } = await ask(delivery, tools, both)
    const isDelivered = status >= 200 && status < 300
    const refused = status === GONE ? 'gone' : 'failed'
    const wait = retryAfterMs(headerOf(headers, 'retry-after') ?? '', tools.clock.wallMs())
    const again = wait === undefined ? {} : { againInMs: Math.ceil(wait) }
    return { hook, seq, outcome: isDelivered ? 'delivered' : refused, status, ...again }
  } catch (thrown) {
    signal.throwIfAborted()
    return { hook, seq, outcome: 'failed', code: asAnilloError(thrown).code }
  } finally {
    end.abort(new AnilloError('RPC_CANCELLED', { method: 'webhook' }))
  }
}

/** What is sent. The same bytes at each try. */
export function bodyOf({ atMs, data, pages, type }: EventRow): string {
  const told: unknown = JSON.parse(data)
  const names = typeof told === 'object' ? told : {}
  const all = pages === undefined ? names : { ...names, pages }
  return JSON.stringify({ type, timestamp: instant(atMs), data: all })
}

/** Of an event, at each try. */
export function messageId({ hook, seq }: Pick<Delivery, 'hook' | 'seq'>): string {
  return `msg_${hook}_${seq}`
}

async function ask(
  delivery: Delivery,
  { agent, clock, crypto, gate, http }: PostTools,
  signal: AbortSignal,
): Promise<IncomingResponse> {
  const url = new URL(delivery.to.url)
  const host = url.hostname
  const late = () =>
    new AnilloError('FETCH_TIMEOUT', { host, phase: 'name', limitMs: RESOLVE_TIMEOUT_MS })
  const limit = { timeoutMs: RESOLVE_TIMEOUT_MS, late }
  const addresses = await unlessAborted(signal, within(clock, limit, gate.admit(url)))
  const body = bodyOf(delivery.event)
  const id = messageId(delivery)
  const timestamp = Math.floor(clock.wallMs() / 1_000)
  const signature = signatureOf(delivery.to.secret, { id, timestamp, body }, crypto)
  const bytes = utf8(body)
  const request = (address: ResolvedAddress) => ({
    url,
    address,
    method: 'POST' as const,
    headers: [
      ['Host', url.host],
      ['User-Agent', agent],
      ['Content-Type', 'application/json'],
      ['Content-Length', String(bytes.length)],
      ['webhook-id', id],
      ['webhook-timestamp', String(timestamp)],
      ['webhook-signature', signature],
      ['Connection', 'close'],
    ] as const,
    body: bytes,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    headersTimeoutMs: HEADERS_TIMEOUT_MS,
    headerBytesMax: HEADER_BYTES_MAX,
    headersCountMax: HEADERS_COUNT_MAX,
    signal,
  })
  let failure = new AnilloError('HOST_UNKNOWN', { host })
  for (const address of addresses) {
    try {
      const response = await http.request(request(address))
      gate.confirm(url, response.remoteAddress)
      return response
    } catch (thrown) {
      failure = asAnilloError(thrown)
      // The next address of the host may take the connection.
      if (failure.code !== 'FETCH_REFUSED') throw failure
    }
  }
  throw failure
}
