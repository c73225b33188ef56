/** Versions of pages through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import {
  PageDiff,
  PageRemoved,
  PageVersions,
  type DiffOf,
  type PageVersion,
} from '../wire/api-pages.ts'
import { Page } from '../wire/api.ts'
import { queryOf } from './query.ts'
import type { Asking } from './records.ts'

/** What is told is read from a majority, a change of leader in between. */
const TIMEOUT_MS = 15 * SECOND_MS
/** A year of versions, each taken away with its chunks. */
const REMOVE_TIMEOUT_MS = 120 * SECOND_MS

export class Versions {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** Newest first, the copy held among them. @throws AnilloError NOT_FOUND */
  of(id: string): AsyncIterable<PageVersion> {
    return listed((after) => {
      const path = `${pathOf(id)}/versions${queryOf({ ...after })}`
      return this.#asking.ask(PageVersions, { ...GET, path })
    })
  }

  /** What was held at the instant, else the nearest to it. @throws AnilloError NOT_FOUND */
  at(id: string, instant: string): Promise<Page> {
    return this.#asking.ask(Page, {
      ...GET,
      path: `${pathOf(id)}?at=${encodeURIComponent(instant)}`,
    })
  }

  /**
   * What differs; without instants between the newest version and the one before.
   * @throws AnilloError NOT_FOUND, BAD_REQUEST, TOO_LARGE, TASK_ENDED
   */
  diff(
    id: string,
    asked: { readonly from?: string; readonly to?: string; readonly of?: DiffOf },
  ): Promise<PageDiff> {
    const path = `${pathOf(id)}/diff${queryOf(asked)}`
    return this.#asking.ask(PageDiff, { ...GET, path })
  }

  /** Takes the page away with all its versions. @throws AnilloError NOT_FOUND */
  remove(id: string): Promise<PageRemoved> {
    const path = pathOf(id)
    return this.#asking.ask(PageRemoved, { method: 'DELETE', timeoutMs: REMOVE_TIMEOUT_MS, path })
  }
}

const GET = { method: 'GET', timeoutMs: TIMEOUT_MS } as const

function pathOf(id: string): string {
  return `/v1/pages/${encodeURIComponent(id)}`
}
