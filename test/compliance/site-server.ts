/** The site of `sites.ts` as a server on loopback. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { SITE_PAGES, type Site, type SitePath } from './sites.ts'

export interface SiteServer extends AsyncDisposable {
  readonly site: Site
}

export async function startSite(): Promise<SiteServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (!isSitePath(path) || path === '/silent') return
    const { status, headers, body } = SITE_PAGES[path]
    response.writeHead(status, [...headers.flat(), 'Content-Length', String(body.length)])
    if (path !== '/broken') response.end(body)
    else response.write(body.slice(0, body.length / 2), () => response.destroy())
  })
  const origin = await originOf(server)
  const dead = createServer()
  const deadOrigin = await originOf(dead)
  await close(dead)
  return {
    site: { origin, address: '127.0.0.1', deadOrigin },
    [Symbol.asyncDispose]: () => close(server),
  }
}

async function originOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${portOf(server.address())}`
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('it listens on a port')
  return address.port
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function isSitePath(path: string): path is SitePath {
  return Object.hasOwn(SITE_PAGES, path)
}
