/** What others did that concerns who looks. */
import { useEffect } from 'preact/hooks'

import type { Notification } from '../../../../src/wire/api-dweets.ts'
import type { ModerationNotice } from '../../../../src/wire/api-reports.ts'
import { Confirm, Outcome } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { useDesk } from './desk.ts'
import { DweetText } from './dweet-text.tsx'
import { useDweetWords } from './dweet-words.ts'
import { PersonLink, PlaceLink } from './place-link.tsx'

export function NotificationsPlace() {
  const { client, notified } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.notifications
  const first = useLoaded(() => client.notifications(), '')
  const rest = useRest((cursor) => client.notifications(cursor))
  const clearing = useDoing<undefined>()
  const newest = first.value?.items[0]?.at
  useEffect(() => {
    if (first.value !== undefined) notified.lookedAt(newest)
  }, [newest, first.value])
  const clear = (): void =>
    clearing.run(async () => {
      await client.clearNotifications()
      first.again()
      return undefined
    })
  return (
    <div class="feed-part">
      <PagedList first={first} rest={rest}>
        {(items) =>
          items.length === 0 ? (
            <p class="note">{words.none}</p>
          ) : (
            <>
              <ul class="notifications">
                {items.map((one) => (
                  <NotificationRow key={one.id} notification={one} />
                ))}
              </ul>
              <Confirm
                label={words.clear}
                question={words.clearAsked}
                isSmall
                isRunning={clearing.isRunning}
                onConfirm={clear}
              />
            </>
          )
        }
      </PagedList>
      <Outcome trouble={clearing.trouble} done={undefined} />
    </div>
  )
}

function NotificationRow({ notification }: { readonly notification: Notification }) {
  const { minute, texts } = useDweetWords()
  const { at, by, dweet, kind, moderation } = notification
  return (
    <li class="row notification">
      <p class="notification__what">
        <span>{texts.notifications.kinds[kind](by.name)}</span>{' '}
        <time class="quiet" dateTime={at}>
          {minute(at)}
        </time>
      </p>
      {moderation !== undefined && <Moderated notice={moderation} />}
      {dweet === undefined ? (
        kind === 'follow' && <PersonLink {...by} />
      ) : (
        <>
          <DweetText text={dweet.warning ?? dweet.text} mentions={dweet.mentions} />
          <PlaceLink place={{ kind: 'dweet', id: dweet.id }} class="dweet__open">
            {texts.dweet.open}
          </PlaceLink>
        </>
      )}
    </li>
  )
}

function Moderated({ notice }: { readonly notice: ModerationNotice }) {
  const { minute, texts } = useDweetWords()
  const words = texts.moderated
  const { action, message, reason, text, until } = notice
  return (
    <>
      <p>
        {words.notice[action]} {until !== undefined && words.until(minute(until))}{' '}
        {reason !== undefined && words.reason(texts.report.reasons[reason])}
      </p>
      {message !== undefined && <p dir="auto">{message}</p>}
      {text !== undefined && <DweetText text={text} mentions={[]} />}
    </>
  )
}
