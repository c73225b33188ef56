/** One dweet, or redweet, with what can be done with it. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'

import type { Dweet, DweetEvent, Publication, Redweet } from '../../../../src/wire/api-dweets.ts'
import type { Draft } from '../../dweets/drafts.ts'
import { Outcome } from '../accounts/parts.tsx'
import { Attached } from './attached.tsx'
import { attachedOf, Composer, NewDweetForm, saidAnew } from './composer.tsx'
import { useDeskDoing } from './desk-doing.ts'
import { useDesk } from './desk.ts'
import { DweetActs } from './dweet-acts.tsx'
import { DweetHistoryList } from './dweet-history.tsx'
import { DweetText } from './dweet-text.tsx'
import { useDweetWords } from './dweet-words.ts'
import { PersonLink, PlaceLink } from './place-link.tsx'
import { ReportForm } from './report-form.tsx'

interface CardProps {
  readonly publication: Publication
  readonly isNew?: boolean
  /** The one that a thread is about. */
  readonly isMain?: boolean
  /** Of a feed. */
  readonly position?: number
  readonly size?: number
  /** Called once it was on the screen. */
  readonly onSeen?: () => void
}

export function DweetCard({ isMain, isNew, onSeen, position, publication, size }: CardProps) {
  const { texts } = useDweetWords()
  const id = useId()
  const place = useSeen(onSeen)
  const dweet = publication.kind === 'dweet' ? publication : publication.of
  const kinds = ['card dweet', isNew === true && 'dweet--new', isMain === true && 'dweet--main']
  return (
    <article
      ref={place}
      class={kinds.filter(Boolean).join(' ')}
      tabIndex={0}
      aria-labelledby={`${id}-who`}
      aria-posinset={position}
      aria-setsize={size}
    >
      {publication.kind === 'redweet' && (
        <p class="dweet__by quiet">{texts.dweet.by(publication.author.name)}</p>
      )}
      {publication.kind === 'redweet' && publication.of === null ? (
        <GoneBody redweet={publication} id={id} />
      ) : (
        dweet !== null && <DweetBody key={dweet.id} dweet={dweet} id={id} />
      )}
    </article>
  )
}

function GoneBody({ id, redweet }: { readonly id: string; readonly redweet: Redweet }) {
  const { client, nick, told } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.dweet
  const doing = useDeskDoing()
  const [isBack, setIsBack] = useState(false)
  if (isBack) return <p id={`${id}-who`}>{words.unredweeted}</p>
  const takeBack = (): void =>
    doing.run(async () => {
      await client.unredweet(redweet.id)
      setIsBack(true)
      told.set(words.unredweeted)
      return undefined
    })
  return (
    <>
      <p id={`${id}-who`} class="quiet">
        {redweet.isHidden === true
          ? words.hidden
          : redweet.isRemovedByModerators === true
            ? texts.moderated.removed
            : redweet.importedAt === undefined
              ? words.gone
              : words.notHere}
      </p>
      {redweet.author.nick === nick && (
        <button
          type="button"
          class="button button--small"
          aria-disabled={doing.isRunning}
          onClick={takeBack}
        >
          {words.unredweet}
        </button>
      )}
      <Outcome trouble={doing.trouble} done={undefined} />
    </>
  )
}

function DweetBody({ dweet: given, id }: { readonly dweet: Dweet; readonly id: string }) {
  const { changes, client, told } = useDesk()
  const { texts } = useDweetWords()
  const [dweet, setDweet] = useState<Dweet | undefined>(given)
  const [open, setOpen] = useState<'reply' | 'edit' | 'report' | undefined>(undefined)
  const area = useRef<HTMLDivElement>(null)
  useEffect(() => setDweet(given), [given])
  useEffect(
    () => changes.watch(() => setDweet((shown) => changed(shown, changes.get()))),
    [changes],
  )
  const close = (): void => {
    setOpen(undefined)
    area.current?.closest('article')?.focus()
  }
  if (dweet === undefined) return <p id={`${id}-who`}>{texts.dweet.removed}</p>
  const edit = async (draft: Draft): Promise<void> => {
    const { text, warning } = draft
    const attachments = saidAnew(draft)
    const said = attachments.length === 0 ? {} : { attachments }
    setDweet(await client.edit(dweet.id, { text, warning, ...said }))
    told.set(texts.compose.changed)
    close()
  }
  const { text, visibility, warning = '' } = dweet
  return (
    <div ref={area} class="dweet__body">
      <DweetHead dweet={dweet} id={id} />
      {open === 'edit' ? (
        <Composer
          label={texts.compose.edit}
          start={{ text, warning, visibility, attached: attachedOf(dweet) }}
          submitLabel={texts.compose.save}
          hasFocus
          onSubmit={edit}
          onCancel={close}
        />
      ) : (
        <Said dweet={dweet} />
      )}
      <DweetActs
        dweet={dweet}
        onChange={setDweet}
        onReply={() => setOpen(open === 'reply' ? undefined : 'reply')}
        onEdit={() => setOpen('edit')}
        onReport={() => setOpen(open === 'report' ? undefined : 'report')}
        onRemoved={() => {
          setDweet(undefined)
          told.set(texts.dweet.removed)
        }}
      />
      {open === 'reply' && <NewDweetForm replyTo={dweet} onDone={close} />}
      {open === 'report' && (
        <ReportForm what={{ dweet: dweet.id }} nick={dweet.author.nick} onDone={close} />
      )}
    </div>
  )
}

