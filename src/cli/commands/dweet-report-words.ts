/** `anillo dweet report`, `reports` and `decide`: what is reported, and what moderators do. */
import { Command, Option } from 'commander'

import { SECOND_MS } from '../../base/limits.ts'
import type { DecisionKind } from '../../wire/api-reports.ts'
import { DECISION_SECONDS_MAX } from '../../wire/dweet-limits.ts'
import { DECISIONS, REPORT_REASONS } from '../../wire/report-words.ts'
import type { CommandContext } from '../context.ts'
import { durationUpTo } from '../duration.ts'
import type { DecideFlags, ReportFlags, ReportsFlags } from '../run/dweet-reports.ts'
import { limitOption } from './dweet-arguments.ts'

const ABOUT = 'a dweet by its id, or a person as @NICK'

export function reportWords(context: CommandContext): readonly Command[] {
  return [reportWord(context), reportsWord(context), decideWord(context)]
}

function reasonOption(): Option {
  return new Option('--reason <reason>', 'why').choices(REPORT_REASONS)
}

function reportWord(context: CommandContext): Command {
  return new Command('report')
    .alias('denunciar')
    .description('tell the moderators of a dweet or a person; who is reported is not told by whom')
    .argument('<subject>', ABOUT)
    .addOption(reasonOption().default('other'))
    .option('--note <text>', 'for the moderators')
    .addHelpText(
      'after',
      `
  $ npx anillo dweet report ID --reason spam
  $ npx anillo dweet report @eva --reason abuse --note "in every thread"`,
    )
    .action((subject: string, flags: ReportFlags) =>
      context.run(async () => {
        const { runReport } = await import('../run/dweet-reports.ts')
        return runReport(context.io, subject, flags)
      }),
    )
}

function reportsWord(context: CommandContext): Command {
  return new Command('reports')
    .alias('denuncias')
    .description('for moderators: show what was reported, or one case with who said what')
    .argument('[subject]', ABOUT)
    .option('--closed', 'those that are decided, newest first')
    .addOption(limitOption())
    .action((subject: string | undefined, flags: ReportsFlags) =>
      context.run(async () => {
        const { runReports } = await import('../run/dweet-reports.ts')
        return runReports(context.io, subject, flags)
      }),
    )
}

function decideWord(context: CommandContext): Command {
  return new Command('decide')
    .alias('decidir')
    .description('for moderators: decide what was reported')
    .argument('<subject>', ABOUT)
    .argument('<action>', DECISIONS.join(', '))
    .addOption(reasonOption())
    .option('--message <text>', 'told to whom it concerns, beside the reason')
    .option('--warning <text>', 'of “warn”; an empty one takes it off again')
    .addOption(
      new Option(
        '--for <time>',
        'of “limit” and “suspend”: 30m, 12h, 7d; without: until “lift”',
      ).argParser(durationUpTo(DECISION_SECONDS_MAX * SECOND_MS)),
    )
    .addHelpText(
      'after',
      `
  dismiss   nothing is to be done
  remove    the dweet is removed; its place says that moderators did it
  warn      a content warning stands before it
  limit     what they publish is for their followers alone
  suspend   they publish, like and follow nothing, and read as before
  lift      of “limit” and “suspend”

  $ npx anillo dweet decide ID remove --reason abuse --message "Be kind."
  $ npx anillo dweet decide @eva suspend --for 7d --reason spam`,
    )
    .action((subject: string, action: DecisionKind, flags: DecideFlags) =>
      context.run(async () => {
        const { runDecide } = await import('../run/dweet-reports.ts')
        return runDecide(context.io, { subject, action }, flags)
      }),
    )
}
