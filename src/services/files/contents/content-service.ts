/** Contents at one member: its door to those of the ring, and what it does for them as a leader. */
import type { Effects } from '../../../effects/effects.ts'
import type { GroupHost } from '../../../store/group/types.ts'
import { Sweeper } from '../../../store/sweeper.ts'
import type { Store } from '../../../store/types.ts'
import { createContents } from './contents.ts'
import { sweepContents } from './removal.ts'
import { LOOSE_TABLE, looseTime } from './rows.ts'
import type { Contents } from './types.ts'

export interface ContentServiceOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  readonly store: Pick<Store, 'call' | 'get' | 'list' | 'chunks'>
  /** The replicas of this member. */
  readonly held: Pick<GroupHost, 'status' | 'replica'>
}

export interface ContentService extends AsyncDisposable {
  readonly contents: Contents
}

export function createContentService(options: ContentServiceOptions): ContentService {
  const sweeper = new Sweeper({
    ...options,
    table: LOOSE_TABLE,
    end: looseTime,
    sweep: async (partition, signal) => {
      for (let isMore = true; isMore && !signal.aborted;) {
        isMore = (await options.store.call(partition, sweepContents, null, { signal })).isMore
      }
    },
  })
  return {
    contents: createContents(options),
    [Symbol.asyncDispose]: () => sweeper.close(),
  }
}
