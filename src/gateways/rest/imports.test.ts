import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { ClientListener } from '../../platform/client-listener.ts'
import { Shelf } from '../../services/scrape/transfer/shelf.test-helper.ts'
import type { Transfer } from '../../services/scrape/transfer/transfer.ts'
import type { ImportResult } from '../../wire/api-archives.ts'
import type { Problem } from '../../wire/api.ts'
import { askedDoor, bearer } from './entrance.test-helper.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'
import { IMPORTS_AT_ONCE } from './limits.ts'

const PATH = '/v1/pages/import'

async function opened(transfer: Transfer, requestMs?: number) {
  const real = new ClientListener({ log: { warn: () => undefined } })
  const server = await createGateway({
    ...fakeDoor(),
    clock: { ...fakeDoor().clock, nowMs: () => performance.now() },
    transfer,
    ...(requestMs === undefined
      ? {}
      : {
          listener: {
            isOver: () => false,
            makeServer: (handler, timeouts) => real.makeServer(handler, { ...timeouts, requestMs }),
          },
        }),
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${String(port)}`,
    [Symbol.asyncDispose]: async () => {
      server.server.closeAllConnections()
      await server.close()
    },
  }
}

function warcOf(count: number): Buffer {
  const records = Array.from({ length: count }, (_, number) => {
    const block = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nPage ${String(number)}`
    const head = [
      'WARC/1.1',
      'WARC-Type: response',
      `WARC-Target-URI: https://bay.example/${String(number)}`,
      'WARC-Date: 2026-11-21T10:00:00Z',
      'Content-Type: application/http; msgtype=response',
      `Content-Length: ${String(block.length)}`,
    ]
    return gzipSync(`${head.join('\r\n')}\r\n\r\n${block}\r\n\r\n`)
  })
  return Buffer.concat(records)
}

function post(url: string, body: Buffer, type = 'application/warc'): Promise<Response> {
  return fetch(url + PATH, { method: 'POST', body, headers: { 'content-type': type } })
}

test('an archive is imported, whatever its type is called, and twice changes nothing', async () => {
  const { transfer } = new Shelf()
  await using door = await opened(transfer)
  const warc = warcOf(30)
  const first = (await (await post(door.url, warc)).json()) as ImportResult
  assert.deepEqual([first.pages, first.same, first.bytes], [30, 0, warc.length])
  const again = (await (await post(door.url, warc, 'application/json')).json()) as ImportResult
  assert.deepEqual([again.pages, again.same], [0, 30])
})

test('what is no archive is refused, with where and how much was kept', async () => {
  const { transfer } = new Shelf()
  await using door = await opened(transfer)
  const warc = warcOf(3)
  const bad: readonly (readonly [Buffer, number])[] = [
    [Buffer.from('garbage'), 0],
    [Buffer.from('{"json": true}'), 0],
    [gzipSync(gzipSync(warc)), 0],
    [Buffer.concat([warc, Buffer.alloc(5_000_000, 'x')]), 3],
    [warc.subarray(0, -3), 2],
  ]
  for (const [bytes, pages] of bad) {
    const answer = await post(door.url, bytes)
    assert.equal(answer.status, 400)
    const { code, details } = (await answer.json()) as Problem
    assert.equal(code, 'ARCHIVE_BROKEN')
    assert.ok(details['pages'] === pages || details['same'] === pages, JSON.stringify(details))
    assert.equal(typeof details['offset'], 'number')
  }
  const empty = (await (await post(door.url, Buffer.alloc(0))).json()) as ImportResult
  assert.equal(empty.pages, 0)
})

test('an archive may take longer to arrive than other requests may', async () => {
  const { transfer } = new Shelf()
  await using door = await opened(transfer, 150)
  const warc = warcOf(4)
  const asked = request(door.url + PATH, { method: 'POST' })
  for (let at = 0; at < warc.length; at += Math.ceil(warc.length / 8)) {
    asked.write(warc.subarray(at, at + Math.ceil(warc.length / 8)))
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  asked.end()
  const [answer] = await once(asked, 'response')
  assert.equal((JSON.parse(await text(answer)) as ImportResult).pages, 4)
  // Others may not.
  const other = connect(door.port, '127.0.0.1')
  other.write('POST /v1/scrapes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{')
  assert.match(await text(other), /it took too long to arrive/)
})

test('an archive whose sender is gone in the middle of it is kept as far as it came', async () => {
  const shelf = new Shelf()
  const done = Promise.withResolvers<unknown>()
  const importer: Transfer['importer'] = {
    import: (...asked) => {
      const importing = shelf.transfer.importer.import(...asked)
      importing.then(done.resolve, done.resolve)
      return importing
    },
  }
  await using door = await opened({ ...shelf.transfer, importer })
  const warc = warcOf(10)
  const asked = request(door.url + PATH, { method: 'POST' })
  asked.on('error', () => undefined)
  asked.write(warc.subarray(0, warc.length / 2))
  await once(asked, 'socket')
  const never = new AbortController().signal
  const held = async (): Promise<number> =>
    (await shelf.transfer.held.list({ limit: 100 }, never)).items.length
  while ((await held()) < 4) await new Promise((resolve) => setImmediate(resolve))
  asked.destroy()
  assert.ok((await done.promise) instanceof Error)
  assert.ok((await held()) >= 4 && (await held()) <= 5)
})

test('a refusal in the middle of an archive leaves its connection to the next request', async () => {
  const { transfer } = new Shelf()
  await using door = await opened(transfer)
  const connection = connect(door.port, '127.0.0.1')
  const answers = createInterface({ input: connection })[Symbol.asyncIterator]()
  const rest = Buffer.alloc(5_000_000, 'x')
  const head = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${String(rest.length)}`
  connection.write(`${head}\r\n\r\n`)
  connection.write(rest)
  connection.write('GET /v1/search?q=tide HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const statuses: string[] = []
  while (statuses.length < 2) {
    const line = await answers.next()
    assert.equal(line.done, false, 'the connection is closed without an answer')
    const status = /HTTP\/1\.1 (\d{3})/.exec(String(line.value))?.[1]
    if (status !== undefined) statuses.push(status)
  }
  assert.equal(statuses[0], '400')
})

test('more imports than a member reads at once are refused', async () => {
  const { transfer } = new Shelf()
  await using door = await opened(transfer)
  const open = Array.from({ length: IMPORTS_AT_ONCE }, () => {
    const asked = request(door.url + PATH, { method: 'POST' })
    asked.on('error', () => undefined)
    asked.write(warcOf(1))
    return asked
  })
  let code = ''
  while (code !== 'BUSY') {
    const answer = await post(door.url, warcOf(1))
    code = answer.status === 200 ? '' : ((await answer.json()) as Problem).code
  }
  for (const asked of open) asked.destroy()
  let status = 0
  while (status !== 200) status = (await post(door.url, warcOf(1))).status
})

test('a guest imports nothing, a member does', async () => {
  await using door = await askedDoor()
  const asked = (headers: Record<string, string>) =>
    door.ask({ method: 'POST', url: PATH, payload: warcOf(1), headers })
  const type = { 'content-type': 'application/warc' }
  assert.equal((await asked(type)).json().code, 'LOGIN_FIRST')
  const token = door.accounts.person('ana', 'member')
  assert.equal((await asked({ ...type, ...bearer(token) })).statusCode, 200)
})
