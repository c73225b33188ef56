/** `anillo login`, `logout` and `whoami`: their words and their help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { type DoorFlags, withDoors } from '../options.ts'

const LOGIN_HELP = `
The password is asked for, or read from a pipe. The session is kept for this account of this
computer, and used by all commands that reach the same ring, until it has not been used for weeks.
Where there is no ring in DATA, commands without --at go to the ring of the last log-in.

  $ npx anillo login ana
  $ npx anillo login ana < password-file
  $ npx anillo login ana --at http://localhost:19100

Commands take what they find first: the key in ANILLO_TOKEN, DATA/admin-password, this session,
ANILLO_NICK with ANILLO_PASSWORD.`

export function loginCommand(context: CommandContext): Command {
  const command = new Command('login')
    .description('log in: commands do as that account from then on')
    .argument('[nick]', 'the account; without it, ANILLO_NICK, or it is asked for')
    .addHelpText('after', LOGIN_HELP)
    .action((nick: string | undefined, flags: DoorFlags) =>
      context.run(async () => {
        const { runLogin } = await import('../run/login.ts')
        return runLogin(context.io, nick, flags)
      }),
    )
  return withDoors(command)
}

export function logoutCommand(context: CommandContext): Command {
  const command = new Command('logout')
    .description('end the session that commands use here')
    .option('--everywhere', 'end all sessions of the account, also those of browsers')
    .addHelpText(
      'after',
      `
It counts at every member before this command ends.

  $ npx anillo logout
  $ npx anillo logout --everywhere`,
    )
    .action((flags: DoorFlags & { readonly everywhere?: true }) =>
      context.run(async () => {
        const { runLogout } = await import('../run/login.ts')
        return runLogout(context.io, flags)
      }),
    )
  return withDoors(command)
}

export function whoamiCommand(context: CommandContext): Command {
  const command = new Command('whoami')
    .description('who commands here are to the ring, by what, and what they may do')
    .addHelpText(
      'after',
      `
Where a guest is let in, a command asks as one first, and logs in with what is here when that does
not do. It says so on standard error when a password begins a session, but not with --json.

  $ npx anillo whoami
  $ npx anillo whoami --json
  $ npx anillo whoami --at https://ring.example.org:9100`,
    )
    .action((flags: DoorFlags) =>
      context.run(async () => {
        const { runWhoami } = await import('../run/whoami.ts')
        return runWhoami(context.io, flags)
      }),
    )
  return withDoors(command)
}
