/** What a page says of itself: to robots, to browsers (meta robots, X-Robots-Tag, refresh). */

/** Once said, it holds: no later word takes it back. */
export interface RobotsDirectives {
  /** It is not to be found in a search. */
  readonly noIndex: boolean
  /** Its links are not to be followed. */
  readonly noFollow: boolean
}

export const NO_DIRECTIVES: RobotsDirectives = { noIndex: false, noFollow: false }

/** Either's word. */
export function bothDirectives(one: RobotsDirectives, other: RobotsDirectives): RobotsDirectives {
  return {
    noIndex: one.noIndex || other.noIndex,
    noFollow: one.noFollow || other.noFollow,
  }
}

/** The content of `<meta name="robots">`: words between commas, `none` for both. */
export function metaDirectives(content: string): RobotsDirectives {
  const words = new Set(content.toLowerCase().split(/[\s,;]+/))
  return {
    noIndex: words.has('noindex') || words.has('none'),
    noFollow: words.has('nofollow') || words.has('none'),
  }
}

/**
 * One `X-Robots-Tag`: as above, but an agent's name and a colon limit what follows to that agent,
 * until another name.
 * @param agent product token, such as `anillo`.
 */
export function headerDirectives(value: string, agent: string): RobotsDirectives {
  let isForUs = true
  let found = NO_DIRECTIVES
  for (const part of value.split(',')) {
    const name = /^\s*([^\s:]+)\s*:/.exec(part)?.[1]?.toLowerCase()
    const isAgent = name !== undefined && !WITH_VALUE.has(name)
    if (isAgent) isForUs = name === agent.toLowerCase() || name === '*'
    if (!isForUs) continue
    found = bothDirectives(found, metaDirectives(isAgent ? part.replace(/^[^:]*:/, '') : part))
  }
  return found
}

/** Directives with a colon of their own: no agents. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  'unavailable_after',
  'max-snippet',
  'max-image-preview',
  'max-video-preview',
])

/** The address in `<meta http-equiv="refresh">`; `undefined`: this page. */
export function refreshTarget(content: string): string | undefined {
  return refreshParts(content)?.target
}

/**
 * What `<meta http-equiv="refresh">` says (WHATWG HTML, 4.2.5.3); `undefined`: nothing that holds.
 * Without a target it is this page.
 */
export function refreshParts(
  content: string,
): { readonly delay: string; readonly target: string | undefined } | undefined {
  const [, delay, rest = ''] = /^\s*([\d.]+)\s*(?:[;,\s]\s*(.*))?$/s.exec(content) ?? []
  if (delay === undefined) return undefined
  if (rest === '') return { delay, target: undefined }
  const target = rest.replace(/^url\s*=\s*/i, '')
  const quote = target[0]
  if (quote !== '"' && quote !== "'") return { delay, target }
  const end = target.indexOf(quote, 1)
  return { delay, target: target.slice(1, end === -1 ? undefined : end) }
}

/** One of the images of a `srcset`. */
export interface SrcsetCandidate {
  readonly url: string
  /** Its width or density, as written; empty where there is none. */
  readonly descriptors: string
}

/** The addresses of a `srcset`, at most `urlsMax`. */
export function srcsetUrls(text: string, urlsMax: number): readonly string[] {
  return srcsetCandidates(text, urlsMax).map(({ url }) => url)
}

/** The images of a `srcset` (WHATWG HTML, 4.8.4.2.1), at most `candidatesMax`. One pass. */
export function srcsetCandidates(text: string, candidatesMax: number): readonly SrcsetCandidate[] {
  const candidates: SrcsetCandidate[] = []
  const candidate = /[\s,]*(\S+)/y
  while (candidates.length < candidatesMax) {
    const found = candidate.exec(text)?.[1]
    if (found === undefined) break
    const url = withoutCommas(found)
    const from = candidate.lastIndex
    const to = url === found ? afterDescriptors(text, from) : from
    const descriptors = withoutCommas(text.slice(from, to)).trim()
    if (url !== '') candidates.push({ url, descriptors })
    candidate.lastIndex = to
  }
  return candidates
}

/** At its end. */
function withoutCommas(text: string): string {
  let end = text.length
  while (text[end - 1] === ',') end -= 1
  return text.slice(0, end)
}

/** Behind the comma that ends them; commas between brackets belong to them. */
function afterDescriptors(text: string, from: number): number {
  let isOpen = false
  for (let at = from; at < text.length; at += 1) {
    const character = text[at]
    if (character === '(') isOpen = true
    else if (character === ')') isOpen = false
    else if (character === ',' && !isOpen) return at + 1
  }
  return text.length
}
