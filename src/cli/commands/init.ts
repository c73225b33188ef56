/** `anillo init`: its words and its help. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { selfOptions, type SelfFlags } from '../member-flags.ts'
import { integerFrom } from '../options.ts'

const MINUTES_MAX = 24 * 60

export function initCommand(context: CommandContext): Command {
  const command = new Command('init')
    .description('found a ring over several machines and run its first member')
    .addOption(
      new Option(
        '--admit-local <minutes>',
        'let newcomers of the local network in without asking, for so long',
      )
        .argParser(integerFrom(0, MINUTES_MAX))
        .default(0, 'ask'),
    )
    .addHelpText(
      'after',
      `
Run again on the same --data it goes on as the member that it made.

  $ npx anillo init                        here; then, in another terminal:
  $ npx anillo token                       a token for one more machine
  $ npx anillo init --admit-local 10       or: whoever runs “npx anillo join --discover” on this
                                       network within ten minutes is let in`,
    )
    .action((flags: SelfFlags & { readonly admitLocal: number }) =>
      context.run(async () => {
        const { runInit } = await import('../run/init.ts')
        return runInit(context.io, flags)
      }),
    )
  for (const option of selfOptions()) command.addOption(option)
  return command
}
