import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { XML_BYTES_MAX, XML_DEPTH_MAX } from './limits.ts'
import { childNamed, escaped, readXml } from './xml.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

test('readXml() resolves names by the namespaces around them', () => {
  const root = readXml(
    bytes('<a xmlns="DAV:" xmlns:x="urn:x"><x:b/><c xmlns=""/><x:d xmlns:x="urn:y">t</x:d></a>'),
  )
  assert.deepEqual([root.namespace, root.local], ['DAV:', 'a'])
  assert.deepEqual(
    root.children.map(({ local, namespace }) => [namespace, local]),
    [
      ['urn:x', 'b'],
      ['', 'c'],
      ['urn:y', 'd'],
    ],
  )
  assert.equal(childNamed(root, 'b'), undefined)
})

test('the source of an element stands by itself', () => {
  const text =
    '<D:a xmlns:D="DAV:" xml:lang="es" xmlns:x="urn:x"><x:b y="1&#10;&lt;"> <c>&amp;<![CDATA[<]]></c></x:b></D:a>'
  const [found] = readXml(bytes(text)).children
  const again = readXml(bytes(found?.source ?? ''))
  assert.deepEqual([again.namespace, again.local, again.text], ['urn:x', 'b', ' &<'])
  assert.match(again.source, /xml:lang="es"/)
  assert.match(again.source, /y="1&#10;&lt;"/)
  assert.equal(readXml(bytes(again.source)).source, again.source)
})

test('readXml() reads UTF-16 with its mark, and refuses what is no text', () => {
  const utf16 = Buffer.from('\ufeff<ñ xmlns="DAV:"/>', 'utf16le')
  assert.equal(readXml(utf16).local, 'ñ')
  assert.equal(readXml(Buffer.from(utf16).swap16()).local, 'ñ')
  assert.throws(() => readXml(Uint8Array.of(0x3c, 0xff, 0x2f, 0x3e)), { code: 'BAD_REQUEST' })
})

test('readXml() refuses bombs and whatever is not well-formed, in no time', () => {
  const laughs = Array.from({ length: 9 }, (_, at) =>
    at === 0 ? '<!ENTITY l0 "ha">' : `<!ENTITY l${at} "${`&l${at - 1};`.repeat(10)}">`,
  ).join('')
  const cases = [
    `<!DOCTYPE a [${laughs}]><a>&l8;</a>`,
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<!DOCTYPE a><a/>',
    '<a>&e;</a>',
    '<a',
    '<a></b>',
    '<a/><b/>',
    'text',
    '',
    '<a b=c/>',
    '<a b="1" b="2"/>',
    '<x:a/>',
    '<a xmlns:x=""/>',
    '<a x:b="1"/>',
    '<a:b:c xmlns:a="u"/>',
    '<:a/>',
    '<a>\u0000</a>',
    '<a>'.repeat(20_000),
    `${'<a>'.repeat(4_000)}${'</a>'.repeat(4_000)}`,
    `${'<a>'.repeat(XML_DEPTH_MAX + 1)}${'</a>'.repeat(XML_DEPTH_MAX + 1)}`,
    `<a>${'x'.repeat(XML_BYTES_MAX)}</a>`,
    `<a ${'b'.repeat(XML_BYTES_MAX - 100)}`,
  ]
  for (const text of cases) {
    assert.throws(
      () => readXml(bytes(text)),
      (thrown) => isAnilloError(thrown, 'BAD_REQUEST'),
      text.slice(0, 80),
    )
  }
  const deep = `${'<a>'.repeat(XML_DEPTH_MAX)}${'</a>'.repeat(XML_DEPTH_MAX)}`
  assert.equal(readXml(bytes(deep)).local, 'a')
})

test('escaped() makes text of any name', () => {
  const name = 'a<b>&"c\u0001\ud800\n'
  assert.equal(readXml(bytes(`<a b="${escaped(name)}"/>`)).local, 'a')
})

test('readXml() takes no more namespaces than there is room for, and writes no element twice', () => {
  const declared = (count: number): string =>
    Array.from({ length: count }, (_, at) => `xmlns:n${at}="urn:${at}"`).join(' ')
  const message = /more than 64 namespaces/
  assert.throws(() => readXml(bytes(`<a ${declared(64)}/>`)), message)
  assert.throws(() => readXml(bytes(`<a ${declared(40)}><b ${declared(80)}/></a>`)), message)
  const wide = readXml(bytes(`<a ${declared(63)}>${'<b/>'.repeat(15_000)}</a>`))
  assert.equal(wide.children.length, 15_000)
})
