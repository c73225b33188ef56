/**
 * What was asked for at the replay door, read from the request as it came: the address of an
 * archived page stands in it unescaped, with a query of its own, and no router or parser of queries
 * may change it.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { canonicalUrl, type CanonicalUrl } from '../../../services/scrape/urls/canonical-url.ts'

/** Of the addresses that lead to a page; each ends before the page's own. */
const HEADS =
  /^(\/p\/[\w-]{1,64}\/\d{1,32}|\/\d{1,32}(?:id_)?|\/timegate|\/timemap\/(?:link|json))\/(?!$)/

/** What stands for the page's address where the router looks. */
const STAND_IN = 'page'

/** For the router, which sees an address without what strangers wrote. */
export function routedUrl(url: string): string {
  const head = HEADS.exec(url)?.[1]
  if (head !== undefined) return `${head}/${STAND_IN}`
  return /^\/-\/[\w.]+$/.test(url) ? url : '/-'
}

/** The page's own address, as it was asked for. */
export function pageAsked(url: string): string {
  const head = HEADS.exec(url)?.[0]
  return head === undefined ? '' : url.slice(head.length)
}

/** The pass in an address; empty where there is none. */
export function passIn(url: string): string {
  return /^\/p\/([\w-]{1,64})\//.exec(url)?.[1] ?? ''
}

/** Of the page that asks; empty where it does not say. */
export function refererPath(referer: string | undefined): string {
  const from = URL.parse(referer ?? '')
  return from === null ? '' : from.pathname + from.search
}

/** As `readUrl`, of what was asked for. */
export function readPageAsked(url: string): CanonicalUrl | undefined {
  return readUrl(pageAsked(url))
}

/** `undefined`: nothing that could be held. */
export function readUrl(text: string): CanonicalUrl | undefined {
  try {
    return canonicalUrl(text)
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}
