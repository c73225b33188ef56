/** Rows of moderation as the JSON that whoever asks is shown. */
import { instant } from '../../../base/instant.ts'
import type { ModerationNotice, Standing } from '../../../wire/api-reports.ts'
import type { TimedParts } from '../parts.ts'
import { limitKey } from '../places.ts'
import { readLimit, type LimitRow, type ModeratedRow } from '../rows.ts'

/** Of what is shown with a reported dweet, to moderators: behind it follow the ids. */
export function inspectedPath(id: string): string {
  return `/v1/reports/${id}/attachments`
}

/** Rows of a partition where nothing happens outlast their time: who reads looks at it. */
export async function findStanding(
  { clock, store }: TimedParts,
  nick: string,
): Promise<{ readonly standing?: Standing }> {
  const record = await store.get(limitKey(nick))
  const limit = record && readLimit(record)
  const isOver = limit?.untilMs !== undefined && limit.untilMs <= clock.wallMs()
  return limit === undefined || isOver ? {} : { standing: standingOf(limit) }
}

function standingOf({ untilMs, ...limit }: LimitRow): Standing {
  return { ...limit, ...(untilMs === undefined ? {} : { until: instant(untilMs) }) }
}

export function noticeOf({ untilMs, ...moderated }: ModeratedRow): ModerationNotice {
  return { ...moderated, ...(untilMs === undefined ? {} : { until: instant(untilMs) }) }
}
