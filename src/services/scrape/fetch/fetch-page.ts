/**
 * One page, downloaded once: every redirect through the canonical rules and the gate, every limit
 * of `limits.ts` held while the bytes stream by, nothing kept in memory but the first 64 KiB.
 */
import { assert } from '../../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { Sha256 } from '../../../base/hash.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { ResolvedAddress } from '../../../effects/dns.ts'
import type { HttpClient, IncomingResponse } from '../../../effects/http.ts'
import type { Unpack } from '../../../effects/unpack.ts'
import type { Page } from '../../../wire/api.ts'
import {
  CONNECT_TIMEOUT_MS,
  FILE_BYTES_MAX,
  HEADER_BYTES_MAX,
  HEADERS_COUNT_MAX,
  HEADERS_TIMEOUT_MS,
  HTML_BYTES_MAX,
  REDIRECTS_MAX,
  RESOLVE_TIMEOUT_MS,
  TITLE_SEARCH_BYTES,
  WHOLE_TIMEOUT_MS,
} from '../limits.ts'
import { redirectTarget, type CanonicalUrl } from '../urls/canonical-url.ts'
import type { AddressGate } from './address-gate.ts'
import { BodyGuard } from './body-guard.ts'
import {
  codingsOf,
  contentLengthOf,
  isHtml,
  mediaTypeOf,
  NOT_MODIFIED,
  redirectOf,
  type Headers,
  type MediaType,
} from './http-message.ts'
import { charsetOf, sniffedType, titleOf } from './page-text.ts'
import { reasonOf, unlessAborted, within } from './timing.ts'

export interface FetchTools {
  readonly clock: Clock
  readonly http: HttpClient
  readonly unpack: Unpack
  readonly gate: AddressGate
  /** `anillo/VERSION (+contact)`. */
  readonly agent: string
}

export interface FetchOrder {
  readonly url: CanonicalUrl
  /** Takes the decoded body in order; the next piece waits for it. */
  readonly write: (piece: Uint8Array) => Promise<void>
  /** With so many decoded bytes the rest is not wanted: what is told is of these. */
  readonly enoughBytes?: number
  /** Told the decoded bytes so far. */
  readonly progress: (receivedBytes: number) => void
  /** Told each answer, redirects too, when its headers have come. */
  readonly answered?: () => void
  readonly signal: AbortSignal
}

/** A page of which a copy is held. */
export interface ConditionalOrder extends FetchOrder {
  /**
   * `If-None-Match`, `If-Modified-Since`: told to the site itself, and to none that it leads to.
   */
  readonly conditions: Headers
}

export type FetchedPage = Omit<Page, 'id' | 'url' | 'fetchedAt' | 'fetchedBy'>

/** The copy that the conditions speak of is still what the site has. */
export interface NotModified {
  readonly isNotModified: true
  readonly headers: Headers
  readonly remoteAddress: string
  readonly durationMs: number
}

/**
 * Any answer of the site is a page, whatever its status.
 * @throws AnilloError FETCH_*, HOST_UNKNOWN, ADDRESS_FORBIDDEN, what `redirectTarget` throws, and
 * what `write` threw
 */
export async function fetchPage(order: FetchOrder, tools: FetchTools): Promise<FetchedPage> {
  const fetched = await fetchIfChanged({ ...order, conditions: [] }, tools)
  assert(!('isNotModified' in fetched), 'nobody asked whether it changed')
  return fetched
}

/**
 * As `fetchPage`, where the site has something else than the copy.
 * @throws AnilloError as `fetchPage`
 */
export async function fetchIfChanged(
  order: ConditionalOrder,
  tools: FetchTools,
): Promise<FetchedPage | NotModified> {
  const stop = new AbortController()
  const host = new URL(order.url).hostname
  const late = (): AnilloError =>
    new AnilloError('FETCH_TIMEOUT', { host, phase: 'whole', limitMs: WHOLE_TIMEOUT_MS })
  const timer = tools.clock.after(WHOLE_TIMEOUT_MS, () => stop.abort(late()))
  const signal = AbortSignal.any([order.signal, stop.signal])
  try {
    return await new Download(order, tools, signal).run()
  } catch (thrown) {
    throw signal.aborted ? reasonOf(signal) : thrown
  } finally {
    timer.cancel()
    // Closes whatever connection is still open.
    stop.abort(new AnilloError('RPC_CANCELLED', { method: 'download' }))
  }
}

