/** `anillo lock`: its words and its help. */
import { Command, Option } from 'commander'

import { LEASE_SECONDS_MAX, LOCK_WAIT_SECONDS_MAX } from '../../wire/api-records.ts'
import type { CommandContext } from '../context.ts'
import { type DoorFlags, integerFrom, withWords } from '../options.ts'
import type { AcquireFlags, RenewFlags } from '../run/lock.ts'

const NAME = ['<name>', 'any text'] as const
const TOKEN = ['<token>', 'as “acquire” told it'] as const

const EXAMPLES = `
  $ token=$(npx anillo lock acquire nightly --ttl 60)    exit 1 while another holds it
  $ npx anillo lock renew nightly "$token" --ttl 60      before the 60 seconds are over
  $ npx anillo lock release nightly "$token"
  $ npx anillo lock show nightly                         held, and until when?

A holder that stands still too long loses its lock without knowing. “--json” shows the fence,
which only grows: what is guarded refuses a smaller one than it has seen.`

export function lockCommand(context: CommandContext): Command {
  const command = new Command('lock')
    .description('take, renew and give back locks with leases')
    .usage('acquire|renew|release|show ...')
    .addHelpText('after', EXAMPLES)
  return withWords(command, [
    acquireWord(context),
    renewWord(context),
    releaseWord(context),
    showWord(context),
  ])
}

function ttlOption(): Option {
  return new Option('--ttl <seconds>', `held for so long unless renewed, 1 to ${LEASE_SECONDS_MAX}`)
    .argParser(integerFrom(1, LEASE_SECONDS_MAX))
    .default(30)
}

function acquireWord(context: CommandContext): Command {
  return new Command('acquire')
    .description('take a lock; prints the token that renews and releases it')
    .argument(...NAME)
    .addOption(ttlOption())
    .addOption(
      new Option(
        '--wait <seconds>',
        `while another holds it, 0 to ${LOCK_WAIT_SECONDS_MAX}`,
      ).argParser(integerFrom(0, LOCK_WAIT_SECONDS_MAX)),
    )
    .addHelpText('after', '\n  $ npx anillo lock acquire nightly --ttl 60 --wait 10')
    .action((name: string, flags: AcquireFlags) =>
      context.run(async () => {
        const { runAcquire } = await import('../run/lock.ts')
        return runAcquire(context.io, name, flags)
      }),
    )
}

function renewWord(context: CommandContext): Command {
  return new Command('renew')
    .description('hold a lock for longer, from this moment on')
    .argument(...NAME)
    .argument(...TOKEN)
    .addOption(ttlOption())
    .addHelpText('after', '\n  $ npx anillo lock renew nightly "$token" --ttl 60')
    .action((name: string, token: string, flags: RenewFlags) =>
      context.run(async () => {
        const { runRenew } = await import('../run/lock.ts')
        return runRenew(context.io, { name, token }, flags)
      }),
    )
}

function releaseWord(context: CommandContext): Command {
  return new Command('release')
    .description('give a lock back')
    .argument(...NAME)
    .argument(...TOKEN)
    .addHelpText('after', '\n  $ npx anillo lock release nightly "$token"')
    .action((name: string, token: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runRelease } = await import('../run/lock.ts')
        return runRelease(context.io, { name, token }, flags)
      }),
    )
}

function showWord(context: CommandContext): Command {
  return new Command('show')
    .description('show whether a lock is held, and until when')
    .argument(...NAME)
    .addHelpText('after', '\n  $ npx anillo lock show nightly')
    .action((name: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShow } = await import('../run/lock.ts')
        return runShow(context.io, name, flags)
      }),
    )
}
