/** `anillo token`: its words and its help. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { dataOption, integerFrom, jsonOption } from '../options.ts'

const MINUTES_MAX = 30 * 24 * 60

export function tokenCommand(context: CommandContext): Command {
  return new Command('token')
    .description('print a join token: it lets one more machine into the ring')
    .addOption(
      new Option('--valid-for <minutes>', 'it can be used once within this time')
        .argParser(integerFrom(1, MINUTES_MAX))
        .default(60),
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
To be run on a machine with a member that stores data. Who has the token can join: hand it
over as you would a password.

  $ npx anillo token                  here
  $ npx anillo join TOKEN             on the new machine`,
    )
    .action((flags: { validFor: number; data?: string; json?: true }) =>
      context.run(async () => {
        const { runToken } = await import('../run/token.ts')
        return runToken(context.io, flags)
      }),
    )
}
