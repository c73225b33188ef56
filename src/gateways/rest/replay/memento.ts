/** Memento (RFC 7089): what tells programs where a page, its versions and their list are. */
import { digitsOf, replayPath } from '../../../services/scrape/replay/replay-address.ts'
import type { PageVersion } from '../../../wire/api-pages.ts'

/** Where a version is, and when it was. */
export interface Memento {
  readonly url: string
  /** ISO 8601. */
  readonly at: string
}

/** A page in the archive, as who asks for it knows the door. */
export interface Original {
  /** Of the door: `http://localhost:9500`. */
  readonly origin: string
  readonly url: string
}

export const LINK_FORMAT = 'application/link-format'

export function mementoOf({ origin, url }: Original, { at }: Pick<PageVersion, 'at'>): Memento {
  return { url: origin + replayPath({ digits: digitsOf(at) }, url), at }
}

/** As HTTP writes it (RFC 9110, 5.6.7). */
export function httpDate(at: string): string {
  return new Date(at).toUTCString()
}

/** RFC 7089, 2.1.1; `undefined`: it is none. */
export function readAcceptDatetime(text: string): string | undefined {
  const form = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
  if (!form.test(text.trim())) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

export function timeGateOf({ origin, url }: Original): string {
  return `${origin}/timegate/${url}`
}

export function timeMapOf({ origin, url }: Original, format: 'link' | 'json' = 'link'): string {
  return `${origin}/timemap/${format}/${url}`
}

/** `Link` of a page that is not asked for as a whole: where all else is found. */
export function fewLinks(original: Original): string {
  return [
    link(original.url, 'original'),
    link(timeGateOf(original), 'timegate'),
    link(timeMapOf(original), 'timemap', { type: LINK_FORMAT }),
  ].join(', ')
}

/**
 * `Link` of a version: the first, the last and those beside it (RFC 7089, 2.2.4).
 * @param versions newest first, `shown` among them
 */
export function allLinks(
  original: Original,
  versions: readonly PageVersion[],
  shown: PageVersion,
): string {
  const at = versions.indexOf(shown)
  const relations = new Map<PageVersion | undefined, string[]>()
  const add = (version: PageVersion | undefined, relation: string): void => {
    relations.set(version, [...(relations.get(version) ?? []), relation])
  }
  add(versions.at(-1), 'first')
  add(versions[at + 1], 'prev')
  add(shown, 'memento')
  add(at > 0 ? versions[at - 1] : undefined, 'next')
  add(versions[0], 'last')
  const links = [...relations].flatMap(([version, names]) => {
    if (version === undefined) return []
    const { at: datetime, url } = mementoOf(original, version)
    const relation = [...names.filter((name) => name !== 'memento'), 'memento'].join(' ')
    return [link(url, relation, { datetime: httpDate(datetime) })]
  })
  return [fewLinks(original), ...links].join(', ')
}

/** The list of versions (RFC 7089, 5). @param versions newest first, at least one */
export function linkTimeMap(original: Original, versions: readonly PageVersion[]): string {
  const oldestFirst = versions.toReversed()
  const bounds = { from: dateOf(oldestFirst[0]), until: dateOf(versions[0]) }
  const lines = [
    link(original.url, 'original'),
    link(timeMapOf(original), 'self', { type: LINK_FORMAT, ...bounds }),
    link(timeGateOf(original), 'timegate'),
    ...oldestFirst.map((version, at) => {
      const { at: datetime, url } = mementoOf(original, version)
      const ends = `${at === 0 ? 'first ' : ''}${at === versions.length - 1 ? 'last ' : ''}`
      return link(url, `${ends}memento`, { datetime: httpDate(datetime) })
    }),
  ]
  return `${lines.join(',\n')}\n`
}

/** The same list as JSON, as Memento aggregators write it. */
export function jsonTimeMap(original: Original, versions: readonly PageVersion[]): object {
  const list = versions.toReversed().map((version) => {
    const { at, url } = mementoOf(original, version)
    return { datetime: at, uri: url }
  })
  return {
    original_uri: original.url,
    timegate_uri: timeGateOf(original),
    timemap_uri: {
      link_format: timeMapOf(original),
      json_format: timeMapOf(original, 'json'),
    },
    mementos: { first: list[0], last: list.at(-1), list },
  }
}

function dateOf(version: PageVersion | undefined): string {
  return version === undefined ? '' : httpDate(version.at)
}

/** Addresses are canonical: neither `>` nor a quote stands in them. */
function link(url: string, relation: string, more: Readonly<Record<string, string>> = {}): string {
  const attributes = Object.entries(more).map(([name, value]) => `; ${name}="${value}"`)
  return `<${url}>; rel="${relation}"${attributes.join('')}`
}
