import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Parser } from 'htmlparser2'

import { fc } from '../../../../test/properties.ts'
import { ADDRESS_CHARS_MAX, kindOf } from './html-attributes.ts'
import { HtmlRewriter } from './html-rewriter.ts'
import { rewrittenAddress } from './replay-address.ts'

const PLACE = { digits: '20261122013000', pass: 'x' }
const AT = '/p/x/20261122013000/'
const BASE = 'http://a.test/dir/page'

interface Choices {
  readonly pieceChars?: number
  readonly insert?: string
  readonly isXml?: boolean
}

function rewritten(html: string, { pieceChars = Infinity, ...options }: Choices = {}): string {
  const rewrite = (address: string, base: string) => rewrittenAddress(PLACE, { address, base })
  const rewriter = new HtmlRewriter({ base: BASE, rewrite, ...options })
  const step = Math.min(pieceChars, Math.max(1, html.length))
  let out = ''
  for (let at = 0; at < html.length; at += step) out += rewriter.write(html.slice(at, at + step))
  return out + rewriter.end()
}

/** `@` stands for the archive. */
const CASES: readonly (readonly [html: string, out: string])[] = [
  ['<p>text</p>', '<p>text</p>'],
  ['<a href="x">', '<a href="@http://a.test/dir/x">'],
  ["<A HREF='/x?a&amp;b#c' class=d>", '<A HREF="@http://a.test/x?a&amp;b#c" class=d>'],
  ['<a href=//b.test>', '<a href="@http://b.test/">'],
  ['<a href=https://b.test/x/>', '<a href="@https://b.test/x/">'],
  ['<a href="&#104;ttp://b.test">', '<a href="@http://b.test/">'],
  ['<a href=" ht\ntp://b.test ">', '<a href="@http://b.test/">'],
  ['<a href="http:x">', '<a href="@http://a.test/dir/x">'],
  ['<a href="#top">', '<a href="#top">'],
  ['<a href="javascript:go(&quot;x&quot;)">', '<a href="javascript:go(&quot;x&quot;)">'],
  ['<a href="mailto:a@b.test">', '<a href="mailto:a@b.test">'],
  ['<a href="http://[">', '<a href="about:invalid">'],
  ['<a href>', '<a href>'],
  ['<a href="">', '<a href="">'],
  ['<a href="x" href="http://b.test">', '<a href="@http://a.test/dir/x" href="@http://b.test/">'],
  [
    '<a href=x target=_blank ping="http://b.test">',
    '<a href="@http://a.test/dir/x" target="_self" >',
  ],
  ['<img src=x.png>', '<img src="@http://a.test/dir/x.png">'],
  [
    '<img srcset="a 1x, http://b.test/b,c 2x, data:,x 3x">',
    '<img srcset="@http://a.test/dir/a 1x, @http://b.test/b,c 2x, data:,x 3x">',
  ],
  ['<img src=x integrity=y crossorigin>', '<img src="@http://a.test/dir/x"  crossorigin>'],
  [
    '<script src=x crossorigin=use-credentials></script>',
    '<script src="@http://a.test/dir/x" crossorigin="anonymous"></script>',
  ],
  [
    '<script>"<a href=x>"</script><a href=y>',
    '<script>"<a href=x>"</script><a href="@http://a.test/dir/y">',
  ],
  ['<script type=speculationrules>{}</script>', '<script type="text/plain">{}</script>'],
  ['<base href="/b/"><a href=x>', '<base href="@http://a.test/b/"><a href="@http://a.test/b/x">'],
  [
    '<base href=b/><base href=c/><a href=x>',
    '<base href="@http://a.test/dir/b/"><base href="@http://a.test/dir/c/"><a href="@http://a.test/dir/b/x">',
  ],
  [
    '<meta http-equiv=refresh content="5;url=x">',
    `<meta http-equiv="refresh" content="5; url='@http://a.test/dir/x'">`,
  ],
  ['<meta content="5" http-equiv=Refresh>', '<meta http-equiv="refresh" content="5">'],
  ['<meta http-equiv=content-security-policy content="default-src none">x', 'x'],
  [
    '<meta name=referrer content=origin><meta charset=x><meta name=a content="http://b.test">',
    '<meta charset=x><meta name=a content="http://b.test">',
  ],
  [
    '<meta http-equiv=refresh http-equiv=x content=9><i>',
    '<meta http-equiv="refresh" content="9"><i>',
  ],
  ['<p style="background:url(x)">', '<p style="background:url(&quot;@http://a.test/dir/x&quot;)">'],
  ['<style>a{b:url(x)}</style>y', '<style>a{b:url("@http://a.test/dir/x")}</style>y'],
  ['<style>@import "x"', '<style>@import "@http://a.test/dir/x"'],
  [
    '<iframe srcdoc="<img src=&quot;x&quot;>">',
    '<iframe srcdoc="&lt;img src=&quot;@http://a.test/dir/x&quot;>">',
  ],
  ['<object data=x></object><b data=x>', '<object data="@http://a.test/dir/x"></object><b data=x>'],
  [
    '<form action=x><button formaction=y>',
    '<form action="@http://a.test/dir/x"><button formaction="@http://a.test/dir/y">',
  ],
  [
    '<svg><use xlink:href="s.svg#a"/><path fill="url(#b)" mask="url(s.svg#c)"/></svg>',
    '<svg><use xlink:href="@http://a.test/dir/s.svg#a"/><path fill="url(#b)" mask="url(&quot;@http://a.test/dir/s.svg#c&quot;)"/></svg>',
  ],
  ['<!-- <a href=x> --><a href=y', '<!-- <a href=x> --><a '],
  ['<noscript><img src=x></noscript>', '<noscript><img src="@http://a.test/dir/x"></noscript>'],
  ['<plaintext><a href=x>', '<plaintext><a href=x>'],
  ['<textarea><a href=x></textarea>', '<textarea><a href=x></textarea>'],
  ['a<b', 'a<b'],
  ['<', '<'],
]

