import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { RingEvent } from '../../../src/wire/api.ts'
import {
  addEvents,
  clear,
  EMPTY_LOG,
  goOn,
  HIDDEN_AT_FIRST,
  LOG_ENTRIES_MAX,
  NO_FILTER,
  parseTopic,
  pause,
  shown,
  subjectOf,
  toggleTopic,
  TOPIC_OF,
  TOPICS,
} from './log.ts'

function event(kind: RingEvent['kind'], second: number, name = 'm1'): RingEvent {
  const at = new Date(Date.UTC(2026, 10, 21, 4, 0, second)).toISOString()
  return { at, kind, member: { name, id: name, address: `${name}:1`, position: '0'.repeat(64) } }
}

test('addEvents() puts the newest first', () => {
  const log = addEvents(EMPTY_LOG, [event('joined', 1), event('died', 2)])
  assert.deepEqual(
    log.entries.map((entry) => entry.event.kind),
    ['died', 'joined'],
  )
})

test('addEvents() puts what comes late at its time', () => {
  const log = addEvents(EMPTY_LOG, [event('joined', 1), event('lookup', 5), event('died', 3, 'm2')])
  assert.deepEqual(
    log.entries.map((entry) => entry.event.kind),
    ['lookup', 'died', 'joined'],
  )
})

test('addEvents() takes an event told twice once, as after a change of door', () => {
  const log = addEvents(EMPTY_LOG, [event('joined', 1), event('left', 2)])
  assert.equal(
    addEvents(log, [event('joined', 1), event('left', 2), event('left', 3)]).entries.length,
    3,
  )
})

test('addEvents() gathers repeats of upkeep by one member, and moves them up', () => {
  const log = addEvents(EMPTY_LOG, [
    event('stabilised', 1),
    event('joined', 2),
    event('stabilised', 3),
  ])
  assert.deepEqual(
    log.entries.map(({ event: { kind }, times }) => [kind, times]),
    [
      ['stabilised', 2],
      ['joined', 1],
    ],
  )
  const told = addEvents(log, [event('stabilised', 1)])
  assert.equal(told.entries[0]?.times, 2, 'an older one told again does not count')
})

test('addEvents() gathers look-ups of one key, and keeps those of two apart', () => {
  const lookup = (second: number, text: string): RingEvent => ({ ...event('lookup', second), text })
  const log = addEvents(EMPTY_LOG, [lookup(1, 'aa'), lookup(1, 'bb'), lookup(2, 'aa')])
  assert.deepEqual(
    log.entries.map((entry) => [entry.event.text, entry.times]),
    [
      ['aa', 2],
      ['bb', 1],
    ],
  )
})

test('addEvents() keeps upkeep of different members apart', () => {
  const log = addEvents(EMPTY_LOG, [event('stabilised', 1, 'm1'), event('stabilised', 2, 'm2')])
  assert.equal(log.entries.length, 2)
})

test('addEvents() makes one line of what becomes of a member, whoever of the leaders tells', () => {
  const removed = (second: number, leader: string, text: string): RingEvent => ({
    ...event('voterRemoved', second, leader),
    other: event('joined', 0, 'm9').member,
    count: text.split(', ').length,
    text,
  })
  const drain = [removed(1, 'm1', '0, 2'), removed(5, 'm2', '1'), removed(9, 'm1', '2, 10')]
  const log = addEvents(EMPTY_LOG, [...drain, removed(9, 'm2', '3'), event('died', 20)])
  const [, line] = log.entries
  assert.equal(log.entries.length, 2)
  assert.equal(line === undefined ? '' : subjectOf(line.event).name, 'm9')
  assert.deepEqual([line?.event.count, line?.event.text], [5, '0, 1, 2, 3, 10'])
  assert.deepEqual(addEvents(log, drain).entries, log.entries, 'told again')
  assert.equal(addEvents(log, [removed(99, 'm1', '4')]).entries.length, 3, 'another burst')
  const leads = (leader: string): RingEvent => ({ ...event('leads', 2, leader), text: '7' })
  assert.equal(addEvents(EMPTY_LOG, [leads('m1'), leads('m2')]).entries.length, 2)
})

test('addEvents() drops the oldest beyond the bound, paused or not', () => {
  const many = Array.from({ length: LOG_ENTRIES_MAX + 50 }, (_, i) => event('joined', i))
  const log = addEvents(EMPTY_LOG, many)
  assert.equal(log.entries.length, LOG_ENTRIES_MAX)
  assert.equal(log.entries[0]?.event, many.at(-1))
  assert.equal(addEvents(pause(EMPTY_LOG), many).held.length, LOG_ENTRIES_MAX)
})

test('pause() holds what comes, goOn() shows it', () => {
  const paused = addEvents(pause(addEvents(EMPTY_LOG, [event('joined', 1)])), [
    event('died', 2),
    event('died', 2),
  ])
  assert.equal(paused.entries.length, 1)
  assert.equal(paused.held.length, 1)
  const going = goOn(paused)
  assert.deepEqual(
    going.entries.map((entry) => entry.event.kind),
    ['died', 'joined'],
  )
  assert.equal(going.held.length, 0)
  assert.equal(going.isPaused, false)
})

test('clear() empties the list and keeps the pause', () => {
  const log = clear(pause(addEvents(EMPTY_LOG, [event('joined', 1)])))
  assert.deepEqual([log.entries.length, log.isPaused], [0, true])
})

test('shown() filters by topic and by member, the other one too', () => {
  const about = { ...event('suspected', 3, 'm1'), other: event('joined', 0, 'm2').member }
  const log = addEvents(EMPTY_LOG, [event('joined', 1, 'm1'), event('lookup', 2, 'm3'), about])
  assert.equal(shown(log, NO_FILTER).length, 3)
  assert.equal(shown(log, toggleTopic(NO_FILTER, 'lookups')).length, 2)
  assert.equal(shown(log, toggleTopic(toggleTopic(NO_FILTER, 'lookups'), 'lookups')).length, 3)
  assert.deepEqual(
    shown(log, { ...NO_FILTER, member: 'm2' }).map((entry) => entry.event.kind),
    ['suspected'],
  )
})

test('parseTopic() knows the topics only', () => {
  for (const topic of TOPICS) assert.equal(parseTopic(topic), topic)
  for (const other of ['', 'gossip', 1, null]) assert.equal(parseTopic(other), undefined)
})

test('HIDDEN_AT_FIRST keeps upkeep from drowning deaths and downloads', () => {
  const filter = { ...NO_FILTER, hidden: new Set(HIDDEN_AT_FIRST) }
  const kinds = ['fingers', 'died', 'successor', 'stabilised', 'downloadFailed'] as const
  const log = addEvents(
    EMPTY_LOG,
    kinds.map((kind, second) => event(kind, second)),
  )
  assert.deepEqual(
    shown(log, filter).map((entry) => entry.event.kind),
    ['downloadFailed', 'died'],
  )
})

test('TOPICS lists every topic that a kind has', () => {
  assert.deepEqual(new Set(TOPICS), new Set(Object.values(TOPIC_OF)))
})