type Redirect = Page['redirects'][number]

class Download {
  readonly #order: ConditionalOrder
  readonly #tools: FetchTools
  readonly #signal: AbortSignal
  readonly #redirects: Redirect[] = []

  constructor(order: ConditionalOrder, tools: FetchTools, signal: AbortSignal) {
    this.#order = order
    this.#tools = tools
    this.#signal = signal
  }

  async run(): Promise<FetchedPage | NotModified> {
    const startedMs = this.#tools.clock.nowMs()
    let url = this.#order.url
    for (;;) {
      using hop = new Hop(this.#signal)
      const response = await this.#ask(new URL(url), hop.signal)
      if (response.status === NOT_MODIFIED) {
        return this.#notModified(response, this.#tools.clock.nowMs() - startedMs)
      }
      const location = redirectOf(response.status, response.headers)
      if (location === undefined) {
        const body = await this.#receive(new URL(url), response)
        const durationMs = this.#tools.clock.nowMs() - startedMs
        return { ...this.#facts(url, response), ...body, durationMs }
      }
      url = this.#follow(url, { status: response.status, location })
    }
  }

  /** Of a page that is not held there is nothing to go on with. */
  #notModified({ headers, remoteAddress }: IncomingResponse, durationMs: number): NotModified {
    if (this.#conditions.length === 0) {
      const host = new URL(this.#order.url).hostname
      const problem = 'it answered 304 to a question without a condition'
      throw new AnilloError('FETCH_BROKEN', { host, problem })
    }
    return { isNotModified: true, headers, remoteAddress, durationMs }
  }

  /** Where redirects lead to is another page. */
  get #conditions(): Headers {
    return this.#redirects.length === 0 ? this.#order.conditions : []
  }

  #follow(
    from: CanonicalUrl,
    redirect: { readonly status: number; readonly location: string },
  ): CanonicalUrl {
    if (this.#redirects.length >= REDIRECTS_MAX) {
      throw new AnilloError('FETCH_REDIRECTS', {
        host: new URL(this.#order.url).hostname,
        limit: REDIRECTS_MAX,
      })
    }
    const url = redirectTarget(from, redirect.location)
    this.#redirects.push({ status: redirect.status, url })
    return url
  }

  /** The first of the host's addresses that takes the connection. */
  async #ask(url: URL, signal: AbortSignal): Promise<IncomingResponse> {
    const host = url.hostname
    const late = (): AnilloError =>
      new AnilloError('FETCH_TIMEOUT', { host, phase: 'name', limitMs: RESOLVE_TIMEOUT_MS })
    const limit = { timeoutMs: RESOLVE_TIMEOUT_MS, late }
    const resolving = within(this.#tools.clock, limit, this.#tools.gate.admit(url))
    const addresses = await unlessAborted(signal, resolving)
    let failure: AnilloError | undefined
    for (const address of addresses) {
      try {
        return await this.#request({ url, address, signal })
      } catch (thrown) {
        if (!isAnilloError(thrown) || !isOfConnecting(thrown)) throw thrown
        failure = thrown
      }
    }
    throw failure ?? new AnilloError('HOST_UNKNOWN', { host })
  }

  async #request(to: Destination): Promise<IncomingResponse> {
    const response = await this.#tools.http.request({
      ...to,
      method: 'GET',
      headers: [
        ['Host', to.url.host],
        ['User-Agent', this.#tools.agent],
        ['Accept', 'text/html,application/xhtml+xml,*/*;q=0.8'],
        ['Accept-Encoding', 'gzip, deflate, br, zstd'],
        ...this.#conditions,
        ['Connection', 'keep-alive'],
      ],
      keepsAlive: true,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      headersTimeoutMs: HEADERS_TIMEOUT_MS,
      headerBytesMax: HEADER_BYTES_MAX,
      headersCountMax: HEADERS_COUNT_MAX,
    })
    this.#tools.gate.confirm(to.url, response.remoteAddress)
    this.#order.answered?.()
    return response
  }

  async #receive(url: URL, response: IncomingResponse): Promise<ReceivedBody> {
    const host = url.hostname
    const codings = codingsOf(response.headers)
    if (typeof codings === 'string')
      throw new AnilloError('FETCH_BROKEN', { host, problem: codings })
    const media = mediaTypeOf(response.headers)
    const bytesMax = isHtml(media.type) || media.type === '' ? HTML_BYTES_MAX : FILE_BYTES_MAX
    const guard = new BodyGuard({ clock: this.#tools.clock, host, bytesMax })
    guard.announced(contentLengthOf(response.headers))
    const reader = new BodyReader()
    try {
      let body: AsyncIterable<Uint8Array> = guard.wire(response.body)
      for (const coding of codings) body = this.#tools.unpack.unpack(coding, body)
      for await (const piece of body) {
        guard.decoded(piece.length)
        reader.take(piece)
        await this.#order.write(piece)
        this.#order.progress(guard.bytes)
        this.#signal.throwIfAborted()
        if (guard.bytes >= (this.#order.enoughBytes ?? Infinity)) break
      }
    } catch (thrown) {
      throw withHost(thrown, host)
    }
    return { ...reader.read(media), bytes: guard.bytes, wireBytes: guard.wireBytes }
  }

  #facts(url: CanonicalUrl, response: IncomingResponse): AnswerFacts {
    return {
      finalUrl: url,
      redirects: this.#redirects,
      status: response.status,
      statusText: response.statusText,
      headers: response.headers.map(([name, value]) => [name, value]),
      remoteAddress: response.remoteAddress,
    }
  }
}

type AnswerFacts = Pick<
  FetchedPage,
  'finalUrl' | 'redirects' | 'status' | 'statusText' | 'headers' | 'remoteAddress'
>
type BodyFacts = Pick<FetchedPage, 'contentType' | 'charset' | 'title' | 'hash'>
type ReceivedBody = BodyFacts & Pick<FetchedPage, 'bytes' | 'wireBytes'>

interface Destination {
  readonly url: URL
  readonly address: ResolvedAddress
  readonly signal: AbortSignal
}

/** Nobody is told: one for all, as an error takes long to make. */
const OVER = new AnilloError('RPC_CANCELLED', { method: 'download' })

/** One request of a chain; what it holds open is closed when the next one begins. */
class Hop implements Disposable {
  readonly #end = new AbortController()
  readonly signal: AbortSignal

  constructor(outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#end.signal])
  }

  [Symbol.dispose](): void {
    this.#end.abort(OVER)
  }
}

/** Hashes all of the body and keeps its beginning. */
export class BodyReader {
  readonly #hash = new Sha256()
  readonly #head = new Uint8Array(TITLE_SEARCH_BYTES)
  #headBytes = 0

  take(piece: Uint8Array): void {
    this.#hash.update(piece)
    const taken = piece.subarray(0, this.#head.length - this.#headBytes)
    this.#head.set(taken, this.#headBytes)
    this.#headBytes += taken.length
  }

  read(declared: MediaType): BodyFacts {
    const head = this.#head.subarray(0, this.#headBytes)
    const media = declared.type === '' ? { ...declared, type: sniffedType(head) } : declared
    const charset = charsetOf(head, media)
    const title = isHtml(media.type) ? titleOf(head, charset) : undefined
    return {
      contentType: media.type,
      charset: charset ?? null,
      title: title ?? null,
      hash: this.#hash.digestHex(),
    }
  }
}

/** The next address of the host may do better. */
function isOfConnecting(error: AnilloError): boolean {
  return (
    error.code === 'FETCH_REFUSED' ||
    (error.code === 'FETCH_TIMEOUT' && error.details['phase'] === 'connect')
  )
}

/** What unpacks does not know whose data it unpacks. */
function withHost(thrown: unknown, host: string): unknown {
  if (
    !isAnilloError(thrown) ||
    !thrown.code.startsWith('FETCH_') ||
    thrown.details['host'] !== undefined
  )
    return thrown
  return new AnilloError(thrown.code, { host, ...thrown.details }, { cause: thrown })
}
