import assert from 'node:assert/strict'
import { test } from 'node:test'

import { contentRange, rangesOf, sentPart } from './byte-ranges.ts'

test('rangesOf() reads what RFC 9110, 14.1.2 has as examples, of 10,000 bytes', () => {
  const cases: readonly (readonly [string, readonly (readonly [number, number])[]])[] = [
    ['bytes=0-499', [[0, 500]]],
    ['bytes=500-999', [[500, 1_000]]],
    ['bytes=-500', [[9_500, 10_000]]],
    ['bytes=9500-', [[9_500, 10_000]]],
    [
      'bytes=0-0,-1',
      [
        [0, 1],
        [9_999, 10_000],
      ],
    ],
    [
      'bytes= 0-999, 4500-5499, -1000',
      [
        [0, 1_000],
        [4_500, 5_500],
        [9_000, 10_000],
      ],
    ],
    ['bytes=500-600,601-999', [[500, 1_000]]],
    ['bytes=500-700,601-999', [[500, 1_000]]],
    ['bytes=0-99999', [[0, 10_000]]],
    ['bytes=-99999', [[0, 10_000]]],
    ['BYTES=0-0', [[0, 1]]],
  ]
  for (const [header, expected] of cases) {
    const verdict = rangesOf(header, 10_000)
    const parts = verdict.kind === 'parts' ? verdict.parts.map(({ from, to }) => [from, to]) : []
    assert.deepEqual(parts, expected, header)
  }
})

test('rangesOf() passes over what is malformed, of another unit, or of too many', () => {
  const many = Array.from({ length: 17 }, (_, at) => `${at * 2}-${at * 2}`).join(',')
  const headers = [
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=a-b',
    'lines=1-2',
  ]
  for (const header of [...headers, 'bytes=0-1,x', 'bytes=0x1-2', `bytes=${many}`]) {
    assert.deepEqual(rangesOf(header, 100), { kind: 'whole' }, String(header))
  }
})

test('rangesOf() tells where nothing that is asked for is there', () => {
  for (const header of ['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=9999999999999999-']) {
    assert.deepEqual(rangesOf(header, 100), { kind: 'none' }, header)
  }
  assert.deepEqual(rangesOf('bytes=0-', 0), { kind: 'none' })
  // One that is there is enough.
  assert.deepEqual(rangesOf('bytes=200-, 0-0', 100).kind, 'parts')
})

test('contentRange() and sentPart() speak of the last byte, not of the one behind it', () => {
  assert.equal(contentRange({ from: 0, to: 500 }, 1_234), 'bytes 0-499/1234')
  assert.deepEqual(sentPart('bytes 0-499/1234'), { from: 0, to: 500, total: 1_234 })
  assert.deepEqual(sentPart('bytes 5-5/*'), { from: 5, to: 6, total: undefined })
  for (const header of ['', 'bytes 5-4/9', 'bytes 0-9/9', 'bytes */9', 'bytes=0-1/2', '0-1/2']) {
    assert.equal(sentPart(header), undefined, header)
  }
})
