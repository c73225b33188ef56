/** `/.web` over pages in memory. What the ring’s pages tell of it: `scrape/sites`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { ANA, FILES_KINDS, refuses, textOf } from '../files-kinds.test-helper.ts'
import type { Files, FileUser } from '../types.ts'
import { viewedFiles } from './viewed-files.ts'
import type { ArchivedPage, WebArchive } from './web-archive.ts'
import { OTHERS } from './web-names.ts'
import { WebView } from './web.ts'

const READER: FileUser = { ...ANA, mayReadPages: true }
const SINCE_MS = Date.parse('2026-11-21T10:00:00Z')

/** Of each page the body is its address. */
class MemoryArchive implements WebArchive {
  readonly urls: readonly string[]
  reads = 0

  constructor(urls: readonly string[]) {
    this.urls = urls
  }

  async *hosts() {
    for (const url of this.urls) yield new URL(url).host
  }

  async *times(host: string) {
    for (const url of this.urls) if (new URL(url).host === host) yield* ['latest', '2026-11-21']
  }

  async *pages(host: string) {
    this.reads++
    for (const url of this.urls) if (new URL(url).host === host) yield pageAt(url)
  }

  async page({ time, url }: { url: string; time: string }) {
    return isTime(time) && this.urls.includes(url) ? pageAt(url) : undefined
  }

  async pageOf({ host, id }: { host: string; id: string }) {
    const found = this.urls.find((url) => sha256Hex(url) === id && new URL(url).host === host)
    return found === undefined ? undefined : pageAt(found)
  }

  async body({ url }: ArchivedPage) {
    const bytes = utf8(url)
    return (async function* () {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.slice(at, at + 7)
    })()
  }
}

function isTime(time: string): boolean {
  return time === 'latest' || time === '2026-11-21'
}

function pageAt(url: string): ArchivedPage {
  const bytes = utf8(url).length
  return { id: sha256Hex(url), url, sinceMs: SINCE_MS, bytes, hash: sha256Hex(url) }
}

function web(urls: readonly string[], windowPages?: number) {
  const clock = new ManualClock()
  const archive = new MemoryArchive(urls)
  const tree = FILES_KINDS['memory']?.(clock)
  assert.ok(tree !== undefined)
  const files = viewedFiles(tree, [new WebView(archive, clock, windowPages)])
  return { archive, clock, files }
}

async function listed(files: Files, path: string, limit?: number): Promise<string[]> {
  const names: string[] = []
  let cursor: string | undefined
  do {
    const ask = { ...(limit && { limit }), ...(cursor && { cursor }) }
    const page = await files.list(READER, path, ask)
    assert.ok(limit === undefined || page.entries.length <= limit)
    names.push(...page.entries.map(({ kind, name }) => (kind === 'folder' ? `${name}/` : name)))
    cursor = page.cursor
  } while (cursor !== undefined)
  return names
}

const URLS = [
  'https://a.test/',
  'https://a.test/blog',
  'https://a.test/blog/',
  'https://a.test/blog/1.html',
  'https://a.test/blog/old/2.html',
  'https://a.test/?q=x',
  'https://a.test//twice',
  'http://a.test/blog/1.html',
  'http://a.test/plain',
  'http://localhost:8000/x.png',
]

test('pages are files below their host and time, by the names of their addresses', async () => {
  const { files } = web(URLS)
  assert.deepEqual(await listed(files, '/.web'), ['a.test/', 'localhost:8000/'])
  assert.deepEqual(await listed(files, '/.web/a.test'), ['2026-11-21/', 'latest/'])
  const root = '/.web/a.test/latest'
  assert.deepEqual(await listed(files, root), [
    '?q=x',
    'blog/',
    'blog page.html',
    'index of folder.html',
    `${OTHERS}/`,
    'plain page.html',
  ])
  assert.deepEqual(await listed(files, `${root}/blog`), ['1.html', 'index of folder.html', 'old/'])
  const [other] = await listed(files, `${root}/${OTHERS}`)
  assert.equal(other, `${sha256Hex('https://a.test//twice')}.html`)
  for (const [path, url] of [
    ['blog page.html', 'https://a.test/blog'],
    ['blog/1.html', 'https://a.test/blog/1.html'],
    ['plain page.html', 'http://a.test/plain'],
    ['?q=x', 'https://a.test/?q=x'],
    [`${OTHERS}/${other}`, 'https://a.test//twice'],
  ] as const) {
    const opened = await files.open(READER, `${root}/${path}`)
    assert.equal(await textOf(opened), url)
    const { access, bytes, kind, modifiedMs, path: at, sha256 } = opened.entry
    assert.deepEqual(
      [access, bytes, kind, modifiedMs, at, sha256],
      ['read', utf8(url).length, 'file', SINCE_MS, `${root}/${path}`, sha256Hex(url)],
    )
    assert.deepEqual(await files.stat(READER, `${root}/${path}`), opened.entry)
  }
  const { read } = await files.open(READER, `${root}/plain page.html`)
  const part: Uint8Array[] = []
  for await (const piece of read({ from: 5, to: 16 })) part.push(piece)
  assert.equal(Buffer.concat(part).toString(), '//a.test/pl')
})

