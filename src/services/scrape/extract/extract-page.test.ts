import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import type { Extracted, ExtractSpec } from '../../../wire/api-extract.ts'
import { EXTRACT_ITEMS_MAX, JSON_LD_DEPTH_MAX } from './extract-bounds.ts'
import { extractPage, type ExtractSource } from './extract-page.ts'

const PAGE: ExtractSource = {
  id: 'a'.repeat(64),
  url: 'https://example.org/',
  finalUrl: 'https://example.org/shop/',
  hash: 'b'.repeat(64),
  contentType: 'text/html',
  charset: 'utf-8',
  headers: [],
  title: 'Shop',
}

function extracted(html: string, spec: ExtractSpec): Extracted {
  return extractPage(PAGE, new TextEncoder().encode(html), spec)
}

const ITEMS =
  '<ul><li class="item"><a href="q?a=1">Queen</a><b>$ 5</b></li>' +
  '<li class="item"><a href="/r">Rook</a></li></ul><p class="price"> 7 <i>EUR</i></p>'

test('extractPage() takes fields by selectors: texts, attributes, lists, objects', () => {
  const { fields } = extracted(ITEMS, {
    fields: {
      price: '.price',
      none: 'h1',
      names: { selector: 'li a', all: true },
      hrefs: { selector: 'li a', all: true, attribute: 'HREF' },
      first: { selector: 'li', fields: { name: 'a', links: { selector: 'a', all: true } } },
      items: { selector: 'li.item', all: true, fields: { name: 'a', price: 'b' } },
    },
  })
  assert.deepEqual(fields, {
    price: '7 EUR',
    none: null,
    names: ['Queen', 'Rook'],
    hrefs: ['https://example.org/shop/q?a=1', 'https://example.org/r'],
    first: { name: 'Queen', links: ['Queen'] },
    items: [
      { name: 'Queen', price: '$ 5' },
      { name: 'Rook', price: null },
    ],
  })
})

test('extractPage() takes no name that every object has for an attribute of the page', () => {
  const { fields } = extracted(ITEMS, {
    fields: {
      made: { selector: 'li', attribute: 'constructor' },
      prototypes: { selector: 'li', all: true, attribute: '__proto__' },
      selected: '[constructor^="a"]',
      named: 'li[constructor]',
    },
  })
  assert.deepEqual(fields, { made: '', prototypes: ['', ''], selected: null, named: null })
})

test('extractPage() passes over JSON-LD that nests deeper than threads can tell', () => {
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  const html = [JSON_LD_DEPTH_MAX, JSON_LD_DEPTH_MAX + 1, 1_000_000].map((depth) => {
    return `<script type="application/ld+json">${nested(depth)}</script>`
  })
  const { jsonLd } = structuredClone(extracted(html.join(''), { jsonLd: true }))
  assert.equal(JSON.stringify(jsonLd), `[${nested(JSON_LD_DEPTH_MAX)}]`)
})

test('extractPage() reads JSON-LD that is some, and OpenGraph', () => {
  const html =
    '<script type="application/ld+json">{"@type":"Product"}</script>' +
    '<script type="application/ld+json">{broken</script>' +
    '<script type="application/ld+json; charset=utf-8"><!-- [1] --></script>' +
    '<meta property="og:title" content="A &amp; B"><meta property="og:image" content="1.png">' +
    '<meta property="og:image" content="2.png"><meta name="viewport" content="x">'
  const { jsonLd, openGraph } = extracted(html, { jsonLd: true, openGraph: true })
  assert.deepEqual(jsonLd, [{ '@type': 'Product' }, [1]])
  assert.deepEqual(openGraph, { 'og:title': 'A & B', 'og:image': ['1.png', '2.png'] })
})

