import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Schedule } from '../wire/api-schedules.ts'
import { nextText, runText, scheduleLines, timeText } from './schedule-lines.ts'

const COUNTS = { queued: 340, done: 12, failed: 0, skipped: 0, bytes: 5 }
const SCHEDULE: Schedule = {
  id: 'c'.repeat(32),
  crawl: { seeds: ['http://a/'] },
  by: 'ana',
  cron: '0 3 * * *',
  zone: 'Europe/Madrid',
  state: 'active',
  next: ['2026-11-23T02:00:00.000Z', '2026-11-24T02:00:00.000Z'],
  runs: [
    { at: '2026-11-22T02:00:00.000Z', state: 'done', crawl: 'd'.repeat(32), counts: COUNTS },
    { at: '2026-11-21T02:00:00.000Z', state: 'skipped' },
  ],
  madeAt: '2026-11-20T00:00:00.000Z',
  changedAt: '2026-11-20T00:00:00.000Z',
}

test('times are told in the zone of the schedule', () => {
  assert.equal(timeText('2026-11-23T02:00:00.000Z', 'Europe/Madrid'), '2026-11-23 03:00 GMT+1')
  assert.equal(timeText('2026-07-01T22:30:00.000Z', 'UTC'), '2026-07-01 22:30 UTC')
  assert.equal(nextText(SCHEDULE), '2026-11-23 03:00 GMT+1')
  assert.equal(nextText({ ...SCHEDULE, state: 'paused', next: [] }), 'paused')
})

test('a schedule is told with its next times, its last runs and what became of them', () => {
  const lines = scheduleLines(SCHEDULE, (_, text) => text)
  assert.equal(lines[0], 'active  0 3 * * * (Europe/Madrid)')
  assert.deepEqual(lines.slice(3), [
    '  next       2026-11-23 03:00 GMT+1',
    '             2026-11-24 03:00 GMT+1',
    `  runs       2026-11-22 03:00 GMT+1  done: 12 of 340 pages  ${'d'.repeat(32)}`,
    '             2026-11-21 03:00 GMT+1  skipped, for the run before it still went on',
  ])
  const byHand = runText({ at: SCHEDULE.madeAt, state: 'running', byHand: true })
  assert.equal(byHand, 'running, begun by hand')
})

test('a schedule of a suspended account says why nothing begins, and what to do', () => {
  const held: Schedule = { ...SCHEDULE, next: [], runs: [], heldBack: 'suspended' }
  const [state, , , ...lines] = scheduleLines(held, (_, text) => text)
  assert.equal(state, 'active, held back  0 3 * * * (Europe/Madrid)')
  assert.deepEqual(lines, [
    '  why        the account ana is suspended: its schedules begin nothing until',
    '             an administrator restores it: npx anillo user restore ana',
  ])
  assert.equal(nextText(held), 'account suspended')
})
