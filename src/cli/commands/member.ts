/** `anillo member` and what stands below it: their words and their help. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { runOptions, type RunFlags } from '../member-flags.ts'
import { type DoorFlags, withDoors } from '../options.ts'
import type { OrderFlags, OrderName } from '../run/member-orders.ts'

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
    .description('run the member that “init” or “join” made; or let others in, or take them out')
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
  $ npx anillo member                      goes on where “init” or “join” stopped
  $ npx anillo member admit 123456         lets the machine in that shows this code
  $ npx anillo member drain n3             moves all that n3 holds to others
  $ npx anillo member remove n3            takes n3 out of the ring for good
  $ npx anillo member rotate-authority     gives the ring and its members new papers`,
    )
    .action((flags: MemberFlags) =>
      context.run(async () => {
        const { runMemberCommand } = await import('../run/member.ts')
        return runMemberCommand(context.io, flags)
      }),
    )
  for (const option of runOptions()) command.addOption(option)
  command.addCommand(admitCommand(context))
  for (const order of ORDERS) command.addCommand(orderCommand(context, order))
  command.addCommand(rotateCommand(context))
  command.addCommand(rekeyCommand(context))
  return command
}

interface Order {
  readonly name: OrderName
  readonly description: string
  readonly help: string
}

const ORDERS: readonly Order[] = [
  {
    name: 'drain',
    description: 'move all that a member holds to others, and show how far it is',
    help: '\n  $ npx anillo member drain n3      by its name, or its id\n  $ npx anillo member undrain n3    takes it back',
  },
  {
    name: 'undrain',
    description: 'let a drained member hold data again',
    help: '\n  $ npx anillo member undrain n3',
  },
  {
    name: 'remove',
    description: 'drain a member and take it out of the ring for good',
    help:
      '\n  $ npx anillo member remove n3            once others hold what it holds' +
      '\n  $ npx anillo member remove n3 --force    at once, when it is lost; tells what that risks',
  },
]

function orderCommand(context: CommandContext, { name, description, help }: Order): Command {
  const command = new Command(name)
    .description(description)
    .argument('<member>', 'name or id, as “npx anillo status” shows it')
    .addHelpText('after', help)
    .action((member: string, flags: OrderFlags) =>
      context.run(async () => {
        const { runMemberOrder } = await import('../run/member-orders.ts')
        return runMemberOrder(context.io, { name, member }, flags)
      }),
    )
  if (name === 'remove') command.option('--force', 'do not wait until it is empty')
  if (name !== 'undrain')
    command.option('--yes', 'do not ask, even where no member may fail after it')
  return withDoors(command)
}

function rekeyCommand(context: CommandContext): Command {
  const command = new Command('rekey')
    .description('give a member of “npx anillo up” another key for what it keeps on disk')
    .argument('<member>', 'name or id, as “npx anillo status” shows it')
    .addHelpText(
      'after',
      `
The member is made anew, with another identity and key, and the ring fills it; what lay under the
old key is deleted. The ring goes on serving. One after the other:

  $ npx anillo member rekey n1
  $ npx anillo member rekey n2`,
    )
    .action((member: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runRekey } = await import('../run/rekey.ts')
        return runRekey(context.io, member, flags)
      }),
    )
  return withDoors(command)
}

function rotateCommand(context: CommandContext): Command {
  const command = new Command('rotate-authority')
    .description('change the ring’s authority and the certificates of all members')
    .addHelpText(
      'after',
      `
The ring goes on serving. All members are waited for, those that are down too: start them, or
take them out with “member remove”. Join tokens made before are worth nothing afterwards.

  $ npx anillo member rotate-authority
  $ npx anillo status    shows how far it is`,
    )
    .action((flags: DoorFlags) =>
      context.run(async () => {
        const { runRotateAuthority } = await import('../run/rotate-authority.ts')
        return runRotateAuthority(context.io, flags)
      }),
    )
  return withDoors(command)
}

function admitCommand(context: CommandContext): Command {
  const command = new Command('admit')
    .description('let a machine into the ring that waits with this code')
    .argument('<code>', 'the six digits that the newcomer shows')
    .addHelpText(
      'after',
      '\n  $ npx anillo member admit 123456\n  $ npx anillo status    shows who waits',
    )
    .action((code: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runAdmit } = await import('../run/admit.ts')
        return runAdmit(context.io, code, flags)
      }),
    )
  return withDoors(command)
}
