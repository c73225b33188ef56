/** One’s own downloads from other rings, and the field that begins one. */
import { useEffect, useState } from 'preact/hooks'

import type { Download } from '../../../../src/wire/api-shares.ts'
import { isDownloadOver } from '../../../../src/wire/download-states.ts'
import { may } from '../../model/accounts.ts'
import { wantedOf } from '../../model/share-place.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Form, LoadTrouble, Outcome, Submit, TextField } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { DownloadState, shareOf } from './download-state.tsx'
import { ShareLink, shareViewOf } from './share-link.tsx'
import { useShareWords } from './share-words.ts'
import { useShares } from './shares-of.ts'

/** A list says of each how far it is; nothing tells of all of them as they go on. */
const RENEW_EVERY_MS = 2_000

export function DownloadsPlace() {
  const shares = useShares()
  const { own, texts } = useShareWords()
  const who = useCell(useSession().account.who)
  const { again, trouble, value } = useLoaded(() => shares.downloads(), '')
  const isGoingOn = value?.some(({ state }) => !isDownloadOver(state)) ?? false
  useEffect(() => {
    if (!isGoingOn) return undefined
    const timer = setInterval(() => document.hidden || again(), RENEW_EVERY_MS)
    return () => clearInterval(timer)
  }, [isGoingOn])
  return (
    <div class="shares__list">
      {may(who, 'shares.write') && <BeginForm />}
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value === undefined && trouble === undefined && (
        <p class="quiet">{texts.accounts.loading}</p>
      )}
      {value?.length === 0 && <p class="note">{own.downloads.none}</p>}
      {value !== undefined && value.length > 0 && <DownloadsTable items={value} />}
    </div>
  )
}

/** By a magnet link, or by a name that has one content. */
function BeginForm() {
  const session = useSession()
  const shares = useShares()
  const { own } = useShareWords()
  const words = own.downloads
  const beginning = useDoing<never>()
  const [hint, setHint] = useState<string | undefined>(undefined)
  const [several, setSeveral] = useState<string | undefined>(undefined)
  const begin = (typed: string): void => {
    setHint(undefined)
    setSeveral(undefined)
    const wanted = wantedOf(typed)
    if (wanted.kind === 'name' && wanted.name === '') return setHint(words.empty)
    const { kind: _, ...ask } = wanted
    beginning.run(async () => {
      if (wanted.kind === 'name') setSeveral(wanted.name)
      const { id } = await shares.download(ask)
      session.go(shareViewOf({ kind: 'download', id }))
      return undefined
    })
  }
  const isAmbiguous = beginning.trouble?.code === 'SHARE_AMBIGUOUS' && several !== undefined
  return (
    <div class="share-form">
      <Form label={words.title} onSubmit={(fields) => begin(fields('wanted'))}>
        <TextField
          name="wanted"
          label={words.field}
          autocomplete="off"
          hint={words.fieldHint}
          isOptional
          isWrong={hint !== undefined}
        />
        <div class="actions">
          <Submit label={words.submit} isRunning={beginning.isRunning} isMain />
        </div>
      </Form>
      <p class="outcome--trouble" role="status">
        {hint ?? ''}
      </p>
      {isAmbiguous ? (
        <p role="status">
          {own.lookup.several}{' '}
          <ShareLink place={{ kind: 'lookup', name: several }}>{own.outside.toOthers}</ShareLink>
        </p>
      ) : (
        <Outcome trouble={beginning.trouble} done={undefined} />
      )}
    </div>
  )
}

function DownloadsTable({ items }: { readonly items: readonly Download[] }) {
  const { bytes, minute, number, own } = useShareWords()
  const words = own.downloads
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told" id="downloads">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.state}</th>
            <th scope="col" class="number">
              {words.progress}
            </th>
            <th scope="col" class="number">
              {words.speed}
            </th>
            <th scope="col">{words.begun}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((download) => (
            <tr key={download.id}>
              <td class="shares__name">
                <ShareLink
                  place={{ kind: 'download', id: download.id }}
                  label={words.open(download.name)}
                >
                  <bdi>{download.name}</bdi>
                </ShareLink>
              </td>
              <td>
                <DownloadState state={download.state} />
              </td>
              <td class="number" data-title={words.progress}>
                {number(Math.floor(100 * shareOf(download)))} %
                {download.bytes !== null && <span class="quiet"> · {bytes(download.bytes)}</span>}
              </td>
              <td class="number" data-title={words.speed}>
                {download.bytesPerSecond > 0 && own.download.rate(bytes(download.bytesPerSecond))}
              </td>
              <td data-title={words.begun}>{minute(download.begunAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
