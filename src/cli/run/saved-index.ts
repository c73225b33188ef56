/** Names and the list of pages that are saved as files. */
import { sizeText } from '../../base/size-text.ts'
import { dateText } from '../table.ts'

export interface SavedPage {
  readonly url: string
  /** When it was got, ISO 8601. */
  readonly at: string
  readonly status: number
  /** Below the directory. */
  readonly file: string
  readonly bytes: number
  readonly title: string | null
}

const NAME_CHARS_MAX = 80
const ID_CHARS = 8

/**
 * `example.org/book-chapter-1-0a1b2c3d.html`: letters that every disk takes, never a hidden file,
 * never out of the directory, and no two addresses in one file.
 */
export function savedName(page: {
  readonly url: string
  readonly contentType: string
  /** Hex, of the address. */
  readonly id: string
}): string {
  const { host, pathname, search } = new URL(page.url)
  const last = /\.([a-z0-9]{1,5})$/i.exec(pathname)?.[1]?.toLowerCase()
  const suffix = SUFFIXES[page.contentType] ?? last ?? 'bin'
  const stem = pathname.replace(/\.[a-z0-9]{1,5}$/i, '') + search
  const name = plain(stem).slice(0, NAME_CHARS_MAX)
  const named = name === '' ? 'index' : name
  return `${plain(host) || 'host'}/${named}-${page.id.slice(0, ID_CHARS)}.${suffix}`
}

function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
}

const SUFFIXES: Readonly<Record<string, string>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'xhtml',
  'text/plain': 'txt',
  'text/css': 'css',
  'text/javascript': 'js',
  'application/javascript': 'js',
  'application/json': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/rss+xml': 'xml',
  'application/atom+xml': 'xml',
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
}

/** Without a script, and nothing of a site in it but text. */
export function indexHtml(pages: readonly SavedPage[]): string {
  const rows = pages.map(({ at, bytes, file, status, title, url }) => {
    const cells = [
      `<a href="${escaped(encodeURI(file))}">${escaped(title ?? url)}</a>`,
      escaped(url),
      String(status),
      sizeText(bytes),
      dateText(at),
    ]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  const titles = ['page', 'address', 'status', 'size', 'got (UTC)']
  return [
    '<!doctype html>',
    '<html lang="en"><meta charset="utf-8"><title>Saved pages</title>',
    '<style>body{font:16px system-ui;margin:2rem}td,th{padding:.3rem .8rem;text-align:left}</style>',
    `<h1>Saved pages: ${String(pages.length)}</h1>`,
    `<table><tr>${titles.map((title) => `<th>${title}</th>`).join('')}</tr>`,
    ...rows,
    '</table></html>',
    '',
  ].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
}
