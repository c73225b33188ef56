/** `anillo console`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { doorOptions, type DoorFlags } from '../options.ts'

const CONSOLE_HELP = `
Type “help” in it. It goes on without the ring: it shows what it has seen, and keeps what you write
until the ring is back. What it keeps is in ~/.cache/anillo; “logout --forget” takes that away.

  $ npx anillo console              as whoever was logged in last, or to make an account
  $ npx anillo console ana
  $ LANG=es_ES.UTF-8 npx anillo console
  $ printf 'PASSWORD\\ndweet hello\\n' | npx anillo console ana`

export function consoleCommand(context: CommandContext): Command {
  const command = new Command('console')
    .description('dweets: read and write them, in a console')
    .argument('[nick]', 'the account; without it, the one that was here last')
    .addHelpText('after', CONSOLE_HELP)
    .action((nick: string | undefined, flags: DoorFlags) =>
      context.run(async () => {
        const { runConsole } = await import('../run/console.ts')
        return runConsole(context.io, nick, flags)
      }),
    )
  // What it prints is for people: programs take “npx anillo dweet”.
  for (const option of doorOptions().filter(({ long }) => long !== '--json')) {
    command.addOption(option)
  }
  return command
}
