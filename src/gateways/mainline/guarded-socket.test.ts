import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hexOf } from '../../base/hex.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../platform/random.ts'
import { bencode } from '../../wire/bencode.ts'
import { noCounts } from './counts.ts'
import { GuardedSocket, QUESTIONS_PER_TARGET_MAX } from './guarded-socket.ts'
import { mapOf } from './liar.test-helper.ts'

const LOG = { debug() {}, info() {}, warn() {}, error() {}, child: () => LOG }
const TARGET = new Uint8Array(20).fill(3)

test('two look-ups for one target are bounded, and neither ends with the other', () => {
  const counts = noCounts()
  const guarded = new GuardedSocket({
    clock: new ManualClock(),
    log: LOG,
    random: platformRandom(),
    counts,
    isAllowed: () => true,
  })
  const target = hexOf(TARGET)
  const question = bencode(mapOf({ a: mapOf({ target: TARGET }), q: 'get', t: 'aa', y: 'q' }))
  const ask = (): void => guarded.send(question, 0, question.length, 6_881, '198.41.0.4')
  guarded.begin(target)
  guarded.begin(target)
  ask()
  guarded.end(target)
  ask()
  assert.deepEqual([counts.asked, counts.overdrawn], [2, 0])
  for (let more = 0; more < 2 * QUESTIONS_PER_TARGET_MAX; more++) ask()
  assert.deepEqual([counts.asked, counts.overdrawn], [2 * QUESTIONS_PER_TARGET_MAX, 2])
  guarded.end(target)
  guarded.begin(target)
  ask()
  assert.equal(counts.overdrawn, 2)
  guarded.end(target)
  ask()
  assert.equal(counts.overdrawn, 3)
})
