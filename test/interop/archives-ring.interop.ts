/**
 * What a ring exports, read by those who read archives elsewhere, and imported by a ring that has
 * nothing. Needs warcio and wayback and wb-manager.
 */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import type { HeldPage, ImportResult } from '../../src/wire/api-archives.ts'
import type { Crawl } from '../../src/wire/api-crawls.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { programPath } from '../../tools/lib/programs.ts'
import { startLinkedSite, type LinkedSite } from '../fixtures/linked-site.ts'
import { RealRing } from '../process/ring.ts'

const PAGES = 300
const MEMBERS = 3
const CONNECTIONS = 8
const LOOK_EVERY_MS = 250
/** Every so many pages one is looked at. */
const LOOKED_AT_EVERY = 29

const run = promisify(execFile)

async function crawled(ring: RealRing, site: LinkedSite): Promise<string> {
  const answer = await ring.fetch(`${ring.door(0)}/v1/crawls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seeds: [`${site.origin}/p/0`], delay: 0, connections: CONNECTIONS }),
  })
  assert.equal(answer.status, 201)
  const { id } = (await answer.json()) as Crawl
  for (;;) {
    const crawl = (await (await ring.fetch(`${ring.door(1)}/v1/crawls/${id}`)).json()) as Crawl
    if (crawl.state === 'done') return id
    await pause(LOOK_EVERY_MS)
  }
}

async function saved(ring: RealRing, path: string, file: string): Promise<void> {
  const answer = await ring.fetch(`${ring.door(2)}${path}`)
  assert.equal(answer.status, 200)
  await writeFile(file, await answer.bytes())
}

/** In the order of their ids, without who downloaded them. */
async function pagesOf(ring: RealRing, site: LinkedSite): Promise<HeldPage[]> {
  const query = `format=jsonl&prefix=${encodeURIComponent(`${site.origin}/p/`)}`
  const answer = await ring.fetch(`${ring.door(0)}/v1/pages/export?${query}`)
  const lines = (await answer.text()).trimEnd().split('\n')
  return lines.map((text) => JSON.parse(text) as HeldPage)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** The archive as pywb shows it, without anything changed in it (`id_`). */
class Wayback implements AsyncDisposable {
  readonly #server: ReturnType<typeof spawn>
  readonly #url: string

  private constructor(server: ReturnType<typeof spawn>, url: string) {
    this.#server = server
    this.#url = url
  }

  static async over(dir: string, file: string): Promise<Wayback> {
    const options = { cwd: dir }
    await run(programPath('wb-manager'), ['init', 'bay'], options)
    const unpack = file.endsWith('.wacz') ? ['--unpack-wacz'] : []
    await run(programPath('wb-manager'), ['add', ...unpack, 'bay', file], options)
    const port = await freePort()
    const args = ['--port', String(port), '--bind', '127.0.0.1']
    const server = spawn(programPath('wayback'), args, { ...options, stdio: 'ignore' })
    const wayback = new Wayback(server, `http://127.0.0.1:${String(port)}/bay`)
    await wayback.#ready()
    return wayback
  }

  async page(url: string): Promise<string> {
    const answer = await fetch(`${this.#url}/id_/${url}`)
    assert.equal(answer.status, 200, url)
    return answer.text()
  }

  async captures(prefix: string): Promise<number> {
    const answer = await fetch(`${this.#url}/cdx?url=${prefix}*&filter==status:200`)
    return (await answer.text()).trimEnd().split('\n').length
  }

  async #ready(): Promise<void> {
    const lateMs = performance.now() + PATIENCE_MS
    while (performance.now() < lateMs) {
      const answer = await fetch(`${this.#url}/`).catch(() => undefined)
      await answer?.body?.cancel()
      if (answer?.ok === true) return
      await pause(LOOK_EVERY_MS)
    }
    throw new Error('pywb did not start')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.kill('SIGKILL')
    if (this.#server.exitCode === null) await once(this.#server, 'exit')
  }
}

test('what is exported is read by warcio and shown by pywb, and imported as the same pages', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'anillo-archives-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const [warc, wacz] = [join(dir, 'bay.warc.gz'), join(dir, 'bay.wacz')]
  await using site = await startLinkedSite(PAGES)
  let before: HeldPage[]
  {
    await using ring = await RealRing.start({ members: MEMBERS })
    const id = await crawled(ring, site)
    await saved(ring, `/v1/crawls/${id}/export?format=warc`, warc)
    await saved(ring, `/v1/crawls/${id}/export?format=wacz`, wacz)
    before = await pagesOf(ring, site)
  }
  assert.equal(before.length, PAGES)

  // Digests that do not hold make it fail.
  const { stdout: checked } = await run(programPath('warcio'), ['check', '-v', warc])
  assert.ok(checked.split('digest pass').length > PAGES, checked.slice(0, 500))
  assert.ok(!/fail/i.test(checked), checked.slice(0, 500))

  for (const file of [warc, wacz]) {
    const home = await mkdtemp(join(dir, 'pywb-'))
    await using wayback = await Wayback.over(home, file)
    assert.equal(await wayback.captures(`${site.origin}/p/`), PAGES)
    for (let number = 0; number < PAGES; number += LOOKED_AT_EVERY) {
      const url = `${site.origin}/p/${String(number)}`
      assert.equal(await wayback.page(url), await (await fetch(url)).text(), file)
    }
  }

  await using empty = await RealRing.start({ members: MEMBERS })
  const post = async (): Promise<ImportResult> => {
    const answer = await empty.fetch(`${empty.door(1)}/v1/pages/import`, {
      method: 'POST',
      body: await readFile(warc),
      headers: { 'content-type': 'application/warc' },
    })
    assert.equal(answer.status, 200)
    return (await answer.json()) as ImportResult
  }
  assert.equal((await post()).pages, PAGES)
  const again = await post()
  assert.deepEqual([again.pages, again.same], [0, PAGES])
  const after = await pagesOf(empty, site)
  assert.deepEqual(after, before)
})
