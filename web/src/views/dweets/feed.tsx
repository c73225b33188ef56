/** Lists of publications. */
import type { Publication, PublicationPage } from '../../../../src/wire/api-dweets.ts'
import { useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { DweetCard } from './dweet-card.tsx'
import { useDweetWords } from './dweet-words.ts'

interface FeedProps {
  readonly label: string
  readonly items: readonly Publication[]
  /** They are new to who looks. @param onSeen is told of each that was on the screen */
  readonly onSeen?: (id: string) => void
  /** The list does not end with these. */
  readonly hasMore?: boolean
}

export function Feed({ hasMore = false, items, label, onSeen }: FeedProps) {
  return (
    <div role="feed" aria-label={label} class="feed">
      {items.map((publication, index) => (
        <DweetCard
          key={publication.id}
          publication={publication}
          position={index + 1}
          size={hasMore ? -1 : items.length}
          {...(onSeen === undefined ? {} : { isNew: true, onSeen: () => onSeen(publication.id) })}
        />
      ))}
    </div>
  )
}

interface PagedFeedProps {
  readonly label: string
  /** What is listed: another one is asked for anew. */
  readonly of: string
  readonly load: (cursor?: string) => Promise<PublicationPage>
  readonly none: string
  /** Own ones published meanwhile, which stand before. */
  readonly before?: readonly Publication[]
  readonly isShown?: (publication: Publication) => boolean
}

export function PagedFeed({ before = [], isShown, label, load, none, of }: PagedFeedProps) {
  const first = useLoaded<PublicationPage>(() => load(), of)
  const rest = useRest<Publication>(load)
  return (
    <div class="feed-part">
      <Incomplete nicks={first.value?.incomplete ?? []} />
      <PagedList first={first} rest={rest}>
        {(items) => {
          const all = once([...before, ...items]).filter((one) => isShown?.(one) ?? true)
          const hasMore = (rest.read ?? first.value)?.cursor !== undefined
          if (all.length === 0 && !hasMore) return <p class="note">{none}</p>
          return <Feed label={label} items={all} hasMore={hasMore} />
        }}
      </PagedList>
    </div>
  )
}

function once(items: readonly Publication[]): readonly Publication[] {
  return [...new Map(items.map((one) => [one.id, one])).values()]
}

/** Whose dweets are missing: nothing of theirs is passed over in silence. */
export function Incomplete({ nicks }: { readonly nicks: readonly string[] }) {
  const { texts } = useDweetWords()
  const names = nicks.map((nick) => (nick === '*' ? texts.list.incompleteOthers : `@${nick}`))
  return (
    <div role="status">
      {names.length > 0 && (
        <p class="note note--trouble">{texts.list.incomplete(names.join(', '))}</p>
      )}
    </div>
  )
}
