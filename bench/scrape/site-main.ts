/**
 * The site that is crawled, in a process of its own. `PAGES DELAY_MS`; prints its port.
 * `/_counts` tells what it was asked for; `/bomb` is 256 MiB of zeros, packed.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

import { MIB } from '../../src/base/limits.ts'
import { sitePage } from './site-pages.ts'

const [pages = 1_000, delayMs = 0] = process.argv.slice(2).map(Number)
const BOMB_BYTES = 256 * MIB

const bodies = Array.from({ length: pages }, (_, number) => Buffer.from(sitePage(number, pages)))
let bomb: Buffer | undefined
let asked = new Map<number, number>()
let lastAtMs = 0

const server = createServer((request, response) => {
  const path = request.url ?? '/'
  if (path === '/_counts') {
    const twice = Array.from(asked.values()).reduce((sum, times) => sum + times - 1, 0)
    const sinceLastMs = performance.now() - lastAtMs
    response.end(JSON.stringify({ pages: asked.size, twice, sinceLastMs }))
    return
  }
  if (path === '/_again') {
    asked = new Map()
    response.end()
    return
  }
  if (path === '/bomb') {
    bomb ??= gzipSync(Buffer.alloc(BOMB_BYTES))
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(bomb)
    return
  }
  const number = Number(/^\/p\/(\d+)$/.exec(path)?.[1])
  const body = bodies[number]
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
