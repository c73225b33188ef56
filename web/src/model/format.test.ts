import assert from 'node:assert/strict'
import { test } from 'node:test'

import { formatBytes, formatDuration, formatInstant, formatSeconds, formatTime } from './format.ts'

test('formatBytes() takes the unit that fits, in the reader’s language', () => {
  assert.equal(formatBytes(0, 'en'), '0 B')
  assert.equal(formatBytes(1023, 'en'), '1,023 B')
  assert.equal(formatBytes(1536, 'en'), '1.5 KiB')
  assert.equal(formatBytes(1536, 'es'), '1,5 KiB')
  assert.equal(formatBytes(20 * 1024 * 1024, 'en'), '20 MiB')
  assert.equal(formatBytes(3e18, 'en').endsWith(' TiB'), true)
})

test('formatDuration() goes from parts of a millisecond to minutes', () => {
  assert.equal(formatDuration(0.42, 'en'), '0.4 ms')
  assert.equal(formatDuration(182.4, 'en'), '182 ms')
  assert.equal(formatDuration(2_100, 'es'), '2,1 s')
  assert.equal(formatDuration(185_000, 'en'), '3 min 5 s')
})

test('formatSeconds() names the two largest units', () => {
  assert.equal(formatSeconds(0), '0 s')
  assert.equal(formatSeconds(59.9), '59 s')
  assert.equal(formatSeconds(3_600), '1 h')
  assert.equal(formatSeconds(3_605), '1 h')
  assert.equal(formatSeconds(2 * 86_400 + 4 * 3_600 + 70), '2 d 4 h')
})

test('formatInstant() and formatTime() show what is no instant as it came, or not at all', () => {
  assert.equal(formatInstant('soon', 'en'), 'soon')
  assert.equal(formatTime('soon'), '')
  assert.match(formatTime('2026-11-21T04:05:06.789Z'), /^\d\d:05:06$/)
  assert.match(formatInstant('2026-11-21T04:05:06Z', 'es'), /2026/)
})
