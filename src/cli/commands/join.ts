/** `anillo join`: its words and its help. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { selfOptions, type SelfFlags } from '../member-flags.ts'

interface JoinFlags extends SelfFlags {
  readonly discover?: true
  readonly ask: readonly string[]
  readonly ring?: string
}

export function joinCommand(context: CommandContext): Command {
  const collect = (host: string, before: readonly string[]): readonly string[] => [...before, host]
  const command = new Command('join')
    .description('join a ring on another machine and run a member of it here')
    .argument('[token]', 'what “npx anillo token” printed on a machine of the ring')
    .option('--discover', 'look for a ring on this network; a person there lets this machine in')
    .addOption(
      new Option('--ask <host>', 'ask this host too when discovering; may be repeated')
        .argParser(collect)
        .default([], 'the networks of this machine'),
    )
    .addOption(new Option('--ring <id>', 'which ring, by how its id begins, where several answer'))
    .addHelpText(
      'after',
      `
Run again on the same --data it goes on as the member that it made.

  $ npx anillo join TOKEN          with a token, without asking anybody
  $ npx anillo join --discover     shows six digits; on the ring’s side: anillo member admit CODE`,
    )
    .action((token: string | undefined, flags: JoinFlags) =>
      context.run(async () => {
        const { runJoin } = await import('../run/join.ts')
        return runJoin(context.io, token, flags)
      }),
    )
  for (const option of selfOptions()) command.addOption(option)
  return command
}
