/** Lists of publications, paged to their end. */
import { assert } from '../../src/base/assert.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { Dweets, PageOf } from '../../src/services/dweets/types.ts'
import type { Publication, PublicationPage } from '../../src/wire/api-dweets.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { DweetDoors } from './doors.ts'

/** Small: what is to be seen here goes over several. */
const PAGE_LIMIT = 5
const PAGES_MAX = 400
/** Some cannot be read now. */
const AGAIN_AFTER_MS = SECOND_MS

export interface Paged {
  readonly items: readonly Publication[]
  /** Some could not be read in between, and came later: out of order. */
  readonly wasWhole: boolean
}

export async function allPages(
  { doors, ring }: { readonly doors: DweetDoors; readonly ring: CrawlingRing },
  list: (dweets: Dweets, page: PageOf) => Promise<PublicationPage>,
): Promise<Paged> {
  const items: Publication[] = []
  let cursor: string | undefined
  let wasWhole = true
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page: PageOf = { limit: PAGE_LIMIT, ...(cursor !== undefined && { cursor }) }
    const told = await doors.ask((dweets) => list(dweets, page))
    items.push(...told.items)
    cursor = told.cursor
    if (cursor === undefined) return { items, wasWhole }
    if (told.incomplete.length > 0) {
      wasWhole = false
      await ring.pause(AGAIN_AFTER_MS)
    }
  }
  assert(false, `${PAGES_MAX} pages of a list, and no end`)
}
