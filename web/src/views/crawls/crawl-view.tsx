/** One crawl, as it goes on. */
import { useEffect, useState } from 'preact/hooks'

import type { Crawl } from '../../../../src/wire/api-crawls.ts'
import {
  crawlProgress,
  estimateMs,
  progressApart,
  type Progressed,
} from '../../../../src/wire/crawl-progress.ts'
import {
  elapsedMs,
  isOver,
  rateOf,
  watchCrawl,
  type CrawlWatch,
} from '../../../../src/wire/crawl-watch.ts'
import type { CrawlOrder } from '../../api/crawls.ts'
import { may } from '../../model/accounts.ts'
import { shortAddress } from '../../model/address.ts'
import { maySteer } from '../../model/crawls.ts'
import { formatSeconds } from '../../model/format.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import type { CrawlTexts } from '../../texts/crawls.en.ts'
import type { Trouble } from '../../texts/texts.ts'
import { Frame } from '../accounts/frame.tsx'
import { Confirm, Outcome, ViewLink } from '../accounts/parts.tsx'
import { ExportCard } from '../archive/export-card.tsx'
import { KeepCrawl } from '../copies/keep-crawl.tsx'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'
import { CrawlCurve } from './crawl-curve.tsx'
import { CrawlStateWord } from './crawl-state.tsx'
import { HostsCard, ReasonsCard, ResultsCard } from './crawl-tables.tsx'
import { WebhookCard } from './webhook-card.tsx'

export function CrawlView({ id }: { readonly id: string }) {
  const words = useWords()
  const { crawls, accounts } = words.texts
  const { watch, trouble, take } = useCrawl(id)
  const seed = watch?.crawl.request.seeds[0]
  return (
    <Frame name="crawls" title={seed === undefined ? crawls.title : shortAddress(seed)}>
      <p class="crawl__back">
        <ViewLink view={{ name: 'crawls' }}>{crawls.toAll}</ViewLink>
      </p>
      {trouble !== undefined && (
        <p class="note note--trouble" role="status">
          {trouble.code === 'NOT_FOUND' ? crawls.noSuch : words.trouble(trouble)}
        </p>
      )}
      {watch === undefined && trouble === undefined && <p class="quiet">{accounts.loading}</p>}
      {watch !== undefined && <LiveCrawl watch={watch} onOrdered={take} />}
    </Frame>
  )
}

interface Watching {
  readonly watch: CrawlWatch | undefined
  readonly trouble: Trouble | undefined
  readonly take: (crawl: Crawl) => void
}

function useCrawl(id: string): Watching {
  const { crawls } = useSession()
  const [watch, setWatch] = useState<CrawlWatch | undefined>(undefined)
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined)
  const take = (crawl: Crawl): void => {
    setTrouble(undefined)
    setWatch((before) => watchCrawl(before, crawl, performance.now()))
  }
  useEffect(() => {
    const stop = new AbortController()
    void crawls.watch(id, { onCrawl: take, onTrouble: setTrouble }, stop.signal)
    return () => stop.abort()
  }, [id])
  return { watch, trouble, take }
}

/** Between two drawings of one that goes on, whether or not anything came. */
const TICK_MS = 1_000

