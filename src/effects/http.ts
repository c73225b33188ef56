/**
 * One request to a site outside, on a connection to one checked address. Redirects, limits on size
 * and meaning of the answer are the caller's; the platform only carries bytes.
 */
import type { ResolvedAddress } from './dns.ts'

export interface OutgoingRequest {
  readonly url: URL
  /** Where to connect; the name in the URL is used for `Host` and TLS only. */
  readonly address: ResolvedAddress
  readonly method: 'GET' | 'HEAD' | 'POST'
  /** In order, names as they are to be sent. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array
  readonly connectTimeoutMs: number
  readonly headersTimeoutMs: number
  readonly headerBytesMax: number
  readonly headersCountMax: number
  /** The connection may serve a later request to the same name at the same address. */
  readonly keepsAlive?: boolean
  /** Aborting closes the connection at any time, also while nobody reads the body. */
  readonly signal: AbortSignal
}

export interface IncomingResponse {
  readonly status: number
  readonly statusText: string
  readonly httpVersion: string
  /** In order and case as they arrived. */
  readonly headers: readonly (readonly [string, string])[]
  /** The address at the other end, as the socket tells it after connecting. */
  readonly remoteAddress: string
  /**
   * As it came over the wire, not decoded. Ends early with FETCH_BROKEN; leaving the loop closes
   * the connection.
   */
  readonly body: AsyncIterable<Uint8Array>
}

export interface HttpClient {
  /**
   * @throws AnilloError FETCH_REFUSED, FETCH_TIMEOUT, FETCH_BROKEN, FETCH_TLS, FETCH_TOO_LARGE
   * (headers)
   */
  request(request: OutgoingRequest): Promise<IncomingResponse>
}
