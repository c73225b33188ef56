/** Copies of pages that a browser keeps: what is told of them, and their bounds. Pure. */
import type { Page } from './told.ts'

/** What is known of one without its body. */
export interface Copy {
  /** By chance: it tells nothing of the page. */
  readonly id: string
  readonly url: string
  readonly finalUrl: string
  readonly title: string | null
  readonly status: number
  readonly contentType: string
  readonly charset: string | null
  readonly bytes: number
  /** SHA-256 of the body, hex. */
  readonly hash: string
  readonly fetchedAt: string
  readonly keptAt: string
}

/** One body is encrypted whole, in memory; larger files are for saving. */
export const COPY_BYTES_MAX = 32 * 1024 * 1024
/** Of all bodies: what a browser grants an origin on a small disk, and a download of minutes. */
export const COPIES_BYTES_MAX = 512 * 1024 * 1024
/** The pages of a crawl that says nothing else; all of them are listed in memory. */
export const COPIES_MAX = 10_000

type Described = Pick<
  Page,
  | 'url'
  | 'finalUrl'
  | 'title'
  | 'status'
  | 'contentType'
  | 'charset'
  | 'bytes'
  | 'hash'
  | 'fetchedAt'
>

export function copyOf(page: Described, { id, keptAt }: Pick<Copy, 'id' | 'keptAt'>): Copy {
  const { url, finalUrl, title, status, contentType, charset, bytes, hash, fetchedAt } = page
  return { id, url, finalUrl, title, status, contentType, charset, bytes, hash, fetchedAt, keptAt }
}

const TEXTS = ['id', 'url', 'finalUrl', 'contentType', 'hash', 'fetchedAt', 'keptAt'] as const
const NUMBERS = ['status', 'bytes'] as const
const TEXTS_OR_NULL = ['title', 'charset'] as const

/** `undefined`: it was written by another version, or is not what it was. */
export function readCopy(text: string): Copy | undefined {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null) return undefined
  const fits = (names: readonly string[], ...kinds: readonly string[]): boolean =>
    names.every((name) => {
      const field: unknown = Reflect.get(value, name)
      return kinds.includes(field === null ? 'null' : typeof field)
    })
  const isCopy =
    fits(TEXTS, 'string') && fits(NUMBERS, 'number') && fits(TEXTS_OR_NULL, 'string', 'null')
  return isCopy ? (value as Copy) : undefined
}

/** The same content of the same address. */
export function sameCopy<T extends Pick<Copy, 'url' | 'hash'>>(
  copies: readonly T[],
  { hash, url }: Pick<Copy, 'url' | 'hash'>,
): T | undefined {
  return copies.find((copy) => copy.hash === hash && copy.url === url)
}

export function bytesOf(copies: readonly Pick<Copy, 'bytes'>[]): number {
  return copies.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** What more fits. */
export interface Room {
  readonly copies: number
  readonly bytes: number
}

/** @param granted bytes that the browser says it has left for this origin, where it says so */
export function roomFor(copies: readonly Copy[], granted: number | undefined): Room {
  const own = Math.max(0, COPIES_BYTES_MAX - bytesOf(copies))
  return {
    copies: Math.max(0, COPIES_MAX - copies.length),
    bytes: Math.min(own, granted ?? own),
  }
}

/** Newest first; what was typed stands in the address or the title. */
export function listedCopies(copies: readonly Copy[], typed: string): readonly Copy[] {
  const wanted = typed.trim().toLowerCase()
  return copies
    .filter(({ title, url }) => `${url} ${title ?? ''}`.toLowerCase().includes(wanted))
    .toSorted((a, b) =>
      a.keptAt === b.keptAt ? compare(a.url, b.url) : compare(b.keptAt, a.keptAt),
    )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'xhtml',
  'text/plain': 'txt',
}
const NAME_CHARS_MAX = 100

/** Under which the body is saved: the end of its address, and what its type ends in. */
export function fileNameOf({ contentType, url }: Pick<Copy, 'contentType' | 'url'>): string {
  const { hostname, pathname } = new URL(url)
  const last = pathname.split('/').findLast((part) => part !== '') ?? hostname
  const name = last.replaceAll(/[^\w.-]+/g, '_').slice(0, NAME_CHARS_MAX)
  const extension = EXTENSIONS[contentType.split(';')[0]?.trim().toLowerCase() ?? '']
  return extension === undefined || name.endsWith(`.${extension}`) ? name : `${name}.${extension}`
}