test('all entries of a list are there by themselves, at the paths that are told', async () => {
  const { files } = web(URLS)
  const waiting = ['/.web']
  let count = 0
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const entry of (await files.list(READER, path)).entries) {
      const alone = await files.stat(READER, entry.path)
      assert.deepEqual([alone.kind, alone.name, alone.id], [entry.kind, entry.name, entry.id])
      if (entry.kind === 'folder') waiting.push(entry.path)
      count++
    }
  }
  assert.ok(count > 2 * URLS.length)
})

test('a host of any size is told in order, a window of it in memory at a time', async () => {
  const urls: string[] = []
  for (let at = 0; at < 400; at++) urls.push(`https://a.test/p${(at * 7_919) % 400}.html`)
  for (let at = 0; at < 200; at++) urls.push(`https://a.test/d${at % 20}/e/${at}.html`)
  const { archive, files } = web(urls, 50)
  const names = await listed(files, '/.web/a.test/latest', 33)
  assert.equal(names.length, 420)
  assert.deepEqual(names, names.toSorted())
  assert.equal(new Set(names).size, 420)
  assert.ok(archive.reads <= 2 * Math.ceil(600 / 50), `${archive.reads} reads`)
  assert.deepEqual(await listed(files, '/.web/a.test/latest/d7'), ['e/'])
  assert.equal((await listed(files, '/.web/a.test/latest/d7/e', 3)).length, 10)
  const some = await files.list(READER, '/.web/a.test/latest', { prefix: 'p39' })
  assert.deepEqual(
    some.entries.map(({ name }) => name),
    ['39', '390', '391', '392', '393', '394', '395', '396', '397', '398', '399']
      .map((at) => `p${at}.html`)
      .toSorted(),
  )
})

test('a window is used again for half a minute', async () => {
  const { archive, clock, files } = web(URLS)
  await listed(files, '/.web/a.test/latest')
  await listed(files, '/.web/a.test/latest/blog')
  assert.equal(archive.reads, 1)
  clock.advance(31_000)
  await listed(files, '/.web/a.test/latest/blog')
  assert.equal(archive.reads, 2)
})

test('who may not read pages sees nothing of them, and nobody changes them', async () => {
  const { files } = web(URLS)
  for (const path of ['/.web', '/.web/a.test', '/.web/a.test/latest/blog page.html']) {
    await refuses(files.stat(ANA, path), 'NO_ENTRY')
    await refuses(files.list(ANA, path), 'NO_ENTRY')
    await refuses(files.open(ANA, path), 'NO_ENTRY')
  }
  await refuses(files.remove(READER, '/.web/a.test/latest/blog page.html'), 'READ_ONLY')
  await refuses(files.write(READER, '/.web/a.test/latest/x', { how: 'replace' }), 'READ_ONLY')
})

test('what is not there is not there, and folders are no files', async () => {
  const { files } = web(URLS)
  for (const path of [
    '/.web/b.test',
    '/.web/b.test/latest/index of folder.html',
    '/.web/a.test/latest/none',
    '/.web/a.test/latest/blog/none.html',
    '/.web/a.test/latest/bl',
    '/.web/a.test/latest/blog?',
    `/.web/a.test/latest/${OTHERS}/${'0'.repeat(64)}.html`,
    '/.web/a@b/latest/x.html',
    '/.web/[/latest/x.html',
  ]) {
    await refuses(files.stat(READER, path), 'NO_ENTRY')
    await refuses(files.list(READER, path), 'NO_ENTRY')
    await refuses(files.open(READER, path), 'NO_ENTRY')
  }
  await refuses(files.list(READER, '/.web/a.test/latest/blog page.html'), 'NOT_A_FOLDER')
  for (const path of ['/.web', '/.web/a.test', '/.web/a.test/latest', '/.web/a.test/latest/blog']) {
    await refuses(files.open(READER, path), 'IS_A_FOLDER')
  }
})
