/** Patterns of names as shells know them: `*`, `?`, `[a-z]` and `[!a-z]`. Pure. */

type IsOne = (character: string) => boolean

/** Cut at its stars: what is between two is matched character by character. */
export type Pattern = readonly (readonly IsOne[])[]

const PART = /\*+|\[!?[^\]]+\]|./gsu

export function patternOf(text: string): Pattern {
  const pieces: IsOne[][] = [[]]
  for (const part of text.match(PART) ?? []) {
    if (part.startsWith('*')) pieces.push([])
    else pieces.at(-1)?.push(oneOf(part))
  }
  return pieces
}

function oneOf(part: string): IsOne {
  if (part === '?') return () => true
  if (part.length < 3) return (character) => character === part
  const isNot = part[1] === '!'
  const ranges = rangesOf(Array.from(part.slice(isNot ? 2 : 1, -1)))
  return (character) =>
    ranges.some(([from, to]) => from <= code(character) && code(character) <= to) !== isNot
}

function rangesOf(characters: readonly string[]): readonly (readonly [from: number, to: number])[] {
  const ranges: [number, number][] = []
  for (let at = 0; at < characters.length; at++) {
    const from = code(characters[at])
    const last = characters[at + 1] === '-' ? characters[at + 2] : undefined
    ranges.push([from, last === undefined ? from : code(last)])
    if (last !== undefined) at += 2
  }
  return ranges
}

function code(character = ''): number {
  return character.codePointAt(0) ?? -1
}

/**
 * Each piece is taken where it first stands, which is never worse than later: no way back is ever
 * tried, however many stars there are.
 */
export function fits([first = [], ...rest]: Pattern, name: string): boolean {
  const characters = Array.from(name)
  if (!standsAt(characters, first, 0)) return false
  const last = rest.pop()
  if (last === undefined) return characters.length === first.length
  let at = first.length
  for (const piece of rest) {
    while (!standsAt(characters, piece, at)) if (++at > characters.length) return false
    at += piece.length
  }
  const end = characters.length - last.length
  return end >= at && standsAt(characters, last, end)
}

function standsAt(characters: readonly string[], piece: readonly IsOne[], at: number): boolean {
  return piece.every((isOne, index) => {
    const character = characters[at + index]
    return character !== undefined && isOne(character)
  })
}
