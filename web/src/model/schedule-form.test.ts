import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readSchedule } from './schedule-form.ts'

const read = (typed: Readonly<Record<string, string>>) =>
  readSchedule((name) => typed[name] ?? '', 'Europe/Madrid')
const cron = (typed: Readonly<Record<string, string>>) => {
  const found = read(typed)
  return found.kind === 'schedule' ? found.schedule?.cron : found.field
}

test('readSchedule() makes plain choices into five fields, in the zone of whoever chooses', () => {
  assert.deepEqual(read({}), { kind: 'schedule', schedule: undefined })
  assert.deepEqual(read({ repeat: 'hourly' }), {
    kind: 'schedule',
    schedule: { cron: '0 * * * *', zone: 'Europe/Madrid' },
  })
  assert.equal(cron({ repeat: 'daily', time: '03:05' }), '5 3 * * *')
  assert.equal(cron({ repeat: 'weekly', time: '23:59', weekday: '0' }), '59 23 * * 0')
  assert.equal(cron({ repeat: 'own', cron: ' @monthly ' }), '@monthly')
})

test('readSchedule() names the field that is wrong', () => {
  for (const time of ['', '25:00', '3', '12:60', 'noon']) {
    assert.equal(cron({ repeat: 'daily', time }), 'time')
  }
  assert.equal(cron({ repeat: 'own', cron: '  ' }), 'cron')
  assert.deepEqual(read({ repeat: 'sometimes' }), { kind: 'schedule', schedule: undefined })
})
