import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { present } from '../../base/assert.ts'
import {
  LEASE_MS_MAX,
  LEASE_MS_MIN,
  readAcquireAnswer,
  readReleaseAnswer,
  readRenewAnswer,
} from '../../wire/locks.ts'
import { Machine, putOf, valueOf } from '../partition/machine.test-helper.ts'
import { raiseGeneration } from '../partition/meta.ts'
import { fenceOf, readLockValue } from './lock-value.ts'

const A = 'a'.repeat(32)
const B = 'b'.repeat(32)
/** Beside the records of `putOf`. */
const PLACE = { table: 't', pk: 'p', sk: 'lock' }
const TTL_MS = 10_000

class Holder {
  readonly machine: Machine
  readonly #token: string

  constructor(machine: Machine, token: string) {
    this.machine = machine
    this.#token = token
  }

  acquire(ttlMs = TTL_MS) {
    const input = { ...PLACE, token: this.#token, ttlMs }
    return present(readAcquireAnswer(valueOf(this.machine.call('lock.acquire', input))), 'answer')
  }

  renew(ttlMs = TTL_MS) {
    const input = { ...PLACE, token: this.#token, ttlMs }
    return present(readRenewAnswer(valueOf(this.machine.call('lock.renew', input))), 'answer')
  }

  release() {
    const input = { ...PLACE, token: this.#token }
    return present(readReleaseAnswer(valueOf(this.machine.call('lock.release', input))), 'answer')
  }

  /** A change that only the holder may make. */
  write(fence: number): string {
    const conditions = [{ sk: PLACE.sk, is: { fence } }]
    return this.machine.transact({ ...putOf('s', this.#token), conditions }).kind
  }
}

function twoHolders(): readonly [Machine, Holder, Holder] {
  const machine = new Machine()
  machine.timeMs = 1_000_000
  return [machine, new Holder(machine, A), new Holder(machine, B)]
}

test('lock.acquire gives it to one, with a fence, until the lease ends', () => {
  const [machine, a, b] = twoHolders()
  const held = a.acquire()
  assert.deepEqual(held, { kind: 'held', fence: 2 ** 40 + 2, expiresAtMs: 1_010_000 })
  assert.deepEqual(b.acquire(), { kind: 'taken', expiresAtMs: 1_010_000 })
  machine.timeMs += TTL_MS - 1
  assert.equal(b.acquire().kind, 'taken')
  machine.timeMs += 1
  assert.equal(b.acquire().kind, 'held')
})

test('lock.acquire asked again by the holder keeps the fence', () => {
  const [machine, a] = twoHolders()
  const first = a.acquire()
  machine.timeMs += 1_000
  const again = a.acquire()
  assert.ok(first.kind === 'held' && again.kind === 'held')
  assert.equal(again.fence, first.fence)
  assert.equal(again.expiresAtMs, first.expiresAtMs + 1_000)
})

test('lock.renew lengthens the lease of the holder alone', () => {
  const [machine, a, b] = twoHolders()
  assert.equal(a.renew().kind, 'lost')
  a.acquire()
  machine.timeMs += TTL_MS - 1
  assert.equal(b.renew().kind, 'lost')
  assert.equal(a.renew().kind, 'held')
  machine.timeMs += TTL_MS
  assert.equal(a.renew().kind, 'lost')
})

test('lock.release frees it, once, for the holder alone', () => {
  const [, a, b] = twoHolders()
  a.acquire()
  assert.equal(b.release().kind, 'lost')
  assert.equal(a.release().kind, 'released')
  assert.equal(a.release().kind, 'lost')
  assert.equal(b.acquire().kind, 'held')
})

test('a transaction shows its fence: a holder whose lease ended changes nothing', () => {
  const [machine, a, b] = twoHolders()
  const first = a.acquire()
  assert.ok(first.kind === 'held')
  assert.equal(a.write(first.fence), 'done')
  machine.timeMs += TTL_MS
  assert.equal(a.write(first.fence), 'conflict')
  const second = b.acquire()
  assert.ok(second.kind === 'held')
  assert.equal(a.write(first.fence), 'conflict')
  assert.equal(b.write(second.fence), 'done')
  b.release()
  assert.equal(b.write(second.fence), 'conflict')
})

test('a record that is no lock is not taken for one', () => {
  const [machine, a] = twoHolders()
  machine.transact(putOf(PLACE.sk, 'a record'))
  const input = { ...PLACE, token: A, ttlMs: TTL_MS }
  const answer = machine.call('lock.acquire', input)
  assert.equal(answer.kind === 'refused' && answer.code, 'BAD_REQUEST')
  assert.equal(machine.text('p', PLACE.sk), 'a record')
  assert.equal(a.write(2 ** 40 + 2), 'conflict')
})

test('inputs beyond their limits are refused', () => {
  const [machine] = twoHolders()
  const good = { ...PLACE, token: A, ttlMs: TTL_MS }
  for (const wrong of [
    { ...good, ttlMs: LEASE_MS_MIN - 1 },
    { ...good, ttlMs: LEASE_MS_MAX + 1 },
    { ...good, token: 'x' },
    { ...good, sk: '' },
    { ...good, sk: 'a\0' },
    null,
  ]) {
    const answer = machine.call('lock.acquire', wrong)
    assert.equal(answer.kind === 'refused' && answer.code, 'BAD_REQUEST')
  }
})

test('fences only grow, over releases, expiry and recoveries', () => {
  const step = fc.constantFrom('acquire a', 'acquire b', 'release a', 'pass', 'recover')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const [machine, a, b] = twoHolders()
      let last = 0
      let holder = ''
      for (const each of steps) {
        if (each === 'release a') a.release()
        else if (each === 'pass') machine.timeMs += TTL_MS / 2
        else if (each === 'recover') {
          const { state, partition } = machine
          state.commit(raiseGeneration(state, partition.generation + 1))
          machine.rebuild()
          machine.forgetSession()
        } else {
          const answer = (each === 'acquire a' ? a : b).acquire()
          if (answer.kind !== 'held') continue
          assert.ok(answer.fence > last || (answer.fence === last && holder === each))
          last = answer.fence
          holder = each
        }
      }
    }),
  )
  assert.ok(fenceOf({ generation: 2, index: 1 }) > fenceOf({ generation: 1, index: 2 ** 40 - 1 }))
  assert.ok(Number.isSafeInteger(fenceOf({ generation: 2 ** 13 - 1, index: 2 ** 40 - 1 })))
})

test('readLockValue reads no damaged one', () => {
  const etag = { generation: 1, index: 1 }
  for (const length of [0, 5, 22]) {
    const record = { sk: 'x', value: new Uint8Array(length), etag, expiresAtMs: undefined }
    assert.equal(readLockValue(record), undefined)
  }
})
