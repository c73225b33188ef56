/**
 * Pages of a host in the order of their names, of which the archive knows none: it is read whole,
 * and so many of the first ones are kept as a window. So a host of any size takes the same memory,
 * and is read again once a window.
 */
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { ArchivedPage, WebArchive } from './web-archive.ts'
import { namesOfUrl } from './web-names.ts'

/** Between two names: before all characters that names have. */
export const BETWEEN = '\0'
/** Behind a name and all that is below it, and before the next name. */
export const BEHIND = '\u0001'

/** Of a window, some 300 bytes each; while it is read twice as many. */
const WINDOW_PAGES = 25_000
/** Of all windows that are kept. */
const KEPT_PAGES_MAX = 100_000
/** What came meanwhile is seen then. */
const KEPT_MS = 30 * SECOND_MS

export interface NamedPage {
  /** Names from the host on, with BETWEEN between them. */
  readonly key: string
  readonly page: ArchivedPage
}

export interface Window {
  readonly from: string
  /** In the order of keys; none twice. */
  readonly pages: readonly NamedPage[]
  /** Behind the last one; `undefined`: there are no more. */
  readonly until: string | undefined
}

interface Kept extends Window {
  readonly of: string
  readonly readMs: number
}

export class WebWindows {
  readonly #archive: Pick<WebArchive, 'pages'>
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #windowPages: number
  /** The one used last is the last one. */
  #kept: readonly Kept[] = []

  constructor(
    archive: Pick<WebArchive, 'pages'>,
    clock: Pick<Clock, 'nowMs'>,
    windowPages = WINDOW_PAGES,
  ) {
    this.#archive = archive
    this.#clock = clock
    this.#windowPages = windowPages
  }

  /** One that has the first page from that key on, if there is any. */
  async from(
    at: { readonly host: string; readonly time: string; readonly key: string },
    options?: CallOptions,
  ): Promise<Window> {
    const of = `${at.host}/${at.time}`
    const nowMs = this.#clock.nowMs()
    const young = this.#kept.filter(({ readMs }) => nowMs - readMs < KEPT_MS)
    const known = young.find(
      (one) =>
        one.of === of && one.from <= at.key && (one.until === undefined || at.key < one.until),
    )
    const used = known ?? { ...(await this.#read(at, options)), of, readMs: nowMs }
    this.#keep([...young.filter((one) => one !== known), used])
    return used
  }

  #keep(windows: readonly Kept[]): void {
    let count = 0
    const kept: Kept[] = []
    for (const one of windows.toReversed()) {
      count += one.pages.length
      if (count <= KEPT_PAGES_MAX) kept.unshift(one)
    }
    this.#kept = kept
  }

  async #read(
    {
      host,
      key: from,
      time,
    }: { readonly host: string; readonly time: string; readonly key: string },
    options?: CallOptions,
  ): Promise<Window> {
    let pages: NamedPage[] = []
    let until: string | undefined
    const cut = (): void => {
      pages = inOrder(pages)
      if (pages.length <= this.#windowPages) return
      pages = pages.slice(0, this.#windowPages)
      until = `${pages.at(-1)?.key ?? ''}${BEHIND}`
    }
    for await (const page of this.#archive.pages(host, time, options)) {
      const key = namesOfUrl(page.url, page.id).join(BETWEEN)
      if (key < from || (until !== undefined && key >= until)) continue
      pages.push({ key, page })
      if (pages.length >= 2 * this.#windowPages) cut()
    }
    cut()
    return { from, pages, until }
  }
}

/** Of two pages of one name, by https and by http, the one by https. */
function inOrder(pages: readonly NamedPage[]): NamedPage[] {
  const sorted = pages.toSorted((a, b) => {
    if (a.key !== b.key) return a.key < b.key ? -1 : 1
    return a.page.url < b.page.url ? 1 : -1
  })
  return sorted.filter(({ key }, at) => sorted[at - 1]?.key !== key)
}
