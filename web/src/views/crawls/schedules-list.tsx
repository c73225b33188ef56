/** Schedules: when each is due, how the last run went, and what may be told to it. */
import type { Schedule } from '../../../../src/wire/api-schedules.ts'
import type { ScheduleOrder } from '../../api/schedules.ts'
import { shortAddress } from '../../model/address.ts'
import { maySteer } from '../../model/crawls.ts'
import { nextTime } from '../../model/next-time.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Confirm, Outcome, ViewLink } from '../accounts/parts.tsx'
import { useDoing, useLoaded, type Loaded } from '../hooks.ts'
import { PagedList, useRest, type ListPart } from '../paged-list.tsx'
import { useWords } from '../words.ts'
import { ScheduleTime } from './schedule-time.tsx'
import { WebhookState } from './webhook-card.tsx'

/** @param made how many were made here: then it is asked anew */
export function SchedulesList({ made }: { readonly made: number }) {
  const { schedules } = useSession()
  const words = useWords().texts.schedules
  const first = useLoaded<ListPart<Schedule>>(() => schedules.schedules(), String(made))
  const rest = useRest<Schedule>((cursor) => schedules.schedules(cursor))
  // Most rings have none, and need not be told so.
  if (first.value !== undefined && first.value.items.length === 0) return null
  return (
    <section class="crawls__list" aria-labelledby="schedules-title">
      <h2 id="schedules-title">{words.title}</h2>
      <PagedList first={first} rest={rest}>
        {(items) => (
          <ul class="schedules">
            {items.map((schedule) => (
              <ScheduleItem key={schedule.id} schedule={schedule} again={first.again} />
            ))}
          </ul>
        )}
      </PagedList>
    </section>
  )
}

interface ScheduleItemProps {
  readonly schedule: Schedule
  readonly again: Loaded<unknown>['again']
}

function ScheduleItem({ schedule, again }: ScheduleItemProps) {
  const session = useSession()
  const { texts, minute } = useWords()
  const words = texts.schedules
  const who = useCell(session.account.who)
  const { crawl, cron, id, runs, webhook, zone } = schedule
  const [run] = runs
  const isMine = maySteer(who, schedule)
  return (
    <li class="schedule">
      <h3>{shortAddress(crawl.seeds[0] ?? '')}</h3>
      <dl class="schedule__facts">
        <dt>{words.when}</dt>
        <dd>
          <code>{cron}</code> {zone}
        </dd>
        <dt>{words.next}</dt>
        <dd>{nextTime(schedule, words, minute)}</dd>
        <dt>{words.last}</dt>
        <dd>
          {run === undefined && words.none}
          {run !== undefined && `${minute(run.at)}: ${words.run[run.state]} `}
          {run?.crawl !== undefined && run.state !== 'deleted' && (
            <ViewLink view={{ name: 'crawls', crawl: run.crawl }}>{words.toCrawl}</ViewLink>
          )}
        </dd>
      </dl>
      {isMine && <ScheduleOrders schedule={schedule} again={again} />}
      {isMine && <ScheduleTime schedule={schedule} onChanged={again} />}
      {webhook !== undefined && (
        <details class="disclosure" open={webhook.state !== 'ok'}>
          <summary>{words.hook.title}</summary>
          <WebhookState webhook={webhook} of="schedules" id={id} mayTest={isMine} />
        </details>
      )}
    </li>
  )
}

function ScheduleOrders({ schedule, again }: ScheduleItemProps) {
  const { schedules } = useSession()
  const words = useWords().texts.schedules
  const { isRunning, trouble, run } = useDoing<Done>()
  const { crawl, id, state } = schedule
  const seed = shortAddress(crawl.seeds[0] ?? '')
  const named = (order: string): string => words.named({ order, seed })
  const act = (work: () => Promise<unknown>): void =>
    run(async () => {
      await work()
      again()
      return undefined
    })
  const orders: readonly ScheduleOrder[] = [state === 'paused' ? 'resume' : 'pause', 'run']
  return (
    <div class="actions">
      {orders.map((order) => (
        <button
          key={order}
          type="button"
          class="button button--small"
          aria-label={named(words.orders[order])}
          aria-disabled={isRunning}
          onClick={() => act(() => schedules.order(id, order))}
        >
          {words.orders[order]}
        </button>
      ))}
      <Confirm
        label={words.orders.remove}
        name={named(words.orders.remove)}
        question={words.reallyRemove}
        isSmall
        isRunning={isRunning}
        onConfirm={() => act(() => schedules.delete(id))}
      />
      <Outcome trouble={trouble} done={undefined} />
    </div>
  )
}
