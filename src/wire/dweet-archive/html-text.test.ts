import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SECOND_MS } from '../../base/limits.ts'
import { textOfHtml } from './html-text.ts'

test('paragraphs, line ends and entities are text, and tags are nothing', () => {
  const html =
    '<p>a<br />b &lt;i&gt; &amp; <a href="https://x.test/?a=1">c</a></p> <p class="x">d</p>'
  assert.equal(textOfHtml(html), 'a\nb <i> & c\n\nd')
  assert.equal(textOfHtml('1 < 2 &unknown; &#x41;&#66;&#x110000;'), '1 < 2 &unknown; AB&#x110000;')
})

test('tags that never end take no longer than others', () => {
  const startedAtMs = performance.now()
  for (const part of ['<', '<br   ', '</p><p ', '</p>   ']) textOfHtml(part.repeat(80_000))
  assert.ok(performance.now() - startedAtMs < 2 * SECOND_MS)
})
