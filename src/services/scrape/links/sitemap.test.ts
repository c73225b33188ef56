import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { SITEMAP_BYTES_MAX, SITEMAP_URLS_MAX, SitemapReader, type Sitemap } from './sitemap.ts'

const URL = canonicalUrl('http://a.example/list.xml')

function read(text: string | Uint8Array, pieceBytes = Infinity): Sitemap {
  const reader = new SitemapReader({ url: URL, charset: undefined })
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const step = Math.min(pieceBytes, Math.max(1, bytes.length))
  for (let at = 0; at < bytes.length; at += step) reader.write(bytes.subarray(at, at + step))
  return reader.end()
}

const URLSET = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="urn:i">
  <url><loc> http://a.example/1?a=b&amp;c </loc><lastmod>2026-01-02</lastmod></url>
  <url><image:image><image:loc>http://a.example/i.png</image:loc></image:image>
    <xhtml:link rel="alternate" hreflang="de" href="http://a.example/de/2"/>
    <loc><![CDATA[http://a.example/2]]></loc><priority>0.5</priority></url>
  <url><loc>http://a.example/1?a=b&amp;c</loc></url>
  <url><loc>ftp://a.example/3</loc></url><url><lastmod>2026</lastmod></url><url/>
</urlset>`
const INDEX = `<sm:sitemapindex xmlns:sm="x"><sm:sitemap><sm:loc>http://a.example/s1.xml.gz</sm:loc>
  <sm:lastmod>2026-01-02T03:04:05Z</sm:lastmod></sm:sitemap><sm:sitemap><sm:loc>/s2.xml</sm:loc>
  </sm:sitemap></sm:sitemapindex>`
const RSS = `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
  <title>T</title><link>http://a.example/blog</link><atom:link rel="self" href="/rss"/>
  <atom:link rel="next" href="/rss?page=2"/><image><link>http://a.example/logo</link></image>
  <item><title>1 &lt; 2</title><link>/p/1</link>
  <pubDate>Sat, 21 Nov 2026 00:00:00 GMT</pubDate></item>
  <item><link>http://a.example/p/2</link><guid>urn:2</guid></item></channel></rss>`
const RDF = `<rdf:RDF xmlns:rdf="r"><channel rdf:about="x"><link>http://a.example/</link></channel>
  <item rdf:about="y"><link>http://a.example/p</link><dc:date>2026-01-02</dc:date></item></rdf:RDF>`
const ATOM = `<feed xmlns="http://www.w3.org/2005/Atom"><link href="/blog"/>
  <link rel="self" href="/atom"/>
  <link rel="next" href="?page=2"/><entry><link rel="enclosure" href="/x.mp3"/><link href="/p/1"/>
  <updated>2026-01-02T03:04:05Z</updated><content>&lt;a href="/no"&gt;</content></entry></feed>`
const LINES =
  '\uFEFFhttp://a.example/1\r\n\r\n http://a.example/2 \nnot one\r/relative\nhttps://b.example'

const CASES: readonly (readonly [text: string, format: string, urls: string[], lists: string[]])[] =
  [
    [URLSET, 'urlset', ['/1?a=b&c', '/de/2', '/2'], []],
    [INDEX, 'index', [], ['/s1.xml.gz', '/s2.xml']],
    [RSS, 'rss', ['/blog', '/p/1', '/p/2'], ['/rss?page=2']],
    [RDF, 'rss', ['/', '/p'], []],
    [ATOM, 'atom', ['/blog', '/p/1'], ['/list.xml?page=2']],
    [LINES, 'text', ['/1', '/2', 'https://b.example/'], []],
    [
      `<urlset><url><x>${'<y>'.repeat(30)}${'</y>'.repeat(30)}</x><loc>/1</loc></url></urlset>`,
      'urlset',
      ['/1'],
      [],
    ],
    ['<!doctype html><html><a href="/x">', 'unknown', [], []],
    ['<html><url><loc>http://a.example/</loc></url></html>', 'unknown', [], []],
    ['{"url": "http://a.example/"}', 'unknown', [], []],
    ['', 'unknown', [], []],
    [
      '<urlset><url><loc>http://a.example/1</loc></url><url><loc>http://a.exa',
      'urlset',
      ['/1'],
      [],
    ],
    ['<urlset><url><loc>http://a.example/1</url><url><loc>http://a.example/2', 'urlset', [], []],
  ]

test('SitemapReader reads each form, whole and in pieces', () => {
  for (const [text, format, urls, lists] of CASES) {
    for (const pieceBytes of [Infinity, 1, 3, 50]) {
      const sitemap = read(text, pieceBytes)
      const paths = (all: readonly string[]) =>
        all.map((each) => each.replace('http://a.example', ''))
      assert.equal(sitemap.format, format, text)
      assert.deepEqual(paths(sitemap.entries.map(({ url }) => url)), urls, text)
      assert.deepEqual(paths(sitemap.lists), lists, text)
      assert.equal(sitemap.isCut || sitemap.isRefused, false)
    }
  }
})

test('SitemapReader tells when a page changed, as written', () => {
  const dates = (text: string) => read(text).entries.map(({ lastModified }) => lastModified)
  assert.deepEqual(dates(URLSET), ['2026-01-02', undefined, undefined])
  assert.deepEqual(dates(RSS), [undefined, 'Sat, 21 Nov 2026 00:00:00 GMT', undefined])
  assert.deepEqual(dates(ATOM), [undefined, '2026-01-02T03:04:05Z'])
})

test('SitemapReader reads the charset that is declared', () => {
  const text =
    '<?xml version="1.0" encoding="ISO-8859-1"?><urlset><url><loc>/\xe9</loc></url></urlset>'
  const urls = (bytes: Uint8Array) => read(bytes, 9).entries.map(({ url }) => url)
  assert.deepEqual(urls(Buffer.from(text, 'latin1')), ['http://a.example/%C3%A9'])
  assert.deepEqual(urls(Buffer.from(`\uFEFF${text}`, 'utf16le')), ['http://a.example/%C3%A9'])
})

const BOMB = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>
  <urlset><url><loc>http://a.example/&lol2;</loc></url></urlset>`

test('SitemapReader refuses a document with entities of its own', () => {
  for (const text of [BOMB, BOMB.replace('lolz [', `lolz ${' '.repeat(200_000)}[`)]) {
    const { isRefused, entries } = read(text, 64 * 1_024)
    assert.equal(isRefused, true)
    assert.deepEqual(entries, [])
  }
  const foreign =
    '<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss><channel><link>/&xxe;</link></channel></rss>'
  assert.deepEqual(
    read(foreign).entries.map(({ url }) => url),
    ['http://a.example/&xxe;'],
  )
})

test('SitemapReader takes so many addresses and so many bytes, and says when there were more', () => {
  const entry = (at: number): string => `<url><loc>/${at}</loc></url>`
  const many = Array.from({ length: SITEMAP_URLS_MAX }, (_, at) => entry(at)).join('')
  assert.equal(read(`<urlset>${many}`).isCut, false)
  const over = read(`<urlset>${many}${entry(SITEMAP_URLS_MAX)}`)
  assert.equal(over.isCut, true)
  assert.equal(over.entries.length, SITEMAP_URLS_MAX)
  const reader = new SitemapReader({ url: URL, charset: undefined })
  const piece = new Uint8Array(1_024 * 1_024).fill(0x20)
  for (let sent = 0; sent < SITEMAP_BYTES_MAX; sent += piece.length) reader.write(piece)
  assert.equal(reader.isDone, false)
  reader.write(piece)
  assert.equal(reader.isDone, true)
  assert.equal(reader.end().isCut, true)
})

const HOSTILE: readonly (readonly [about: string, text: () => string])[] = [
  ['elements in each other', () => '<urlset>' + '<url>'.repeat(2_000_000)],
  ['elements closed too often', () => '</url>'.repeat(2_000_000)],
  ['one address without end', () => `<urlset><url><loc>${'x'.repeat(10_000_000)}</loc></url>`],
  ['one address of entities', () => `<urlset><url><loc>${'&amp;'.repeat(2_000_000)}</loc></url>`],
  ['one CDATA without end', () => `<urlset><url><loc><![CDATA[${']'.repeat(10_000_000)}`],
  ['10 MB of <', () => '<'.repeat(10_000_000)],
  ['one line without end', () => 'x'.repeat(10_000_000)],
  ['attributes without end', () => `<feed><link ${'href="x" '.repeat(1_000_000)}`],
]

for (const [about, text] of HOSTILE) {
  test(`SitemapReader is not slow on ${about}`, () => {
    assert.ok(read(Buffer.from(text()), 64 * 1_024).entries.length <= 1)
  })
}

const MARKUP = '< > / = " & ! [ ] ? ; \n'.split(' ')

test('SitemapReader ends on any bytes', () => {
  const piece = fc.constantFrom(...MARKUP, '<urlset>', '<url>', '<loc>', 'http://a.b/', '</')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (parts, size) => {
        const text = parts.join('')
        assert.deepEqual(read(text, size), read(text))
      },
    ),
    { numRuns: 2_000 },
  )
})
