/** What `anillo schedules` does, and `anillo crawl --schedule`. */
import { AnilloError } from '../../base/errors.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { ScheduleOrder } from '../../client/schedules.ts'
import type { CrawlRequest } from '../../wire/api-crawls.ts'
import type { Schedule } from '../../wire/api-schedules.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { cronText, nextText, runText, scheduleLines } from '../schedule-lines.ts'
import { told } from '../told.ts'
import { withoutSecret } from '../webhook-lines.ts'
import { Steering } from './steering.ts'

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

export const SCHEDULES = new Steering<Schedule, ScheduleOrder>({
  name: 'schedule',
  of: ({ schedules }) => schedules,
  columns: [
    { title: 'ID', text: ({ id }) => id },
    { title: 'NEXT', text: nextText },
    { title: 'SCHEDULE', text: cronText },
    { title: 'BY', text: ({ by }) => by ?? '-' },
    { title: 'LAST RUN', text: ({ runs: [last] }) => (last ? runText(last) : '-') },
    { title: 'SEED', text: ({ crawl }) => crawl.seeds[0] ?? '' },
  ],
  ordered: ({ id, runs, state }, order) =>
    order === 'run' ? `crawl ${runs[0]?.crawl ?? ''} has begun` : `schedule ${id} is ${state}`,
  which: ({ crawl }) => `of ${crawl.seeds[0]}`,
  leaves: 'its crawls',
})

/** Where no zone is named, that of this machine: people mean their own nights. */
export async function makeSchedule(
  io: Io,
  { client, flags }: { readonly client: AnilloClient; readonly flags: ScheduleFlags },
  crawl: CrawlRequest,
): Promise<ExitCode> {
  const { now: begin = false, schedule: cron = '' } = flags
  const zone = flags.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  const made = await client.schedules.make(crawl, { cron, zone, begin })
  return tell(io, flags, flags.webhookSecretFile === undefined ? made : withoutSecret(made))
}

export async function runShowSchedule(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  return tell(io, flags, await client.schedules.get(id))
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
  return tell(io, flags, await client.schedules.change(id, change))
}

function tell(io: Io, flags: DoorFlags, schedule: Schedule): ExitCode {
  return told(io, flags, {
    json: schedule,
    text: scheduleLines(schedule, paintFor(io, io.out)),
  })
}
