/** One download, as it goes on. */
import { useEffect, useState } from 'preact/hooks'

import type { Download, DownloadOrder } from '../../../../src/wire/api-shares.ts'
import { isDownloadOver } from '../../../../src/wire/download-states.ts'
import { waitOf } from '../../../../src/wire/download-waits.ts'
import { may } from '../../model/accounts.ts'
import { formatSeconds } from '../../model/format.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Trouble } from '../../texts/texts.ts'
import { Card, Confirm, Outcome, ViewLink } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { DownloadState, shareOf } from './download-state.tsx'
import { PieceMap } from './piece-map.tsx'
import { ShareLink, shareViewOf } from './share-link.tsx'
import { useShareWords } from './share-words.ts'
import { useShares } from './shares-of.ts'
import { SourcesTable } from './sources-table.tsx'

export function DownloadPlace({ id }: { readonly id: string }) {
  const { own, texts, trouble: words } = useShareWords()
  const { download, told, trouble } = useDownload(id)
  return (
    <>
      <p class="crawl__back">
        <ShareLink place={{ kind: 'downloads' }}>{own.download.back}</ShareLink>
      </p>
      {trouble !== undefined && (
        <p class="note note--trouble" role="status">
          {trouble.code === 'NOT_FOUND' ? own.download.noSuch : words(trouble)}
        </p>
      )}
      {download === undefined && trouble === undefined && (
        <p class="quiet">{texts.accounts.loading}</p>
      )}
      {download !== undefined && <Live download={download} onOrdered={told} />}
    </>
  )
}

interface Watching {
  readonly download: Download | undefined
  readonly trouble: Trouble | undefined
}

/** `told`: as an order answered, before the next event says so. */
function useDownload(id: string): Watching & { readonly told: (download: Download) => void } {
  const shares = useShares()
  const [watching, setWatching] = useState<Watching>({ download: undefined, trouble: undefined })
  useEffect(() => {
    const stop = new AbortController()
    const onDownload = (download: Download): void => setWatching({ download, trouble: undefined })
    const onTrouble = (trouble: Trouble): void => setWatching((before) => ({ ...before, trouble }))
    void shares.watch(id, { onDownload, onTrouble }, stop.signal)
    return () => stop.abort()
  }, [id])
  const told = (download: Download): void => setWatching({ download, trouble: undefined })
  return { ...watching, told }
}

interface LiveProps {
  readonly download: Download
  readonly onOrdered: (download: Download) => void
}

function Live({ download, onOrdered }: LiveProps) {
  const { minute, own } = useShareWords()
  const words = own.download
  const { begunAt, name, state, verified } = download
  const isOver = isDownloadOver(state)
  return (
    <>
      <h2 class="section-title breakable">
        <bdi>{name}</bdi>
      </h2>
      <p class="crawl__about">
        <DownloadState state={state} /> <span class="quiet">{words.begunAt(minute(begunAt))}</span>
      </p>
      <Heard download={download} />
      <Progress download={download} />
      {state !== 'looking' && (
        <p class={verified ? 'quiet' : 'shares__unproven'}>
          {verified ? words.verified : words.unverified}
        </p>
      )}
      <Ending download={download} />
      <Orders download={download} onOrdered={onOrdered} />
      <div class="shares__cards">
        {download.pieces > 0 && state !== 'failed' && state !== 'cancelled' && (
          <PieceMap download={download} />
        )}
        {!isOver && state !== 'paused' && (
          <Card title={words.sources} isWide>
            {download.sources.length === 0 ? (
              <p class="note">{words.noSources}</p>
            ) : (
              <SourcesTable download={download} />
            )}
          </Card>
        )}
      </div>
    </>
  )
}

/** Told to who does not see the bar: not each piece, but each quarter. */
function Heard({ download }: { readonly download: Download }) {
  const { own } = useShareWords()
  const quarters = Math.floor(4 * shareOf(download))
  return (
    <p class="unseen" role="status">
      {own.download.heard[download.state](`${quarters * 25} %`)}
    </p>
  )
}

