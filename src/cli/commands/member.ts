/** `anillo member` and what stands below it: their words and their help. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { runOptions, type RunFlags } from '../member-flags.ts'
import { doorOptions, type DoorFlags } from '../options.ts'

interface MemberFlags extends RunFlags {
  readonly entry: readonly string[]
  readonly begin?: true
}

export function memberCommand(context: CommandContext): Command {
  const collect = (address: string, before: readonly string[]): readonly string[] => [
    ...before,
    address,
  ]
  const command = new Command('member')
    .description('run the member that “init” or “join” made; or let others in')
    // Both levels have --data: what follows “admit” is for admit.
    .enablePositionalOptions()
    .addOption(
      new Option('--entry <address>', 'host:port of a member to join through; may be repeated')
        .argParser(collect)
        .default([], 'those that it knows'),
    )
    // For the supervisor alone: two members that begin one ring would have to be merged again.
    .addOption(new Option('--begin', 'nobody stands on the ring: be the first').hideHelp())
    .addHelpText(
      'after',
      `
  $ anillo member                      goes on where “init” or “join” stopped
  $ anillo member admit 123456         lets the machine in that shows this code`,
    )
    .action((flags: MemberFlags) =>
      context.run(async () => {
        const { runMemberCommand } = await import('../run/member.ts')
        return runMemberCommand(context.io, flags)
      }),
    )
  for (const option of runOptions()) command.addOption(option)
  return command.addCommand(admitCommand(context))
}

function admitCommand(context: CommandContext): Command {
  const command = new Command('admit')
    .description('let a machine into the ring that waits with this code')
    .argument('<code>', 'the six digits that the newcomer shows')
    .addHelpText('after', '\n  $ anillo member admit 123456\n  $ anillo status    shows who waits')
    .action((code: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runAdmit } = await import('../run/admit.ts')
        return runAdmit(context.io, code, flags)
      }),
    )
  for (const option of doorOptions()) command.addOption(option)
  return command
}
