/** `anillo member`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { doorOptions, type DoorFlags } from '../options.ts'

export function memberCommand(context: CommandContext): Command {
  return new Command('member')
    .description('let machines into the ring')
    .addHelpText('after', '\n  $ anillo member admit 123456')
    .addCommand(admitCommand(context))
}

function admitCommand(context: CommandContext): Command {
  const command = new Command('admit')
    .description('let a machine into the ring that waits with this code')
    .argument('<code>', 'the six digits that the newcomer shows')
    .addHelpText(
      'after',
      '\n  $ anillo member admit 123456\n  $ anillo status           shows who waits',
    )
    .action((code: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runAdmit } = await import('../run/admit.ts')
        return runAdmit(context.io, code, flags)
      }),
    )
  for (const option of doorOptions()) command.addOption(option)
  return command
}
