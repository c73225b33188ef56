/** `anillo restore`: its words and its help. */
import { Command, Option } from 'commander'

import { HTTP_PORT } from '../../node/ports.ts'
import type { CommandContext } from '../context.ts'
import { dataOption, integerFrom, jsonOption, MEMBERS_DEFAULT, portFrom } from '../options.ts'
import type { RestoreFlags } from '../run/restore.ts'

const MEMBERS_MAX = 64
const NUMBER_MAX = 99_999_999

export function restoreCommand(context: CommandContext): Command {
  return new Command('restore')
    .description('make a ring from a backup')
    .argument('<from>', 'the folder or the file that “npx anillo backup” wrote')
    .addOption(dataOption())
    .addOption(
      new Option('--members <n>', 'members that the ring is to have on this computer')
        .argParser(integerFrom(1, MEMBERS_MAX))
        .default(MEMBERS_DEFAULT),
    )
    .addOption(
      new Option('--http <port>', 'port of the page; all other ports move with it')
        .argParser(portFrom)
        .default(HTTP_PORT),
    )
    .option('--address <host>', 'for a ring over several machines: how they reach this one')
    .addOption(
      new Option('--number <n>', 'an earlier backup of a folder (default: the latest)').argParser(
        integerFrom(1, NUMBER_MAX),
      ),
    )
    .option('--key-file <file>', 'what the backup was locked with (default: DATA/backup.key)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The ring is another one: its members, keys and tokens are made anew, its records are those of
the backup. DATA must not exist yet, or be empty. Nothing is started; the command that does is
told at the end. The content hash is the one that the backup told, however many members hold it.

  $ npx anillo restore /mnt/disk/anillo --data DIR --key-file backup.key --members 3
  $ npx anillo up --data DIR --members 3`,
    )
    .action((from: string, flags: RestoreFlags) =>
      context.run(async () => {
        const { runRestore } = await import('../run/restore.ts')
        return runRestore(context.io, from, flags)
      }),
    )
}
