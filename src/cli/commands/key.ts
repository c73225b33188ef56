/** `anillo key` and what stands below it: their words and their help. */
import { Command, Option } from 'commander'

import { KEY_DAYS_DEFAULT } from '../../wire/account-texts.ts'
import { PERMISSION_NAMES } from '../../wire/permissions.ts'
import type { CommandContext } from '../context.ts'
import { type DoorFlags, integerFrom, withWords } from '../options.ts'
import type { KeyFlags, NewKeyFlags } from '../run/key.ts'

const DAYS_MAX = 3_650

const EXAMPLES = `
  $ npx anillo key add backups --may store.read --valid-for 90     prints the key, this once
  $ ANILLO_TOKEN=anillo-k.… npx anillo kv get notes anna list      commands take it
  $ curl -H "Authorization: Bearer anillo-k.…" http://localhost:9100/v1/kv/notes/anna/list
  $ npx anillo key list
  $ npx anillo key remove ID                                       it holds no more, at once

A key does what it was made for and its account may do. Programs show it as a bearer token, or as
the password of the account.`

export function keyCommand(context: CommandContext): Command {
  const command = new Command('key')
    .description('make, list and remove keys for programs')
    .usage('add|list|remove ...')
    .addHelpText('after', EXAMPLES)
  return withWords(command, [addWord(context), listWord(context), removeWord(context)])
}

function addWord(context: CommandContext): Command {
  const collect = (names: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    ...names.split(',').map((name) => name.trim()),
  ]
  return new Command('add')
    .description('make a key of your account; prints it, and nobody tells it again')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option(
        '--may <permission,...>',
        `what it may do, with commas or repeated: ${PERMISSION_NAMES.join(', ')}`,
      )
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--valid-for <days>', `for so long, 1 to ${DAYS_MAX}; “ever”: until it is removed`)
        .argParser(readDays)
        .default(KEY_DAYS_DEFAULT),
    )
    .addHelpText(
      'after',
      `
  $ npx anillo key add notebook --may store.read,store.write
  $ export ANILLO_TOKEN=$(npx anillo key add nightly --may ring.watch --valid-for 90)`,
    )
    .action((name: string, flags: NewKeyFlags) =>
      context.run(async () => {
        const { runAddKey } = await import('../run/key.ts')
        return runAddKey(context.io, name, flags)
      }),
    )
}

function listWord(context: CommandContext): Command {
  return new Command('list')
    .description('show the keys of an account, without their secrets')
    .addOption(ownerOption())
    .addHelpText('after', '\n  $ npx anillo key list\n  $ npx anillo key list --user ana')
    .action((flags: KeyFlags) =>
      context.run(async () => {
        const { runKeys } = await import('../run/key.ts')
        return runKeys(context.io, flags)
      }),
    )
}

function removeWord(context: CommandContext): Command {
  return new Command('remove')
    .description('remove a key: it holds no more, at every member')
    .argument('<id>', 'as “npx anillo key list” shows it')
    .addOption(ownerOption())
    .addHelpText('after', '\n  $ npx anillo key remove ID')
    .action((id: string, flags: KeyFlags & DoorFlags) =>
      context.run(async () => {
        const { runRemoveKey } = await import('../run/key.ts')
        return runRemoveKey(context.io, id, flags)
      }),
    )
}

function ownerOption(): Option {
  return new Option('--user <nick>', 'of this account (default: your own)')
}

const readNumber = integerFrom(1, DAYS_MAX)

function readDays(text: string): number | 'ever' {
  return text === 'ever' ? text : readNumber(text)
}
