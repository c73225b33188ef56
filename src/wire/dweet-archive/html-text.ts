/** The text that HTML of a microblog shows: paragraphs, line ends, entities. Pure. */

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}
const CODE_POINT_MAX = 0x10_ffff

/**
 * Without tags, whatever they are; what is between two paragraphs is an empty line. A tag ends
 * before the next one begins: of many that never end each would be looked at to the end of all.
 */
export function textOfHtml(html: string): string {
  const text = html
    .replaceAll(/<br\s*\/?>/gi, '\n')
    .replaceAll(/<\/p>\s*<p(?:\s[^<>]*)?>/gi, '\n\n')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,6});/gi, decoded)
  return text.trim()
}

function decoded(entity: string, name: string): string {
  if (!name.startsWith('#')) return NAMED[name.toLowerCase()] ?? entity
  const isHex = name[1] === 'x' || name[1] === 'X'
  const code = isHex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code > CODE_POINT_MAX ? entity : String.fromCodePoint(code)
}