function Progress({ download }: { readonly download: Download }) {
  const { bytes, number, own } = useShareWords()
  const words = own.download
  const { begunAt, bytesPerSecond, endedAt, receivedBytes, secondsLeft, state } = download
  if (state === 'failed' || state === 'cancelled') return null
  const facts = [
    `${number(Math.floor(100 * shareOf(download)))} %`,
    ...(download.bytes === null ? [] : [words.of(bytes(receivedBytes), bytes(download.bytes))]),
    ...(bytesPerSecond > 0 && state === 'downloading' ? [words.rate(bytes(bytesPerSecond))] : []),
    ...(endedAt === null
      ? []
      : [words.took(formatSeconds((Date.parse(endedAt) - Date.parse(begunAt)) / 1_000))]),
  ]
  return (
    <div class="crawl__progress">
      <progress class="bar" max={1} value={shareOf(download)} aria-label={words.progress} />
      <p class="crawl__facts">
        {facts.map((fact, index) => (
          <span key={index}>{fact}</span>
        ))}
        {state === 'downloading' && secondsLeft !== null && secondsLeft > 0 && (
          <strong>{words.left(formatSeconds(secondsLeft))}</strong>
        )}
      </p>
    </div>
  )
}

/** What became of it, or what is to be done. */
function Ending({ download }: { readonly download: Download }) {
  const { own, trouble } = useShareWords()
  const words = own.download
  const { path, problem, share, state, unshared } = download
  const wait = waitOf(download)
  if (wait !== undefined) return <p class="note">{words.waitsFor[wait]}</p>
  if (state === 'looking') return <p class="note">{words.looking}</p>
  if (state === 'cancelled') return <p class="note">{words.cancelled}</p>
  if (state === 'paused') {
    const why = problem === undefined ? undefined : trouble(toldProblem(problem))
    return <p class="note">{why === undefined ? words.paused : words.waits(why)}</p>
  }
  if (state === 'failed')
    return (
      <div class="note note--trouble" role="status">
        {problem !== undefined && <p>{trouble(toldProblem(problem))}</p>}
        <p>{words.failed}</p>
      </div>
    )
  if (state !== 'done') return null
  return (
    <>
      <p class="actions">
        <ViewLink view={{ name: 'files', path }} class="button button--main">
          {words.toFile}
        </ViewLink>
        {share !== undefined && (
          <ShareLink place={{ kind: 'share', id: share }} class="button">
            {words.toShare}
          </ShareLink>
        )}
      </p>
      {unshared !== undefined && (
        <p class="note note--trouble">{words.unshared(trouble(toldProblem(unshared)))}</p>
      )}
    </>
  )
}

function toldProblem({ code, details, text }: NonNullable<Download['problem']>): Trouble {
  return { code, details: details ?? {}, text }
}

/** What is becoming a file is done in a moment; what must wait for its owner nobody resumes. */
function orderFor({ problem, state }: Download): DownloadOrder | undefined {
  if (state === 'paused') return problem === undefined ? 'resume' : undefined
  return state === 'looking' || state === 'downloading' ? 'pause' : undefined
}

function Orders({ download, onOrdered }: LiveProps) {
  const session = useSession()
  const shares = useShares()
  const { own } = useShareWords()
  const words = own.download
  const who = useCell(session.account.who)
  const { isRunning, run, trouble } = useDoing<never>()
  if (!may(who, 'shares.write')) return null
  const { id, name, root, state } = download
  const isOver = isDownloadOver(state)
  const next = orderFor(download)
  const order = (wanted: DownloadOrder): void =>
    run(async () => {
      onOrdered(await shares.orderDownload(id, wanted))
      return undefined
    })
  const end = (): void =>
    run(async () => {
      await shares.endDownload(id)
      session.go(shareViewOf({ kind: 'downloads' }))
      return undefined
    })
  const again = (): void =>
    run(async () => {
      const begun = await shares.download({ name, ...(root === null ? {} : { root }) })
      session.go(shareViewOf({ kind: 'download', id: begun.id }))
      return undefined
    })
  return (
    <div class="crawl__orders">
      <div class="actions">
        {next !== undefined && (
          <button
            type="button"
            class="button"
            aria-disabled={isRunning}
            onClick={() => order(next)}
          >
            {words[next]}
          </button>
        )}
        {(state === 'failed' || state === 'cancelled') && (
          <button type="button" class="button" aria-disabled={isRunning} onClick={again}>
            {words.again}
          </button>
        )}
        <Confirm
          label={isOver ? words.forget : words.cancel}
          question={isOver ? words.reallyForget : words.reallyCancel}
          isRunning={isRunning}
          onConfirm={end}
        />
      </div>
      <Outcome trouble={trouble} done={undefined} />
    </div>
  )
}
