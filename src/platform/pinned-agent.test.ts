import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import type { OutgoingRequest } from '../effects/http.ts'
import { get as getAlone, text } from './http.test-helper.ts'
import { createPlatformHttp } from './http.ts'

interface CountedSite extends AsyncDisposable {
  readonly port: number
  /** Of all connections so far. */
  readonly sockets: readonly Socket[]
}

async function startCountedSite(listener: RequestListener): Promise<CountedSite> {
  const sockets: Socket[] = []
  const server = createServer(listener)
  server.on('connection', (socket: Socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    sockets,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const hello: RequestListener = (_request, response) => response.end('hello')

function get(url: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return getAlone(url, { keepsAlive: true, ...changes })
}

test('requests to one name share a connection, one after another', async () => {
  await using site = await startCountedSite(hello)
  const http = createPlatformHttp()
  for (let asked = 0; asked < 3; asked++) {
    const ended = new AbortController()
    const request = get(`http://bay.example:${site.port}/${asked}`, { signal: ended.signal })
    assert.equal(await text((await http.request(request)).body), 'hello')
    // What is over is nobody's to close.
    ended.abort()
  }
  assert.equal(site.sockets.length, 1)
})

test('neither other names nor other ports nor who wants one alone share a connection', async () => {
  await using site = await startCountedSite(hello)
  const http = createPlatformHttp()
  const ask = async (url: string, keepsAlive: boolean): Promise<string> =>
    text((await http.request(get(url, { keepsAlive }))).body)
  await ask(`http://bay.example:${site.port}/`, true)
  await ask(`http://sea.example:${site.port}/`, true)
  await ask(`http://bay.example:${site.port}/`, false)
  assert.equal(site.sockets.length, 3)
})

test('an answer that is left, and one that breaks off, cost their connection', async () => {
  await using site = await startCountedSite((request, response) => {
    if (request.url === '/long') response.write('x'.repeat(100_000))
    else if (request.url === '/cut') {
      response.writeHead(200, { 'Content-Length': 10 }).write('12345')
      request.socket.end()
    } else hello(request, response)
  })
  const http = createPlatformHttp()
  const origin = `http://bay.example:${site.port}`
  const { body } = await http.request(get(`${origin}/long`))
  for await (const piece of body) if (piece.length > 0) break
  const cut = await http.request(get(`${origin}/cut`))
  await assert.rejects(text(cut.body), (thrown) => isAnilloError(thrown, 'FETCH_BROKEN'))
  assert.equal(await text((await http.request(get(`${origin}/`))).body), 'hello')
  assert.equal(site.sockets.length, 3)
})

test('an abort before anybody read the body closes the connection', async () => {
  await using site = await startCountedSite((_request, response) => response.write('x'))
  const http = createPlatformHttp()
  const end = new AbortController()
  await http.request(get(`http://bay.example:${site.port}/`, { signal: end.signal }))
  const [socket] = site.sockets
  assert.ok(socket !== undefined)
  end.abort()
  await once(socket, 'close')
})

test('a connection that the site has closed meanwhile is passed over', async () => {
  await using site = await startCountedSite((request, response) => {
    if (site.sockets.length === 1 && request.url === '/second') request.socket.destroy()
    else hello(request, response)
  })
  const http = createPlatformHttp()
  const origin = `http://bay.example:${site.port}`
  assert.equal(await text((await http.request(get(`${origin}/first`))).body), 'hello')
  assert.equal(await text((await http.request(get(`${origin}/second`))).body), 'hello')
  assert.equal(site.sockets.length, 2)
})

test('a first connection that the site closes without an answer is broken', async () => {
  await using site = await startCountedSite((request) => request.socket.destroy())
  const http = createPlatformHttp()
  await assert.rejects(http.request(get(`http://bay.example:${site.port}/`)), (thrown) =>
    isAnilloError(thrown, 'FETCH_BROKEN'),
  )
  assert.equal(site.sockets.length, 1)
})
