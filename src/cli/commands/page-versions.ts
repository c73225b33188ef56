/** Words of `anillo pages` about versions. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import { type ConfirmedFlags, type DoorFlags, yesOption } from '../options.ts'
import type { DiffFlags } from '../run/page-versions.ts'

const NAMED = ['<url>', 'address of the page, or its id'] as const

export function versionsWord(context: CommandContext): Command {
  return new Command('versions')
    .description('list the versions of a page, newest first')
    .argument(...NAMED)
    .action((named: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runPageVersions } = await import('../run/page-versions.ts')
        return runPageVersions(context.io, named, flags)
      }),
    )
}

export function diffWord(context: CommandContext): Command {
  return new Command('diff')
    .description('show what changed between two versions of a page')
    .argument(...NAMED)
    .option('--from <instant>', 'what was held then (default: the version before)')
    .option('--to <instant>', 'what was held then (default: the newest)')
    .addOption(
      new Option('--of <what>', 'the text as people read it, or the source')
        .choices(['text', 'source'])
        .default('text'),
    )
    .action((named: string, flags: DiffFlags) =>
      context.run(async () => {
        const { runPageDiff } = await import('../run/page-versions.ts')
        return runPageDiff(context.io, named, flags)
      }),
    )
}

export function deletePageWord(context: CommandContext): Command {
  return new Command('delete')
    .description('take a page away with all its versions')
    .argument(...NAMED)
    .addOption(yesOption())
    .action((named: string, flags: ConfirmedFlags) =>
      context.run(async () => {
        const { runDeletePage } = await import('../run/page-versions.ts')
        return runDeletePage(context.io, named, flags)
      }),
    )
}
