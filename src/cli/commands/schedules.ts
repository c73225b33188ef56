/** `anillo schedules`: its words and their help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { withWords, type DoorFlags } from '../options.ts'
import type { ChangeFlags } from '../run/schedules.ts'
import { SteeringWords } from './steering.ts'

export function schedulesCommand(context: CommandContext): Command {
  const command = new Command('schedules')
    .description('show, change, pause, run and delete schedules of crawls')
    .usage('list|show|change|pause|resume|run|delete ...')
    .addHelpText(
      'after',
      `
  $ npx anillo crawl https://example.org --schedule "0 3 * * *"   each night at three
  $ npx anillo schedules list                     all, with the time that comes next
  $ npx anillo schedules run ID                   a run now
  $ npx anillo schedules change ID --schedule @hourly

The five fields are minute, hour, day, month and day of the week: docs/schedules.md.`,
    )
  const load = async () => (await import('../run/schedules.ts')).SCHEDULES
  const words = new SteeringWords(context, 'schedule', load)
  return withWords(command, [
    words.list(),
    showWord(context, words.of('show')),
    changeWord(context, words.of('change')),
    words.order('pause', 'begin no more crawls, until it is resumed'),
    words.order('resume', 'go on with a schedule that is paused'),
    words.order('run', 'begin a crawl of it now, whenever the next one is due'),
    words.testWebhook(),
    words.delete('delete a schedule; its crawls stay'),
  ])
}

function showWord(context: CommandContext, word: Command): Command {
  return word
    .description('show a schedule, its next times and its last runs')
    .action((id: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShowSchedule } = await import('../run/schedules.ts')
        return runShowSchedule(context.io, id, flags)
      }),
    )
}

function changeWord(context: CommandContext, word: Command): Command {
  return word
    .description('change when it is due')
    .option('--schedule <cron>', 'minute, hour, day, month, day of the week')
    .option('--zone <zone>', 'time zone, e.g. Europe/Madrid')
    .action((id: string, flags: ChangeFlags) =>
      context.run(async () => {
        const { runChangeSchedule } = await import('../run/schedules.ts')
        return runChangeSchedule(context.io, id, flags)
      }),
    )
}
