/** `anillo search`: its words and its help. */
import { Command, Option } from 'commander'

import { FIND_KINDS } from '../../wire/find-kinds.ts'
import type { CommandContext } from '../context.ts'
import { integerFrom, withDoors } from '../options.ts'
import type { FindFlags } from '../run/search.ts'

const EACH_DEFAULT = 5
const EACH_MAX = 1_000

export function searchCommand(context: CommandContext): Command {
  const command = new Command('search')
    .description('find pages, files, dweets and shares at once')
    .argument('<words...>', 'all of them')
    .addOption(new Option('--kind <kind...>', 'only of these').choices(FIND_KINDS))
    .addOption(
      new Option('--limit <count>', 'so many of each kind at most')
        .argParser(integerFrom(1, EACH_MAX))
        .default(EACH_DEFAULT),
    )
    .addHelpText(
      'after',
      `
Pages are found by what stands in them, files and folders by their names, dweets by their texts,
shares by their names. Nothing is found that you may not read.

  $ npx anillo search high water
  $ npx anillo search water --kind files --limit 50
  $ npx anillo search 'tid* site:example.org' --kind pages
  $ npx anillo search water --json

What else a search for pages takes: npx anillo pages search --help.`,
    )
    .action((words: readonly string[], flags: FindFlags) =>
      context.run(async () => {
        const { runSearch } = await import('../run/search.ts')
        return runSearch(context.io, words, flags)
      }),
    )
  return withDoors(command)
}
