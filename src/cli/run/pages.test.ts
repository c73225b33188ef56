import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { fakeDoor } from '../../gateways/rest/fakes.test-helper.ts'
import { createGateway } from '../../gateways/rest/gateway.ts'
import { CRAWL_ID, Shelf } from '../../services/scrape/transfer/shelf.test-helper.ts'
import type { Transfer } from '../../services/scrape/transfer/transfer.ts'
import { EXPORT_FORMATS } from '../../wire/export-formats.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

const BAY = 'https://bay.example/'

/** A door with these pages behind it, and a directory for files. */
class Bay implements AsyncDisposable {
  readonly shelf: Shelf
  readonly dir: string
  readonly #url: string
  readonly #close: () => Promise<void>

  private constructor(parts: { shelf: Shelf; dir: string; url: string; close(): Promise<void> }) {
    this.shelf = parts.shelf
    this.dir = parts.dir
    this.#url = parts.url
    this.#close = parts.close
  }

  static async open(shelf = new Shelf(), transfer: Transfer = shelf.transfer): Promise<Bay> {
    const dir = await mkdtemp(join(tmpdir(), 'anillo-pages-'))
    const server = await createGateway({ ...fakeDoor(), transfer })
    await server.listen({ port: 0, host: '127.0.0.1' })
    const { port } = server.server.address() as AddressInfo
    const close = async (): Promise<void> => {
      server.server.closeAllConnections()
      await server.close()
    }
    return new Bay({ shelf, dir, url: `http://127.0.0.1:${String(port)}`, close })
  }

