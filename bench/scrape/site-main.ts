/**
 * The site that is crawled, in a process of its own. `PAGES DELAY_MS LISTED`; prints its port.
 * So many addresses stand in sitemaps, each a page of its own.
 * `/_counts` tells what it was asked for; `/bomb` is 256 MiB of zeros, packed.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

import { MIB } from '../../src/base/limits.ts'
import { sitePage } from './site-pages.ts'

const [pages = 1_000, delayMs = 0, listed = 0] = process.argv.slice(2).map(Number)
const BOMB_BYTES = 256 * MIB

const bodies = Array.from({ length: pages }, (_, number) => Buffer.from(sitePage(number, pages)))
let bomb: Buffer | undefined
let asked = new Map<number, number>()
let lastAtMs = 0
let requests = 0

/** As many as a sitemap may have (sitemaps.org). */
const LISTED_PER_MAP = 50_000

/** robots.txt and the sitemaps that it names. */
function listAt(path: string, origin: string): { type: string; text: string } | undefined {
  if (listed === 0) return undefined
  const maps = Math.ceil(listed / LISTED_PER_MAP)
  if (path === '/robots.txt') {
    const lines = Array.from({ length: maps }, (_, map) => `Sitemap: ${origin}/map-${map}.xml\n`)
    return { type: 'text/plain', text: lines.join('') }
  }
  const map = Number(/^\/map-(\d+)\.xml$/.exec(path)?.[1])
  if (!(map < maps)) return undefined
  const from = pages + map * LISTED_PER_MAP
  const length = Math.min(LISTED_PER_MAP, pages + listed - from)
  const urls = Array.from({ length }, (_, at) => `<url><loc>${origin}/p/${from + at}</loc></url>`)
  return {
    type: 'application/xml',
    text: `<urlset xmlns="${SITEMAPS}">${urls.join('\n')}</urlset>`,
  }
}

const SITEMAPS = 'http://www.sitemaps.org/schemas/sitemap/0.9'

const server = createServer((request, response) => {
  const path = request.url ?? '/'
  if (path === '/_counts') {
    const twice = Array.from(asked.values()).reduce((sum, times) => sum + times - 1, 0)
    const sinceLastMs = performance.now() - lastAtMs
    response.end(JSON.stringify({ pages: asked.size, twice, sinceLastMs, requests }))
    return
  }
  if (path === '/_again') {
    asked = new Map()
    requests = 0
    response.end()
    return
  }
  requests++
  const list = listAt(path, `http://${request.headers.host ?? ''}`)
  if (list !== undefined) {
    response.writeHead(200, { 'Content-Type': list.type }).end(list.text)
    return
  }
  if (path === '/bomb') {
    bomb ??= gzipSync(Buffer.alloc(BOMB_BYTES))
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(bomb)
    return
  }
  const number = Number(/^\/p\/(\d+)$/.exec(path)?.[1])
  const body = bodies[number] ?? (number < pages + listed ? bodies[0] : undefined)
  if (body === undefined) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('none')
    return
  }
  asked.set(number, (asked.get(number) ?? 0) + 1)
  lastAtMs = performance.now()
  const answer = (): void => {
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length }
    response.writeHead(200, headers).end(body)
  }
  if (delayMs === 0) answer()
  else setTimeout(answer, delayMs)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
