/** Events that wait for a webhook: in order, bounded, changed pages gathered. */
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import {
  WEBHOOK_CHANGES_WAITING_MAX,
  WEBHOOK_PAGES_MAX,
  WEBHOOK_WAITING_MAX,
} from '../../../wire/webhook-bounds.ts'
import {
  eventKey,
  HOOKS_TABLE,
  readEventRow,
  seqOf,
  WAIT_PREFIX,
  type ChangedPage,
  type EventRow,
  type HookRow,
} from './hook-rows.ts'
import { CHANGES_BYTES_MAX } from './limits.ts'

export type HookEvent = Omit<EventRow, 'atMs'>

interface Adding {
  readonly hook: string
  readonly row: HookRow
  readonly event: HookEvent
}

/** What finds no room is left out and counted; begin and end of crawls have room kept for them. */
export function addEvent(work: PartitionWork, { event, hook, row }: Adding): HookRow {
  const { pages } = event
  if (pages !== undefined && gathered(work, { event, hook, row }, pages)) return row
  const most = pages === undefined ? WEBHOOK_WAITING_MAX : WEBHOOK_CHANGES_WAITING_MAX
  if (row.waiting >= most) return { ...row, leftOut: row.leftOut + 1 }
  work.put(eventKey(hook, row.seq), rowBytes({ ...event, atMs: work.timeMs } satisfies EventRow))
  return { ...row, seq: row.seq + 1, waiting: row.waiting + 1 }
}

/** Pages join the event before them until it is handed out: a receiver may take it from then on. */
function gathered(
  work: PartitionWork,
  { event, hook, row }: Adding,
  pages: readonly ChangedPage[],
): boolean {
  const range = { table: HOOKS_TABLE, pk: hook, prefix: WAIT_PREFIX, reverse: true, limit: 1 }
  const [last] = work.list(range)
  if (last === undefined || seqOf(last.sk) <= row.taken) return false
  const before = readEventRow(last)
  if (before.pages === undefined || before.crawl !== event.crawl) return false
  const all = [...before.pages, ...pages]
  if (all.length > WEBHOOK_PAGES_MAX) return false
  if (JSON.stringify(all).length > CHANGES_BYTES_MAX) return false
  work.put(eventKey(hook, seqOf(last.sk)), rowBytes({ ...before, pages: all } satisfies EventRow))
  return true
}
