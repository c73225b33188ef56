/**
 * Addresses of pages as names of files, and back. Pure.
 *
 * `https://HOST/blog/2026/post?id=1` is `blog/2026/post?id=1` below the host; of what stands in an
 * address only these change, so that no two addresses get one name and a file is never in the way
 * of a folder:
 *
 *     /blog/         blog/index of folder.html   an address that ends with a slash
 *     /blog          blog page.html              a last part without a dot and without a query
 *     /v1.2/notes    v1.2 folder/notes page.html a part with a dot that has others below
 *     ?u=a/b         ?u=a∕b                      a slash in a query (U+2215)
 *     %C3%A9         é                           letters, where they were written in UTF-8 and NFC
 *
 * What cannot be told so (a part that is empty or longer than a name) is
 * `other addresses/ID.html`, ID being that of the page. Addresses have no blanks: so none of these
 * is the name of another.
 */
import { tryText } from '../../../base/bytes.ts'
import { utf8Bytes } from '../../../wire/record-limits.ts'
import { NAME_BYTES_MAX, PATH_BYTES_MAX } from '../tree/limits.ts'

export const OTHERS = 'other addresses'
const INDEX = 'index of folder.html'
const PAGE_END = ' page.html'
const FOLDER_END = ' folder'
const OTHER_FILE = /^([0-9a-f]{64})\.html$/
const SLASH_IN_QUERY = '\u2215'
/** For the names of the view, of the host and of the time, before it. */
const ABOVE_BYTES_MAX = 320
/** Bytes beyond ASCII, as addresses have them. */
const ESCAPED = /(?:%[89A-F][0-9A-F])+/g
/** Blanks and what nobody sees are not shown; beyond U+FFFF other programs sort otherwise. */
const NOT_SHOWN = /[\p{C}\p{Z}\u2215]|[\u{10000}-\u{10ffff}]/u

/** Below its host. @param id of the page */
export function namesOfUrl(url: string, id: string): readonly string[] {
  const { pathname, search } = new URL(url)
  const parts = pathname.slice(1).split('/')
  const last = parts.pop() ?? ''
  const names = [...parts.map(folderName), fileName(last, search)]
  const isFit =
    names.every((name) => name !== '' && utf8Bytes(name) <= NAME_BYTES_MAX) &&
    utf8Bytes(names.join('/')) <= PATH_BYTES_MAX - ABOVE_BYTES_MAX &&
    targetOf(names) === pathname + search
  return isFit ? names : [OTHERS, `${id}.html`]
}

/** Path and query of the address; `undefined`: no address has these names. */
export function targetOf(names: readonly string[]): string | undefined {
  const file = names.at(-1)
  if (file === undefined) return undefined
  const parts = [...names.slice(0, -1).map(partOfFolder), partOfFile(file)]
  return parts.includes(undefined) ? undefined : `/${parts.join('/')}`
}

/** Of a page whose address has no names; `undefined`: the names are none of such. */
export function otherId(names: readonly string[]): string | undefined {
  const [folder, file = '', ...more] = names
  return folder === OTHERS && more.length === 0 ? OTHER_FILE.exec(file)?.[1] : undefined
}

function folderName(part: string): string {
  return part.includes('.') ? shown(part) + FOLDER_END : shown(part)
}

function partOfFolder(name: string): string | undefined {
  const isDotted = name.endsWith(FOLDER_END)
  const text = isDotted ? name.slice(0, -FOLDER_END.length) : name
  return text.includes('.') === isDotted && !text.includes('?') ? hidden(text) : undefined
}

function fileName(part: string, search: string): string {
  if (search !== '') return shown(part) + search.replaceAll('/', SLASH_IN_QUERY)
  if (part === '') return INDEX
  return part.includes('.') ? shown(part) : shown(part) + PAGE_END
}

function partOfFile(name: string): string | undefined {
  if (name === INDEX) return ''
  const query = name.indexOf('?')
  if (query !== -1) {
    const part = hidden(name.slice(0, query))
    const search = name.slice(query).replaceAll(SLASH_IN_QUERY, '/')
    return part === undefined || !/^[!-~]+$/.test(search) ? undefined : part + search
  }
  const isPlain = name.endsWith(PAGE_END)
  const text = isPlain ? name.slice(0, -PAGE_END.length) : name
  return text !== '' && text.includes('.') !== isPlain ? hidden(text) : undefined
}

function shown(part: string): string {
  return part.replaceAll(ESCAPED, (escaped) => {
    const bytes = Uint8Array.from(escaped.slice(1).split('%'), (pair) => Number.parseInt(pair, 16))
    const text = tryText(bytes)
    const isShown = text !== undefined && !NOT_SHOWN.test(text) && text === text.normalize('NFC')
    return isShown ? text : escaped
  })
}

/** `undefined`: no part of an address is shown so. */
function hidden(text: string): string | undefined {
  const whole = text.normalize('NFC')
  if (/[\s/]/.test(whole) || !whole.isWellFormed()) return undefined
  return whole.replaceAll(/[^!-~]+/gu, encodeURIComponent)
}
