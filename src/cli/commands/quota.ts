/** `anillo quota`: its words and its help. */
import { Argument, Command, Option } from 'commander'

import { RATE_MIN_PER_SECOND } from '../../wire/file-limits.ts'
import type { CommandContext } from '../context.ts'
import type { QuotaFlags } from '../run/files/quota.ts'
import { countFrom, sizeFrom } from '../size-option.ts'

export function quotaCommand(context: CommandContext): Command {
  return new Command('quota')
    .description('show how much people have stored and may store; set how much they may')
    .addArgument(new Argument('[nick]', 'whose; without it your own'))
    .option('--all', 'of everybody; with a limit: of all of whom nothing else is said')
    .addOption(
      new Option('--bytes <size>', 'may store so many: 500M, 10G, none, usual').argParser(
        sizeFrom(0),
      ),
    )
    .addOption(
      new Option('--files <count>', 'may have so many files, or none, usual').argParser(countFrom),
    )
    .addOption(rateOption('--up <size>', 'may send so much a second to one member'))
    .addOption(rateOption('--down <size>', 'may fetch so much a second from one member'))
    .option('--none', 'may store without any limit of bytes and files')
    .addHelpText(
      'after',
      `
Others' quotas need the permission files.manage. “none” is no limit, “usual” what holds for all of
whom nothing else is said. Versions and what lies in the trash count.

  $ npx anillo quota
  $ npx anillo quota --all
  $ npx anillo quota --all --bytes 10G
  $ npx anillo quota ana --bytes 50G --files 100000
  $ npx anillo quota ana --down 5M
  $ npx anillo quota ana --bytes usual --files usual`,
    )
    .action((nick: string | undefined, flags: QuotaFlags) =>
      context.run(async () => {
        const { runQuota } = await import('../run/files/quota.ts')
        return runQuota(context.io, nick, flags)
      }),
    )
}

function rateOption(name: string, what: string): Option {
  return new Option(name, `${what}: 5M, none, usual`).argParser(sizeFrom(RATE_MIN_PER_SECOND))
}