test('extractPage() lists links once each, whole, with their texts', () => {
  const html =
    '<base href="/b/"><a href="x"><img></a><a href="x#part" rel="nofollow">X <b>y</b></a>' +
    '<a href="#top">top</a><a href="mailto:a@example.org">m</a><area href="z" title="Z">'
  assert.deepEqual(extracted(html, { links: true }).links, [
    { url: 'https://example.org/b/x', text: 'X y', rel: 'nofollow' },
    { url: 'https://example.org/b/z', text: 'Z' },
  ])
})

test('extractPage() gives tables as even rows, whatever their cells span', () => {
  const html =
    '<table><caption>C</caption><thead><tr><th>a<th>b<th>c</thead>' +
    '<tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td><table><tr><td>in</table></table>'
  assert.deepEqual(extracted(html, { tables: true }).tables, [
    {
      caption: 'C',
      headRows: 1,
      rows: [
        ['a', 'b', 'c'],
        ['1', '2', ''],
        ['', '3', 'in'],
      ],
    },
    { headRows: 0, rows: [['in']] },
  ])
})

const SENTENCE = '<p>A sentence that is long enough, with commas, for an article to be found.</p>'

test('extractPage() finds the article and leaves out what stands around it', () => {
  const html =
    `<html lang="en"><title>Shop</title><nav>menu</nav><article><h1>Head</h1>${SENTENCE.repeat(9)}` +
    '<pre><code class="language-js">a\n b</code></pre></article><footer>small print</footer>'
  const { markdown = '', text } = extracted(html, { text: true, markdown: true })
  assert.equal(text?.language, 'en')
  assert.match(text?.text ?? '', /^Head\nA sentence/)
  assert.doesNotMatch(text?.text ?? '', /menu|small print/)
  assert.match(markdown, /# Head\n\nA sentence/)
  assert.match(markdown, /```js\na\n b\n```$/)
  const whole = extracted(html, { markdown: 'page' })
  assert.match(whole.markdown ?? '', /^menu\n\n# Head[^]*small print$/)
})

test('extractPage() gives the text of what is no HTML, and nothing else of it', () => {
  const page = { ...PAGE, contentType: 'text/plain' }
  const spec = { fields: { a: 'a', b: { selector: 'b', all: true } }, text: true, links: true }
  const { fields, links, text } = extractPage(page, new TextEncoder().encode('a\nb'), spec)
  assert.deepEqual(
    { fields, links, text },
    { fields: { a: null, b: [] }, links: [], text: { text: 'a\nb' } },
  )
})

test('extractPage() cuts what is too much, and says of what', () => {
  const html = '<a href=x>y</a>'.repeat(EXTRACT_ITEMS_MAX + 1)
  const { cut, fields } = extracted(html, { fields: { all: { selector: 'a', all: true } } })
  assert.deepEqual(cut, ['all'])
  assert.equal(fields?.['all']?.length, EXTRACT_ITEMS_MAX)
})

const TAGS = 'a b body table td tr ul li ol pre code h1 p div script article blockquote'.split(' ')
const broken = fc
  .array(
    fc.oneof(
      fc.constantFrom(...TAGS.flatMap((tag) => [`<${tag}>`, `</${tag}>`])),
      fc.constantFrom('<a href="x">', '<td colspan=9 rowspan=3>', '<!--', '-->', '&amp;', '<'),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''))

test('extractPage() gives what the schema says, whatever the page is', () => {
  const all = { jsonLd: true, openGraph: true, text: true, links: true, tables: true }
  fc.assert(
    fc.property(broken, fc.constantFrom(true as const, 'page' as const), (html, markdown) => {
      const fields = { x: { selector: '*', all: true, fields: { y: '* > *' } } }
      const { id, tables = [], ...parts } = extracted(html, { ...all, markdown, fields })
      assert.equal(id, PAGE.id)
      assert.equal(typeof parts.markdown, 'string')
      assert.equal(typeof parts.text?.text, 'string')
      for (const { headRows, rows } of tables) assert.ok(headRows <= rows.length)
    }),
  )
})
