/** Questions about versions of a page. */
import type { DiffHunk, DiffOf, PageDiff, PageVersion } from '../../../src/wire/api-pages.ts'
import { listOf, sound } from './answers.ts'
import type { RingClient } from './ring-client.ts'

/** Two large versions are compared in seconds. */
const COMPARING_SECONDS = 10

const VERSION = { at: 'string', fetchedAt: 'string', status: 'number', bytes: 'number' }
const DIFF = { from: 'object', to: 'object', added: 'number', removed: 'number', hunks: 'array' }
const HUNK = { from: 'number', to: 'number', lines: 'array' }

export interface Versions {
  readonly items: readonly PageVersion[]
  readonly cursor?: string
}

export interface Compared {
  readonly from: string
  readonly to: string
  readonly of: DiffOf
}

export class VersionsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** Newest first. */
  async versions(id: string, cursor?: string): Promise<Versions> {
    const after = cursor === undefined ? '' : `?${new URLSearchParams({ cursor }).toString()}`
    const path = `/v1/pages/${id}/versions${after}`
    return listOf<PageVersion>(await this.#client.json({ path }), VERSION)
  }

  async diff(id: string, { from, of, to }: Compared): Promise<PageDiff> {
    const query = new URLSearchParams({ from, to, of }).toString()
    const question = { path: `/v1/pages/${id}/diff?${query}`, patienceSeconds: COMPARING_SECONDS }
    const answer = sound<PageDiff>(await this.#client.json(question), DIFF)
    return { ...answer, hunks: answer.hunks.map((hunk) => sound<DiffHunk>(hunk, HUNK)) }
  }

  /** Of the content that was held then. */
  contentPath(id: string, at: string): string {
    return `/v1/pages/${id}/content?${new URLSearchParams({ at }).toString()}`
  }
}
