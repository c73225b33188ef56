/** What a copy in the browser is made of: the session's key, a page, and its body. */
import type { CopiesKey } from '../../../src/wire/api-accounts.ts'
import { copyTrouble } from '../copies/copies.ts'
import { COPY_BYTES_MAX } from '../model/copies.ts'
import type { Page } from '../model/told.ts'
import { sound } from './answers.ts'
import type { RingClient } from './ring-client.ts'

const PAGE = {
  id: 'string',
  url: 'string',
  finalUrl: 'string',
  contentType: 'string',
  status: 'number',
  bytes: 'number',
  hash: 'string',
  fetchedAt: 'string',
}

export class CopiesClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** 32 bytes. */
  async sessionSecret(): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#client.json({ path: '/v1/auth/copies-key' })
    const { key } = sound<CopiesKey>(answer, { key: 'string' })
    const base64 = key.replaceAll('-', '+').replaceAll('_', '/')
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  }

  /** As it is held now. */
  async page(id: string): Promise<Page> {
    return sound<Page>(await this.#client.json({ path: `/v1/pages/${id}` }), PAGE)
  }

  /** @throws RingTrouble PAGE_COPY_LARGE before more than a copy's bytes are in memory */
  async body(page: Page, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const tooLarge = (bytes: number) => copyTrouble('large', { bytes, max: COPY_BYTES_MAX })
    if (page.bytes > COPY_BYTES_MAX) throw tooLarge(page.bytes)
    const { body } = await this.#client.open({ path: `/v1/pages/${page.id}/content`, signal })
    const taken = new Uint8Array(page.bytes)
    let size = 0
    for await (const piece of piecesOf(body)) {
      // Another version than the one told of.
      if (size + piece.byteLength > page.bytes) throw copyTrouble('changed')
      taken.set(piece, size)
      size += piece.byteLength
    }
    if (size < page.bytes) throw copyTrouble('changed')
    return taken
  }
}

/** Not every browser iterates streams. */
async function* piecesOf(stream: ReadableStream<Uint8Array> | null) {
  const reader = stream?.getReader()
  try {
    while (reader !== undefined) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}
