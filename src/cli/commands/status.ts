/** `anillo status`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { type DoorFlags, withDoors } from '../options.ts'
import { statusLegend } from '../status-words.ts'

interface StatusFlags extends DoorFlags {
  readonly settings?: true
  readonly watch?: true
}

export function statusCommand(context: CommandContext): Command {
  const command = new Command('status')
    .description('show the members of the ring, what they hold and do')
    .option('--watch', 'show it again each second, until Ctrl-C')
    .option('--settings', 'show the settings instead, and where each value comes from')
    .addHelpText(
      'after',
      `
  $ npx anillo status                               once
  $ npx anillo status --watch                       on and on; with --json a line each second
  $ npx anillo status --at http://localhost:9103    as that member sees it
  $ npx anillo status --settings                    what can be set, and how

What the words mean:
${statusLegend()}`,
    )
    .action((flags: StatusFlags) =>
      context.run(async () => {
        const { runStatus } = await import('../run/status.ts')
        return runStatus(context.io, flags)
      }),
    )
  return withDoors(command)
}
