/** `anillo user` and what stands below it: their words and their help. */
import { Argument, Command, Option } from 'commander'

import { ACCOUNT_ROLES, GRANTABLE, type AccountRoleName } from '../../wire/permissions.ts'
import type { CommandContext } from '../context.ts'
import {
  type ConfirmedFlags,
  type DoorFlags,
  type OwnerFlags,
  ownerOption,
  withWords,
  yesOption,
} from '../options.ts'
import type { SessionFlags } from '../run/user-show.ts'
import type { AddFlags, RoleFlags } from '../run/user.ts'

const NICK = ['<nick>', 'the account'] as const
const OWN_NICK = ['[nick]', 'the account; without it, your own'] as const
const ROLES = ACCOUNT_ROLES.filter((role) => role !== 'guest')

const EXAMPLES = `
  $ npx anillo user add ana --name "Ana Banana"      asks for a password
  $ npx anillo user list                             all of them
  $ npx anillo user role ana member --grant store.read --grant store.write
  $ npx anillo user suspend ana                      ends her sessions; “restore” lets her in again
  $ npx anillo user password                         changes your own

What the roles may do: docs/permissions.md.`

export function userCommand(context: CommandContext): Command {
  const command = new Command('user')
    .description('make, show and change accounts')
    .usage('add|list|show|sessions|role|suspend|restore|name|password|delete ...')
    .addHelpText('after', EXAMPLES)
  return withWords(command, [
    addWord(context),
    listWord(context),
    showWord(context),
    sessionsWord(context),
    roleWord(context),
    stateWord(context, 'suspend', 'end the sessions of an account, and let it begin none'),
    stateWord(context, 'restore', 'let a suspended account in again'),
    nameWord(context),
    passwordWord(context),
    deleteWord(context),
  ])
}

function addWord(context: CommandContext): Command {
  return new Command('add')
    .description('make an account; its password is asked for, or read from a pipe')
    .argument('<nick>', '1 to 30 letters from a to z, digits and “_”')
    .option('--name <name>', 'as others see it (default: the nick)')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).default('member'))
    .addHelpText(
      'after',
      `
  $ npx anillo user add ana --name "Ana Banana"
  $ npx anillo user add ci --role operator < password-file`,
    )
    .action((nick: string, flags: AddFlags) =>
      context.run(async () => {
        const { runAdd } = await import('../run/user.ts')
        return runAdd(context.io, nick, flags)
      }),
    )
}

function listWord(context: CommandContext): Command {
  return new Command('list')
    .description('show all accounts')
    .addHelpText('after', '\n  $ npx anillo user list\n  $ npx anillo user list --json')
    .action((flags: DoorFlags) =>
      context.run(async () => {
        const { runUsers } = await import('../run/user.ts')
        return runUsers(context.io, flags)
      }),
    )
}

function showWord(context: CommandContext): Command {
  return new Command('show')
    .description('show an account, its sessions and keys')
    .argument(...OWN_NICK)
    .addHelpText('after', '\n  $ npx anillo user show\n  $ npx anillo user show ana')
    .action((nick: string | undefined, flags: DoorFlags) =>
      context.run(async () => {
        const { runShow } = await import('../run/user-show.ts')
        return runShow(context.io, nick, flags)
      }),
    )
}

function sessionsWord(context: CommandContext): Command {
  return new Command('sessions')
    .description('show where an account is logged in, and end one of its sessions')
    .argument(...OWN_NICK)
    .option('--end <id>', 'end this one: it is refused at every member before the command ends')
    .addHelpText(
      'after',
      `
Who manages accounts sees and ends those of others. To end all of your own:
“npx anillo logout --everywhere”.

  $ npx anillo user sessions               your own
  $ npx anillo user sessions ana           those of ana
  $ npx anillo user sessions --end ID      as the first column has it
  $ npx anillo user sessions ana --end ID`,
    )
    .action((nick: string | undefined, flags: SessionFlags) =>
      context.run(async () => {
        const { runSessions } = await import('../run/user-show.ts')
        return runSessions(context.io, nick, flags)
      }),
    )
}

function roleWord(context: CommandContext): Command {
  const collect = (name: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    name,
  ]
  return new Command('role')
    .description('say what an account may do; counts at once, for open sessions too')
    .argument(...NICK)
    .addArgument(new Argument('<role>', 'what it is').choices(ROLES))
    .addOption(
      new Option(
        '--grant <permission>',
        `may that beside what the role allows; may be repeated: ${[...GRANTABLE].join(', ')}`,
      ).argParser(collect),
    )
    .option('--no-grants', 'may only what the role allows')
    .addOption(ownerOption())
    .addHelpText(
      'after',
      `
Without --grant and --no-grants what was granted before stays.

  $ npx anillo user role ana operator
  $ npx anillo user role ana member --grant store.read`,
    )
    .action((nick: string, role: AccountRoleName, flags: RoleFlags) =>
      context.run(async () => {
        const { runRole } = await import('../run/user.ts')
        return runRole(context.io, { nick, role }, flags)
      }),
    )
}

function stateWord(
  context: CommandContext,
  name: 'suspend' | 'restore',
  description: string,
): Command {
  return new Command(name)
    .description(description)
    .argument(...NICK)
    .addOption(ownerOption())
    .addHelpText('after', `\n  $ npx anillo user ${name} ana`)
    .action((nick: string, flags: OwnerFlags) =>
      context.run(async () => {
        const { runState } = await import('../run/user.ts')
        return runState(context.io, { nick, name }, flags)
      }),
    )
}

function nameWord(context: CommandContext): Command {
  return new Command('name')
    .description('change the name that others see; the nick stays')
    .argument(...NICK)
    .argument('<name>', '1 to 60 characters')
    .addHelpText('after', '\n  $ npx anillo user name ana "Ana Banana"')
    .action((nick: string, name: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runName } = await import('../run/user.ts')
        return runName(context.io, { nick, name }, flags)
      }),
    )
}

function passwordWord(context: CommandContext): Command {
  return new Command('password')
    .description('change a password')
    .argument(...OWN_NICK)
    .addOption(ownerOption())
    .addHelpText(
      'after',
      `
Asks for the present one of your own account, then for the new one; from a pipe each is a line.
Who manages accounts gives another account a password without knowing the present one.

  $ npx anillo user password
  $ npx anillo user password ana
  $ npx anillo user password admin --as-owner    nobody knows it any more`,
    )
    .action((nick: string | undefined, flags: OwnerFlags) =>
      context.run(async () => {
        const { runPassword } = await import('../run/user-password.ts')
        return runPassword(context.io, nick, flags)
      }),
    )
}

function deleteWord(context: CommandContext): Command {
  return new Command('delete')
    .description('delete an account for good; nobody gets its nick again')
    .argument(...NICK)
    .addOption(yesOption())
    .addHelpText(
      'after',
      `
For your own account the password is asked for, or read from a pipe.

  $ npx anillo user delete ana`,
    )
    .action((nick: string, flags: ConfirmedFlags) =>
      context.run(async () => {
        const { runDelete } = await import('../run/user.ts')
        return runDelete(context.io, nick, flags)
      }),
    )
}
