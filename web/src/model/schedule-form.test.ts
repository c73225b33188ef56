import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readSchedule, repeatShown } from './schedule-form.ts'

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

test('repeatShown() shows what was chosen, and whatever else as it was typed', () => {
  const shown = (text: string): string => {
    const { repeat, time, weekday } = repeatShown(text)
    return [repeat, time, weekday].join(' ')
  }
  assert.equal(shown('0 * * * *'), 'hourly 03:00 1')
  assert.equal(shown('5 3 * * *'), 'daily 03:05 1')
  assert.equal(shown('59 23 * * 0'), 'weekly 23:59 0')
  for (const own of ['60 3 * * *', '0 24 * * *', '*/5 * * * *', '@daily', '0 3 1 * *', '']) {
    assert.equal(shown(own), 'own 03:00 1', own)
    assert.equal(repeatShown(own).cron, own)
  }
  for (const text of ['0 * * * *', '5 3 * * *', '59 23 * * 0', '0 3 1 * *']) {
    assert.equal(cron({ ...repeatShown(text) }), text)
  }
})

test('readSchedule() names the field that is wrong', () => {
  for (const time of ['', '25:00', '3', '12:60', 'noon']) {
    assert.equal(cron({ repeat: 'daily', time }), 'time')
  }
  assert.equal(cron({ repeat: 'own', cron: '  ' }), 'cron')
  assert.deepEqual(read({ repeat: 'sometimes' }), { kind: 'schedule', schedule: undefined })
})
