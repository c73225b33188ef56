import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import { checkTimes, timesAfter } from './cron.ts'

const MADRID = 'Europe/Madrid'
const at = (instant: string) => Date.parse(instant)
const told = (cron: string, zone: string, after: string, count = 3) =>
  timesAfter({ cron, zone }, at(after), count).map((ms) => new Date(ms).toISOString().slice(0, 16))

test('times are those of the zone, whichever this machine has', () => {
  assert.deepEqual(told('0 3 * * *', MADRID, '2026-01-10T12:00Z', 2), [
    '2026-01-11T02:00',
    '2026-01-12T02:00',
  ])
  assert.deepEqual(told('0 3 * * *', 'UTC', '2026-01-10T03:00Z', 1), ['2026-01-11T03:00'])
  assert.deepEqual(told('@weekly', 'UTC', '2026-01-10T12:00Z', 1), ['2026-01-11T00:00'])
  assert.deepEqual(told('30 6 * * 1-5', 'Asia/Kolkata', '2026-01-09T12:00Z', 1), [
    '2026-01-12T01:00',
  ])
})

test('a time that summer time leaves out comes once, and one that comes twice counts once', () => {
  assert.deepEqual(told('30 2 * * *', MADRID, '2026-03-28T12:00Z'), [
    '2026-03-29T01:00',
    '2026-03-30T00:30',
    '2026-03-31T00:30',
  ])
  assert.deepEqual(told('30 2 * * *', MADRID, '2026-10-24T12:00Z', 2), [
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ])
})

test('what is no schedule is refused, with what is wrong', () => {
  const nowMs = at('2026-01-10T12:00Z')
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['0 3 * *', 'UTC', /five fields/],
    ['', 'UTC', /five fields/],
    ['0 0 3 * * *', 'UTC', /five fields/],
    ['2026-12-01T00:00:00', 'UTC', /five fields/],
    ['61 3 * * *', 'UTC', /cannot be read/],
    ['0 3 * * MOO', 'UTC', /cannot be read/],
    ['@reboot', 'UTC', /cannot be read/],
    ['0 0 30 2 *', 'UTC', /never comes/],
    ['0 0 31 4,6 *', MADRID, /never comes/],
    ['* * * * *', 'UTC', /more often than each 5 minutes/],
    ['*/4 * * * *', 'UTC', /more often/],
    ['59 * * * *,', 'UTC', /cannot be read/],
    ['1,59 5,6 * * *', 'UTC', /more often/],
    ['0 3 * * *', 'Mars/Olympus', /no time zone/],
    ['0 3 * * *', '+01:00', /no time zone/],
    ['0 3 * * *', 'Europe/Madrid; x', /no time zone/],
  ]
  for (const [cron, zone, problem] of cases) {
    const check = () => checkTimes({ cron, zone }, nowMs)
    assert.throws(check, (error: Error) => {
      assert.match(error.message, problem, cron)
      assert.ok(isAnilloError(error, 'SCHEDULE_INVALID'))
      assert.equal(error.details['field'], /zone/.test(error.message) ? 'zone' : 'cron')
      return true
    })
  }
  for (const cron of ['*/5 * * * *', '0 0 29 2 *', '@yearly', '0 0 * * MON#1', '0 12 L * *']) {
    checkTimes({ cron, zone: MADRID }, nowMs)
  }
})

test('times only grow, none lies before the instant, and asking on from one brings the next', () => {
  const minutes = fc.constantFrom('0', '30', '*/15', '5,25,45', '7')
  const hours = fc.constantFrom('*', '3', '*/6', '1-5', '2')
  const days = fc.constantFrom('* * *', '1 * *', '* * 1-5', '15 */2 *')
  const zones = fc.constantFrom('UTC', MADRID, 'America/New_York', 'Pacific/Chatham')
  const from = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-12-31T00:00Z') })
  fc.assert(
    fc.property(minutes, hours, days, zones, from, (minute, hour, day, zone, afterMs) => {
      const times = { cron: `${minute} ${hour} ${day}`, zone }
      const found = timesAfter(times, afterMs, 6)
      assert.equal(found.length, 6)
      for (const [n, ms] of found.entries()) {
        assert.ok(ms > (n === 0 ? afterMs : (found[n - 1] ?? 0)))
        assert.equal(ms % MINUTE_MS, 0)
        if (n < 5) assert.deepEqual(timesAfter(times, ms, 1), [found[n + 1]])
      }
    }),
    { numRuns: 100 },
  )
})
