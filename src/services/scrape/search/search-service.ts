/** The search over the archive at one member: keeps its part of the index, and answers anybody. */
import type { Effects } from '../../../effects/effects.ts'
import type { GroupHost } from '../../../store/group/types.ts'
import type { Store } from '../../../store/types.ts'
import type { Scraper } from '../pages/scraper.ts'
import { Indexer } from './indexer.ts'
import { Searcher, type Search } from './searcher.ts'
import { SimilarSearcher, type Similar } from './similar.ts'

export interface SearchServiceOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log' | 'workers'>
  readonly store: Pick<Store, 'get' | 'list' | 'transact'>
  /** The replicas of this member. */
  readonly held: Pick<GroupHost, 'status' | 'replica' | 'onApplied'>
  readonly scraper: Pick<Scraper, 'content'>
  /** The member has as much to do as it should have. */
  readonly isBusy: () => boolean
}

export interface SearchService extends AsyncDisposable {
  readonly search: Search
  readonly similar: Similar
}

export function createSearchService(options: SearchServiceOptions): SearchService {
  const { effects, held, isBusy, scraper, store } = options
  const indexer = new Indexer({ ...effects, held, isBusy, scraper, store })
  return {
    search: new Searcher({ ...effects, held, scraper, store }),
    similar: new SimilarSearcher({ held, scraper, store }),
    [Symbol.asyncDispose]: () => indexer.close(),
  }
}
