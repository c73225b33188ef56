/** What strangers wrote, as a line to be shown. Pure. */

/** Controls, halves of characters, and all that is drawn as nothing or turns the direction. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu

/** `undefined`: nothing is left. @param charsMax code points; what is longer ends in `…` */
export function plainText(given: string | undefined, charsMax: number): string | undefined {
  if (given === undefined) return undefined
  // Far more than is shown: what is longer is no title.
  const bounded = given.slice(0, READ_CHARS_MAX).toWellFormed().normalize('NFC')
  const text = bounded.replaceAll(/\s+/gu, ' ').replaceAll(UNFIT, '').replaceAll(/ +/g, ' ').trim()
  if (!/[\p{L}\p{N}\p{S}]/u.test(text)) return undefined
  const chars = Array.from(text)
  return chars.length <= charsMax
    ? text
    : `${chars
        .slice(0, charsMax - 1)
        .join('')
        .trimEnd()}…`
}

const READ_CHARS_MAX = 16_384
