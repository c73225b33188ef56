/** Exports and imports of a real ring whose members are killed in the middle of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

import { sha256Hex } from '../../src/base/hash.ts'
import type { AnilloClient } from '../../src/client/client.ts'
import type { ImportResult } from '../../src/wire/api-archives.ts'
import { RealRing } from './ring.ts'

const PAGES = 120
/** As many as are surely not all sent while a member is being killed. */
const PAGE_BYTES = 60_000
const MEMBERS = 3

/** Content that does not pack, so that an export takes a while. */
function textOf(number: number): string {
  let text = `<title>Page ${String(number)}</title>`
  for (let part = 0; text.length < PAGE_BYTES; part++) {
    text += sha256Hex(`${String(number)} ${String(part)}`)
  }
  return text
}

function recordOf(number: number): Uint8Array {
  const body = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${textOf(number)}`
  const head = [
    'WARC/1.1',
    'WARC-Type: response',
    `WARC-Target-URI: https://bay.example/${String(number)}`,
    'WARC-Date: 2026-11-21T10:00:00Z',
    'Content-Type: application/http; msgtype=response',
    `Content-Length: ${String(body.length)}`,
  ]
  return gzipSync(`${head.join('\r\n')}\r\n\r\n${body}\r\n\r\n`)
}

async function held(client: AnilloClient): Promise<string[]> {
  const urls: string[] = []
  for await (const { url } of client.archives.pages({ host: 'bay.example' })) urls.push(url)
  return urls
}

test('an import is whole though the member that reads it is killed in the middle of it', async () => {
  await using ring = await RealRing.start({ members: MEMBERS, flags: ['--no-restart'] })
  // Logged in: a stream is not sent again by who asks as a guest first.
  await ring.storeKey()
  const records = Array.from({ length: PAGES }, (_, number) => recordOf(number))
  const all = Array.from({ length: PAGES }, (_, number) => `https://bay.example/${String(number)}`)

  // The one that reads the archive is killed once half of it came.
  const client = ring.client(0, 1, 2)
  let tries = 0
  let killed: Promise<unknown> | undefined
  async function* sent(): AsyncGenerator<Uint8Array> {
    tries++
    for (const [number, record] of records.entries()) {
      if (killed === undefined && number === PAGES / 2) {
        // Some of it is kept by then, and what is kept stays.
        while ((await held(ring.client(1))).length === 0) await pause(50)
        killed = ring.signal('n1', 'SIGKILL')
        await killed
      }
      yield record
    }
  }
  const result: ImportResult = await client.archives.import(() => ReadableStream.from(sent()))
  assert.ok(killed !== undefined && tries >= 2)
  assert.equal(result.pages + result.same, PAGES)
  assert.ok(result.same > 0, 'what the dead member kept is not kept twice')
  assert.deepEqual((await held(ring.client(1))).toSorted(), all.toSorted())
})

test('an export goes on at another member from where it was when its member is killed', async () => {
  await using ring = await RealRing.start({ members: MEMBERS, flags: ['--no-restart'] })
  const records = Array.from({ length: PAGES }, (_, number) => recordOf(number))
  await ring.storeKey()
  const client = ring.client(0, 1, 2)
  await client.archives.import(() => ReadableStream.from(records))
  const whole: Uint8Array[] = []
  for await (const part of ring.client(1).archives.exportPages({}, 'warc')) {
    assert.ok(part !== 'again')
    whole.push(part.bytes)
  }
  const got: Uint8Array[] = []
  for await (const part of ring.client(0, 1, 2).archives.exportPages({}, 'warc')) {
    assert.ok(part !== 'again')
    if (got.length === 0) await ring.signal('n1', 'SIGKILL')
    got.push(part.bytes)
  }
  assert.deepEqual(Buffer.concat(got), Buffer.concat(whole))
})
