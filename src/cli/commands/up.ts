/** `anillo up`: its words and its help. */
import { Command, Option } from 'commander'

import { HTTP_PORT } from '../../node/ports.ts'
import type { GuestPlace } from '../../node/settings.ts'
import type { CommandContext } from '../context.ts'
import { ftpOption, guestOption } from '../member-flags.ts'
import { dataOption, integerFrom, MEMBERS_DEFAULT, portFrom } from '../options.ts'

/** How many members one computer may be asked for. */
const MEMBERS_MAX = 64

interface UpFlags {
  readonly members?: number
  readonly maxMembers?: number
  readonly data?: string
  readonly http?: number
  readonly ftp?: number
  readonly restart: boolean
  readonly guest?: GuestPlace
}

export function upCommand(context: CommandContext): Command {
  const count = integerFrom(1, MEMBERS_MAX)
  return new Command('up')
    .description('bring up a whole ring on this computer and look after it')
    .addOption(
      new Option('--members <n>', 'members of the ring')
        .argParser(count)
        .default(undefined, `as many as it has, ${MEMBERS_DEFAULT} when it is new`),
    )
    .addOption(
      new Option(
        '--max-members <m>',
        'with those added while all are busy (default: 3 more)',
      ).argParser(count),
    )
    .addOption(dataOption())
    .addOption(
      new Option('--http <port>', 'port of the page; all other ports move with it')
        .argParser(portFrom)
        .default(undefined, String(HTTP_PORT)),
    )
    .addOption(ftpOption())
    .addOption(guestOption())
    .option('--no-restart', 'leave dead members dead, for trials')
    .addHelpText(
      'after',
      `
Prints “anillo ready http://localhost:PORT” once the ring is complete. Ctrl-C stops it, and
starting again on the same --data carries on with all data, as many members, and the same --http,
--ftp and --guest, which DATA/settings.json keeps. Each member writes its pid to
DATA/members/NAME/pid: kill one and watch.

  $ npx anillo up                               five members, the page at http://localhost:9100
  $ npx anillo up --members 3 --http 19100      three, beside another ring
  $ npx anillo scrape https://example.org       in another terminal`,
    )
    .action((flags: UpFlags) =>
      context.run(async () => {
        const { runUp } = await import('../run/up.ts')
        const { maxMembers, ...others } = flags
        const limit = maxMembers === undefined ? {} : { membersMax: maxMembers }
        return runUp(context.io, { ...others, ...limit })
      }),
    )
}