function useTick(isRunning: boolean): number {
  const [nowMs, setNowMs] = useState(() => performance.now())
  useEffect(() => {
    if (!isRunning) return undefined
    const timer = setInterval(() => setNowMs(performance.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [isRunning])
  return nowMs
}

interface LiveCrawlProps {
  readonly watch: CrawlWatch
  readonly onOrdered: (crawl: Crawl) => void
}

function LiveCrawl({ watch, onOrdered }: LiveCrawlProps) {
  const { texts, minute } = useWords()
  const words = texts.crawls
  const { crawl, toldAtMs } = watch
  const nowMs = Math.max(toldAtMs, useTick(crawl.state === 'running'))
  const by = crawl.by ?? words.guest
  const who = useCell(useSession().account.who)
  return (
    <>
      <p class="crawl__about">
        <CrawlStateWord state={crawl.state} />{' '}
        <span class="quiet">
          {words.begunBy({ at: minute(crawl.startedAt), by })}
          {crawl.endedBy === 'pages' && ` ${words.hasAllPages}`}
        </span>
      </p>
      <Heard crawl={crawl} />
      <Progress watch={watch} nowMs={nowMs} />
      <Orders crawl={crawl} onOrdered={onOrdered} />
      <div class="crawl__cards">
        <CrawlCurve watch={watch} nowMs={nowMs} />
        <HostsCard crawl={crawl} />
        {crawl.counts.failed > 0 && <ReasonsCard crawl={crawl} state="failed" />}
        {crawl.counts.skipped > 0 && <ReasonsCard crawl={crawl} state="skipped" />}
        <ResultsCard crawl={crawl} />
        {crawl.webhook !== undefined && (
          <WebhookCard
            webhook={crawl.webhook}
            of="crawls"
            id={crawl.id}
            mayTest={maySteer(who, crawl)}
          />
        )}
        <ExportCard path={`/v1/crawls/${crawl.id}/export`} note={texts.archive.exportOfCrawl} />
        <KeepCrawl crawl={crawl} />
      </div>
    </>
  )
}

/** Told to who does not see the bar: not each page, but each quarter. */
function Heard({ crawl }: { readonly crawl: Crawl }) {
  const { texts } = useWords()
  const { ended, known } = crawlProgress(crawl)
  const quarters = known === 0 ? 0 : Math.floor((4 * ended) / known)
  return (
    <p class="unseen" role="status">
      {texts.crawls.heard[crawl.state](`${quarters * 25} %`)}
    </p>
  )
}

function Progress({ watch, nowMs }: { readonly watch: CrawlWatch; readonly nowMs: number }) {
  const { texts, number, bytes } = useWords()
  const words = texts.crawls
  const { crawl } = watch
  const { ended, known } = crawlProgress(crawl)
  const { held = 0 } = crawl.counts
  const { pages, resources } = progressApart(crawl)
  const { failed, skipped } = pages
  const rate = rateOf(watch, nowMs)
  const leftMs = estimateMs(crawl, rate)
  const ranS = elapsedMs(watch, nowMs) / 1_000
  const facts = [
    words.pagesOf({ ended: number(pages.ended), known: number(pages.known) }),
    ...(failed === 0 ? [] : [words.failedCount(number(failed))]),
    ...(skipped === 0 ? [] : [words.skippedCount(number(skipped))]),
    ...(held === 0 ? [] : [words.heldCount(number(held))]),
    ...(resources === undefined ? [] : [resourcesText(resources, { words, number })]),
    bytes(crawl.counts.bytes),
    ...(crawl.state === 'paused' ? [] : [words.rate(number(rateOf(watch, nowMs, 'pages')))]),
    isOver(crawl) ? formatSeconds(ranS) : words.took(formatSeconds(ranS)),
  ]
  return (
    <div class="crawl__progress">
      <progress class="bar" max={Math.max(1, known)} value={ended} aria-label={words.progress} />
      <p class="crawl__facts">
        {facts.map((fact, index) => (
          <span key={index}>{fact}</span>
        ))}
        {leftMs !== undefined && leftMs > 0 && (
          <strong class="crawl__left" title={words.leftHint}>
            {words.left(formatSeconds(Math.ceil(leftMs / 1_000)))}
          </strong>
        )}
      </p>
    </div>
  )
}

/** Beside the pages: a picture that is missing is no page that failed. */
function resourcesText(
  { ended, failed, known }: Progressed,
  { number, words }: { number: (value: number) => string; words: CrawlTexts },
): string {
  const sum = { ended: number(ended), known: number(known) }
  if (failed === 0) return words.resourcesOf(sum)
  return words.resourcesFailed({ ...sum, failed: number(failed) })
}

function Orders({
  crawl,
  onOrdered,
}: {
  readonly crawl: Crawl
  readonly onOrdered: LiveCrawlProps['onOrdered']
}) {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.crawls
  const who = useCell(session.account.who)
  const { isRunning, trouble, run } = useDoing<Done>()
  if (!maySteer(who, crawl)) {
    const isMeant = !isOver(crawl) && crawl.by !== null && may(who, 'pages.scrape')
    return isMeant ? <p class="quiet crawl__orders">{words.notYours(crawl.by ?? '')}</p> : null
  }
  const order = (what: CrawlOrder): void =>
    run(async () => {
      onOrdered(await session.crawls.order(crawl.id, what))
      return undefined
    })
  const remove = (): void =>
    run(async () => {
      await session.crawls.delete(crawl.id)
      session.go({ name: 'crawls' })
      return undefined
    })
  if (isOver(crawl)) {
    return (
      <div class="crawl__orders">
        <Confirm
          label={words.remove}
          question={words.reallyRemove}
          isRunning={isRunning}
          onConfirm={remove}
        />
        <Outcome trouble={trouble} done={undefined} />
      </div>
    )
  }
  const next = crawl.state === 'paused' ? 'resume' : 'pause'
  return (
    <div class="crawl__orders">
      <div class="actions">
        <button type="button" class="button" aria-disabled={isRunning} onClick={() => order(next)}>
          {words[next]}
        </button>
        <Confirm
          label={words.cancel}
          question={words.reallyCancel}
          isRunning={isRunning}
          onConfirm={() => order('cancel')}
        />
      </div>
      <Outcome trouble={trouble} done={undefined} />
    </div>
  )
}
