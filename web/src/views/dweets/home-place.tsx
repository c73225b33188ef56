/** What is new first, then what was seen before; and where one writes. */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { Publication } from '../../../../src/wire/api-dweets.ts'
import { compareIds } from '../../../../src/wire/dweet-ids.ts'
import type { NewsState } from '../../dweets/news.ts'
import { useCell } from '../../state/use-cell.ts'
import { Outcome } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { NewDweetForm } from './composer.tsx'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'
import { Feed, Incomplete, PagedFeed } from './feed.tsx'

interface HomeProps {
  /** To be written: it was not typed here. */
  readonly given?: string
}

export function HomePlace({ given }: HomeProps) {
  const { client, mayWrite, news, nick, published } = useDesk()
  const { texts } = useDweetWords()
  const state = useCell(news.state)
  const own = useCell(published)
  const isSeen = useSeenBefore(state, nick)
  return (
    <>
      {mayWrite && <NewDweetForm {...(given === undefined ? {} : { given })} />}
      {state !== undefined && <NewPart state={state} />}
      {state !== undefined && state.shown.length > 0 && (
        <h2 class="section-title">{texts.news.older}</h2>
      )}
      {state !== undefined && (
        <PagedFeed
          label={texts.news.older}
          of="home"
          load={(cursor) => client.list('home', undefined, cursor)}
          none={
            state.shown.length > 0
              ? texts.news.noneOlder
              : `${texts.news.none} ${texts.news.noneHint}`
          }
          before={own}
          isShown={isSeen}
        />
      )}
    </>
  )
}

/**
 * Whether it belongs to the list below. Unseen ones come oldest first, so that of others what is
 * as new as the first of them may be unseen until all of them are shown.
 */
function useSeenBefore(
  state: NewsState | undefined,
  nick: string,
): (publication: Publication) => boolean {
  const { hasMore = false, shown = [] } = state ?? {}
  const isNew = new Set(shown.map(({ id }) => id))
  const first = shown[0]?.id
  return ({ author, id }) => {
    if (isNew.has(id)) return false
    return !hasMore || first === undefined || author.nick === nick || compareIds(id, first) < 0
  }
}

function NewPart({ state }: { readonly state: NewsState }) {
  const { news } = useDesk()
  const { texts } = useDweetWords()
  const catching = useDoing<undefined>()
  const part = useRef<HTMLElement>(null)
  const told = useTold(state)
  const { hasMore, incomplete, shown, unseen } = state
  const catchUp = (): void =>
    catching.run(async () => {
      await news.catchUp()
      return undefined
    })
  const jump = (): void => {
    const articles = part.current?.querySelectorAll('article')
    articles?.[Math.max(0, shown.length - unseen)]?.focus()
  }
  return (
    <section ref={part} class="news" aria-label={texts.news.title}>
      <p class="unseen" role="status">
        {told}
      </p>
      <Incomplete nicks={incomplete} />
      {shown.length > 0 && (
        <>
          <div class="news__head">
            <h2 class="section-title">{texts.news.title}</h2>
            {unseen > 0 && (
              <button type="button" class="button button--small news__jump" onClick={jump}>
                {texts.news.jump(unseen)}
              </button>
            )}
            {hasMore && (
              <button
                type="button"
                class="button button--small"
                aria-disabled={catching.isRunning}
                onClick={catchUp}
              >
                {texts.news.catchUp}
              </button>
            )}
          </div>
          <Outcome trouble={catching.trouble} done={undefined} />
          <Feed
            label={texts.news.title}
            items={shown}
            hasMore={hasMore}
            onSeen={(id) => {
              // What the ring cannot be told now it is told with the next question.
              news.seen(id).catch(() => undefined)
            }}
          />
        </>
      )}
    </section>
  )
}

/** Said when there are more than before, and not with each that was seen. */
function useTold({ unseen }: NewsState): string {
  const { texts } = useDweetWords()
  const before = useRef(0)
  const [told, setTold] = useState('')
  useEffect(() => {
    if (unseen > before.current) setTold(texts.news.told(unseen))
    before.current = unseen
  }, [unseen])
  return told
}