/** As it stands after what happened; what who looks did with it stays. */
function changed(shown: Dweet | undefined, event: DweetEvent | undefined): Dweet | undefined {
  if (shown === undefined || event === undefined) return shown
  if (event.kind === 'deleted') return event.id === shown.id ? undefined : shown
  if (event.kind === 'counted' && event.id === shown.id) {
    const { likes, redweets, replies } = event
    return { ...shown, likes, redweets, replies }
  }
  if (event.kind !== 'edited' || event.dweet.id !== shown.id) return shown
  return { ...event.dweet, mine: shown.mine }
}

function DweetHead({ dweet, id }: { readonly dweet: Dweet; readonly id: string }) {
  const { minute, texts } = useDweetWords()
  const { author, createdAt, editedAt, importedAt, replyTo, visibility } = dweet
  const [hasHistory, setHasHistory] = useState(false)
  return (
    <>
      <p class="dweet__head">
        <span id={`${id}-who`}>
          <PersonLink {...author} />
        </span>
        <span class="quiet dweet__when">
          <time dateTime={createdAt}>{minute(createdAt)}</time>
          {visibility === 'followers' && <span class="badge">{texts.dweet.forFollowers}</span>}
          {importedAt !== undefined && <span class="badge">{texts.dweet.imported}</span>}
          {editedAt !== undefined && (
            <button
              type="button"
              class="link-button dweet__edited"
              aria-expanded={hasHistory}
              onClick={() => setHasHistory(!hasHistory)}
            >
              {texts.dweet.edited}
            </button>
          )}
        </span>
      </p>
      {replyTo !== undefined && (
        <p class="dweet__answers quiet">
          <PlaceLink place={{ kind: 'dweet', id: replyTo.id }}>
            {texts.dweet.answers(replyTo.nick)}
          </PlaceLink>
        </p>
      )}
      {hasHistory && editedAt !== undefined && (
        <DweetHistoryList id={dweet.id} editedAt={editedAt} />
      )}
    </>
  )
}

/** With a warning in its place until somebody asks for it. */
function Said({ dweet }: { readonly dweet: Dweet }) {
  const { mentions, text, warning } = dweet
  const { texts } = useDweetWords()
  const [isShown, setIsShown] = useState(false)
  const all = (
    <>
      {text !== '' && <DweetText text={text} mentions={mentions} />}
      <Attached dweet={dweet} />
    </>
  )
  if (warning === undefined) return all
  return (
    <>
      <p class="dweet__warning" dir="auto">
        <strong>{warning}</strong>{' '}
        <button
          type="button"
          class="button button--small"
          aria-expanded={isShown}
          onClick={() => setIsShown(!isShown)}
        >
          {isShown ? texts.dweet.hide : texts.dweet.show}
        </button>
      </p>
      {isShown && all}
    </>
  )
}

/** Half of it at once, or as much of a long one as fills half of the screen. */
const SEEN_PARTS = [0, 0.25, 0.5]

function useSeen(onSeen: (() => void) | undefined) {
  const place = useRef<HTMLElement>(null)
  const isWanted = onSeen !== undefined
  useEffect(() => {
    if (place.current === null || onSeen === undefined) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        const isSeen = entries.some(
          ({ boundingClientRect, intersectionRatio, intersectionRect }) =>
            intersectionRatio >= 0.5 ||
            (boundingClientRect.height > innerHeight && intersectionRect.height > innerHeight / 2),
        )
        if (!isSeen) return
        observer.disconnect()
        onSeen()
      },
      { threshold: SEEN_PARTS },
    )
    observer.observe(place.current)
    return () => observer.disconnect()
  }, [isWanted])
  return place
}
