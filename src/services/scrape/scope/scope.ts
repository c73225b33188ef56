/** Which addresses belong to a crawl. */
import { getDomain } from 'tldts'

import type { CanonicalUrl } from '../urls/canonical-url.ts'
import { trapOf, type Trap } from './traps.ts'
import { matchesUrl, urlPattern, type InvalidPattern, type UrlPattern } from './url-pattern.ts'

export const DEPTH_MAX = 20
export const EXTRA_HOPS_MAX = 5
/** Of all patterns together: every address found is held against all. */
export const SCOPE_STEPS_MAX = 400

/**
 * How far from the seeds: their pages alone; what lies in a seed's folder; its host, over http and
 * https; its registrable domain and all below it; the addresses listed; anywhere.
 */
export type Reach = 'page' | 'prefix' | 'host' | 'domain' | 'list' | 'any'

/** Plain JSON. */
export interface Scope {
  readonly reach: Reach
  /** Of reach `list`: canonical addresses. */
  readonly list?: readonly string[]
  /** Within reach, only what matches one of these (url-pattern.ts). */
  readonly include?: readonly string[]
  /** Never what matches one of these, whatever else is said. */
  readonly exclude?: readonly string[]
  /** Links from a seed; `DEPTH_MAX` where none is given. */
  readonly depthMax?: number
  /** So many links beyond the reach are followed; none where none are given. */
  readonly extraHops?: number
  /** Images, style sheets and scripts of pages, wherever they lie. */
  readonly withResources?: boolean
}

/** An address and how it was come by. */
export interface Candidate {
  readonly url: CanonicalUrl
  /** Links from a seed: 0 for seeds themselves, the page's own for its resources. */
  readonly depth: number
  /** Of the page that links to it: links beyond the reach. */
  readonly hops: number
  readonly isResource: boolean
}

export type ScopeDecision =
  /** `hops`: to be given with the links found on it. */
  | { readonly kind: 'in'; readonly hops: number }
  | {
      readonly kind: 'out'
      readonly why: 'scope' | 'depth' | 'excluded' | 'trap'
      readonly trap?: Trap
    }

/** A scope ready to judge. Made once a crawl and member. */
export type InvalidIn = InvalidPattern & { readonly field: 'include' | 'exclude' }

export class ScopeJudge {
  readonly #scope: Scope
  readonly #include: readonly UrlPattern[]
  readonly #exclude: readonly UrlPattern[]
  /** What stands for the reach: addresses, folders, hosts or domains. */
  readonly #marks: ReadonlySet<string>
  readonly #seeds: ReadonlySet<string>

  private constructor(scope: Scope, seeds: readonly CanonicalUrl[], patterns: Patterns) {
    this.#scope = scope
    this.#include = patterns.include
    this.#exclude = patterns.exclude
    this.#seeds = new Set(seeds)
    this.#marks = new Set(
      scope.reach === 'list' ? (scope.list ?? []) : seeds.map((seed) => markOf(scope.reach, seed)),
    )
  }

  /** @returns the first pattern that is wrong, or one too many, if there is. */
  static of(scope: Scope, seeds: readonly CanonicalUrl[]): ScopeJudge | InvalidIn {
    const patterns = { include: [] as UrlPattern[], exclude: [] as UrlPattern[] }
    let steps = 0
    for (const kind of ['include', 'exclude'] as const) {
      for (const text of scope[kind] ?? []) {
        const pattern = urlPattern(text)
        if (pattern.kind === 'invalid') return { ...pattern, field: kind }
        steps += pattern.kinds.length
        if (steps > SCOPE_STEPS_MAX) {
          return { kind: 'invalid', field: kind, pattern: text, at: 0, why: 'tooLong' }
        }
        patterns[kind].push(pattern)
      }
    }
    return new ScopeJudge(scope, seeds, patterns)
  }

  /** A seed is always in. @param nowMs for dates that run away. */
  decide(candidate: Candidate, nowMs: number): ScopeDecision {
    const { url, depth, hops, isResource } = candidate
    if (depth === 0 && this.#seeds.has(url)) return { kind: 'in', hops: 0 }
    if (depth > Math.min(this.#scope.depthMax ?? DEPTH_MAX, DEPTH_MAX)) return out('depth')
    if (this.#exclude.some((pattern) => matchesUrl(pattern, url))) return out('excluded')
    const decision = isResource ? this.#resource(hops) : this.#page(url, hops)
    if (decision.kind === 'out') return decision
    const trap = trapOf(url, nowMs)
    return trap === undefined ? decision : { kind: 'out', why: 'trap', trap }
  }

  /** Whether pages of that origin may be within the reach: then what it says of itself counts. */
  isHostReached(origin: string): boolean {
    const { reach } = this.#scope
    if (reach === 'any') return true
    const { host, hostname } = new URL(origin)
    if (reach === 'domain') return this.#marks.has(domainOf(hostname))
    const marks = reach === 'list' ? [...this.#marks] : [...this.#seeds]
    return marks.some((url) => new URL(url).host === host)
  }

  #resource(hops: number): ScopeDecision {
    return this.#scope.withResources === true ? { kind: 'in', hops } : out('scope')
  }

  #page(url: CanonicalUrl, hops: number): ScopeDecision {
    if (this.#isWithin(url)) return { kind: 'in', hops: 0 }
    const extra = Math.min(this.#scope.extraHops ?? 0, EXTRA_HOPS_MAX)
    return hops < extra ? { kind: 'in', hops: hops + 1 } : out('scope')
  }

  #isWithin(url: CanonicalUrl): boolean {
    const isIncluded =
      this.#include.length === 0 || this.#include.some((pattern) => matchesUrl(pattern, url))
    return isIncluded && this.#isReached(url)
  }

  #isReached(url: CanonicalUrl): boolean {
    const { reach } = this.#scope
    if (reach === 'any') return true
    if (reach !== 'prefix') return this.#marks.has(markOf(reach, url))
    const address = withoutScheme(url)
    return [...this.#marks].some((folder) => address.startsWith(folder))
  }
}

interface Patterns {
  readonly include: readonly UrlPattern[]
  readonly exclude: readonly UrlPattern[]
}

function out(why: 'scope' | 'depth' | 'excluded'): ScopeDecision {
  return { kind: 'out', why }
}

/** What two addresses within one reach have in common. */
function markOf(reach: Reach, url: CanonicalUrl): string {
  switch (reach) {
    case 'page':
    case 'list':
    case 'any':
      return url
    case 'prefix':
      return withoutScheme(url)
        .replace(/\?.*$/s, '')
        .replace(/[^/]*$/, '')
    case 'host':
      return new URL(url).host
    case 'domain':
      return domainOf(new URL(url).hostname)
  }
}

/** http and https are one site: only ports that are written make another. */
function withoutScheme(url: CanonicalUrl): string {
  return url.slice(url.indexOf('://') + '://'.length)
}

/**
 * The registrable domain; of addresses and names without one the name itself. Names below which
 * others register, such as `github.io`, count as suffixes: their sites are strangers.
 */
function domainOf(hostname: string): string {
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname
}
