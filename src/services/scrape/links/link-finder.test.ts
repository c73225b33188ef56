import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { ATTRIBUTE_CHARS_MAX, LinkFinder, LINKS_MAX, type PageLinks } from './link-finder.ts'

const PAGE = canonicalUrl('http://a.example/dir/page')

function found(html: string | Uint8Array, pieceBytes = Infinity, charset = 'utf-8'): PageLinks {
  const finder = new LinkFinder({ url: PAGE, charset, agent: 'anillo' })
  const bytes = typeof html === 'string' ? Buffer.from(html) : html
  const step = Math.min(pieceBytes, Math.max(1, bytes.length))
  for (let at = 0; at < bytes.length; at += step) finder.write(bytes.subarray(at, at + step))
  return finder.end()
}

/** `kind element path`, with `!` where the link is not to be followed. */
function shown(html: string): string[] {
  return found(html).links.map(({ kind, element, url, isNoFollow }) => {
    return `${isNoFollow ? '!' : ''}${kind} ${element} ${url.replace('http://a.example', '')}`
  })
}

const CASES: readonly (readonly [html: string, ...links: string[]])[] = [
  ['<a href="x">', 'page a /dir/x'],
  ["<A HREF='/x?a&amp;b#c'>", 'page a /x?a&b'],
  ['<a href=x>', 'page a /dir/x'],
  ['<a href= ../x\t>', 'page a /x'],
  ['<a\nhref\n=\n" x "\n>', 'page a /dir/x'],
  ['<a href="x" href="y">', 'page a /dir/x'],
  ['<a title="<a href=z>" href=x/>', 'page a /dir/x/'],
  ['<a href="a\nb">', 'page a /dir/ab'],
  ['<a href="&#x2f;x&sol;y&copy=1">', 'page a /x/y&copy=1'],
  ['<a href="//b.example/x">', 'page a http://b.example/x'],
  ['<a href="x" rel="external NoFollow">', '!page a /dir/x'],
  ['<a href=x rel=ugc><a href=y rel=sponsored>', '!page a /dir/x', '!page a /dir/y'],
  ['<a href=x rel=nofollow><a href="x">', 'page a /dir/x'],
  ['<a href=x rel=nofollow><a href="./x">', 'page a /dir/x'],
  ['<a href="#top"><a href="">'],
  ['<a href="javascript:x()"><a href="mailto:a@b.c"><a href="data:,x"><a href="ftp://x/">'],
  ['<a href="http://["></a>'],
  ['<a href="http://u:p@b.example/">'],
  ['<a name=x><b href=y>'],
  ['<map><area href="x" rel=nofollow></map>', '!page area /dir/x'],
  ['<iframe src="x"><a href=y></iframe>', 'page iframe /dir/x'],
  ['<frameset><frame src="x">', 'page frame /dir/x'],
  ['<link rel="canonical" href="/c">', 'page link /c'],
  ['<link rel="alternate" hreflang=de href="/de">', 'page link /de'],
  ['<link rel="alternate" type="application/rss+xml" href="/rss">', 'feed link /rss'],
  ['<link rel="next" href="?2">', 'page link /dir/page?2'],
  ['<link rel="preconnect" href="http://b.example/"><link href=x>'],
  [
    '<link rel="shortcut icon" href=i><link rel=StyleSheet href=s>',
    'resource link /dir/i',
    'resource link /dir/s',
  ],
  ['<link rel=preload imagesrcset="a 1x, b 2x">', 'resource link /dir/a', 'resource link /dir/b'],
  [
    '<img src=i srcset="a, b 2x,c 100w 50h , d(,)">',
    'resource img /dir/i',
    'resource img /dir/a',
    'resource img /dir/b',
    'resource img /dir/c',
    'resource img /dir/d(,)',
  ],
  ['<img srcset="a 1x(x,y), b">', 'resource img /dir/a', 'resource img /dir/b'],
  ['<img srcset=",, a,,b 1x,">', 'resource img /dir/a,,b'],
  [
    '<picture><source srcset=a><source src=b></picture>',
    'resource source /dir/a',
    'resource source /dir/b',
  ],
  [
    '<video src=v poster=p><track src=t></video>',
    'resource video /dir/v',
    'resource video /dir/p',
    'resource track /dir/t',
  ],
  [
    '<audio src=a><embed src=e><object data=o>',
    'resource audio /dir/a',
    'resource embed /dir/e',
    'resource object /dir/o',
  ],
  ['<input type=image src=i><body background=b>', 'resource input /dir/i', 'resource body /dir/b'],
  ['<svg><image xlink:href=i /></svg>', 'resource image /dir/i'],
  ['<script src=s>"<a href=x>"</script><a href=y>', 'resource script /dir/s', 'page a /dir/y'],
  ['<!-- <a href=x> --><a href=y>', 'page a /dir/y'],
  ['<style><a href=x></style><textarea><a href=x></textarea><xmp><a href=x></xmp>'],
  ['<noscript><img src=i></noscript>', 'resource img /dir/i'],
  ['<title><a href=x></title><a href=y>', 'page a /dir/y'],
  ['<meta http-equiv="Refresh" content="5; URL=\'/next\'">', 'page refresh /next'],
  ['<meta http-equiv=refresh content="0,next">', 'page refresh /dir/next'],
  ['<meta http-equiv=refresh content="30">'],
  ['<base href="/b/"><a href=x>', 'page a /b/x'],
  ['<a href=x><base href="/b/"><base href="/c/">', 'page a /b/x'],
  ['<base href="http://b.example/"><a href=x>', 'page a http://b.example/x'],
  ['<base href="data:,"><a href=x>', 'page a /dir/x'],
  ['<base target=_top><base href="/b/"><a href=x>', 'page a /b/x'],
  ['<a href=x><img src=x>', 'page a /dir/x', 'resource img /dir/x'],
  ['<<a href=x><a<b href=y><a href=z', 'page a /dir/x'],
  ['</a href=x><a / href=y>', 'page a /dir/y'],
  ['<![CDATA[<a href=x>]]><a href=y>', 'page a /dir/y'],
  ['<a href="x\0">', 'page a /dir/x%EF%BF%BD'],
  ['plain text, no markup'],
  [''],
]

