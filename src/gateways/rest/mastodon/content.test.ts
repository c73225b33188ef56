import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseDocument } from 'htmlparser2'

import { fc } from '../../../../test/properties.ts'
import { contentOf } from './content.ts'

const addresses = { base: 'http://localhost:9100', isPerson: (nick: string) => nick !== 'nobody' }

interface Node {
  readonly type: string
  readonly name?: string
  readonly data?: string
  readonly attribs?: Readonly<Record<string, string>>
  readonly children?: readonly Node[]
}

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  p: [],
  br: [],
  span: ['class'],
  a: ['href', 'target', 'rel', 'class'],
}

function textOf(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text') return node.data ?? ''
      if (node.name === 'br') return '\n'
      return textOf(node.children ?? [])
    })
    .join('')
}

function check(nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (node.type === 'text') continue
    assert.equal(node.type, 'tag')
    const allowed = ATTRIBUTES[node.name ?? '']
    assert.ok(allowed !== undefined, `no <${node.name}>`)
    for (const [name, value] of Object.entries(node.attribs ?? {})) {
      assert.ok(allowed.includes(name), `no ${name} on <${node.name}>`)
      if (name === 'href') assert.match(value, /^https?:\/\//)
    }
    check(node.children ?? [])
  }
}

const piece = fc.constantFrom(
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '&lt;b&gt;',
  '&amp;',
  '@ana',
  '@nobody',
  '#tag',
  '#"onclick="x',
  'https://a.test/"onmouseover="x',
  "https://a.test/'<b>",
  'javascript:alert(1)',
  '\n',
  '\n\n',
  '<',
  '>',
  '"',
  "'",
  ' ',
  ']]>',
  '<!--',
  'ñ',
)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
)

test('nothing of a text becomes markup, and all of it is there', () => {
  fc.assert(
    fc.property(text, (any) => {
      // As texts are kept: without controls, well-formed.
      const kept = any.toWellFormed().replaceAll(/[^\P{Cc}\n]/gu, '')
      const html = contentOf(kept, addresses)
      const { children } = parseDocument(html)
      check(children)
      const shown = children.map((one) => textOf([one])).join('')
      assert.equal(shown.replaceAll('\n', ''), kept.replaceAll('\n', ''))
    }),
  )
})

test('who is nobody here is no link', () => {
  assert.equal(contentOf('@nobody', addresses), '<p>@nobody</p>')
  assert.equal(contentOf('', addresses), '')
  assert.equal(contentOf('a\nb\n\n\nc', addresses), '<p>a<br />b</p><p>c</p>')
})
