/**
 * Requests to addresses that strangers named: each passes the gate, redirects too, and a body that
 * stays silent is given up.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { ResolvedAddress } from '../../../effects/dns.ts'
import type { HttpClient, IncomingResponse } from '../../../effects/http.ts'
import {
  CONNECT_TIMEOUT_MS,
  HEAD_BYTES_MAX,
  HEAD_TIMEOUT_MS,
  HEADS_MAX,
  REDIRECTS_MAX,
  SILENT_MS,
} from '../limits.ts'

/** Which addresses may be asked at all. */
export interface SourceGate {
  /** @throws AnilloError ADDRESS_FORBIDDEN, HOST_UNKNOWN */
  admit(url: URL): Promise<readonly ResolvedAddress[]>
  /** @throws AnilloError ADDRESS_FORBIDDEN */
  confirm(url: URL, remoteAddress: string): void
}

export interface CheckedHttpParts {
  readonly clock: Clock
  readonly http: HttpClient
  readonly gate: SourceGate
  /** `anillo/VERSION (+contact)`. */
  readonly agent: string
}

export interface Ask {
  readonly url: string
  readonly method?: 'GET' | 'HEAD'
  readonly range?: { readonly from: number; readonly to: number }
  readonly signal: AbortSignal
}

export interface Answer {
  /** After redirects. */
  readonly url: string
  readonly status: number
  header(name: string): string | undefined
  /** Ends with FETCH_TIMEOUT when nothing comes for `SILENT_MS`. */
  readonly body: AsyncIterable<Uint8Array>
}

export class CheckedHttp {
  readonly #parts: CheckedHttpParts

  constructor(parts: CheckedHttpParts) {
    this.#parts = parts
  }

  /** @throws AnilloError ADDRESS_FORBIDDEN, HOST_UNKNOWN, URL_*, FETCH_* */
  async ask(ask: Ask): Promise<Answer> {
    let url = webAddress(ask.url)
    for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
      const ending = new AbortController()
      const signal = AbortSignal.any([ask.signal, ending.signal])
      const response = await this.#request(url, { ...ask, signal }).catch((thrown: unknown) => {
        // Who answered from where it may not be asked is connected yet.
        ending.abort()
        throw thrown
      })
      const body = this.#watched(url, response.body, { signal: ask.signal, ending })
      const header = (name: string): string | undefined => headerOf(response, name)
      const location = REDIRECTS.has(response.status) ? header('location') : undefined
      if (location === undefined) {
        return { url: url.href, status: response.status, header, body }
      }
      // Leaving its loop closes it; one that never comes is waited for no longer than others.
      for await (const _ of body) break
      url = webAddress(URL.parse(location, url)?.href ?? location)
    }
    throw new AnilloError('FETCH_REDIRECTS', { host: url.hostname, limit: REDIRECTS_MAX })
  }

  async #request(url: URL, ask: Ask): Promise<IncomingResponse> {
    const { agent, gate, http } = this.#parts
    const { method = 'GET', range, signal } = ask
    let failure: AnilloError | undefined
    for (const address of await gate.admit(url)) {
      try {
        const response = await http.request({
          url,
          address,
          method,
          headers: [
            ['Host', url.host],
            ['User-Agent', agent],
            ['Accept', '*/*'],
            ['Accept-Encoding', 'identity'],
            ...(range === undefined
              ? []
              : [['Range', `bytes=${range.from}-${range.to - 1}`] as const]),
            ['Connection', 'keep-alive'],
          ],
          keepsAlive: true,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          headersTimeoutMs: HEAD_TIMEOUT_MS,
          headerBytesMax: HEAD_BYTES_MAX,
          headersCountMax: HEADS_MAX,
          signal,
        })
        gate.confirm(url, response.remoteAddress)
        return response
      } catch (thrown) {
        if (!isAnilloError(thrown, 'FETCH_REFUSED') && !isAnilloError(thrown, 'FETCH_TIMEOUT')) {
          throw thrown
        }
        // The next address of the name may do better.
        failure = thrown
      }
    }
    throw failure ?? new AnilloError('HOST_UNKNOWN', { host: url.hostname })
  }

  async *#watched(
    url: URL,
    body: AsyncIterable<Uint8Array>,
    { ending, signal }: { readonly signal: AbortSignal; readonly ending: AbortController },
  ): AsyncGenerator<Uint8Array> {
    const iterator = body[Symbol.asyncIterator]()
    let isWhole = false
    try {
      for (;;) {
        const next = await this.#unlessSilent(url, iterator.next(), signal)
        isWhole = next.done === true
        if (next.done === true) return
        yield next.value
      }
    } finally {
      // One that hangs would not hear that nobody reads it, and hold its connection.
      if (!isWhole) ending.abort()
      void Promise.resolve(iterator.return?.()).catch(() => undefined)
    }
  }

  async #unlessSilent<T>(url: URL, next: Promise<T>, signal: AbortSignal): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = this.#parts.clock.after(SILENT_MS, () => {
      const details = { host: url.hostname, phase: 'body', limitMs: SILENT_MS }
      reject(new AnilloError('FETCH_TIMEOUT', details))
    })
    const abort = (): void => reject(new AnilloError('RPC_CANCELLED', { method: 'download' }))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await Promise.race([next, late])
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', abort)
    }
  }
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** @throws AnilloError URL_MALFORMED, URL_SCHEME, URL_USERINFO */
export function webAddress(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new AnilloError('URL_MALFORMED', { url: text })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AnilloError('URL_SCHEME', { scheme: url.protocol.slice(0, -1) })
  }
  if (url.username !== '' || url.password !== '') throw new AnilloError('URL_USERINFO')
  return url
}

function headerOf({ headers }: IncomingResponse, name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1]
}
