/** Pages of the site: each of its number alone, 20 KiB, 20 links, every page reachable. */

const LINKS = 20
/** Links to pages 10i+1 to 10i+10; the others lead anywhere. */
const CHILDREN = 10
const PAGE_BYTES = 20_400
const WORDS =
  'tide harbour pier mast keel sail anchor rope chart lamp shoal reef buoy crane dock'.split(' ')

/** The same numbers for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed + 0x6d_2b_79_f5
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function sitePage(number: number, pages: number): string {
  const next = chance(number)
  const word = (): string => WORDS[Math.floor(next() * WORDS.length)] ?? ''
  const links = Array.from({ length: CHILDREN }, (_, at) => number * CHILDREN + 1 + at).filter(
    (child) => child < pages,
  )
  while (links.length < LINKS) links.push(Math.floor(next() * pages))
  const parts = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page ${number}</title>`,
    `<link rel="canonical" href="/p/${number}"></head><body><main><h1>Page ${number}</h1>`,
  ]
  let bytes = 0
  for (let at = 0; bytes < PAGE_BYTES; at++) {
    const words = Array.from({ length: 24 }, word).join(' ')
    const link = links[at]
    const anchor = link === undefined ? '' : `<a href="/p/${link}" class="go">${word()} ${link}</a>`
    const part = `<section><h2>${word()} &amp; ${word()}</h2><p>${words}. ${anchor}</p></section>\n`
    parts.push(part)
    bytes += part.length
  }
  return `${parts.join('')}</main></body></html>\n`
}
