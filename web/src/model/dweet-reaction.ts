/** What a dweet looks like to who did something with it. Pure. */
import type { Dweet } from '../../../src/wire/api-dweets.ts'

/**
 * Counts come some milliseconds behind what was done, which who did it is not to notice.
 * @param before as it was shown
 */
export function withOwnCounts(after: Dweet, before: Dweet): Dweet {
  return {
    ...after,
    likes: counted(after.likes, before.likes, [before.mine.liked, after.mine.liked]),
    redweets: counted(after.redweets, before.redweets, [
      before.mine.redweeted,
      after.mine.redweeted,
    ]),
  }
}

function counted(
  after: number,
  before: number,
  [was, is]: readonly [was: boolean, is: boolean],
): number {
  if (was === is) return after
  return is ? Math.max(after, before + 1) : Math.max(0, Math.min(after, before - 1))
}

/** As `withOwnCounts`, of a redweet made or taken back. */
export function withRedweet(dweet: Dweet, isSo: boolean): Dweet {
  return withOwnCounts({ ...dweet, mine: { ...dweet.mine, redweeted: isSo } }, dweet)
}
