/** What `anillo schedules` does, and `anillo crawl --schedule`. */
import { AnilloError } from '../../base/errors.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { ScheduleOrder } from '../../client/schedules.ts'
import type { CrawlRequest } from '../../wire/api-crawls.ts'
import type { Schedule } from '../../wire/api-schedules.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { cronText, nextText, runText, scheduleLines } from '../schedule-lines.ts'
import { tableLines } from '../table.ts'
import { withoutSecret } from '../webhook-lines.ts'
import { tellTested } from './test-webhook.ts'

export interface ScheduleFlags extends DoorFlags {
  readonly schedule?: string
  readonly zone?: string
  /** A first run at once. */
  readonly now?: true
  readonly webhookSecretFile?: string
}

export interface ChangeFlags extends DoorFlags {
  readonly schedule?: string
  readonly zone?: string
}

export interface DeleteScheduleFlags extends DoorFlags {
  readonly yes?: true
}

/** Where no zone is named, that of this machine: people mean their own nights. */
export async function makeSchedule(
  io: Io,
  { client, flags }: { readonly client: AnilloClient; readonly flags: ScheduleFlags },
  crawl: CrawlRequest,
): Promise<ExitCode> {
  const { now: begin = false, schedule: cron = '' } = flags
  const zone = flags.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const made = await client.schedules.make(crawl, { cron, zone, begin })
  tell(io, flags, flags.webhookSecretFile === undefined ? made : withoutSecret(made))
  return EXIT.done
}

export async function runListSchedules(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const schedules: Schedule[] = []
  for await (const schedule of client.schedules.list()) schedules.push(schedule)
  if (flags.json) {
    jsonLine(io, { items: schedules })
    return EXIT.done
  }
  const columns = [
    { title: 'ID', text: ({ id }: Schedule) => id },
    { title: 'NEXT', text: nextText },
    { title: 'SCHEDULE', text: cronText },
    { title: 'BY', text: ({ by }: Schedule) => by ?? '-' },
    { title: 'LAST RUN', text: ({ runs: [last] }: Schedule) => (last ? runText(last) : '-') },
    { title: 'SEED', text: ({ crawl }: Schedule) => crawl.seeds[0] ?? '' },
  ]
  for (const text of tableLines(columns, schedules)) line(io.out, text)
  return EXIT.done
}

export async function runShowSchedule(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  tell(io, flags, await client.schedules.get(id))
  return EXIT.done
}

export async function runChangeSchedule(io: Io, id: string, flags: ChangeFlags): Promise<ExitCode> {
  const { schedule: cron, zone } = flags
  if (cron === undefined && zone === undefined) {
    throw new AnilloError('USAGE', { problem: 'Say what changes: --schedule, --zone, or both.' })
  }
  const client = await reachRing(io, flags)
  const change = {
    ...(cron === undefined ? {} : { cron }),
    ...(zone === undefined ? {} : { zone }),
  }
  tell(io, flags, await client.schedules.change(id, change))
  return EXIT.done
}

export async function runOrderSchedule(
  io: Io,
  { id, order }: { readonly id: string; readonly order: ScheduleOrder },
  flags: DoorFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const schedule = await client.schedules.order(id, order)
  if (flags.json) jsonLine(io, schedule)
  else if (order === 'run') line(io.out, `crawl ${schedule.runs[0]?.crawl ?? ''} has begun`)
  else line(io.out, `schedule ${schedule.id} is ${schedule.state}`)
  return EXIT.done
}

export async function runTestScheduleWebhook(
  io: Io,
  id: string,
  flags: DoorFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  tellTested(io, flags, await client.schedules.testWebhook(id))
  return EXIT.done
}

export async function runDeleteSchedule(
  io: Io,
  id: string,
  flags: DeleteScheduleFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { crawl } = await client.schedules.get(id)
  if (flags.yes !== true) {
    const question = `Delete the schedule of ${crawl.seeds[0]}? Type yes: `
    const typed = flags.json === true ? undefined : (await io.ask(question))?.trim()
    if (typed !== 'yes') {
      line(io.err, `Nothing was done; if you mean it: npx anillo schedules delete ${id} --yes`)
      return EXIT.failed
    }
  }
  await client.schedules.delete(id)
  if (flags.json) jsonLine(io, { deleted: id })
  else line(io.out, `schedule ${id} is deleted; its crawls stay`)
  return EXIT.done
}

function tell(io: Io, flags: DoorFlags, schedule: Schedule): void {
  if (flags.json) return jsonLine(io, schedule)
  for (const text of scheduleLines(schedule, paintFor(io, io.out))) line(io.out, text)
}
