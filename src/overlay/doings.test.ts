import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Doings, DOINGS_KEPT_MAX, Inbox } from './doings.ts'

const clock = {
  nowMs: () => 0,
  wallMs: () => 0,
  after: () => ({ cancel: () => undefined }),
  soon: () => undefined,
}
const self = { name: 'n1', id: '1'.repeat(32), address: 'a:1', position: '0'.repeat(64) }

test('follow() gives the recent ones first, then each that is told, until aborted', async () => {
  const doings = new Doings(clock, self)
  doings.tell({ kind: 'joined' })
  doings.tell({ kind: 'fingers' })
  const stop = new AbortController()
  const seen: string[] = []
  for await (const event of doings.follow(1, stop.signal)) {
    seen.push(event.kind)
    if (seen.length === 1) doings.tell({ kind: 'left' })
    else stop.abort()
  }
  assert.deepEqual(seen, ['fingers', 'left'])
})

test('tell() keeps only the latest', () => {
  const doings = new Doings(clock, self)
  for (let i = 0; i < DOINGS_KEPT_MAX + 5; i++) doings.tell({ kind: 'lookup', count: i })
  const kept = doings.recent(DOINGS_KEPT_MAX + 5)
  assert.equal(kept.length, DOINGS_KEPT_MAX)
  assert.equal(kept[0]?.count, 5)
})

test('an Inbox that is full loses its oldest item', async () => {
  const inbox = new Inbox<number>(2)
  for (const item of [1, 2, 3]) inbox.put(item)
  const stop = new AbortController()
  const taken: number[] = []
  for await (const item of inbox.take(stop.signal)) {
    taken.push(item)
    if (taken.length === 2) stop.abort()
  }
  assert.deepEqual(taken, [2, 3])
})

test('an Inbox wakes its reader when it is aborted while empty', async () => {
  const stop = new AbortController()
  const end = new Inbox<number>(1).take(stop.signal).next()
  stop.abort()
  assert.equal((await end).done, true)
})
