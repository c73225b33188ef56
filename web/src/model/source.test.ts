import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decodeSource, isText, SOURCE_LINES_MAX, takeBytes } from './source.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

test('isText() tells what can be read from what cannot', () => {
  for (const type of [
    'text/html; charset=utf-8',
    'application/json',
    'application/ld+json',
    'image/svg+xml',
    '',
    'application/xhtml+xml',
  ]) {
    assert.equal(isText(type), true, type)
  }
  for (const type of ['image/png', 'application/pdf', 'application/octet-stream', 'video/mp4']) {
    assert.equal(isText(type), false, type)
  }
})

test('takeBytes() stops at its bound and does not read on', async () => {
  let pulls = 0
  const endless = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        pulls += 1
        controller.enqueue(bytes('0123456789'))
      },
    },
    { highWaterMark: 0 },
  )
  assert.equal(
    new TextDecoder().decode(await takeBytes(endless, 25)),
    '0123456789012345678901234'.slice(0, 25),
  )
  assert.equal(pulls, 3)
  assert.equal((await takeBytes(null, 25)).byteLength, 0)
})

test('decodeSource() cuts lines at any line end and reads the charset', () => {
  assert.deepEqual(decodeSource(bytes('a\r\nb\nc\rd'), null).lines, ['a', 'b', 'c', 'd'])
  assert.deepEqual(decodeSource(new Uint8Array([0x61, 0xf1, 0x6f]), 'iso-8859-1').lines, ['año'])
  assert.deepEqual(decodeSource(bytes('ñ'), 'no-such-charset').lines, ['ñ'])
})

test('decodeSource() bounds lines in number and length, and says how much is shown', () => {
  const long = decodeSource(bytes('x'.repeat(4_500)), null)
  assert.deepEqual(
    long.lines.map((line) => line.length),
    [2_000, 2_000, 500],
  )
  assert.equal(long.shownBytes, 4_500)
  const many = decodeSource(bytes('y\n'.repeat(SOURCE_LINES_MAX + 5)), null)
  assert.equal(many.lines.length, SOURCE_LINES_MAX)
  assert.equal(many.shownBytes, 2 * SOURCE_LINES_MAX - 1)
})
