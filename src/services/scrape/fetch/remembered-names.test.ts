import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Dns } from '../../../effects/dns.ts'
import { rememberNames } from './remembered-names.ts'

function remembering(resolve: Dns['resolve']) {
  const asked: string[] = []
  const time = { nowMs: 0 }
  const clock: Pick<Clock, 'nowMs'> = { nowMs: () => time.nowMs }
  const dns = rememberNames(
    {
      resolve(host) {
        asked.push(host)
        return resolve(host)
      },
    },
    clock,
  )
  return { asked, dns, time }
}

const HERE = [{ address: '192.0.2.7', family: 4 }] as const

test('rememberNames() asks once for a name within five seconds, together and one after the other', async () => {
  const { asked, dns, time } = remembering(() => Promise.resolve(HERE))
  const together = await Promise.all([dns.resolve('a.test'), dns.resolve('a.test')])
  assert.deepEqual(together, [HERE, HERE])
  time.nowMs = 4_999
  await dns.resolve('a.test')
  await dns.resolve('b.test')
  assert.deepEqual(asked, ['a.test', 'b.test'])
  time.nowMs = 5_000
  await dns.resolve('a.test')
  assert.deepEqual(asked, ['a.test', 'b.test', 'a.test'])
})

test('rememberNames() forgets what failed, and the oldest of too many', async () => {
  const failing = remembering((host) => Promise.reject(new AnilloError('HOST_UNKNOWN', { host })))
  for (const _ of [1, 2]) {
    await assert.rejects(failing.dns.resolve('a.test'), { code: 'HOST_UNKNOWN' })
  }
  assert.equal(failing.asked.length, 2)
  const many = remembering(() => Promise.resolve(HERE))
  for (let number = 0; number <= 1_000; number++) await many.dns.resolve(`${number}.test`)
  await many.dns.resolve('1.test')
  await many.dns.resolve('0.test')
  assert.equal(many.asked.length, 1_002)
})
