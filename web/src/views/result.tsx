import { useLayoutEffect, useRef, useState } from 'preact/hooks'

import type { Failure } from '../../../src/wire/api.ts'
import { hostOf, shortAddress } from '../model/address.ts'
import { formatSeconds } from '../model/format.ts'
import { nameIn } from '../model/route.ts'
import type { Page, Scrape } from '../model/told.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { isUnderWay, type Visit } from '../state/visits.ts'
import type { Texts } from '../texts/en.ts'
import { KeepPage } from './copies/keep-page.tsx'
import { DweetLink } from './dweet-link.tsx'
import { FreshLink } from './fresh-link.tsx'
import { HeadersView } from './headers-view.tsx'
import { useElapsed } from './hooks.ts'
import { Cross } from './icons.tsx'
import { later } from './later.tsx'
import { PageFrame } from './page-frame.tsx'
import { SourceView } from './source-view.tsx'
import { StoryView } from './story-view.tsx'
import { Tabs } from './tabs.tsx'
import { useWords } from './words.ts'

const RenderView = later(async () => (await import('./render-view.tsx')).RenderView)
const VersionsView = later(async () => (await import('./versions-view.tsx')).VersionsView)
const WitnessesView = later(async () => (await import('./witnesses-view.tsx')).WitnessesView)

/** One page asked for: being downloaded, had, or not to be had. */
export function Result({ visit }: { readonly visit: Visit }) {
  const { texts } = useWords()
  const page = visit.scrape?.page
  return (
    <section class="result card" aria-label={texts.result.region} aria-busy={isUnderWay(visit)}>
      <p class="unseen" role="status">
        {told(visit, texts)}
      </p>
      {isUnderWay(visit) && <Progress visit={visit} />}
      {visit.state === 'failed' && <FailureView visit={visit} />}
      {visit.state === 'done' && visit.scrape !== undefined && page !== undefined && (
        <Loaded visit={visit} scrape={visit.scrape} page={page} />
      )}
    </section>
  )
}

/** How it stands, for who cannot see it; a failure speaks for itself. */
function told(visit: Visit, texts: Texts): string {
  if (isUnderWay(visit)) return `${texts.running.title} ${shortAddress(visit.url)}`
  const page = visit.scrape?.page
  if (visit.state === 'failed' || page === undefined) return ''
  return `${nameOf(page)}: ${page.status} ${page.statusText}, ${texts.result.how[visit.how ?? 'hit']}`
}

function nameOf(page: Page): string {
  return page.title ?? hostOf(page.finalUrl)
}

function CloseButton() {
  const session = useSession()
  const { texts } = useWords()
  const label = texts.result.close
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => session.leave()}
    >
      <Cross />
    </button>
  )
}

const ELAPSED_EVERY_MS = 100

function Progress({ visit }: { readonly visit: Visit }) {
  const session = useSession()
  const { texts, bytes } = useWords()
  const elapsedMs = useElapsed({
    sinceMs: visit.startedAtMs,
    everyMs: ELAPSED_EVERY_MS,
    isRunning: true,
  })
  const { scrape } = visit
  const ring = useCell(session.ring)
  return (
    <div class="progress">
      <div class="result__head">
        <div class="result__name">
          <h2 class="result__title">
            {texts.running.title} {shortAddress(visit.url)}
          </h2>
          <p class="quiet">
            {scrape === undefined
              ? texts.running.asking
              : scrape.owner === undefined
                ? texts.running.bySomebody
                : texts.running.by(nameIn(ring, scrape.owner))}
          </p>
        </div>
        <CloseButton />
      </div>
      <div class="progress__bar" aria-hidden="true">
        <span class="progress__run" />
      </div>
      <p class="progress__facts">
        <span>{texts.running.elapsed(`${(Math.floor(elapsedMs / 100) / 10).toFixed(1)} s`)}</span>
        {scrape?.received !== undefined && (
          <span>{texts.running.received(bytes(scrape.received))}</span>
        )}
      </p>
      <div class="actions">
        <button type="button" class="button" onClick={() => session.leave()}>
          {texts.running.leave}
        </button>
        <span class="quiet">{texts.running.leaveHint}</span>
      </div>
    </div>
  )
}

function FailureView({ visit }: { readonly visit: Visit }) {
  const session = useSession()
  const words = useWords()
  const { texts } = words
  const ring = useCell(session.ring)
  const { scrape, trouble } = visit
  if (trouble === undefined) return null
  const failure = scrape?.failure
  return (
    <div class="failure">
      <div class="result__head">
        <div class="result__name">
          <h2 class="result__title">{texts.failure.title}</h2>
          <p class="quiet result__address">{visit.url}</p>
        </div>
        <CloseButton />
      </div>
      <p class="failure__sentence" role="alert">
        {words.trouble(trouble)}
      </p>
      {failure !== undefined && visit.how === 'hit' && (
        <p class="failure__remembered">
          {texts.failure.remembered(formatSeconds(ageWhenAsked(visit, failure) / 1_000))}
        </p>
      )}
      <dl class="facts">
        <dt>{texts.failure.code}</dt>
        <dd>
          <code>{trouble.code}</code>
        </dd>
        {scrape !== undefined && failure !== undefined && (
          <>
            {scrape.owner !== undefined && (
              <>
                <dt>{texts.failure.askedOf}</dt>
                <dd>{nameIn(ring, scrape.owner)}</dd>
              </>
            )}
            <dt>{texts.failure.when}</dt>
            <dd>{words.instant(failure.at)}</dd>
          </>
        )}
      </dl>
      <div class="actions">
        <button
          type="button"
          class="button button--main"
          onClick={() => session.open(visit.url, { anew: true })}
        >
          {texts.failure.again}
        </button>
      </div>
    </div>
  )
}