test('LinkFinder finds what leads somewhere, and nothing else', () => {
  for (const [html, ...links] of CASES) assert.deepEqual(shown(html), links, html)
})

test('LinkFinder finds the same however the page is cut into pieces', () => {
  const html = CASES.map(([each]) => each.replaceAll('<a href=z', '')).join('<p>“ü”</p>')
  const whole = found(html)
  for (const pieceBytes of [1, 2, 3, 7, 1_000]) {
    assert.deepEqual(found(html, pieceBytes), whole, `pieces of ${pieceBytes}`)
  }
})

test('LinkFinder reads the title, and what the page tells robots', () => {
  const page = (html: string) => found(html)
  assert.equal(page('<title> A &amp;\n B </title><title>C</title>').title, 'A & B')
  assert.equal(page('<title></title>').title, undefined)
  assert.equal(page('<title>never closed <b>').title, 'never closed <b>')
  assert.equal(page(`<title>${'&lt;'.repeat(100_000)}`).title, '<'.repeat(300))
  const told = (html: string) => page(html).directives
  assert.deepEqual(told('<meta name="Robots" content="NoIndex, follow">'), {
    noIndex: true,
    noFollow: false,
  })
  assert.deepEqual(told('<meta name=anillo content=nofollow><meta name=robots content=all>'), {
    noIndex: false,
    noFollow: true,
  })
  assert.deepEqual(told('<meta name=otherbot content=none>'), { noIndex: false, noFollow: false })
  assert.deepEqual(told('<meta content=none name=robots>'), { noIndex: true, noFollow: true })
})

test('LinkFinder tells the first canonical address, wherever else it is linked', () => {
  const html = '<a href=/c><link rel=canonical href=/c><link rel=canonical href=/d>'
  assert.equal(found(html).canonical, 'http://a.example/c')
  assert.equal(found('<a href=/c>').canonical, undefined)
})

