/**
 * What the ring tells of pages. Members are named to who may watch the ring, and to nobody else.
 */
import type { Page as WholePage, Scrape as WholeScrape } from '../../../src/wire/api.ts'

export type Page = Omit<WholePage, 'fetchedBy'> & Partial<Pick<WholePage, 'fetchedBy'>>

export type Scrape = Omit<WholeScrape, 'owner' | 'hops' | 'page'> &
  Partial<Pick<WholeScrape, 'owner' | 'hops'>> & { readonly page?: Page }
