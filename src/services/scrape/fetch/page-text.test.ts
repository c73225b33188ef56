import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { charsetOf, sniffedType, titleOf } from './page-text.ts'

const TITLES: readonly (readonly [html: string, title: string | undefined])[] = [
  ['<title>Plain</title>', 'Plain'],
  ['<TITLE lang=en >  Two\n  lines </TITLE>', 'Two lines'],
  [
    '<title>Tides &amp; winds &#8211; &#xE9;t&eacute; &unknown; &lt;b></title>',
    'Tides & winds – été &unknown; <b>',
  ],
  ['<!-- <title>no</title> --><title>yes</title>', 'yes'],
  ['<script>"<title>no</title>"</script><style>/*<title>no*/</style><title>yes</title>', 'yes'],
  ['<titles>no</titles><title>yes</title>', 'yes'],
  ['<title>never closed', 'never closed'],
  ['<title>\u001b[2Jred\u0007 &#27;[31m&#x202e;&#155;evil\u2066</title>', '[2Jred [31mevil'],
  ['<title></title>', undefined],
  ['<title>\u0007&#27;</title>', undefined],
  ['<p>none</p>', undefined],
  ['<!-- never closed <title>no</title>', undefined],
  ['', undefined],
  [`${'x'.repeat(70_000)}<title>too far</title>`, undefined],
]

test('titleOf() finds the first title that is one', () => {
  for (const [html, title] of TITLES)
    assert.equal(titleOf(Buffer.from(html), 'utf-8'), title, html.slice(0, 60))
})

test('titleOf() gives at most 300 characters and never cuts one in two', () => {
  const title = titleOf(Buffer.from(`<title>${'😀'.repeat(1_000)}</title>`), 'utf-8')
  assert.equal(title, '😀'.repeat(300))
})

test('titleOf() and charsetOf() stand any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      titleOf(bytes, charsetOf(bytes, { type: sniffedType(bytes), charset: undefined }))
    }),
  )
})

test('charsetOf() asks the byte order mark, the header, the page, and then the bytes', () => {
  const html = { type: 'text/html', charset: undefined }
  const meta = Buffer.from('<meta charset="windows-1251">')
  assert.equal(
    charsetOf(Buffer.from('\ufeff', 'utf16le'), { ...html, charset: 'utf-8' }),
    'utf-16le',
  )
  assert.equal(charsetOf(Buffer.from('\ufeff'), { ...html, charset: 'latin1' }), 'utf-8')
  assert.equal(charsetOf(meta, { ...html, charset: 'koi8-r' }), 'koi8-r')
  assert.equal(charsetOf(meta, { ...html, charset: 'no-such' }), 'windows-1251')
  assert.equal(charsetOf(meta, { type: 'text/plain', charset: undefined }), 'utf-8')
  assert.equal(
    charsetOf(Buffer.from('<meta http-equiv=x content="text/html; charset=euc-jp">'), html),
    'euc-jp',
  )
  assert.equal(charsetOf(Buffer.from('<meta charset=utf-16>'), html), 'utf-8')
  assert.equal(charsetOf(Buffer.from('Café'), html), 'utf-8')
  assert.equal(charsetOf(Buffer.from('Café').subarray(0, -1), html), 'utf-8')
  assert.equal(
    charsetOf(Buffer.from('Café', 'latin1'), { type: 'text/html', charset: undefined }),
    'utf-8',
  )
  assert.equal(charsetOf(Buffer.from('Café au lait', 'latin1'), html), undefined)
  assert.equal(charsetOf(Buffer.from('x'), { type: 'image/png', charset: undefined }), undefined)
})

test('sniffedType() tells pages from text from the rest', () => {
  assert.equal(sniffedType(Buffer.from(' \n<!DOCTYPE html><p>')), 'text/html')
  assert.equal(sniffedType(Buffer.from('just words')), 'text/plain')
  assert.equal(sniffedType(Buffer.from([137, 80, 78, 71, 0, 0])), 'application/octet-stream')
})
