import assert from 'node:assert/strict'
import { test } from 'node:test'

import encodeQr from 'qr'
import decodeQr from 'qr/decode.js'

import { codePath } from './code-path.ts'

/** Draws what the path says, some pixels a square, as a camera would see it. */
function drawn(path: string, side: number, scale = 4) {
  const width = side * scale
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row += 1) {
      const from = Number(x) * scale
      for (let at = from; at < from + Number(length) * scale; at += 1)
        data.fill(0, (row * width + at) * 4, (row * width + at) * 4 + 3)
    }
  }
  return { width, height: width, data }
}

test('codePath() draws what a reader reads back, a magnet link of several doors too', () => {
  const seeds = Array.from(
    { length: 4 },
    (_, at) => `&ws=http://198.51.100.${at}:9400/share/n/a%20b`,
  )
  for (const text of [
    'http://a.test/x',
    `magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}${seeds.join('')}`,
  ]) {
    const rows = encodeQr(text, 'raw', { ecc: 'low', border: 4 })
    assert.equal(decodeQr(drawn(codePath(rows), rows.length)), text)
  }
})

test('codePath() draws nothing of what is light', () => {
  assert.equal(codePath([[false, false]]), '')
  assert.equal(codePath([[true, true, false, true]]), 'M0 0h2v1h-2zM3 0h1v1h-1z')
})
