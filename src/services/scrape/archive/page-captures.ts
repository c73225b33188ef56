/** A page that is held, as what was seen on the way to it. */
import { sha256Hex } from '../../../base/hash.ts'
import type { Page } from '../../../wire/api.ts'
import type { Capture } from './warc-record.ts'

const EMPTY_HASH = sha256Hex('')

/**
 * The answers in the order in which they came: redirects, then the page itself with its content.
 * Of a redirect only its status and where it led are kept, and that is all that its answer says.
 */
export function capturesOf(page: Page, content: AsyncIterable<Uint8Array>): Capture[] {
  const date = page.fetchedAt
  let from = page.url
  const hops = page.redirects.map(({ status, url }): Capture => {
    const hop = { url: from, date, status, statusText: REASONS.get(status) ?? 'Redirect' }
    from = url
    const body = { bytes: 0, hash: EMPTY_HASH, pieces: nothing() }
    return { ...hop, headers: [['Location', url]], ipAddress: undefined, body }
  })
  return [
    ...hops,
    {
      url: page.finalUrl,
      date,
      status: page.status,
      statusText: page.statusText,
      headers: page.headers,
      ipAddress: page.remoteAddress,
      body: { bytes: page.bytes, hash: page.hash, pieces: content },
    },
  ]
}

/** RFC 9110, 15.4. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
])

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An answer without a body.
}
