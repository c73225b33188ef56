import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { PASSWORDS_AT_ONCE, PASSWORDS_WAITING_MAX } from './limits.ts'
import { PasswordChecks } from './password-checks.ts'

/** Checks that the test lets end. */
class Slow {
  readonly running: PromiseWithResolvers<boolean>[] = []
  begun = 0
  readonly checks = new PasswordChecks({
    hash: async (password) => password,
    verify: () => {
      this.begun++
      const check = Promise.withResolvers<boolean>()
      this.running.push(check)
      return check.promise
    },
  })

  check(): Promise<boolean> {
    return this.checks.admitted(() => this.checks.verify('p', 'h'))
  }

  async endOne(): Promise<void> {
    this.running.shift()?.resolve(true)
    // What was waiting begins within a few microtasks.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
}

test('PasswordChecks computes a few at once, lets some wait, and refuses the rest', async () => {
  const slow = new Slow()
  const most = PASSWORDS_AT_ONCE + PASSWORDS_WAITING_MAX
  const checks = Array.from({ length: most }, () => slow.check())
  assert.equal(slow.begun, PASSWORDS_AT_ONCE)
  await assert.rejects(slow.check(), (thrown) => isAnilloError(thrown, 'BUSY'))
  await slow.endOne()
  assert.equal(slow.running.length, PASSWORDS_AT_ONCE)
  const further = slow.check()
  await assert.rejects(slow.check(), (thrown) => isAnilloError(thrown, 'BUSY'))
  for (let number = 0; number < most; number++) await slow.endOne()
  assert.deepEqual(new Set(await Promise.all([...checks, further])), new Set([true]))
  assert.equal(slow.begun, most + 1)
})

test('PasswordChecks goes on after one that failed', async () => {
  const slow = new Slow()
  const first = slow.check()
  const others = [slow.check(), slow.check()]
  slow.running.shift()?.reject(new Error('out of memory'))
  await assert.rejects(first, /out of memory/)
  for (let number = 0; number < 3; number++) await slow.endOne()
  assert.deepEqual(await Promise.all(others), [true, true])
})