for (const [html, out] of CASES) {
  test(`HtmlRewriter leads ${JSON.stringify(html)} into the archive, in whatever pieces`, () => {
    const wanted = out.replaceAll('@http', `${AT}http`)
    for (const pieceChars of [Infinity, 1, 5]) assert.equal(rewritten(html, { pieceChars }), wanted)
  })
}

test('HtmlRewriter puts its own before all that the page runs', () => {
  const insert = '<i>'
  for (const [html, out] of [
    ['<!doctype html><html><head lang=a><script>', '<!doctype html><html><head lang=a><i><script>'],
    ['<!-- a --><title>b</title>', '<!-- a --><i><title>b</title>'],
    ['text <b>', 'text <i><b>'],
    ['text', 'text<i>'],
    ['<html><script>', '<html><i><script>'],
  ] as const) {
    assert.equal(rewritten(html, { insert }), out)
    assert.equal(rewritten(html, { insert, pieceChars: 1 }), out)
  }
})

test('HtmlRewriter reads styles of XML as XML', () => {
  const xml =
    '<svg><style>a{b:url(x?a&amp;b)}</style><style><![CDATA[a{b:url(y&z)}]]></style></svg>'
  const first = `a{b:url(&quot;${AT}http://a.test/dir/x?a&amp;b&quot;)}`
  const second = `<![CDATA[a{b:url("${AT}http://a.test/dir/y&z")}]]>`
  const wanted = `<svg><style>${first}</style><style>${second}</style></svg>`
  assert.equal(rewritten(xml, { isXml: true }), wanted)
  assert.equal(rewritten(xml, { isXml: true, pieceChars: 1 }), wanted)
})

test('HtmlRewriter lets what is embedded through whole, leaves out what is as long, and keeps little', () => {
  const long = 'x'.repeat(3 * ADDRESS_CHARS_MAX)
  for (const pieceChars of [Infinity, 1_000]) {
    const embedded = `<img src="data:,${long}"><p style='a:url(data:,${long})'>`
    const kept = rewritten(embedded, { pieceChars })
    assert.equal(kept, embedded.replaceAll("'", '"'))
    assert.equal(rewritten(`<img src="http://b/${long}"><b>`, { pieceChars }), '<img src=""><b>')
    assert.equal(rewritten(`<meta name=${long} content=x><b>`, { pieceChars }), '<b>')
    assert.equal(rewritten(`<!--${long}--><b>`, { pieceChars }), `<!--${long}--><b>`)
    assert.equal(rewritten(`<b ${long}=c>`, { pieceChars }), `<b ${long}=c>`)
  }
  const deep = nested(6)
  assert.ok(rewritten(deep).length < 2 * deep.length)
})

function nested(depth: number): string {
  if (depth === 0) return '<img src=http://b.test>'
  const inner = nested(depth - 1)
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
  return `<iframe srcdoc="${inner}">`
}

const PARTS = [
  '<',
  '>',
  '"',
  "'",
  ' ',
  '/',
  '=',
  '&',
  '\0',
  '\n',
  'é',
  '\u{1F600}',
  '#x',
  '-->',
  '<!--',
  '<a ',
  '<img ',
  '<base ',
  '<meta ',
  '<style>',
  '</style>',
  '<script>',
  '</script>',
  '<svg ',
  '<plaintext>',
  '<noscript>',
  '<textarea>',
  '<math ',
  '<iframe ',
  '<![CDATA[',
  ']]>',
  '<?x',
  'href=',
  'src=',
  'srcset=',
  'style=',
  'srcdoc=',
  'action=',
  'xlink:href=',
  'content=',
  'http-equiv=refresh',
  'http://b.test/',
  '//b.test/',
  'https:b',
  'x',
  'url(',
  ')',
  '&quot;',
  '&#104;ttp://c.test',
  '0;url=',
  ' 1x,',
  'data:,',
  'javascript:',
  '\\',
  '@import',
  'HTTP://[a',
]

/** Attributes that hold an address, with what they lead to. */
function addressesIn(html: string): string[] {
  const found: string[] = []
  const parser = new Parser({
    onopentag: (tag, attributes) => {
      for (const [name, value] of Object.entries(attributes)) {
        // No attribute of a `<meta>` holds an address alone.
        if (tag !== 'meta' && kindOf(tag, name) === 'address') found.push(value)
      }
    },
  })
  parser.write(html)
  parser.end()
  return found
}

/** Text of parts in any order. */
function made(parts: readonly string[]) {
  return fc.array(fc.constantFrom(...parts), { maxLength: 40 }).map((all) => all.join(''))
}

test('HtmlRewriter takes whatever comes, and leaves no address of the living', () => {
  fc.assert(
    fc.property(made(PARTS), (text) => {
      const out = rewritten(text)
      rewritten(text, { isXml: true })
      for (const address of addressesIn(out)) {
        const url = URL.parse(address, 'http://archive.test/')
        const isLive = url?.protocol === 'http:' || url?.protocol === 'https:'
        assert.ok(!isLive || url.origin === 'http://archive.test', `${address} in ${out}`)
      }
    }),
  )
})

test('HtmlRewriter writes the same in whatever pieces a page comes', () => {
  // A document within a tag that never ends goes out as far as it came, and means nothing.
  const parts = PARTS.filter((part) => part !== 'srcdoc=')
  const pieces = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(made(parts), pieces, fc.boolean(), (text, pieceChars, isXml) => {
      assert.equal(rewritten(text, { isXml, pieceChars }), rewritten(text, { isXml }))
    }),
  )
})
