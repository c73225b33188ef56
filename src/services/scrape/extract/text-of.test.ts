import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import {
  TEXT_BYTES_MAX,
  TEXT_CHARS_MAX,
  TEXT_LINE_CHARS_MAX,
  TEXT_LINES_MAX,
} from './text-bounds.ts'
import { textOf, type TextSource } from './text-of.ts'

const HTML: TextSource = { charset: 'utf-8', contentType: 'text/html', headers: [], title: null }
const PLAIN: TextSource = { ...HTML, contentType: 'text/plain' }

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function linesOf(html: string): readonly string[] {
  return textOf(HTML, bytesOf(html)).lines
}

test('textOf() makes one line of each block, and joins white space', () => {
  const html =
    '<!doctype html><html lang="es-AR"><head><title>no</title><style>p{}</style></head>' +
    '<body><h1>A  <b>head</b>ing</h1><p>One\n  two &amp;<br>three</p><ul><li>item<li>other</ul>' +
    '<table><tr><td>1</td><td>2 </td></tr><tr><th>a<th>b</table>' +
    '<pre>  kept\n\tso</pre><script>if (a < b) {}</script>tail</body>'
  const text = textOf({ ...HTML, title: 'Title' }, bytesOf(html))
  const lines = ['A heading', 'One two &', 'three', 'item', 'other', '1\t2', 'a\tb', '  kept']
  assert.deepEqual(text.lines, [...lines, '\tso', 'tail'])
  assert.deepEqual(
    { title: text.title, language: text.language, isCut: text.isCut },
    { title: 'Title', language: 'es-ar', isCut: false },
  )
})

test('textOf() leaves out what nobody reads, and what stands around the content where told', () => {
  const html =
    '<nav>menu</nav><svg/><p>text<noscript>please</noscript></p><svg><text>drawn</text></svg>' +
    '<aside>beside</aside><template>later</template><footer>small print</footer>'
  assert.deepEqual(linesOf(html), ['menu', 'text', 'beside', 'small print'])
  const alone = textOf(HTML, bytesOf(html), { isContentAlone: true })
  assert.deepEqual(alone.lines, ['text'])
})

test('textOf() reads all where a menu is never closed', () => {
  const open = textOf(HTML, bytesOf('<nav>menu<p>text'), { isContentAlone: true })
  assert.deepEqual(open.lines, ['menu', 'text'])
})

test('textOf() reads the charset, and Windows-1252 where nobody says one', () => {
  const latin = Uint8Array.of(0x61, 0xf1, 0x6f)
  assert.deepEqual(textOf({ ...PLAIN, charset: null }, latin).lines, ['año'])
  const utf16 = Uint8Array.of(0xff, 0xfe, 0x41, 0, 0xf1, 0)
  assert.deepEqual(textOf({ ...PLAIN, charset: 'utf-16le' }, utf16).lines, ['Añ'])
})

test('textOf() gives text and JSON as they are, and nothing of other content', () => {
  assert.deepEqual(textOf(PLAIN, bytesOf('a\r\n\n  b\tc')).lines, ['a', '  b\tc'])
  const json = { ...PLAIN, contentType: 'application/json' }
  assert.deepEqual(textOf(json, bytesOf('{\n  "a": 1\n}')).lines, ['{', '  "a": 1', '}'])
  const image: TextSource = { ...PLAIN, contentType: 'image/png' }
  const said = textOf({ ...image, headers: [['Content-Language', 'de, en']] }, bytesOf('text'))
  assert.deepEqual(said, { title: undefined, lines: [], language: 'de', isCut: false })
})

test('textOf() cuts what is too long, and says so', () => {
  const lines = textOf(PLAIN, bytesOf('x\n'.repeat(TEXT_LINES_MAX + 1)))
  assert.equal(lines.lines.length, TEXT_LINES_MAX)
  assert.equal(lines.isCut, true)
  const long = textOf(HTML, bytesOf('y'.repeat(TEXT_CHARS_MAX + 1)))
  assert.equal(long.isCut, true)
  assert.ok(long.lines.every((line) => line.length <= TEXT_LINE_CHARS_MAX))
  assert.equal(long.lines.join('').length, TEXT_CHARS_MAX)
  assert.equal(textOf(HTML, bytesOf(' '.repeat(TEXT_BYTES_MAX + 1))).isCut, true)
})

test('textOf() takes no longer for a page of nothing but broken tags', () => {
  const html = '<i>'.repeat(1_000_000) + '</b>'.repeat(1_000_000)
  assert.deepEqual(linesOf(html), [])
})

const PIECES = ['<p>', '</p>', '<nav>', '</nav>', '<pre>', '<td>', '<svg/>', '<!--', '-->', '&lt;']
const broken = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary' })), { maxLength: 40 })
  .map((pieces) => pieces.join(''))

test('textOf() gives lines without controls, none empty, whatever the page is', () => {
  fc.assert(
    fc.property(broken, fc.boolean(), (html, isContentAlone) => {
      for (const line of textOf(HTML, bytesOf(html), { isContentAlone }).lines) {
        assert.match(line, /\S/)
        assert.doesNotMatch(line, /[\p{Cc}--\t]/v)
      }
    }),
  )
})
