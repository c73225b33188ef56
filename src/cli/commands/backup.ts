/** `anillo backup`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { dataOption, jsonOption } from '../options.ts'
import type { BackupFlags } from '../run/backup.ts'

export function backupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description('copy everything that the ring keeps into a folder or a file')
    .requiredOption('--to <path>', 'a folder, or a file whose name ends in .anillo')
    .option('--check', 'restore it for a trial, in a temporary directory')
    .option('--key-file <file>', 'what locks it (default: DATA/backup.key)')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The ring goes on meanwhile. All partitions are as of moments that agree with one another. Into
a folder, what an earlier backup there holds already is not copied again. What was written is
read back; “--check” restores all of it and looks at every record.

It is encrypted, with ANILLO_BACKUP_PASSPHRASE or else a key file, which the first backup makes.
Keep a copy of that file elsewhere: without it nobody can restore the backup.

  $ npx anillo backup --to /mnt/disk/anillo          a folder; again tomorrow for what changed
  $ npx anillo backup --to monday.anillo --check     one file
  $ npx anillo restore /mnt/disk/anillo --data DIR   a ring again`,
    )
    .action((flags: BackupFlags) =>
      context.run(async () => {
        const { runBackup } = await import('../run/backup.ts')
        return runBackup(context.io, flags)
      }),
    )
}
