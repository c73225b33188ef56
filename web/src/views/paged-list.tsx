/** A list that the ring tells a page at a time: the first as it changes, the rest on demand. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

import type { Done } from '../texts/accounts.en.ts'
import type { Trouble } from '../texts/texts.ts'
import { LoadTrouble, Outcome } from './accounts/parts.tsx'
import { useDoing, type Loaded } from './hooks.ts'
import { useWords } from './words.ts'

export interface ListPart<T> {
  readonly items: readonly T[]
  /** Of the part behind it; absent: it is the last. */
  readonly cursor?: string | undefined
}

/** What was asked for behind the first part. */
export interface Rest<T> {
  readonly read: ListPart<T> | undefined
  readonly isReading: boolean
  readonly trouble: Trouble | undefined
  readonly readOn: (cursor: string) => void
}

export function useRest<T>(load: (cursor: string) => Promise<ListPart<T>>): Rest<T> {
  const [read, setRead] = useState<ListPart<T> | undefined>(undefined)
  const reading = useDoing<Done>()
  const readOn = (cursor: string): void =>
    reading.run(async () => {
      const part = await load(cursor)
      setRead((before) => ({ ...part, items: [...(before?.items ?? []), ...part.items] }))
      return undefined
    })
  return { read, isReading: reading.isRunning, trouble: reading.trouble, readOn }
}

/** Where the list goes on; `undefined`: all is there. */
export function cursorOf<T>(first: ListPart<T> | undefined, { read }: Rest<T>): string | undefined {
  return (read ?? first)?.cursor
}

interface PagedListProps<T> {
  readonly first: Loaded<ListPart<T>>
  readonly rest: Rest<T>
  /** What reads on; “More” where nothing is said. */
  readonly more?: string
  /** Nothing is shown yet, although something came. */
  readonly isLooking?: boolean
  readonly children: (items: readonly T[]) => ComponentChildren
}

export function PagedList<T>({ children, first, isLooking, more, rest }: PagedListProps<T>) {
  const { texts } = useWords()
  const { again, trouble, value } = first
  const isWaiting = value === undefined || isLooking === true
  const cursor = cursorOf(value, rest)
  return (
    <>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {isWaiting && trouble === undefined && <p class="quiet">{texts.accounts.loading}</p>}
      {!isWaiting && children([...value.items, ...(rest.read?.items ?? [])])}
      <Outcome trouble={rest.trouble} done={undefined} />
      {cursor !== undefined && !isWaiting && (
        <button
          type="button"
          class="button button--small"
          aria-disabled={rest.isReading}
          onClick={() => rest.readOn(cursor)}
        >
          {more ?? texts.accounts.more}
        </button>
      )}
    </>
  )
}