test('LinkFinder reads the page in its charset', () => {
  const latin1 = Buffer.from('<a href="/caf\xe9"><title>caf\xe9</title>', 'latin1')
  const page = found(latin1, 3, 'windows-1252')
  assert.equal(page.title, 'café')
  assert.equal(page.links[0]?.url, 'http://a.example/caf%C3%A9')
  const wide = found(Buffer.from('\uFEFF<a href="/ü">', 'utf16le'), 3, 'utf-16le')
  assert.equal(wide.links[0]?.url, 'http://a.example/%C3%BC')
})

test('LinkFinder takes so many links and says when there were more', () => {
  const links = (count: number): string =>
    Array.from({ length: count }, (_, at) => `<a href=${at}>`).join('')
  const full = found(links(LINKS_MAX).repeat(2))
  assert.equal(full.links.length, LINKS_MAX)
  assert.equal(full.isCut, false)
  assert.equal(found(links(LINKS_MAX + 1)).isCut, true)
})

test('LinkFinder drops an attribute that is too long, and no other', () => {
  const long = 'x'.repeat(ATTRIBUTE_CHARS_MAX + 1)
  assert.deepEqual(shown(`<a href="${long}"><a href=y>`), ['page a /dir/y'])
  assert.deepEqual(shown(`<a title="${long}" href=y>`), ['page a /dir/y'])
})

/** Each of some megabytes, in a second or two: what took the square of it would take hours. */
const HOSTILE: readonly (readonly [about: string, html: () => string])[] = [
  ['10 MB of <', () => '<'.repeat(10_000_000)],
  ['10 MB of &', () => '&'.repeat(10_000_000)],
  ['10 MB of </', () => '</'.repeat(5_000_000)],
  ['10 MB of <!--', () => '<!--'.repeat(2_500_000)],
  ['an endless attribute', () => `<a href="${'x'.repeat(10_000_000)}`],
  ['an endless attribute of entities', () => `<a href="${'&amp;'.repeat(2_000_000)}`],
  ['an endless entity', () => `<a href="&#${'0'.repeat(10_000_000)}`],
  ['an endless name', () => `<${'a'.repeat(10_000_000)}`],
  ['an element of a million attributes', () => `<a ${'href=x '.repeat(1_000_000)}>`],
  ['a million elements in each other', () => '<b>'.repeat(1_000_000)],
  ['a million, and closed by other names', () => '<b>'.repeat(1e6) + '</i>'.repeat(1e6)],
  ['a million links to one page', () => '<a href=x>'.repeat(1_000_000)],
  ['a million addresses that are none', () => '<a href=http://[>'.repeat(1_000_000)],
  ['a srcset without end', () => `<img srcset="${'a '.repeat(5_000_000)}">`],
  ['srcsets of commas', () => `<img srcset="${','.repeat(60_000)}">`.repeat(100)],
  ['srcsets of commas in an address', () => `<img srcset="a${','.repeat(60_000)}b">`.repeat(100)],
  ['srcsets of brackets', () => `<img srcset="${'a (,'.repeat(15_000)}">`.repeat(100)],
  [
    'refreshes of spaces',
    () => `<meta http-equiv=refresh content="1 ${' '.repeat(60_000)}">`.repeat(100),
  ],
  ['a title without end', () => `<title>${' \n'.repeat(5_000_000)}`],
  ['titles without number', () => '<title>x</title>'.repeat(600_000)],
]

for (const [about, html] of HOSTILE) {
  test(`LinkFinder is not slow on ${about}`, () => {
    const bytes = Buffer.from(html())
    const { links } = found(bytes, 64 * 1_024)
    assert.ok(links.length <= 200)
  })
}

const MARKUP = '< > / = " \' & a ! - [ ] ? # ; :'.split(' ')

test('LinkFinder ends on any bytes', () => {
  const piece = fc.constantFrom(...MARKUP, '<a href=', '<base href=', '<title>', 'é')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (parts, size) => {
        const html = parts.join('')
        assert.deepEqual(found(html, size), found(html))
      },
    ),
    { numRuns: 2_000 },
  )
})