  async run(...args: readonly string[]) {
    const io = keptIo()
    const code = await runProgram([...args, '--at', this.#url, '--data', this.dir], io)
    return { code, out: io.outText(), err: io.errText() }
  }

  path(name: string): string {
    return join(this.dir, name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    await rm(this.dir, { recursive: true, force: true })
  }
}

async function filled(): Promise<Shelf> {
  const shelf = new Shelf()
  for (let number = 0; number < 25; number++) {
    const url = `${BAY}book/${String(number)}.html?x=<b>`
    await shelf.crawl({ url, text: `<title>Page ${String(number % 20)}</title>` })
  }
  return shelf
}

test('a crawl is exported in each format, imported elsewhere, and is the same there', async () => {
  await using from = await Bay.open(await filled())
  for (const format of EXPORT_FORMATS) {
    const path = from.path(format)
    const args = ['crawls', 'export', CRAWL_ID, '--format', format, '--out', path]
    const { code, err } = await from.run(...args)
    assert.equal(code, 0, err)
    assert.match(err, /^wrote [\d.]+ KiB to /)
  }
  const wanted = await from.run('pages', 'export', '--format', 'jsonl', '--out', '-')
  assert.equal(wanted.out.split('\n').length, 26)
  for (const format of ['warc', 'wacz']) {
    await using into = await Bay.open()
    const first = await into.run('pages', 'import', from.path(format))
    assert.match(first.out, /^25 pages added, from /, first.err)
    const again = await into.run('pages', 'import', from.path(format), '--json')
    assert.equal(JSON.parse(again.out).same, 25)
    const there = await into.run('pages', 'export', '--format', 'jsonl', '--out', '-')
    // The crawl got them a moment after they came.
    const plain = (text: string) => text.replaceAll(/"at":"[^"]*"/g, '')
    assert.equal(plain(there.out), plain(wanted.out))
  }
})

test('an export that breaks off goes on where it was, and the file is whole', async () => {
  const shelf = await filled()
  const { exporter } = shelf.transfer
  let breaks = 0
  const breaking: Transfer['exporter'] = {
    pages: (...asked) => exporter.pages(...asked),
    crawl: async (...asked) => {
      const file = await exporter.crawl(...asked)
      if (file === undefined) return undefined
      async function* torn(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
        const end = ++breaks * 9
        for (let piece = 0; piece < end || breaks > 3; piece++) {
          const step = await bytes.next()
          if (step.done === true) return
          yield step.value
        }
        throw new Error('killed')
      }
      return { ...file, bytes: torn(file.bytes) }
    },
  }
  await using whole = await Bay.open(shelf)
  await using broken = await Bay.open(shelf, { ...shelf.transfer, exporter: breaking })
  const args = ['crawls', 'export', CRAWL_ID, '--out']
  await whole.run(...args, whole.path('x'))
  const { code, err } = await broken.run(...args, broken.path('x'))
  assert.equal(code, 0, err)
  assert.ok(breaks >= 3)
  assert.deepEqual(await readFile(broken.path('x')), await readFile(whole.path('x')))
})

test('an archive that is damaged is told with what stays, and one that is none is refused', async () => {
  await using from = await Bay.open(await filled())
  await from.run('crawls', 'export', CRAWL_ID, '--out', from.path('warc'))
  await from.run('crawls', 'export', CRAWL_ID, '--format', 'wacz', '--out', from.path('wacz'))
  const warc = await readFile(from.path('warc'))
  const wacz = await readFile(from.path('wacz'))
  await using into = await Bay.open()
  const bad: readonly (readonly [Buffer, RegExp])[] = [
    [warc.subarray(0, warc.length / 2), /\d+ pages before that stay kept\nanillo: Broken at byte /],
    [Buffer.from('garbage'), /Broken at byte 0: no record of WARC begins here/],
    [wacz.subarray(0, wacz.length - 30), /the end of the ZIP is missing/],
    [wacz.subarray(0, 100), /the end of the ZIP is missing/],
  ]
  for (const [bytes, pattern] of bad) {
    await writeFile(into.path('bad'), bytes)
    const { code, err } = await into.run('pages', 'import', into.path('bad'))
    assert.equal(code, 1, err)
    assert.match(err, pattern)
    assert.doesNotMatch(err, /\b0 pages/)
  }
  const absent = await into.run('pages', 'import', into.path('absent'))
  assert.equal(absent.code, 2)
  assert.match(absent.err, /^anillo: There is no file .*absent\. /)
})

test('where no page of a host is held, its port is asked for; a picture is not written as PNG', async () => {
  await using bay = await Bay.open(await filled())
  const list = async (host: string) => bay.run('pages', 'list', '--host', host)
  const hint =
    'no page of localhost is held; a port belongs to the host, as in --host localhost:8000\n'
  assert.equal((await list('localhost')).err, hint)
  assert.equal((await list('localhost:8000')).err, 'no page is held\n')
  assert.equal((await list('bay.example')).err, '')
  const url = `${BAY}book/1.html?x=<b>`
  const picture = await bay.run('pages', 'screenshot', url, '--out', bay.path('page.png'))
  assert.equal(picture.code, 2)
  assert.match(picture.err, /The picture is WebP.*page\.webp/)
  assert.deepEqual(await readdir(bay.dir), [])
})

test('pages are listed, shown, and saved as files that lead to one another', async () => {
  await using bay = await Bay.open(await filled())
  const list = await bay.run('pages', 'list', '--host', 'bay.example', '--limit', '10')
  assert.equal(list.out.trimEnd().split('\n').length, 10)
  assert.match(list.err, /more than 10 pages/)
  const saved = await bay.run('pages', 'save', '--crawl', CRAWL_ID, '--out', bay.path('saved'))
  assert.equal(saved.code, 0, saved.err)
  assert.match(saved.err, /not encrypted/)
  const lines = (await readFile(bay.path('saved/pages.jsonl'), 'utf8')).trimEnd().split('\n')
  const pages = lines.map((text) => JSON.parse(text) as { url: string; file: string })
  assert.equal(new Set(pages.map(({ url }) => url)).size, 25)
  const files = await readdir(bay.path('saved/bay.example'))
  assert.equal(files.length, 20)
  const html = await readFile(bay.path('saved/index.html'), 'utf8')
  assert.ok(!html.includes('<b>'))
  for (const { file } of pages) {
    assert.match(file, /^bay\.example\/book-\d+-x-.*-[0-9a-f]{8}\.html$/)
    assert.ok(html.includes(`href="${file}"`), file)
    assert.match(await readFile(bay.path(`saved/${file}`), 'utf8'), /^<title>Page \d+<\/title>$/)
  }
  const none = await bay.run('pages', 'save', '--out', bay.path('none'))
  assert.equal(none.code, 2)
  const absent = await bay.run('pages', 'save', '--host', 'x.example', '--out', bay.path('none'))
  assert.equal(absent.code, 1)
})
