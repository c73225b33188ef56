/** What the ring keeps: lists of pages, and archives that are added. */
import type { HeldPage, HeldPages, ImportResult } from '../../../src/wire/api-archives.ts'
import type { SearchResult, SearchResults } from '../../../src/wire/api-search.ts'
import type { SimilarPage } from '../../../src/wire/api-similar.ts'
import { listOf, pageQuery, sound } from './answers.ts'
import type { RingClient } from './ring-client.ts'
import { sendFile } from './upload.ts'

const HELD = { id: 'string', url: 'string', at: 'string' }
const SUM = { found: 'number', isPartial: 'boolean' }
const FOUND = { id: 'string', url: 'string', since: 'string', snippet: 'object' }
const NEAR = { id: 'string', url: 'string', since: 'string' }
const RESULT = { pages: 'number', same: 'number', refused: 'object', bytes: 'number' }

/** Each is looked up: as many as fit a screen. */
const RESULTS = 10
/** More are not looked through. */
const NEAR_MAX = 50

export class ArchiveClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** In the order of their ids; a part may be empty and not the last. */
  async pages(host: string, cursor?: string): Promise<HeldPages> {
    const query = pageQuery(cursor, host === '' ? {} : { host })
    return listOf<HeldPage>(await this.#client.json({ path: `/v1/pages?${query}` }), HELD)
  }

  /** Best first. */
  async search(query: string, cursor?: string): Promise<SearchResults> {
    const after = cursor === undefined ? {} : { cursor }
    const asked = new URLSearchParams({ q: query, limit: String(RESULTS), ...after }).toString()
    const answer = await this.#client.json({ path: `/v1/search?${asked}` })
    const { found, isPartial } = sound<Pick<SearchResults, 'found' | 'isPartial'>>(answer, SUM)
    return { ...listOf<SearchResult>(answer, FOUND), found, isPartial }
  }

  /** Pages that are nearly the same as one, nearest first. */
  async similar(id: string): Promise<readonly SimilarPage[]> {
    const answer = await this.#client.json({ path: `/v1/pages/${id}/similar?limit=${NEAR_MAX}` })
    return listOf<SimilarPage>(answer, NEAR).items
  }

  /** @param onSent is told how many bytes of the file are on their way */
  async import(file: Blob, onSent: (bytes: number) => void): Promise<ImportResult> {
    const answer = await this.#client.upload('/v1/pages/import', (way) =>
      sendFile(file, way, onSent),
    )
    return sound<ImportResult>(answer, RESULT)
  }
}
