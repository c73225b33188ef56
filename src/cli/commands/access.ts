/** `anillo access`: its words and its help. */
import { Command, Option } from 'commander'

import { RIGHTS_OR_NOTHING } from '../../wire/file-grants.ts'
import type { CommandContext } from '../context.ts'
import { withDoors } from '../options.ts'
import type { AccessFlags } from '../run/files/access.ts'

export function accessCommand(context: CommandContext): Command {
  const several = (text: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    ...text.split(',').filter((one) => one !== ''),
  ]
  const command = new Command('access')
    .description('show or say who may do what with a file or a folder of the ring')
    .argument('<path>', 'of the ring, from its root, e.g. shared/plans')
    .option(
      '--with <who:right,...>',
      'give that right: to NICK:RIGHT, or to a group as group:NAME:RIGHT',
      several,
    )
    .option('--without <who,...>', 'say nothing of NICK or group:NAME any more', several)
    .addOption(
      new Option('--everyone <right>', 'of all others with an account').choices(RIGHTS_OR_NOTHING),
    )
    .addOption(new Option('--guests <right>', 'of whoever has none').choices(RIGHTS_OR_NOTHING))
    .option('--only', 'begin with nobody but yourself, not with who may now')
    .option('--inherit', 'as in the folder above, from now on')
    .addHelpText(
      'after',
      `
Rights: read (look), write (look and change), own (all, and share). What is said of a file or
folder itself takes the place of what is said of folders above. Changes begin with who may now.

  $ npx anillo access shared/plans
  $ npx anillo access shared/plans --with ana:read,group:lab:write
  $ npx anillo access home/ana/diary.txt --only --with eva:read
  $ npx anillo access shared/plans --without group:lab --everyone nothing
  $ npx anillo access shared/plans --inherit`,
    )
    .action((path: string, flags: AccessFlags) =>
      context.run(async () => {
        const { runAccess } = await import('../run/files/access.ts')
        return runAccess(context.io, path, flags)
      }),
    )
  return withDoors(command)
}
