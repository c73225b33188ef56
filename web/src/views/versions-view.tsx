/** Versions of a page: a list, of which two are chosen, and what changed between them. */
import { useState } from 'preact/hooks'

import type { PageVersion } from '../../../src/wire/api-pages.ts'
import type { Versions } from '../api/versions.ts'
import type { Page } from '../model/told.ts'
import { firstPair, type Pair } from '../model/versions.ts'
import { useSession } from '../state/session.ts'
import { DiffView } from './diff-view.tsx'
import { FreshLink } from './fresh-link.tsx'
import { useDoing, useLoaded } from './hooks.ts'
import { useWords } from './words.ts'

import '../styles/versions.css'

export function VersionsView({ page }: { readonly page: Page }) {
  const { versions } = useSession()
  const words = useWords()
  const { texts, instant } = words
  const key = `${page.id} ${page.fetchedAt}`
  const { value, trouble } = useLoaded(() => versions.versions(page.id), key)
  if (trouble !== undefined) return <p class="note note--trouble">{words.trouble(trouble)}</p>
  if (value === undefined) return <p class="note">{texts.result.loading}</p>
  const pair = firstPair(value.items)
  if (pair === undefined) {
    return <p class="note">{texts.versions.only(instant(page.since ?? page.fetchedAt))}</p>
  }
  return <Several key={key} page={page} first={value} initial={pair} />
}

interface SeveralProps {
  readonly page: Page
  readonly first: Versions
  readonly initial: Pair
}

function Several({ page, first, initial }: SeveralProps) {
  const { versions } = useSession()
  const words = useWords()
  const { texts } = words
  const [known, setKnown] = useState(first)
  const [pair, setPair] = useState(initial)
  const more = useDoing<undefined>()
  const { cursor } = known
  const loadOlder = (from: string): void =>
    more.run(async () => {
      const older = await versions.versions(page.id, from)
      setKnown((before) => ({ ...older, items: [...before.items, ...older.items] }))
      return undefined
    })
  return (
    <div class="versions">
      <p class="quiet">{texts.versions.hint}</p>
      <VersionTable page={page} items={known.items} pair={pair} onChoose={setPair} />
      {more.trouble !== undefined && (
        <p class="note note--trouble" role="alert">
          {words.trouble(more.trouble)}
        </p>
      )}
      {cursor !== undefined && (
        <button
          type="button"
          class="button button--small"
          aria-disabled={more.isRunning}
          onClick={() => loadOlder(cursor)}
        >
          {texts.versions.older}
        </button>
      )}
      <DiffView page={page} pair={pair} />
    </div>
  )
}

interface TableProps {
  readonly page: Page
  readonly items: readonly PageVersion[]
  readonly pair: Pair
  readonly onChoose: (pair: Pair) => void
}

function VersionTable({ page, items, pair, onChoose }: TableProps) {
  const { texts } = useWords()
  const words = texts.versions
  return (
    <div class="scroll versions__list" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.from}</th>
            <th scope="col">{words.to}</th>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.fetchedAt}</th>
            <th scope="col">{words.status}</th>
            <th scope="col" class="number">
              {words.size}
            </th>
            <th scope="col">
              <span class="unseen">{words.save}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((version) => (
            <VersionRow
              key={version.at}
              page={page}
              version={version}
              pair={pair}
              onChoose={onChoose}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps extends Omit<TableProps, 'items'> {
  readonly version: PageVersion
}

function VersionRow({ page, version, pair, onChoose }: RowProps) {
  const session = useSession()
  const { texts, bytes, instant } = useWords()
  const words = texts.versions
  const { at } = version
  const shown = instant(at)
  const content = session.client.door + session.versions.contentPath(page.id, at)
  return (
    <tr>
      <td>
        <input
          type="radio"
          name="version-from"
          aria-label={words.fromThis(shown)}
          checked={pair.from === at}
          onChange={() => onChoose({ ...pair, from: at })}
        />
      </td>
      <td>
        <input
          type="radio"
          name="version-to"
          aria-label={words.toThis(shown)}
          checked={pair.to === at}
          onChange={() => onChoose({ ...pair, to: at })}
        />
      </td>
      <th scope="row">
        {shown}
        {version.isHeld && <span class="quiet"> ({words.held})</span>}
      </th>
      <td>{instant(version.fetchedAt)}</td>
      <td>{version.status}</td>
      <td class="number">{bytes(version.bytes)}</td>
      <td>
        <FreshLink href={content} isDownload label={words.saveThis(shown)}>
          {words.save}
        </FreshLink>
      </td>
    </tr>
  )
}
