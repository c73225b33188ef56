import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseHTML } from 'linkedom'

import { readingOf } from './reading.ts'

const read = (html: string): readonly string[] =>
  readingOf(parseHTML(`<!doctype html><html>${html}</html>`).document)

test('readingOf() takes lines as they are read, and nothing of scripts, styles and the head', () => {
  const html = `<head><title>T</title><style>p{}</style></head><body><h1>High
    water</h1><script>alert(1)</script><p>at&nbsp;four, <b>bold</b>ly</p><ul><li>one<li>two</ul>
    <table><tr><td>a</td><td>b</td></tr></table>x<br>y<template>no</template></body>`
  assert.deepEqual(read(html), ['High water', 'at four, boldly', 'one', 'two', 'a b', 'x', 'y'])
})

test('readingOf() ends on markup as deep as nobody reads', () => {
  assert.deepEqual(read(`<body>${'<i>'.repeat(5_000)}deep</body>`), [])
})
