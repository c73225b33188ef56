/** `anillo schedules`: its words and their help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { withWords, type DoorFlags } from '../options.ts'
import type { ChangeFlags, DeleteScheduleFlags } from '../run/schedules.ts'

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
  return withWords(command, [
    listWord(context),
    showWord(context),
    changeWord(context),
    orderWord(context, 'pause', 'begin no more crawls, until it is resumed'),
    orderWord(context, 'resume', 'go on with a schedule that is paused'),
    orderWord(context, 'run', 'begin a crawl of it now, whenever the next one is due'),
    testWebhookWord(context),
    deleteWord(context),
  ])
}

const ID = ['<id>', 'of the schedule'] as const

function listWord(context: CommandContext): Command {
  return new Command('list')
    .description('show all schedules, newest first')
    .action((flags: DoorFlags) =>
      context.run(async () => {
        const { runListSchedules } = await import('../run/schedules.ts')
        return runListSchedules(context.io, flags)
      }),
    )
}

function showWord(context: CommandContext): Command {
  return new Command('show')
    .description('show a schedule, its next times and its last runs')
    .argument(...ID)
    .action((id: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShowSchedule } = await import('../run/schedules.ts')
        return runShowSchedule(context.io, id, flags)
      }),
    )
}

function changeWord(context: CommandContext): Command {
  return new Command('change')
    .description('change when it is due')
    .argument(...ID)
    .option('--schedule <cron>', 'minute, hour, day, month, day of the week')
    .option('--zone <zone>', 'time zone, e.g. Europe/Madrid')
    .action((id: string, flags: ChangeFlags) =>
      context.run(async () => {
        const { runChangeSchedule } = await import('../run/schedules.ts')
        return runChangeSchedule(context.io, id, flags)
      }),
    )
}

function orderWord(
  context: CommandContext,
  order: 'pause' | 'resume' | 'run',
  description: string,
): Command {
  return new Command(order)
    .description(description)
    .argument(...ID)
    .action((id: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runOrderSchedule } = await import('../run/schedules.ts')
        return runOrderSchedule(context.io, { id, order }, flags)
      }),
    )
}

function testWebhookWord(context: CommandContext): Command {
  return new Command('test-webhook')
    .description('send its webhook a test event at once')
    .argument(...ID)
    .action((id: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runTestScheduleWebhook } = await import('../run/schedules.ts')
        return runTestScheduleWebhook(context.io, id, flags)
      }),
    )
}

function deleteWord(context: CommandContext): Command {
  return new Command('delete')
    .description('delete a schedule; its crawls stay')
    .argument(...ID)
    .option('--yes', 'do not ask whether it is meant')
    .action((id: string, flags: DeleteScheduleFlags) =>
      context.run(async () => {
        const { runDeleteSchedule } = await import('../run/schedules.ts')
        return runDeleteSchedule(context.io, id, flags)
      }),
    )
}
