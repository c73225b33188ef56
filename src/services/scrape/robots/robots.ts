/**
 * robots.txt after RFC 9309: read into groups, and asked whether a page may be fetched. Read as
 * Google's parser reads it where the standard is silent: a missing colon, frequent misspellings, a
 * half byte order mark, `index.html` for its folder. What differs is told in docs/spec/robots.md.
 *
 * Bytes are compared, not letters: each byte beyond ASCII stands as its escape, whatever the
 * charset that the file is in.
 */
import { escapedPath, escapedPattern, matches, patternOf, type Pattern } from './pattern.ts'

/** RFC 9309, 2.5: a crawler reads at least 500 KiB. What stands behind is cut off. */
export const ROBOTS_BYTES_MAX = 500 * 1024
/** Eight times the longest URL of old browsers, as Google's parser: no honest line is longer. */
export const ROBOTS_LINE_CHARS_MAX = 8 * 2_083 - 1
/** RFC 9309, 2.3.1.2: so many redirects to robots.txt are followed. */
export const ROBOTS_REDIRECTS_MAX = 5
/** Sitemaps may be named as often as there is room; a site has few, an index names the rest. */
export const ROBOTS_SITEMAPS_MAX = 1_000

export interface RobotsRule {
  readonly isAllow: boolean
  /** Escapes written alike (pattern.ts); never empty. */
  readonly pattern: string
  /** From 1. */
  readonly line: number
}

export interface RobotsGroup {
  /** Product tokens in lower case, or `*`. */
  readonly agents: readonly string[]
  readonly rules: readonly RobotsRule[]
}

/** A file as read: plain JSON. */
export interface Robots {
  readonly groups: readonly RobotsGroup[]
  /** `Crawl-delay` by agent. */
  readonly delays: readonly { readonly agent: string; readonly delayMs: number }[]
  /** As written, escaped; relative ones too. */
  readonly sitemaps: readonly string[]
  /** It was longer than `ROBOTS_BYTES_MAX`. */
  readonly isCut: boolean
}

/** What one agent has to obey on a host. Made once a file; asked for each URL. */
export interface AgentRules {
  /** The longest first, and allow before disallow: the first that matches decides. */
  readonly rules: readonly (RobotsRule & { readonly compiled: Pattern })[]
  readonly delayMs: number | undefined
}

export type RobotsDecision =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly line: number; readonly pattern: string }

/** Never throws: what makes no sense is skipped. Cost: one pass. */
export function parseRobots(bytes: Uint8Array): Robots {
  const reader = new Reader()
  const text = binaryText(bytes.subarray(markBytes(bytes), ROBOTS_BYTES_MAX))
  const lineEnd = /\r\n?|\n/g
  let from = 0
  let number = 1
  for (let end = lineEnd.exec(text); end !== null; end = lineEnd.exec(text)) {
    reader.line(text.slice(from, Math.min(end.index, from + ROBOTS_LINE_CHARS_MAX)), number)
    from = lineEnd.lastIndex
    number += 1
  }
  reader.line(text.slice(from, from + ROBOTS_LINE_CHARS_MAX), number)
  return reader.ended(bytes.length > ROBOTS_BYTES_MAX)
}

/**
 * The rules of all groups that name `agent`, or else of those for `*` (RFC 9309, 2.2.1).
 * @param agent the product token, such as `anillo`: letters, `-` and `_`; case does not matter.
 */
export function rulesFor(robots: Robots, agent: string): AgentRules {
  const token = agent.toLowerCase()
  const name = robots.groups.some(({ agents }) => agents.includes(token)) ? token : '*'
  const delays = robots.delays.filter((delay) => delay.agent === name)
  return {
    rules: robots.groups
      .filter(({ agents }) => agents.includes(name))
      .flatMap(({ rules }) => rules)
      .map((rule) => ({ ...rule, compiled: patternOf(rule.pattern) }))
      .toSorted(
        (one, other) =>
          other.pattern.length - one.pattern.length || Number(other.isAllow) - Number(one.isAllow),
      ),
    // Of several the longest: who wrote them meant at least one.
    delayMs: delays.length === 0 ? undefined : Math.max(...delays.map(({ delayMs }) => delayMs)),
  }
}

/**
 * Whether the page may be fetched; robots.txt itself always may (RFC 9309, 2.2.2).
 * @param url absolute, in the spelling of `canonicalUrl`.
 */
export function decisionFor({ rules }: AgentRules, url: string): RobotsDecision {
  const path = escapedPath(pathAndQuery(url))
  if (path === '/robots.txt') return ALLOWED
  const rule = rules.find(({ compiled }) => matches(compiled, path))
  if (rule === undefined || rule.isAllow) return ALLOWED
  return { kind: 'refused', line: rule.line, pattern: rule.pattern }
}

const ALLOWED: RobotsDecision = { kind: 'allowed' }

