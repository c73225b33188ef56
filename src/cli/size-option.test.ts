import assert from 'node:assert/strict'
import { test } from 'node:test'

import { countFrom, sizeFrom } from './size-option.ts'

test('sizes are read as people write them', () => {
  const read = sizeFrom(0)
  for (const [text, bytes] of [
    ['0', 0],
    ['512', 512],
    ['64K', 65_536],
    ['64KiB', 65_536],
    ['64 kb', 65_536],
    ['1.5G', 1_610_612_736],
    ['2t', 2_199_023_255_552],
    ['none', 'none'],
    ['usual', 'usual'],
  ] as const) {
    assert.equal(read(text), bytes, text)
  }
})

test('what is no size, or too small a one, is refused', () => {
  for (const text of ['', 'G', '-1', '1e9', '5 apples', '1,5G', '99999T9', 'NaN', '9999999999T']) {
    assert.throws(() => sizeFrom(0)(text), { code: 'commander.invalidArgument' }, text)
  }
  assert.throws(() => sizeFrom(16_384)('16K '), { code: 'commander.invalidArgument' })
  assert.throws(() => sizeFrom(16_384)('15K'), /16384 or more/)
  assert.equal(sizeFrom(16_384)('16K'), 16_384)
})

test('counts are whole numbers', () => {
  assert.equal(countFrom('100000'), 100_000)
  assert.equal(countFrom('none'), 'none')
  assert.equal(countFrom('usual'), 'usual')
  for (const text of ['', '1.5', '-1', '10K', 'some']) {
    assert.throws(() => countFrom(text), { code: 'commander.invalidArgument' }, text)
  }
})
