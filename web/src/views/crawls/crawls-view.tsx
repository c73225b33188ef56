/** All crawls, and the form that begins one; or the one that the address names. */
import { useEffect, useState } from 'preact/hooks'

import type { Crawl } from '../../../../src/wire/api-crawls.ts'
import { progressApart } from '../../../../src/wire/crawl-progress.ts'
import { isOver } from '../../../../src/wire/crawl-watch.ts'
import { may } from '../../model/accounts.ts'
import { shortAddress } from '../../model/address.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Frame } from '../accounts/frame.tsx'
import { ViewLink } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { useWords } from '../words.ts'
import { CrawlForm } from './crawl-form.tsx'
import { CrawlStateWord } from './crawl-state.tsx'
import { CrawlView } from './crawl-view.tsx'
import { SchedulesList } from './schedules-list.tsx'

import '../../styles/crawls.css'

export function CrawlsView() {
  const session = useSession()
  const { texts } = useWords()
  const who = useCell(session.account.who)
  const { crawl } = useCell(session.view)
  const [made, setMade] = useState(0)
  const words = texts.crawls
  if (who.kind === 'unknown')
    return (
      <Frame key="unknown" name="crawls" title={words.title}>
        <p class="quiet">{texts.accounts.loading}</p>
      </Frame>
    )
  if (crawl !== undefined) return <CrawlView key={crawl} id={crawl} />
  return (
    <Frame key="all" name="crawls" title={words.title} hint={words.hint}>
      <div class="crawls">
        {may(who, 'pages.scrape') && <CrawlForm onScheduled={() => setMade((n) => n + 1)} />}
        <div class="crawls__lists">
          {may(who, 'pages.read') && <SchedulesList made={made} />}
          <AllCrawls />
        </div>
      </div>
    </Frame>
  )
}

/** A list says of each crawl how far it is; nothing tells of all of them as they go on. */
const RENEW_EVERY_MS = 5_000

function AllCrawls() {
  const { crawls } = useSession()
  const first = useLoaded(() => crawls.crawls(), '')
  const rest = useRest((cursor) => crawls.crawls(cursor))
  const isGoingOn = first.value?.items.some((one) => !isOver(one)) ?? false
  useEffect(() => {
    if (!isGoingOn) return undefined
    const timer = setInterval(() => document.hidden || first.again(), RENEW_EVERY_MS)
    return () => clearInterval(timer)
  }, [isGoingOn])
  return (
    <div class="crawls__list">
      <PagedList first={first} rest={rest}>
        {(items) => <CrawlsTable items={eachOnce(items)} />}
      </PagedList>
    </div>
  )
}

/** What was begun meanwhile moves the rest on: some are on both parts. */
function eachOnce(crawls: readonly Crawl[]): readonly Crawl[] {
  return [...new Map(crawls.toReversed().map((crawl) => [crawl.id, crawl])).values()].toReversed()
}

function CrawlsTable({ items }: { readonly items: readonly Crawl[] }) {
  const { texts } = useWords()
  const words = texts.crawls
  if (items.length === 0) return <p class="note">{words.none}</p>
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told" id="crawls">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.seed}</th>
            <th scope="col">{words.state}</th>
            <th scope="col" class="number">
              {words.tried}
            </th>
            <th scope="col">{words.begun}</th>
            <th scope="col">{words.by}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((crawl) => (
            <CrawlRow key={crawl.id} crawl={crawl} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CrawlRow({ crawl }: { readonly crawl: Crawl }) {
  const { texts, number, minute } = useWords()
  const words = texts.crawls
  const { by, id, request, startedAt, state } = crawl
  const { pages, resources } = progressApart(crawl)
  const [seed = '', ...others] = request.seeds
  return (
    <tr>
      <td class="crawls__seed">
        <ViewLink view={{ name: 'crawls', crawl: id }} label={words.open(shortAddress(seed))}>
          {shortAddress(seed)}
        </ViewLink>
        {others.length > 0 && <span class="quiet"> {words.more(others.length)}</span>}
      </td>
      <td>
        <CrawlStateWord state={state} />
      </td>
      <td class="number" data-title={words.tried}>
        {words.doneOf({ done: number(pages.ended), known: number(pages.known) })}
        {resources !== undefined && (
          <span class="quiet">
            {' · '}
            {words.resourcesOf({ ended: number(resources.ended), known: number(resources.known) })}
          </span>
        )}
      </td>
      <td data-title={words.begun}>{minute(startedAt)}</td>
      <td data-title={words.by}>{by ?? <span class="quiet">{words.guest}</span>}</td>
    </tr>
  )
}