/** Collects groups line by line. */
class Reader {
  readonly #groups: { agents: string[]; rules: RobotsRule[] }[] = []
  readonly #delays: { agent: string; delayMs: number }[] = []
  readonly #sitemaps: string[] = []
  #group: { agents: string[]; rules: RobotsRule[] } | undefined
  /** The group has a rule, if only an empty one. */
  #isRuled = false
  /** Agents of the group that no `Crawl-delay` was told for. */
  #undelayed: string[] = []

  line(text: string, line: number): void {
    const field = fieldOf(text)
    if (field === undefined) return
    const [name, value] = field
    if (USER_AGENT.test(name)) this.#userAgent(value)
    else if (ALLOW.test(name)) this.#rule({ isAllow: true, value, line })
    else if (DISALLOW.test(name)) this.#rule({ isAllow: false, value, line })
    else if (CRAWL_DELAY.test(name)) this.#delay(value)
    else if (SITEMAP.test(name) && value !== '' && this.#sitemaps.length < ROBOTS_SITEMAPS_MAX) {
      this.#sitemaps.push(escapedBytes(value))
    }
  }

  ended(isCut: boolean): Robots {
    return { groups: this.#groups, delays: this.#delays, sitemaps: this.#sitemaps, isCut }
  }

  /** Only a rule ends the list of a group's agents: other records never do (RFC 9309, 2.2.4). */
  #userAgent(value: string): void {
    if (this.#group === undefined || this.#isRuled) {
      this.#group = { agents: [], rules: [] }
      this.#groups.push(this.#group)
      this.#undelayed = []
      this.#isRuled = false
    }
    // A `*` followed by words is still meant for everybody.
    const agent = /^\*(?:\s|$)/.test(value) ? '*' : /^[a-z_-]*/i.exec(value)?.[0].toLowerCase()
    if (agent === undefined || agent === '') return
    this.#group.agents.push(agent)
    this.#undelayed.push(agent)
  }

  #rule({ isAllow, value, line }: { isAllow: boolean; value: string; line: number }): void {
    if (this.#group === undefined) return
    this.#isRuled = true
    // An empty rule matches nothing.
    if (value === '') return
    const pattern = escapedPattern(/^[/*]/.test(value) ? value : `/${value}`)
    this.#group.rules.push({ isAllow, pattern, line })
    const folder = isAllow ? /^(.*\/)index\.html?[^/]*$/.exec(pattern)?.[1] : undefined
    if (folder !== undefined) this.#group.rules.push({ isAllow, pattern: `${folder}$`, line })
  }

  #delay(value: string): void {
    const seconds = /^(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*(?:s|sec|seconds?)?$/i.exec(value)?.[1]
    if (seconds === undefined || this.#group === undefined) return
    const delayMs = Math.round(Number(seconds) * 1_000)
    // After a rule or another delay it is the group's: agents that were told one keep both.
    const agents = this.#undelayed.length > 0 ? this.#undelayed : this.#group.agents
    for (const agent of agents) this.#delays.push({ agent, delayMs })
    this.#undelayed = []
  }
}

/** Beginnings, as Google's parser: `Disallowed:` is meant. */
const USER_AGENT = /^user[- ]?agent/i
const ALLOW = /^allow/i
const DISALLOW = /^(?:disallow|dissallow|dissalow|disalow|diasllow|disallaw)/i
const SITEMAP = /^site-?map/i
const CRAWL_DELAY = /^crawl[- ]?delay/i

/** Name and value; a colon that was forgotten is seen where there are two words and no more. */
function fieldOf(line: string): readonly [name: string, value: string] | undefined {
  const comment = line.indexOf('#')
  const text = (comment === -1 ? line : line.slice(0, comment)).trim()
  const colon = text.indexOf(':')
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
  const [name, value, ...rest] = text.split(/[ \t]+/, 3)
  return name === undefined || value === undefined || rest.length > 0 ? undefined : [name, value]
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** Of a byte order mark, whole or its beginning (RFC 9309, 2.3: UTF-8). */
function markBytes(bytes: Uint8Array): number {
  const differs = BYTE_ORDER_MARK.findIndex((byte, at) => bytes[at] !== byte)
  return differs === -1 ? BYTE_ORDER_MARK.length : differs
}

/** One character a byte. */
function binaryText(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + SLICE_BYTES))
  }
  return text
}

/** Arguments of one call: far below what any stack holds. */
const SLICE_BYTES = 4_096

function escapedBytes(text: string): string {
  // oxlint-disable-next-line no-control-regex -- bytes beyond ASCII, by their numbers
  return text.replaceAll(/[^\x00-\x7f]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase()}`
  })
}

/** Without scheme, host and fragment; a missing path is `/`. */
function pathAndQuery(url: string): string {
  const path = url.replace(/^(?:(?:[a-z][a-z\d+.-]*:)?\/\/)?[^/?#]*/i, '').replace(/#.*$/s, '')
  return path.startsWith('/') ? path : `/${path}`
}
