/**
 * What the ring tells of pages. Members are named to who may watch the ring, and to nobody else.
 */
import type { Page as WholePage, Ring, Scrape as WholeScrape } from '../../../src/wire/api.ts'

export type Page = Omit<WholePage, 'fetchedBy'> & Partial<Pick<WholePage, 'fetchedBy'>>

export type Scrape = Omit<WholeScrape, 'owner' | 'hops' | 'page'> &
  Partial<Pick<WholeScrape, 'owner' | 'hops'>> & { readonly page?: Page }

/** A member has a browser; whoever may not see the members finds out by asking. */
export function canRender(ring: Ring | undefined): boolean {
  return ring === undefined || ring.members.some(({ browser }) => browser !== undefined)
}
