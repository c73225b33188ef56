import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { CSS_ADDRESS_CHARS_MAX, CssScanner } from './css-scanner.ts'

interface Scanned {
  readonly found: readonly string[]
  readonly out: string
}

/** With each address in brackets. */
function scanned(css: string, pieceChars = Infinity): Scanned {
  const found: string[] = []
  const scanner = new CssScanner((address) => {
    found.push(address)
    return `<${address.trim()}>`
  })
  const step = Math.min(pieceChars, Math.max(1, css.length))
  let out = ''
  for (let at = 0; at < css.length; at += step) out += scanner.write(css.slice(at, at + step))
  out += scanner.end()
  return { found, out }
}

const CASES: readonly (readonly [css: string, out: string])[] = [
  ['a{background:url(x.png)}', 'a{background:url("<x.png>")}'],
  ['a{background:URL( "x y.png" ) no-repeat}', 'a{background:URL( "<x y.png>" ) no-repeat}'],
  ["a{background:url('x.png')}", 'a{background:url("<x.png>")}'],
  ['a{b:url( x.png )}', 'a{b:url("<x.png>")}'],
  ['a{b:url(x,y)}', 'a{b:url("<x,y>")}'],
  [String.raw`a{b:u\72l(x)}`, 'a{b:url("<x>")}'],
  [String.raw`a{b:\75 \72 \6c (x)}`, 'a{b:url("<x>")}'],
  [String.raw`a{b:url(h\74tp://x/\(1\))}`, 'a{b:url("<http://x/(1)>")}'],
  ['a{b:url("x\\\ny")}', 'a{b:url("<xy>")}'],
  ['@import "a.css" screen;', '@import "<a.css>" screen;'],
  ["@import/* */'a.css';b{content:'c'}", '@import/* */"<a.css>";b{content:\'c\'}'],
  [String.raw`@\69mport "a.css"`, String.raw`@\69mport "<a.css>"`],
  ['@import url(a.css) layer("b");', '@import url("<a.css>") layer("b");'],
  [
    '@namespace svg url(http://www.w3.org/2000/svg);',
    '@namespace svg url(http://www.w3.org/2000/svg);',
  ],
  [
    '@namespace "http://www.w3.org/2000/svg";a{b:url(c)}',
    '@namespace "http://www.w3.org/2000/svg";a{b:url("<c>")}',
  ],
  ['@charset "utf-8";', '@charset "utf-8";'],
  [
    'a{b:image-set("x" 1x type("image/png"),url(y) 2x)}',
    'a{b:image-set("<x>" 1x type("image/png"),url("<y>") 2x)}',
  ],
  ['a{b:-webkit-image-set(url(y) 2x)}', 'a{b:-webkit-image-set(url("<y>") 2x)}'],
  ['/* url(x) */a{b:url(y)}', '/* url(x) */a{b:url("<y>")}'],
  ['a{content:"url(x)"}', 'a{content:"url(x)"}'],
  ['a{content:"/*"}b{c:url(x)}', 'a{content:"/*"}b{c:url("<x>")}'],
  ['a{content:"\n;b:url(x)}', 'a{content:"\n;b:url("<x>")}'],
  ['a{b:curl(x) 1url(x) url-prefix(x)}', 'a{b:curl(x) 1url(x) url-prefix(x)}'],
  ['a{b:#url(x)}', 'a{b:#url(x)}'],
  ['a{b:url(x y)}', 'a{b:url(x y)}'],
  ['a{b:url(x', 'a{b:url("<x>")'],
  ['a{b:url("x', 'a{b:url("<x>"'],
  ['a{b:url(', 'a{b:url('],
  ['a{b:url()}', 'a{b:url("<>")}'],
  ['<!-- a{b:url(x)} -->', '<!-- a{b:url("<x>")} -->'],
  ['a{b:\\', 'a{b:\\'],
  ['/*', '/*'],
  ['/* *', '/* *'],
]

for (const [css, out] of CASES) {
  test(`CssScanner finds what ${JSON.stringify(css)} names, in whatever pieces it comes`, () => {
    for (const pieceChars of [Infinity, 1, 7]) assert.equal(scanned(css, pieceChars).out, out)
  })
}

test('CssScanner writes an address so that it is read as it was', () => {
  const address = 'x"y\\z\n(\')'
  const scanner = new CssScanner(() => address)
  const out = scanner.write('a{b:url(1)}') + scanner.end()
  assert.deepEqual(scanned(out).found, [address])
})

test('CssScanner lets embedded content through whole, and leaves out what is as long', () => {
  const long = 'x'.repeat(20 * CSS_ADDRESS_CHARS_MAX)
  for (const pieceChars of [Infinity, 1_000]) {
    for (const quote of ['', '"', "'"]) {
      const embedded = `a{b:url(${quote}data:,${long}${quote}) c}d{e:url(f)}`
      assert.equal(scanned(embedded, pieceChars).out, embedded.replace('url(f)', 'url("<f>")'))
      const other = scanned(`a{b:url(${quote}http://x/${long}${quote}) c}d{e:url(f)}`, pieceChars)
      assert.ok(other.out.length < 100, other.out.slice(0, 200))
      assert.match(other.out, /c\}d\{e:url\("<f>"\)\}$/)
      assert.deepEqual(other.found, ['f'])
    }
  }
})

const PARTS = [
  '"',
  "'",
  '\\',
  '\n',
  ' ',
  '(',
  ')',
  ';',
  '{',
  '}',
  'a',
  '#',
  '@',
  '-',
  '1',
  'url(',
  '@import ',
  '/*',
  '*/',
  'data:,',
  'image-set(',
  'http://x/',
  String.raw`\75 `,
  '\u{1F600}',
]

test('CssScanner finds the same in pieces, and changes nothing but addresses', () => {
  const part = fc.constantFrom(...PARTS)
  const css = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(css, fc.integer({ min: 1, max: 9 }), (text, pieceChars) => {
      assert.deepEqual(scanned(text, pieceChars), scanned(text))
      const same = new CssScanner(() => undefined)
      assert.equal(same.write(text) + same.end(), text)
    }),
  )
})
