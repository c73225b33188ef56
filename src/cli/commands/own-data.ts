/** Words of `anillo dweet` about all that one has: taken along, brought, and how long it stays. */
import { Command, Option } from 'commander'

import { RETENTION_DAYS_MAX } from '../../wire/dweet-limits.ts'
import type { CommandContext } from '../context.ts'
import { type ConfirmedFlags, integerFrom, yesOption } from '../options.ts'
import type { BringFlags, RetentionFlags, TakeFlags } from '../run/own-data.ts'

const COUNT_MAX = 1_000_000

export function ownDataWords(context: CommandContext): readonly Command[] {
  return [exportWord(context), importWord(context), retentionWord(context), deleteAllWord(context)]
}

function exportWord(context: CommandContext): Command {
  return new Command('export')
    .alias('exportar')
    .description('write all of your own into a ZIP: dweets, likes, bookmarks, whom you follow')
    .option('--out <file>', 'where to (default: anillo-NICK.zip here)')
    .option('--with-files', 'pictures and files that are attached, too')
    .addHelpText(
      'after',
      `
It has the shape of Mastodon’s archives. Begun again, it is written anew. Without --with-files it
says at which addresses attachments are.

  $ npx anillo dweet export --with-files
  $ npx anillo dweet export --out mine.zip`,
    )
    .action((flags: TakeFlags) =>
      context.run(async () => {
        const { runTake } = await import('../run/own-data.ts')
        return runTake(context.io, flags)
      }),
    )
}

function importWord(context: CommandContext): Command {
  return new Command('import')
    .alias('importar')
    .description('bring dweets and people from another ring, or from Mastodon')
    .argument('<file>', 'a ZIP, or following_accounts.csv, muted_accounts.csv, ...')
    .option('--by-nick', 'people of other places are those with the same nick here')
    .addHelpText(
      'after',
      `
Dweets keep their times, are marked as imported, and tell nobody. Nothing comes twice: an
import that ended early is begun again. What cannot be imported is told. Attachments come with
their dweets where the ZIP has them.

  $ npx anillo dweet import anillo-ana.zip
  $ npx anillo dweet import following_accounts.csv --by-nick`,
    )
    .action((path: string, flags: BringFlags) =>
      context.run(async () => {
        const { runBring } = await import('../run/own-data.ts')
        return runBring(context.io, path, flags)
      }),
    )
}

function retentionWord(context: CommandContext): Command {
  const count = (words: string, about: string): Option =>
    new Option(words, about).argParser(integerFrom(1, COUNT_MAX))
  return new Command('retention')
    .alias('conservar')
    .description('show or set after how many days your dweets are deleted')
    .addOption(
      new Option('--after <days>', 'delete dweets and redweets that are older')
        .argParser(integerFrom(1, RETENTION_DAYS_MAX))
        .conflicts('off'),
    )
    .option('--keep-liked', 'but not those that you like')
    .option('--keep-bookmarked', 'nor those that you keep bookmarks of')
    .addOption(count('--keep-likes <count>', 'nor those with so many likes'))
    .addOption(count('--keep-redweets <count>', 'nor those redweeted so often'))
    .option('--off', 'they stay')
    .addHelpText(
      'after',
      `
Nothing is deleted unless you ask for it here; then once an hour, and for good.

  $ npx anillo dweet retention
  $ npx anillo dweet retention --after 90 --keep-bookmarked --keep-likes 10
  $ npx anillo dweet retention --off`,
    )
    .action((flags: RetentionFlags) =>
      context.run(async () => {
        const { runRetention } = await import('../run/own-data.ts')
        return runRetention(context.io, flags)
      }),
    )
}

function deleteAllWord(context: CommandContext): Command {
  return new Command('delete-all')
    .alias('borrar-todo')
    .description('delete all of your dweets and redweets')
    .addOption(yesOption())
    .action((flags: ConfirmedFlags) =>
      context.run(async () => {
        const { runDeleteAll } = await import('../run/own-data.ts')
        return runDeleteAll(context.io, flags)
      }),
    )
}
