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
import { Resource, type Asking } from './resource.ts'

/** What is told is read from a majority, a change of leader in between. */
const TIMEOUT_MS = 15 * SECOND_MS
/** A year of versions, each taken away with its chunks. */
const REMOVE_TIMEOUT_MS = 120 * SECOND_MS

export class Versions extends Resource {
  constructor(asking: Asking) {
    super(asking, TIMEOUT_MS)
  }

  /** Newest first, the copy held among them. @throws AnilloError NOT_FOUND */
  of(id: string): AsyncIterable<PageVersion> {
    return listed((after) => this.get(PageVersions, `${pathOf(id)}/versions`, { ...after }))
  }

  /** What was held at the instant, else the nearest to it. @throws AnilloError NOT_FOUND */
  at(id: string, instant: string): Promise<Page> {
    return this.get(Page, pathOf(id), { at: instant })
  }

  /**
   * What differs; without instants between the newest version and the one before.
   * @throws AnilloError NOT_FOUND, BAD_REQUEST, TOO_LARGE, TASK_ENDED
   */
  diff(
    id: string,
    asked: { readonly from?: string; readonly to?: string; readonly of?: DiffOf },
  ): Promise<PageDiff> {
    return this.get(PageDiff, `${pathOf(id)}/diff`, asked)
  }

  /** Takes the page away with all its versions. @throws AnilloError NOT_FOUND */
  remove(id: string): Promise<PageRemoved> {
    const path = pathOf(id)
    return this.ask(PageRemoved, { method: 'DELETE', path, timeoutMs: REMOVE_TIMEOUT_MS })
  }
}

function pathOf(id: string): string {
  return `/v1/pages/${encodeURIComponent(id)}`
}
