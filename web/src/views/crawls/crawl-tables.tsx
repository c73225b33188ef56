/** What came of a crawl: its hosts, its addresses, and why some failed. */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { Crawl, CrawlHost, CrawlUrl } from '../../../../src/wire/api-crawls.ts'
import { CRAWL_URL_STATES } from '../../../../src/wire/crawl-bounds.ts'
import { pageCounts, progressed } from '../../../../src/wire/crawl-progress.ts'
import { may } from '../../model/accounts.ts'
import { shortAddress } from '../../model/address.ts'
import { failuresOf, type Failures } from '../../model/crawls.ts'
import { pagePath, useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { CrawlTexts } from '../../texts/crawls.en.ts'
import { Card, LoadTrouble } from '../accounts/parts.tsx'
import { useLoaded, type Loaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { useWords } from '../words.ts'

interface OfCrawl {
  readonly crawl: Crawl
}

/** A crawl changes twice a second; lists of it are asked for no more often than this. */
const RENEW_EVERY_MS = 3_000

/** What is asked for again as the crawl goes on, while `isLive`. */
function useRenewed<T>(
  load: () => Promise<T>,
  {
    key,
    stamp,
    isLive = true,
  }: { readonly key: string; readonly stamp: string; readonly isLive?: boolean },
): Loaded<T> {
  const loaded = useLoaded(load, key)
  const latest = useRef(loaded.again)
  latest.current = isLive ? loaded.again : () => undefined
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const first = useRef(stamp)
  useEffect(() => {
    if (stamp === first.current || timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      latest.current()
    }, RENEW_EVERY_MS)
  }, [stamp])
  useEffect(() => () => clearTimeout(timer.current), [])
  return loaded
}

export function HostsCard({ crawl }: OfCrawl) {
  const { crawls } = useSession()
  const { texts } = useWords()
  const words = texts.crawls
  const rest = useRest((cursor) => crawls.hosts(crawl.id, cursor))
  const first = useRenewed(() => crawls.hosts(crawl.id), {
    key: crawl.id,
    stamp: crawl.changedAt,
    isLive: rest.read === undefined,
  })
  return (
    <Card title={words.hosts}>
      <PagedList first={first} rest={rest}>
        {(hosts) => <HostsTable hosts={hosts} />}
      </PagedList>
    </Card>
  )
}

function HostsTable({ hosts }: { readonly hosts: readonly CrawlHost[] }) {
  const { texts } = useWords()
  const words = texts.crawls
  return (
    <div class="scroll crawl__scroll" role="group" aria-label={words.hosts} tabIndex={0}>
      <table class="table table--told" id="crawl-hosts">
        <caption class="unseen">{words.hosts}</caption>
        <thead>
          <tr>
            <th scope="col">{words.host}</th>
            {HOST_NUMBERS.map(({ name, word }) => (
              <th key={name} scope="col" class="number">
                {words[word]}
              </th>
            ))}
            <th scope="col" class="number">
              {words.resources}
            </th>
            <th scope="col" class="number">
              {words.size}
            </th>
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <HostRow key={host.host} host={host} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const HOST_NUMBERS = [
  { name: 'ended', word: 'tried' },
  { name: 'known', word: 'known' },
  { name: 'failed', word: 'failed' },
  { name: 'skipped', word: 'skipped' },
] as const

function HostRow({ host }: { readonly host: CrawlHost }) {
  const { texts, number, bytes } = useWords()
  const words = texts.crawls
  const pages = progressed(pageCounts(host))
  const resources = host.resources && progressed(host.resources)
  return (
    <tr>
      <td class="breakable">{shortAddress(host.host)}</td>
      {HOST_NUMBERS.map(({ name, word }) => (
        <td key={name} class="number" data-title={words[word]}>
          {number(pages[name])}
        </td>
      ))}
      <td class="number" data-title={words.resources}>
        {resources === undefined
          ? '–'
          : words.doneOf({ done: number(resources.ended), known: number(resources.known) })}
      </td>
      <td class="number" data-title={words.size}>
        {bytes(host.bytes)}
      </td>
    </tr>
  )
}

export function ResultsCard({ crawl }: OfCrawl) {
  const { texts } = useWords()
  const words = texts.crawls
  const [state, setState] = useState<CrawlUrl['state'] | undefined>(undefined)
  return (
    <Card title={words.results}>
      <p class="quiet panel__hint">{words.resultsHint}</p>
      <div class="crawl__filters" role="group" aria-label={words.filter}>
        {[undefined, ...CRAWL_URL_STATES].map((one) => (
          <button
            key={one ?? ''}
            type="button"
            class="topic"
            aria-pressed={one === state}
            onClick={() => setState(one)}
          >
            {one === undefined ? words.all : words.urlStates[one]}
          </button>
        ))}
      </div>
      <Results key={state ?? ''} crawl={crawl} state={state} />
    </Card>
  )
}

function Results({ crawl, state }: OfCrawl & { readonly state: CrawlUrl['state'] | undefined }) {
  const { crawls } = useSession()
  const only = state === undefined ? {} : { state }
  const rest = useRest((cursor) => crawls.urls(crawl.id, { ...only, cursor }))
  const first = useRenewed(() => crawls.urls(crawl.id, only), {
    key: crawl.id,
    stamp: crawl.changedAt,
    // Who reads on is not to lose the place.
    isLive: rest.read === undefined,
  })
  return (
    <PagedList first={first} rest={rest}>
      {(urls) => <ResultsTable urls={urls} />}
    </PagedList>
  )
}

function ResultsTable({ urls }: { readonly urls: readonly CrawlUrl[] }) {
  const { texts } = useWords()
  const words = texts.crawls
  if (urls.length === 0) return <p class="note">{words.noResults}</p>
  return (
    <div class="scroll crawl__scroll" role="group" aria-label={words.results} tabIndex={0}>
      <table class="table table--told" id="crawl-results">
        <caption class="unseen">{words.results}</caption>
        <thead>
          <tr>
            <th scope="col">{words.address}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.answer}</th>
            <th scope="col" class="number">
              {words.size}
            </th>
            <th scope="col">{words.pageTitle}</th>
          </tr>
        </thead>
        <tbody>
          {urls.map((url) => (
            <ResultRow key={url.id} url={url} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ResultRow({ url }: { readonly url: CrawlUrl }) {
  const { texts, bytes } = useWords()
  const words = texts.crawls
  const { code, state, status, title } = url
  return (
    <tr>
      <td class="crawl__address">
        <PageLink url={url} />
      </td>
      <td>
        <span class={`url-state url-state--${state}`}>{words.urlStates[state]}</span>
      </td>
      <td class="crawl__why" data-title={words.answer}>
        {status ?? (code !== undefined && whyOf(code, words))}
      </td>
      <td class="number" data-title={words.size}>
        {url.bytes === undefined ? '' : bytes(url.bytes)}
      </td>
      <td class="crawl__title" title={title}>
        {title}
      </td>
    </tr>
  )
}

/** What the ring holds can be looked at, by who may ask for pages. */
function PageLink({ url }: { readonly url: CrawlUrl }) {
  const session = useSession()
  const who = useCell(session.account.who)
  const text = shortAddress(url.url)
  if (url.status === undefined || !may(who, 'pages.scrape'))
    return <span title={url.url}>{text}</span>
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    session.openFromView(url.url)
  }
  return (
    <a href={pagePath(url.url)} title={url.url} onClick={go}>
      {text}
    </a>
  )
}

/** Addresses without a page, and why: those of one reason together. */
export function ReasonsCard({ crawl, state }: OfCrawl & { readonly state: 'failed' | 'skipped' }) {
  const { crawls } = useSession()
  const { texts } = useWords()
  const words = texts.crawls
  const { value, trouble, again } = useRenewed(() => crawls.urls(crawl.id, { state }), {
    key: crawl.id,
    stamp: String(crawl.counts[state]),
  })
  return (
    <Card title={state === 'failed' ? words.failures : words.passedOver}>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value?.cursor !== undefined && (
        <p class="quiet panel__hint">{words.reasonsHint(value.items.length)}</p>
      )}
      <ul class="rows">
        {failuresOf(value?.items ?? []).map((failures) => (
          <FailureRow key={failures.reason} failures={failures} />
        ))}
      </ul>
    </Card>
  )
}

function FailureRow({ failures }: { readonly failures: Failures }) {
  const { texts } = useWords()
  const words = texts.crawls
  const { reason, urls } = failures
  return (
    <li class="row crawl__failure">
      <details class="disclosure">
        <summary>
          <span class="row__name">{whyOf(reason, words)}</span>{' '}
          <span class="quiet">{words.addresses(urls.length)}</span>
        </summary>
        <ul class="crawl__failed">
          {urls.map((url) => (
            <li key={url.id} class="breakable">
              <PageLink url={url} />{' '}
              {url.tries > 1 && <span class="quiet">{words.tries(url.tries)}</span>}
            </li>
          ))}
        </ul>
      </details>
    </li>
  )
}

/** RFC 9110, section 15.6: from here on the site itself is at fault. */
const SITE_FAULT_MIN = 500

function whyOf(reason: Failures['reason'], words: CrawlTexts): string {
  if (typeof reason === 'string') return words.whys[reason] ?? words.whyUnknown(reason)
  const known = words.statuses[reason]
  if (known !== undefined) return known
  return reason >= SITE_FAULT_MIN ? words.siteFault(reason) : words.refusal(reason)
}
