/** `anillo feed`: its words and its help. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { integerFrom, withDoors } from '../options.ts'
import type { FeedFlags } from '../run/feed.ts'

const ITEMS_DEFAULT = 20
const ITEMS_MAX = 1_000

export function feedCommand(context: CommandContext): Command {
  const command = new Command('feed')
    .description('what happened to you in all services, newest first')
    .addOption(
      new Option('--limit <count>', 'so many at most')
        .argParser(integerFrom(1, ITEMS_MAX))
        .default(ITEMS_DEFAULT),
    )
    .option('--keep', 'what is told stays unseen')
    .addHelpText(
      'after',
      `
Your crawls and downloads that ended, what others share with you, and what dweets notify you of.
What you did not see yet is marked with *, and counts as seen once it was told.

  $ npx anillo feed
  $ npx anillo feed --limit 100 --keep
  $ npx anillo feed --json`,
    )
    .action((flags: FeedFlags) =>
      context.run(async () => {
        const { runFeed } = await import('../run/feed.ts')
        return runFeed(context.io, flags)
      }),
    )
  return withDoors(command)
}
