import assert from 'node:assert/strict'
import { test } from 'node:test'

import { formatBytes, formatDuration, formatInstant, formatSeconds, formatTime } from './format.ts'

test('formatBytes() takes the unit that fits, in the reader’s language', () => {
  assert.equal(formatBytes(0, 'en'), '0\u00a0B')
  assert.equal(formatBytes(1023, 'en'), '1,023\u00a0B')
  assert.equal(formatBytes(1536, 'en'), '1.5\u00a0KiB')
  assert.equal(formatBytes(1536, 'es'), '1,5\u00a0KiB')
  assert.equal(formatBytes(20 * 1024 * 1024, 'en'), '20\u00a0MiB')
  assert.equal(formatBytes(3e18, 'en').endsWith('\u00a0TiB'), true)
})

test('formatDuration() goes from parts of a millisecond to minutes', () => {
  assert.equal(formatDuration(0.42, 'en'), '0.4\u00a0ms')
  assert.equal(formatDuration(182.4, 'en'), '182\u00a0ms')
  assert.equal(formatDuration(2_100, 'es'), '2,1\u00a0s')
  assert.equal(formatDuration(185_000, 'en'), '3\u00a0min 5\u00a0s')
})

test('formatSeconds() names the two largest units', () => {
  assert.equal(formatSeconds(0), '0\u00a0s')
  assert.equal(formatSeconds(59.9), '59\u00a0s')
  assert.equal(formatSeconds(3_600), '1\u00a0h')
  assert.equal(formatSeconds(3_605), '1\u00a0h')
  assert.equal(formatSeconds(2 * 86_400 + 4 * 3_600 + 70), '2\u00a0d 4\u00a0h')
})

test('formatInstant() and formatTime() show what is no instant as it came, or not at all', () => {
  assert.equal(formatInstant('soon', 'en'), 'soon')
  assert.equal(formatTime('soon'), '')
  assert.match(formatTime('2026-11-21T04:05:06.789Z'), /^\d\d:05:06$/)
  assert.match(formatInstant('2026-11-21T04:05:06Z', 'es'), /2026/)
})
