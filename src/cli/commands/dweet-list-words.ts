/** `anillo dweet lists` and `list`: lists of people, for whoever made them alone. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import type { ListsFlags, OneListFlags } from '../run/dweet-people-lists.ts'
import { limitOption } from './dweet-arguments.ts'

export function listWords(context: CommandContext): readonly Command[] {
  return [listsWord(context), listWord(context)]
}

function listsWord(context: CommandContext): Command {
  return new Command('lists')
    .alias('listas')
    .description('show your lists of people; nobody else sees them')
    .option('--with <nick>', 'those in which somebody is')
    .action((flags: ListsFlags) =>
      context.run(async () => {
        const { runLists } = await import('../run/dweet-people-lists.ts')
        return runLists(context.io, flags)
      }),
    )
}

function listWord(context: CommandContext): Command {
  return new Command('list')
    .alias('lista')
    .description('show what the people of one of your lists publish, or change the list')
    .argument('<name>', 'of the list, or its id')
    .option('--make', 'make it')
    .option('--add <nicks...>', 'put these people into it')
    .option('--drop <nicks...>', 'take these people out of it')
    .option('--people', 'show who is in it')
    .option('--rename <name>', 'call it so')
    .option('--delete', 'delete it')
    .addOption(limitOption())
    .addHelpText(
      'after',
      `
  $ npx anillo dweet list friends --make --add ana ben
  $ npx anillo dweet list friends
  $ npx anillo dweet list friends --drop ben`,
    )
    .action((name: string, flags: OneListFlags) =>
      context.run(async () => {
        const { runList } = await import('../run/dweet-people-lists.ts')
        return runList(context.io, name, flags)
      }),
    )
}
