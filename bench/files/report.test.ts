import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readOptions } from './options.ts'
import { median, OURS, Report } from './report.ts'

test('median() is the middle one, between two their mean, and of nothing none', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([10, 2]), 6)
  assert.equal(median([]), undefined)
})

test('Report.lines() compares medians with those of the peer that the goal names', () => {
  const report = new Report()
  const goal = { kind: 'ratio', of: 'vsftpd', atLeast: 0.4 } as const
  const put = { what: 'STOR', unit: 'MiB/s', goal }
  for (const value of [90, 1_000, 100]) report.sample(put, OURS, value)
  for (const value of [200, 300, 250]) report.sample(put, 'vsftpd', value)
  report.sample(put, 'other', 1)
  const [, , line = ''] = report.lines(['other', 'vsftpd'])
  const cells = line.split('|').map((cell) => cell.trim())
  assert.deepEqual(cells.slice(1, -1), [
    'STOR',
    'MiB/s',
    '100',
    '1',
    '250',
    '0.40x',
    '>= 0.4x vsftpd',
    'yes',
  ])
})

test('Report.lines() tells what is missed, and what could not be told', () => {
  const report = new Report()
  const memory = { what: 'memory', unit: 'MiB', goal: { kind: 'atMost', value: 250 } } as const
  const logins = { what: 'log-ins', unit: '/s', goal: { kind: 'atLeast', value: 25 } } as const
  report.sample(memory, OURS, 251)
  report.failed(logins, OURS, new Error('the member\nended'))
  const lines = report.lines([])
  assert.match(lines[2] ?? '', /\*\*no\*\* \|$/)
  assert.match(lines[3] ?? '', / - \|.*\? \|$/)
  assert.equal(lines.at(-1), '- log-ins, anillo: the member ended')
})

test('readOptions() scales what is moved, and refuses what it does not know', () => {
  const { parts, sizes } = readOptions(['--only', 'one,kill', '--scale', '0.5'])
  assert.deepEqual(parts, ['one', 'kill'])
  assert.equal(sizes.largeBytes, 256 * 1_024 * 1_024)
  assert.deepEqual(sizes.entries, [5_000])
  for (const wrong of [['--only', 'all'], ['--scale', '0'], ['--runs', 'x'], ['--what']]) {
    assert.throws(() => readOptions(wrong), { code: 'USAGE' })
  }
})
