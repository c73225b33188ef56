import assert from 'node:assert/strict'
import { test } from 'node:test'

import { makeCrypto } from '../../../platform/crypto.ts'
import { platformRandom } from '../../../platform/random.ts'
import { checkSecret, makeSecret, signatureOf } from './signature.ts'

test('signatures are those of the specification', () => {
  // The example of the reference libraries of Standard Webhooks.
  const signed = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  }
  const signature = signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', signed, makeCrypto())
  assert.equal(signature, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('secrets that are made are taken, and others are refused without being repeated', () => {
  const random = platformRandom()
  assert.notEqual(makeSecret(random), makeSecret(random))
  checkSecret(makeSecret(random))
  const bytes = (count: number) => `whsec_${Buffer.alloc(count, 7).toString('base64')}`
  checkSecret(bytes(64))
  const bad = ['', 'whsec_', 'hunter2hunter2hunter2hunter2', bytes(23), bytes(65), `${bytes(30)}!`]
  for (const secret of bad) {
    assert.throws(
      () => checkSecret(secret),
      (error: Error) => {
        assert.match(error.message, /24 to 64 bytes/)
        return secret === '' || secret === 'whsec_' || !error.message.includes(secret)
      },
    )
  }
})
