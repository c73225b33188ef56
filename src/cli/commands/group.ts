/** `anillo group` and what stands below it: their words and their help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { type ConfirmedFlags, type DoorFlags, withWords, yesOption } from '../options.ts'
import type { AddFlags, PutFlags } from '../run/group.ts'

const NAME = ['<name>', 'the group'] as const
const NICKS = ['<nick...>', 'the accounts'] as const

const EXAMPLES = `
  $ npx anillo group add lab --title "The laboratory"
  $ npx anillo group put lab ana eva         they are in it from now on
  $ npx anillo group put lab ana --owner     she may put others in, and take them out
  $ npx anillo group drop lab eva            counts at once, wherever she is logged in
  $ npx anillo access shared/plans --with group:lab:write

Groups are made and deleted by who manages accounts.`

export function groupCommand(context: CommandContext): Command {
  const command = new Command('group')
    .description('make groups of people, whom files can be shared with')
    .usage('add|list|show|title|put|drop|delete ...')
    .addHelpText('after', EXAMPLES)
  return withWords(command, [
    addWord(context),
    listWord(context),
    showWord(context),
    titleWord(context),
    putWord(context),
    dropWord(context),
    deleteWord(context),
  ])
}

function addWord(context: CommandContext): Command {
  return new Command('add')
    .description('make a group')
    .argument('<name>', '1 to 30 letters from a to z, digits, “_” and “-”; given once')
    .option('--title <title>', 'as people read it (default: the name)')
    .addHelpText('after', '\n  $ npx anillo group add lab --title "The laboratory"')
    .action((name: string, flags: AddFlags) =>
      context.run(async () => {
        const { runAdd } = await import('../run/group.ts')
        return runAdd(context.io, name, flags)
      }),
    )
}

function listWord(context: CommandContext): Command {
  return new Command('list')
    .description('show all groups')
    .addHelpText('after', '\n  $ npx anillo group list\n  $ npx anillo group list --json')
    .action((flags: DoorFlags) =>
      context.run(async () => {
        const { runGroups } = await import('../run/group.ts')
        return runGroups(context.io, flags)
      }),
    )
}

function showWord(context: CommandContext): Command {
  return new Command('show')
    .description('show a group and who is in it')
    .argument(...NAME)
    .addHelpText('after', '\n  $ npx anillo group show lab')
    .action((name: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShow } = await import('../run/group.ts')
        return runShow(context.io, name, flags)
      }),
    )
}

function titleWord(context: CommandContext): Command {
  return new Command('title')
    .description('change the title that people read; the name stays')
    .argument(...NAME)
    .argument('<title>', '1 to 60 characters')
    .addHelpText('after', '\n  $ npx anillo group title lab "The new laboratory"')
    .action((name: string, title: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runTitle } = await import('../run/group.ts')
        return runTitle(context.io, { name, title }, flags)
      }),
    )
}

function putWord(context: CommandContext): Command {
  return new Command('put')
    .description('put people into a group; by its owners, and who manages accounts')
    .argument(...NAME)
    .argument(...NICKS)
    .option('--owner', 'they may put people in and take them out, too')
    .option('--no-owner', 'they may not any more')
    .addHelpText(
      'after',
      `
Without --owner and --no-owner whoever is in it already stays what they are.

  $ npx anillo group put lab ana eva
  $ npx anillo group put lab ana --owner`,
    )
    .action((name: string, nicks: readonly string[], flags: PutFlags) =>
      context.run(async () => {
        const { runPut } = await import('../run/group.ts')
        return runPut(context.io, { name, nicks }, flags)
      }),
    )
}

function dropWord(context: CommandContext): Command {
  return new Command('drop')
    .description('take people out of a group; everybody may leave')
    .argument(...NAME)
    .argument(...NICKS)
    .addHelpText('after', '\n  $ npx anillo group drop lab eva')
    .action((name: string, nicks: readonly string[], flags: DoorFlags) =>
      context.run(async () => {
        const { runDrop } = await import('../run/group.ts')
        return runDrop(context.io, { name, nicks }, flags)
      }),
    )
}

function deleteWord(context: CommandContext): Command {
  return new Command('delete')
    .description('delete a group for good; its name is not given again')
    .argument(...NAME)
    .addOption(yesOption())
    .addHelpText('after', '\n  $ npx anillo group delete lab')
    .action((name: string, flags: ConfirmedFlags) =>
      context.run(async () => {
        const { runDelete } = await import('../run/group.ts')
        return runDelete(context.io, name, flags)
      }),
    )
}