/** Milliseconds between the failure and the question that was answered with it. */
function ageWhenAsked(visit: Visit, failure: Failure): number {
  return performance.timeOrigin + visit.startedAtMs - Date.parse(failure.at)
}

type View = 'page' | 'render' | 'source' | 'headers' | 'versions' | 'witnesses' | 'story'
/** The order of the tabs. */
const VIEWS: readonly View[] = [
  'page',
  'source',
  'headers',
  'render',
  'versions',
  'witnesses',
  'story',
]

function labelOf(view: View, texts: Texts): string {
  if (view === 'versions') return texts.versions.tab
  if (view === 'render') return texts.renders.tab
  return view === 'witnesses' ? texts.witnesses.tab : texts.result[view]
}

interface LoadedProps {
  readonly visit: Visit
  readonly scrape: Scrape
  readonly page: Page
}

function Loaded({ visit, scrape, page }: LoadedProps) {
  const { texts } = useWords()
  const isDrawn = visit.renderTrouble !== undefined || page.render !== undefined
  const [view, setView] = useState<View>(isDrawn ? 'render' : 'page')
  return (
    <>
      <LoadedHead visit={visit} scrape={scrape} page={page} />
      <Tabs
        label={texts.result.tabs}
        tabs={VIEWS.map((id) => ({ id, label: labelOf(id, texts) }))}
        chosen={view}
        onChoose={setView}
      >
        {view === 'page' && <PageFrame page={page} />}
        {view === 'render' && <RenderView page={page} trouble={visit.renderTrouble} />}
        {view === 'source' && <SourceView page={page} />}
        {view === 'headers' && <HeadersView page={page} />}
        {view === 'versions' && <VersionsView page={page} />}
        {view === 'witnesses' && <WitnessesView page={page} />}
        {view === 'story' && <StoryView visit={visit} scrape={scrape} page={page} />}
      </Tabs>
    </>
  )
}

/** RFC 9110, section 15: from here on a status tells of an error. */
const ERROR_STATUS_MIN = 400

function LoadedHead({ visit, scrape, page }: LoadedProps) {
  const session = useSession()
  const { texts, bytes, duration } = useWords()
  const title = useRef<HTMLHeadingElement>(null)
  const how = visit.how ?? 'hit'
  const isHeldError = how === 'hit' && page.status >= ERROR_STATUS_MIN
  // The focus follows to what was asked for, unless the person went elsewhere meanwhile.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) title.current?.focus()
  }, [])
  return (
    <div class="result__head">
      <div class="result__name">
        <h2 ref={title} class="result__title" tabIndex={-1} title={nameOf(page)}>
          {nameOf(page)}
        </h2>
        <Addresses page={page} />
        <p class="result__meta">
          <span
            class={page.status < ERROR_STATUS_MIN ? 'status status--good' : 'status status--bad'}
          >
            {page.status} {page.statusText}
          </span>
          <span>{page.contentType.split(';')[0]}</span>
          <span>{bytes(page.bytes)}</span>
          <span>{duration(page.durationMs)}</span>
          <span class={`how how--${how}`} title={texts.result.howLong[how]}>
            {texts.result.how[how]}
          </span>
        </p>
        {isHeldError && (
          <p class="result__hint">{texts.result.heldError(formatSeconds(scrape.age ?? 0))}</p>
        )}
      </div>
      <div class="result__actions">
        <button
          type="button"
          class={isHeldError ? 'button button--small button--main' : 'button button--small'}
          onClick={() => session.open(visit.url, { anew: true })}
        >
          {texts.result.anew}
        </button>
        <FreshLink
          class="button button--small"
          href={`${session.client.door}/v1/pages/${page.id}/content`}
          isDownload
        >
          {texts.result.save}
        </FreshLink>
        <KeepPage page={page} />
        <DweetLink title={nameOf(page)} url={page.url} />
      </div>
      <CloseButton />
    </div>
  )
}

/** What was asked for, and where its redirects led. */
function Addresses({ page }: { readonly page: Page }) {
  const { texts } = useWords()
  return (
    <>
      <p class="quiet result__address" title={page.url}>
        {page.url}
      </p>
      {page.finalUrl !== page.url && (
        <p class="quiet result__address" title={page.finalUrl}>
          → {texts.result.ledTo} {page.finalUrl}
        </p>
      )}
    </>
  )
}
