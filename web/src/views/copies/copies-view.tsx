/** What this browser keeps: a list of copies, and one that is open. */
import { useState } from 'preact/hooks'

import { shortAddress } from '../../model/address.ts'
import { bytesOf, COPIES_BYTES_MAX, listedCopies, type Copy } from '../../model/copies.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Frame } from '../accounts/frame.tsx'
import { Confirm, LoadTrouble, Outcome, ViewLink } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { CopyView } from './copy-view.tsx'
import { grantedBytes } from './keep-crawl.tsx'

export function CopiesView() {
  const { copies, view } = useSession()
  const { texts } = useWords()
  const words = texts.copies
  const state = useCell(copies.state)
  const { copy: id } = useCell(view)
  // Another window may have deleted them: then they are opened anew, as none.
  const opened = useLoaded(async () => (await copies.open()).length, state.kind)
  const hint = copies.isGuest ? words.guestHint : words.hint
  if (state.kind === 'open' && id !== undefined) {
    const copy = state.items.find((one) => one.id === id)
    return (
      <Frame key={id} name="copies" title={copy?.title ?? copy?.url ?? words.title}>
        <p class="crawl__back">
          <ViewLink view={{ name: 'copies' }}>{words.toAll}</ViewLink>
        </p>
        {copy === undefined ? <p class="note">{words.gone}</p> : <CopyView copy={copy} />}
      </Frame>
    )
  }
  return (
    <Frame name="copies" title={words.title} hint={hint}>
      {opened.trouble !== undefined && (
        <LoadTrouble trouble={opened.trouble} onAgain={opened.again} />
      )}
      {state.kind === 'closed' && opened.trouble === undefined && (
        <p class="quiet">{texts.accounts.loading}</p>
      )}
      {state.kind === 'open' && <CopyList items={state.items} lost={state.lost} />}
    </Frame>
  )
}

/** As many rows as are drawn at once. */
const ROWS = 100

function CopyList({ items, lost }: { readonly items: readonly Copy[]; readonly lost: number }) {
  const { copies } = useSession()
  const { bytes, number, texts } = useWords()
  const words = texts.copies
  const [typed, setTyped] = useState('')
  const [rows, setRows] = useState(ROWS)
  const { isRunning, run, trouble } = useDoing<Done>()
  const granted = useLoaded(grantedBytes, String(items.length)).value
  const listed = listedCopies(items, typed)
  const remove = (work: () => Promise<void>): void =>
    run(async () => {
      await work()
      return undefined
    })
  return (
    <div class="archive">
      <p role="status">
        {words.sum({
          count: number(items.length),
          size: bytes(bytesOf(items)),
          most: bytes(COPIES_BYTES_MAX),
        })}{' '}
        {granted !== undefined && words.granted(bytes(granted))} {lost > 0 && words.lost(lost)}
      </p>
      <Outcome trouble={trouble} done={undefined} />
      {items.length === 0 ? (
        <p class="note">{words.none}</p>
      ) : (
        <>
          <label class="labelled">
            <span class="label">{words.filter}</span>
            <input
              class="field"
              type="search"
              name="copies"
              autocomplete="off"
              spellcheck={false}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
          {listed.length === 0 ? (
            <p class="note">{words.noneSuch}</p>
          ) : (
            <CopyTable
              items={listed.slice(0, rows)}
              isRunning={isRunning}
              onRemove={(copy) => remove(() => copies.remove([copy.id]))}
            />
          )}
          {listed.length > rows && (
            <button type="button" class="button button--small" onClick={() => setRows(rows + ROWS)}>
              {texts.accounts.more}
            </button>
          )}
          <Confirm
            label={words.removeAll}
            question={words.removeAllSure}
            isRunning={isRunning}
            onConfirm={() => remove(() => copies.removeAll())}
          />
        </>
      )}
    </div>
  )
}

interface CopyTableProps {
  readonly items: readonly Copy[]
  readonly isRunning: boolean
  readonly onRemove: (copy: Copy) => void
}

function CopyTable({ items, isRunning, onRemove }: CopyTableProps) {
  const { bytes, minute, texts } = useWords()
  const words = texts.copies
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told" id="copies">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.address}</th>
            <th scope="col">{words.pageTitle}</th>
            <th scope="col" class="number">
              {words.size}
            </th>
            <th scope="col">{words.got}</th>
            <th scope="col">{words.keptAt}</th>
            <th scope="col">{words.remove}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((copy) => (
            <tr key={copy.id}>
              <td class="crawl__address" title={copy.url}>
                <ViewLink view={{ name: 'copies', copy: copy.id }}>
                  {shortAddress(copy.url)}
                </ViewLink>
              </td>
              <td class="crawl__title" title={copy.title ?? ''}>
                {copy.title}
              </td>
              <td class="number" data-title={words.size}>
                {bytes(copy.bytes)}
              </td>
              <td data-title={words.got}>{minute(copy.fetchedAt)}</td>
              <td data-title={words.keptAt}>{minute(copy.keptAt)}</td>
              <td>
                <Confirm
                  label={words.remove}
                  name={words.removeNamed(shortAddress(copy.url))}
                  question={words.removeSure}
                  isSmall
                  isRunning={isRunning}
                  onConfirm={() => onRemove(copy)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
