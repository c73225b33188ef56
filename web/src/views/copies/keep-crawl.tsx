/** Keeps what a crawl came to in this browser: first how much that is, then with its progress. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

import type { Crawl } from '../../../../src/wire/api-crawls.ts'
import {
  keepAll,
  NOTHING_KEPT,
  planFor,
  type CrawlPage,
  type KeepProgress,
  type Plan,
} from '../../copies/keep-pages.ts'
import { COPIES_BYTES_MAX, roomFor, type Room } from '../../model/copies.ts'
import { formatSeconds } from '../../model/format.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Card, Outcome, ViewLink } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'

type Step =
  | { readonly kind: 'idle' }
  | { readonly kind: 'looking'; readonly count: number }
  | { readonly kind: 'planned'; readonly plan: Plan; readonly room: Room }
  | {
      readonly kind: 'keeping'
      readonly plan: Plan
      readonly progress: KeepProgress
      readonly sinceMs: number
    }
  | { readonly kind: 'ended'; readonly progress: KeepProgress; readonly isWhole: boolean }

export function KeepCrawl({ crawl }: { readonly crawl: Crawl }) {
  const { texts } = useWords()
  const words = texts.copies.crawl
  const { look, step, start, stop, trouble, dismiss, isRunning } = useKeeping(crawl)
  return (
    <Card title={texts.copies.keep}>
      <p class="quiet panel__hint">{words.hint}</p>
      {(step.kind === 'idle' || step.kind === 'ended') && (
        <div class="actions">
          <button type="button" class="button" aria-disabled={isRunning} onClick={look}>
            {words.look}
          </button>
          <ViewLink view={{ name: 'copies' }}>{texts.copies.see}</ViewLink>
        </div>
      )}
      {step.kind === 'planned' && (
        <Planned plan={step.plan} room={step.room} onStart={start} onDismiss={dismiss} />
      )}
      {step.kind === 'keeping' && <Progress step={step} onStop={stop} />}
      <Told step={step} />
      <Outcome trouble={trouble} done={undefined} />
    </Card>
  )
}

function useKeeping(crawl: Crawl) {
  const { copies, crawls, pages } = useSession()
  const [step, setStep] = useState<Step>({ kind: 'idle' })
  const stopper = useRef(new AbortController())
  const { isRunning, run, trouble } = useDoing<Done>()
  // Who goes elsewhere stops it; what was kept stays.
  useEffect(() => () => stopper.current.abort(), [])
  const look = (): void =>
    run(async () => {
      setStep({ kind: 'looking', count: 0 })
      try {
        const found: CrawlPage[] = []
        let cursor: string | undefined
        do {
          const from = cursor === undefined ? {} : { cursor }
          const part = await crawls.urls(crawl.id, { state: 'done', ...from })
          found.push(...part.items.filter(({ status }) => status !== undefined))
          cursor = part.cursor
          setStep({ kind: 'looking', count: found.length })
        } while (cursor !== undefined && !stopper.current.signal.aborted)
        const room = roomFor(await copies.open(), await grantedBytes())
        setStep({ kind: 'planned', plan: planFor(found, room), room })
      } catch (thrown) {
        setStep({ kind: 'idle' })
        throw thrown
      }
      return undefined
    })
  const start = (): void => {
    if (step.kind !== 'planned') return
    const { plan } = step
    const sinceMs = performance.now()
    let last = NOTHING_KEPT
    const onProgress = (progress: KeepProgress): void => {
      last = progress
      setStep({ kind: 'keeping', plan, progress, sinceMs })
    }
    stopper.current = new AbortController()
    const { signal } = stopper.current
    run(async () => {
      onProgress(NOTHING_KEPT)
      try {
        await keepAll({ source: pages, copies }, plan, { onProgress, signal })
      } finally {
        setStep({ kind: 'ended', progress: last, isWhole: last.pages === plan.pages.length })
      }
      return undefined
    })
  }
  const stop = (): void => stopper.current.abort()
  const dismiss = (): void => setStep({ kind: 'idle' })
  return { step, look, start, stop, dismiss, trouble, isRunning }
}

/** What the browser says it has left; `undefined`: it does not say. */
export async function grantedBytes(): Promise<number | undefined> {
  const { quota, usage } = await navigator.storage.estimate()
  return quota === undefined ? undefined : Math.max(0, quota - (usage ?? 0))
}

interface PlannedProps {
  readonly plan: Plan
  readonly room: Room
  readonly onStart: () => void
  readonly onDismiss: () => void
}

function Planned({ plan, room, onStart, onDismiss }: PlannedProps) {
  const { bytes, number, texts } = useWords()
  const words = texts.copies.crawl
  const first = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => first.current?.focus(), [])
  const count = number(plan.pages.length)
  return (
    <div class="stack" role="group" aria-label={texts.copies.keep}>
      <p>
        {plan.pages.length === 0
          ? words.nothing
          : words.plan({ pages: count, size: bytes(plan.bytes) })}{' '}
        {words.room({ size: bytes(room.bytes), most: bytes(COPIES_BYTES_MAX) })}
        {plan.left > 0 && ` ${words.left(number(plan.left))}`}
      </p>
      <div class="actions">
        {plan.pages.length > 0 && (
          <button ref={first} type="button" class="button button--main" onClick={onStart}>
            {words.start(count)}
          </button>
        )}
        <button type="button" class="button" onClick={onDismiss}>
          {words.dismiss}
        </button>
      </div>
    </div>
  )
}

/** Before so many an estimate means nothing. */
const ESTIMATED_FROM = 8

function Progress({
  step,
  onStop,
}: {
  readonly step: Extract<Step, { kind: 'keeping' }>
  readonly onStop: () => void
}) {
  const { bytes, number, texts } = useWords()
  const words = texts.copies.crawl
  const { plan, progress, sinceMs } = step
  const known = plan.pages.length
  const leftMs = ((performance.now() - sinceMs) * (known - progress.pages)) / progress.pages
  return (
    <div class="crawl__progress">
      <progress
        class="bar"
        max={Math.max(1, known)}
        value={progress.pages}
        aria-label={texts.copies.keep}
      />
      <p class="crawl__facts">
        <span>{words.progress({ ended: number(progress.pages), known: number(known) })}</span>
        <span>{bytes(progress.bytes)}</span>
        {progress.pages >= ESTIMATED_FROM && leftMs > 0 && (
          <strong class="crawl__left">
            {words.timeLeft(formatSeconds(Math.ceil(leftMs / 1_000)))}
          </strong>
        )}
        <button type="button" class="button button--small" onClick={onStop}>
          {words.stop}
        </button>
      </p>
    </div>
  )
}

/** Stands there before it says anything, so that it is heard when it does. */
function Told({ step }: { readonly step: Step }) {
  const { number, texts } = useWords()
  const words = texts.copies.crawl
  return (
    <div class="outcome" role="status">
      {step.kind === 'looking' && <p>{words.looking(number(step.count))}</p>}
      {step.kind === 'ended' && (
        <p class="outcome--done">
          {!step.isWhole && `${words.stopped} `}
          {words.result(step.progress)}
          {step.progress.missed > 0 && ` ${words.missed(step.progress.missed)}`}
        </p>
      )}
    </div>
  )
}
