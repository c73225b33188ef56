/** `anillo lookup`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { type DoorFlags, withDoors } from '../options.ts'

export function lookupCommand(context: CommandContext): Command {
  const command = new Command('lookup')
    .description('show which member owns a key, and the hops that lead to it')
    .argument('<key>', 'an address, as “scrape” takes it, or any text; its SHA-256 is its place')
    .addHelpText(
      'after',
      '\n  $ npx anillo lookup https://example.org/\n  $ npx anillo lookup anything --json',
    )
    .action((key: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runLookup } = await import('../run/lookup.ts')
        return runLookup(context.io, key, flags)
      }),
    )
  return withDoors(command)
}
