/**
 * The patterns of robots.txt (RFC 9309, 2.2.2 and 2.2.3): `*` stands for anything, `$` at the end
 * for the end. Compared with escapes written alike on both sides: undone where they stand for an
 * unreserved character, else with capitals; whatever no URL may hold is escaped.
 */

/** A pattern cut at its stars. */
export interface Pattern {
  readonly pieces: readonly string[]
  /** It ends in `$`. */
  readonly isWhole: boolean
}

export function patternOf(pattern: string): Pattern {
  const isWhole = pattern.endsWith('$')
  return { pieces: (isWhole ? pattern.slice(0, -1) : pattern).split(/\*+/), isWhole }
}

/**
 * Each piece is taken where it first stands, which is never worse than later: no way back is ever
 * tried, so the cost is that of looking for each piece once.
 */
export function matches({ pieces, isWhole }: Pattern, path: string): boolean {
  const [first = '', ...rest] = pieces
  if (!path.startsWith(first)) return false
  const last = rest.pop()
  let at = first.length
  if (last === undefined) return !isWhole || at === path.length
  for (const piece of rest) {
    const found = path.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  if (!isWhole) return path.includes(last, at)
  return path.length - last.length >= at && path.endsWith(last)
}

/** A rule's text, with `*` and the last `$` left as they are. */
export function escapedPattern(text: string): string {
  const isWhole = text.endsWith('$')
  const body = isWhole ? text.slice(0, -1) : text
  return body.split('*').map(escapedPath).join('*') + (isWhole ? '$' : '')
}

/**
 * A URL's path and query. `*` and `$` are escaped (RFC 9309, 2.2.3: `%2A` in a rule is the star
 * itself), and `'`, which the URL parser escapes in queries alone.
 */
export function escapedPath(text: string): string {
  return text.replaceAll(ESCAPE_OR_STRANGE, (found) => {
    if (found.length === 1) return hex(found.charCodeAt(0))
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16))
    return UNRESERVED.test(character) ? character : found.toUpperCase()
  })
}

/** An escape, or what is neither unreserved nor a delimiter (RFC 3986, 2.2 and 2.3). */
const ESCAPE_OR_STRANGE = /%[0-9a-f]{2}|[^%A-Za-z0-9._~:/?#[\]@!&()+,;=-]/gi
const UNRESERVED = /[A-Za-z0-9._~-]/

function hex(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`
}
