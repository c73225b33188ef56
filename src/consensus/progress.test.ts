import assert from 'node:assert/strict'
import { test } from 'node:test'

import { memberId } from './member.test-helper.ts'
import { Progress } from './progress.ts'

const SNAPSHOT = {
  point: { index: 50, term: 2 },
  configuration: { voters: [memberId(1)], learners: [] },
}

function replicating(): Progress {
  const progress = new Progress(memberId(2), 11, 0)
  progress.sent(10, 0, 0)
  progress.matched(10, 0)
  assert.equal(progress.state, 'replicate')
  return progress
}

test('a probe sends one append, and waits for its answer', () => {
  const progress = new Progress(memberId(2), 11, 0)
  assert.ok(progress.hasRoom(100))
  progress.sent(15, 500, 0)
  assert.equal(progress.next, 11)
  assert.equal(progress.hasRoom(100), false)
  progress.matched(15, 1)
  assert.deepEqual([progress.state, progress.match, progress.next], ['replicate', 15, 16])
})

test('a probe that is refused goes back to where the logs may meet', () => {
  const progress = new Progress(memberId(2), 11, 0)
  progress.sent(15, 500, 0)
  assert.ok(progress.refused(10, 4))
  assert.deepEqual([progress.state, progress.next], ['probe', 5])
  assert.ok(progress.hasRoom(100))
})

test('a refusal of something else than the probe under way is an old one', () => {
  const progress = new Progress(memberId(2), 11, 0)
  progress.sent(15, 500, 0)
  assert.equal(progress.refused(7, 4), false)
  assert.equal(progress.next, 11)
})

test('appends leave until the window is full, and again when they land', () => {
  const progress = replicating()
  progress.sent(20, 60, 0)
  assert.ok(progress.hasRoom(100))
  progress.sent(30, 60, 0)
  assert.equal(progress.hasRoom(100), false)
  progress.matched(20, 1)
  assert.ok(progress.hasRoom(100))
  assert.deepEqual([progress.match, progress.next], [20, 31])
})

test('what is under way is awaited from the last landing on', () => {
  const progress = replicating()
  assert.equal(progress.isAwaited(), false)
  progress.sent(20, 60, 5)
  progress.sent(30, 60, 6)
  assert.equal(progress.awaitedSinceMs, 5)
  progress.matched(20, 8)
  assert.equal(progress.awaitedSinceMs, 8)
  progress.matched(30, 9)
  assert.equal(progress.isAwaited(), false)
})

test('silence takes what is under way for lost: probe from what is known', () => {
  const progress = replicating()
  progress.sent(20, 60, 0)
  progress.retry()
  assert.deepEqual([progress.state, progress.next, progress.isSilent], ['probe', 11, true])
  progress.heard(1)
  assert.equal(progress.isSilent, false)
})

test('silence while probing forgets nothing: entries that are long there are not sent again', () => {
  const progress = new Progress(memberId(2), 1_000, 0)
  progress.sent(1_000, 60, 0)
  progress.retry()
  assert.deepEqual([progress.state, progress.next], ['probe', 1_000])
  assert.ok(progress.hasRoom(100))
})

test('an answer that is behind what is known changes nothing', () => {
  const progress = replicating()
  progress.sent(20, 60, 0)
  progress.matched(20, 0)
  assert.equal(progress.matched(15, 0), false)
  assert.equal(progress.refused(20, 3), false)
  assert.deepEqual([progress.state, progress.match, progress.next], ['replicate', 20, 21])
})

test('no append leaves while a snapshot is fetched; it goes on behind it', () => {
  const progress = replicating()
  progress.offer(SNAPSHOT, 3)
  assert.deepEqual([progress.state, progress.hasRoom(100)], ['snapshot', false])
  progress.matched(12, 4)
  assert.equal(progress.state, 'snapshot')
  progress.matched(50, 5)
  assert.deepEqual([progress.state, progress.next], ['replicate', 51])
})

test('a snapshot that could not be had is offered again after a pause', () => {
  const progress = replicating()
  progress.offer(SNAPSHOT, 3)
  progress.offerFailed(49, 4)
  assert.equal(progress.state, 'snapshot')
  progress.offerFailed(50, 4)
  assert.deepEqual(
    [progress.state, progress.isAwaited(), progress.hasRoom(1)],
    ['probe', true, false],
  )
  progress.retry()
  assert.ok(progress.hasRoom(1))
})
