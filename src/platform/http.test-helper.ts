/** Requests to sites of tests on loopback, and what they answer. */
import type { OutgoingRequest } from '../effects/http.ts'

export function get(url: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    url: new URL(url),
    address: { address: '127.0.0.1', family: 4 },
    method: 'GET',
    headers: [['Host', new URL(url).host]],
    connectTimeoutMs: 5_000,
    headersTimeoutMs: 5_000,
    headerBytesMax: 64 * 1024,
    headersCountMax: 200,
    signal: new AbortController().signal,
    ...changes,
  }
}

export async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}
