import assert from 'node:assert/strict'
import { test } from 'node:test'

import { canonicalUrl } from '../urls/canonical-url.ts'
import { treeOf } from './dom.ts'
import { markdownOf } from './markdown.ts'

const BASE = canonicalUrl('https://example.org/a/')

function written(html: string): string {
  return markdownOf(treeOf(html), BASE)
}

test('markdownOf() writes blocks with an empty line between them', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['<h1>A</h1><p>b</p>c<hr>', '# A\n\nb\n\nc\n\n---'],
    ['<p>one<br>two</p>', 'one\\\ntwo'],
    ['<blockquote><p>a</p><p>b</p></blockquote>', '> a\n>\n> b'],
    ['<pre>a\n  `b`\n</pre>', '```\na\n  `b`\n```'],
    ['<pre>```</pre>', '````\n```\n````'],
    ['<h2>a<br>b</h2>', '## a b'],
  ]
  for (const [html, markdown] of cases) assert.equal(written(html), markdown)
})

test('markdownOf() writes lists within lists', () => {
  assert.equal(written('<ul><li>a<ul><li>b</ul><li>c</ul>'), '- a\n  - b\n- c')
  assert.equal(written('<ol start=9><li>a<li>b</ol>'), '9. a\n10. b')
  assert.equal(written('<ul><li><p>a</p><p>b</p></ul>'), '- a\n\n  b')
  assert.equal(written('<ol><li><ul><li>a</ul></ol>'), '1. - a')
})

test('markdownOf() writes tables of data, and what tables lay out as blocks', () => {
  assert.equal(
    written('<table><tr><th>a<th>b|c<tr><td>1<br>2</table>'),
    '| a | b\\|c |\n| --- | --- |\n| 1 2 |  |',
  )
  assert.equal(written('<table><tr><td><h1>A</h1><td>b</table>'), '# A\n\nb')
})

test('markdownOf() writes spans, links and images', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a<b> bold </b>c <i>it</i> <del>x</del>', 'a **bold** c *it* ~~x~~'],
    ['<code>a`b</code>', '``a`b``'],
    ['<a href="b c">x</a> <a href="#y">z</a>', '[x](https://example.org/a/b%20c) z'],
    ['<a href="javascript:x">y</a>', 'y'],
    ['<img src="p(1).png" alt="a [b]">', '![a \\[b\\]](https://example.org/a/p%281%29.png)'],
  ]
  for (const [html, markdown] of cases) assert.equal(written(html), markdown)
})

test('markdownOf() takes text literally', () => {
  assert.equal(written('<p># a *b* [c] &lt;d> `e`'), '\\# a \\*b\\* \\[c\\] \\<d\\> \\`e\\`')
  assert.equal(written('<p>1. a<p>- b<p>2) c'), '1\\. a\n\n\\- b\n\n2\\) c')
})

test('markdownOf() reads what is nested too deep as text', () => {
  assert.equal(written(`${'<div><b>'.repeat(10_000)}a<p>b`), '**a b**')
})
