import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { sha256Hex } from '../../base/hash.ts'
import { KIB } from '../../base/limits.ts'
import { CRAWL_ID, Shelf } from '../../services/scrape/transfer/shelf.test-helper.ts'
import type { Transfer } from '../../services/scrape/transfer/transfer.ts'
import type { HeldPages } from '../../wire/api-archives.ts'
import type { Problem } from '../../wire/api.ts'
import { EXPORT_FORMATS } from '../../wire/export-formats.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'
import { EXPORTS_AT_ONCE } from './limits.ts'

const URL_OF = `/v1/crawls/${CRAWL_ID}/export`

async function opened(transfer: Transfer) {
  const server = await createGateway({ ...fakeDoor(), transfer })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  return {
    server,
    url: `http://127.0.0.1:${String(port)}`,
    [Symbol.asyncDispose]: async () => {
      server.server.closeAllConnections()
      await server.close()
    },
  }
}

async function bay(): Promise<Shelf> {
  const shelf = new Shelf()
  for (let number = 0; number < 20; number++) {
    const url = `https://bay.example/${String(number)}`
    await shelf.crawl({ url, text: `<title>${String(number)}</title>` })
  }
  return shelf
}

test('a crawl is exported in each format, as a file of that name', async () => {
  const { transfer } = await bay()
  await using door = await opened(transfer)
  for (const format of EXPORT_FORMATS) {
    const answer = await fetch(`${door.url}${URL_OF}?format=${format}`)
    assert.equal(answer.status, 200, format)
    const name = answer.headers.get('content-disposition') ?? ''
    assert.match(
      name,
      /^attachment; filename="anillo-crawl-a{32}\.(warc\.gz|wacz|cdxj|jsonl|csv)"$/,
    )
    assert.match(answer.headers.get('content-security-policy') ?? '', /sandbox/)
    assert.ok((await answer.bytes()).length > 500, format)
  }
  const pages = await fetch(`${door.url}/v1/pages/export?format=jsonl&host=bay.example`)
  assert.equal((await pages.text()).trimEnd().split('\n').length, 20)
  const list = await fetch(`${door.url}/v1/pages?host=bay.example&limit=3`)
  const { cursor, items } = (await list.json()) as HeldPages
  assert.equal(items.length, 3)
  const next = await fetch(`${door.url}/v1/pages?limit=200&cursor=${cursor}`)
  assert.equal(((await next.json()) as HeldPages).items.length, 17)
})

test('a range is passed over, whatever it depends on, and the answer says that there are none', async () => {
  const { transfer } = await bay()
  await using door = await opened(transfer)
  const path = `${door.url}${URL_OF}?format=warc`
  const whole = await (await fetch(path)).bytes()
  for (const range of ['bytes=100-', 'bytes=0-9', 'bytes=-5', 'bytes=999999999-', 'furlongs=1-2']) {
    for (const condition of [{}, { 'if-range': '"etag"' }]) {
      const answer = await fetch(path, { headers: { range, ...condition } })
      assert.deepEqual([answer.status, answer.headers.get('accept-ranges')], [200, 'none'], range)
      assert.deepEqual(await answer.bytes(), whole)
    }
  }
})

test('an export is gone on with from where it was, and only if it begins so', async () => {
  const { transfer } = await bay()
  await using door = await opened(transfer)
  const path = `${door.url}${URL_OF}?format=warc`
  const whole = await (await fetch(path)).bytes()
  const sha256 = sha256Hex(whole.subarray(0, 700))
  const rest = await (await fetch(`${path}&from=700&sha256=${sha256}`)).bytes()
  assert.deepEqual(rest, whole.subarray(700))
  const other = await fetch(`${path}&from=700&sha256=${'a'.repeat(64)}`)
  assert.equal(other.status, 409)
  assert.equal(((await other.json()) as Problem).code, 'EXPORT_CHANGED')
})

test('what is no export is refused', async () => {
  const { transfer } = await bay()
  await using door = await opened(transfer)
  const bad = [
    [URL_OF, 400],
    [`${URL_OF}?format=zip`, 400],
    [`${URL_OF}?format=warc&format=csv`, 400],
    [`${URL_OF}?format=warc&from=1`, 400],
    [`${URL_OF}?format=warc&sha256=${'a'.repeat(64)}`, 400],
    [`${URL_OF}?format=warc&from=0&sha256=${'a'.repeat(64)}`, 400],
    [`${URL_OF}?format=warc&from=1&sha256=xyz`, 400],
    [`${URL_OF}?format=warc&from=99999999999999999999&sha256=${'a'.repeat(64)}`, 400],
    ['/v1/crawls/xyz/export?format=warc', 400],
    [`/v1/crawls/${'b'.repeat(32)}/export?format=warc`, 404],
    ['/v1/pages/export?format=warc&url=ftp://x', 400],
    [`/v1/pages/export?format=warc&host=${'h'.repeat(600)}`, 400],
    ['/v1/pages?limit=0', 400],
    ['/v1/pages?limit=1000', 400],
    ['/v1/pages?cursor=page/1', 400],
  ] as const
  for (const [path, status] of bad) {
    const answer = await fetch(door.url + path)
    assert.equal(answer.status, status, path)
    assert.match(answer.headers.get('content-type') ?? '', /problem\+json/, path)
  }
})

test('an export whose member fails in the middle of it breaks off, and never seems whole', async () => {
  const shelf = await bay()
  const { exporter } = shelf.transfer
  const broken: Transfer['exporter'] = {
    ...exporter,
    pages: (...asked) => exporter.pages(...asked),
    crawl: async (...asked) => {
      const file = await exporter.crawl(...asked)
      if (file === undefined) return undefined
      async function* some(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
        yield (await bytes.next()).value
        yield new Uint8Array(64 * KIB)
        throw new Error('the disk is gone')
      }
      return { ...file, bytes: some(file.bytes) }
    },
  }
  await using door = await opened({ ...shelf.transfer, exporter: broken })
  const answer = await fetch(`${door.url}${URL_OF}?format=warc`)
  assert.equal(answer.status, 200)
  await assert.rejects(answer.bytes())
})

test('more exports than a member makes at once are refused, and those that are left make room', async () => {
  const shelf = new Shelf()
  const { held } = shelf.transfer
  let ended = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(64 * KIB)
    } finally {
      ended++
    }
  }
  const file = { name: 'x', contentType: 'text/csv', bytes: undefined }
  const exporter: Transfer['exporter'] = {
    crawl: async () => ({ ...file, bytes: endless() }),
    pages: () => ({ ...file, bytes: endless() }),
  }
  await using door = await opened({ ...shelf.transfer, held, exporter })
  const path = `${door.url}${URL_OF}?format=csv`
  const open = await Promise.all(
    Array.from({ length: EXPORTS_AT_ONCE }, async () => {
      const asked = request(path).end()
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      assert.equal(answer.statusCode, 200)
      return answer
    }),
  )
  const over = await fetch(path)
  assert.equal(over.status, 503)
  assert.equal(((await over.json()) as Problem).code, 'BUSY')
  for (const answer of open) answer.destroy()
  while (ended < EXPORTS_AT_ONCE) await new Promise((resolve) => setImmediate(resolve))
  const again = await fetch(path)
  assert.equal(again.status, 200)
  await again.body?.cancel()
})
