/** Locks on paths: over members on the machines of a virtual world, and their rules. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../../platform/random.ts'
import { ChunkRing } from '../../../store/chunks/chunk-ring.test-helper.ts'
import { areAtOdds, covers, lockPath, scopeOf } from './coverage.ts'
import { LOCKS_A_NICK_MAX, LOCKS_A_SCOPE_MAX } from './limits.ts'
import { PATH_LOCK_PROCEDURES } from './lock-procedures.ts'
import { memoryLocks } from './memory-locks.test-helper.ts'
import { RingPathLocks } from './path-locks.ts'
import type { LockAsk } from './types.ts'

const ASK: LockAsk = {
  path: '/shared/dir/a',
  isDeep: true,
  isShared: false,
  nick: 'ana',
  owner: '',
  forMs: MINUTE_MS,
}

test('of two who ask at two members one gets the lock; it outlives both, and ends by itself', async () => {
  const ring = await ChunkRing.founded({ members: 5, procedures: PATH_LOCK_PROCEDURES })
  const at = (index: number): RingPathLocks => {
    const { here, machine } = ring.member(index)
    return new RingPathLocks({ effects: machine.effects(), store: here.store })
  }
  const asked = [at(0).take(ASK), at(1).take({ ...ASK, nick: 'beto', path: '/shared/dir' })]
  const told = await ring.settle(Promise.all(asked))
  assert.deepEqual(told.map(({ kind }) => kind).toSorted(byText), ['conflict', 'taken'])
  const lock = told.find(({ kind }) => kind === 'taken')?.lock
  assert.ok(lock)
  for (const index of [0, 1]) ring.member(index).kill()
  for (const index of [2, 3, 4]) {
    assert.deepEqual(await ring.settle(at(index).at('/shared/dir/a')), [lock])
  }
  const again = await ring.settle(at(2).take({ ...ASK, nick: 'eva' }))
  assert.deepEqual([again.kind, again.lock.token], ['conflict', lock.token])
  await ring.settle(at(3).refresh({ ...lock, forMs: 10 * SECOND_MS }))
  const { clock } = ring.member(4).machine.effects()
  await ring.settle(new Promise<void>((resolve) => void clock.after(11 * SECOND_MS, resolve)))
  assert.deepEqual(await ring.settle(at(4).at('/shared/dir/a')), [])
  assert.equal((await ring.settle(at(2).take({ ...ASK, nick: 'eva' }))).kind, 'taken')
})

const byText = (a: string, b: string): number => (a < b ? -1 : 1)

test('nobody takes all locks of a scope, and no scope has more than are read at once', async () => {
  const clock = new ManualClock()
  const locks = memoryLocks({ clock, random: platformRandom() })
  for (let at = 0; at < LOCKS_A_SCOPE_MAX; at++) {
    const nick = `n${Math.floor(at / LOCKS_A_NICK_MAX)}`
    await locks.take({ ...ASK, nick, path: `/shared/${at}` })
    if (at !== LOCKS_A_NICK_MAX - 1) continue
    await assert.rejects(locks.take({ ...ASK, nick, path: '/shared/x' }), { code: 'LOCKS_FULL' })
  }
  await assert.rejects(locks.take({ ...ASK, path: '/shared/x' }), { code: 'LOCKS_FULL' })
  assert.equal((await locks.take({ ...ASK, path: `/${'home'}/ana/x` })).kind, 'taken')
  clock.advance(MINUTE_MS + 1)
  assert.deepEqual(await locks.at('/shared'), [])
})

test('locks of a path and below end with it, others stay', async () => {
  const clock = new ManualClock()
  const locks = memoryLocks({ clock, random: platformRandom() })
  for (const path of ['/shared/a', '/shared/a/b', '/shared/ab']) {
    await locks.take({ ...ASK, path, isDeep: false })
  }
  await locks.clear('/shared/a')
  assert.deepEqual(
    (await locks.at('/shared')).map(({ path }) => path),
    ['/shared/ab'],
  )
  for (const path of ['/', '/home', '/home/']) {
    await assert.rejects(locks.take({ ...ASK, path }), { code: 'LOCK_TOO_WIDE' })
  }
})

test('coverage goes by whole names, composed one way', () => {
  assert.equal(scopeOf('/shared/a/b'), '/shared')
  assert.equal(scopeOf(`/${'home'}/ana/b`), `/${'home'}/ana`)
  assert.deepEqual([scopeOf('/'), scopeOf('/home')], [undefined, undefined])
  assert.equal(lockPath('/cafe\u0301/'), '/caf\u00e9')
  const deep = { path: '/a', isDeep: true, isShared: false }
  assert.ok(covers(deep, '/a/b/c') && !covers(deep, '/ab'))
  assert.ok(!covers({ ...deep, isDeep: false }, '/a/b'))
  assert.ok(areAtOdds(deep, { ...deep, path: '/a/b' }))
  assert.ok(areAtOdds({ ...deep, path: '/a/b' }, deep))
  assert.ok(!areAtOdds({ ...deep, isDeep: false }, { ...deep, path: '/a/b' }))
  assert.ok(!areAtOdds({ ...deep, isShared: true }, { ...deep, isShared: true }))
  assert.ok(areAtOdds({ ...deep, isShared: true }, deep))
})
