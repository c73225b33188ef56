import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId } from '../../base/ids.ts'
import type { Progress } from '../../consensus/types.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { DOWN_AFTER_MS, Heard } from './heard.ts'

const MEMBER = parseMemberId('2'.repeat(32))
const LOOK_MS = 500

class Trial {
  readonly clock = new ManualClock()
  readonly heard = new Heard(this.clock)

  /** Looks for so long at what leaders here know of the member. */
  look(forMs: number, followers: () => readonly Progress[]): void {
    for (let ms = 0; ms < forMs; ms += LOOK_MS) {
      this.clock.advance(LOOK_MS)
      this.heard.look(followers())
    }
  }

  progress(lastAnswerAtMs: number, hasAnswered: boolean): Progress {
    return { member: MEMBER, match: 0, needsSnapshot: false, lastAnswerAtMs, hasAnswered }
  }
}

test('Heard: who was down stays so for a new leader, until it answers that', () => {
  const trial = new Trial()
  const { clock, heard } = trial
  const silent = trial.progress(0, true)
  trial.look(2 * DOWN_AFTER_MS, () => [silent])
  assert.equal(heard.downSinceMs.get(MEMBER), DOWN_AFTER_MS)
  const ledSinceMs = clock.nowMs()
  trial.look(DOWN_AFTER_MS, () => [silent, trial.progress(ledSinceMs, false)])
  assert.equal(heard.downSinceMs.get(MEMBER), DOWN_AFTER_MS, 'leading anew says nothing of it')
  trial.look(LOOK_MS, () => [silent, trial.progress(clock.nowMs(), true)])
  assert.ok(!heard.downSinceMs.has(MEMBER))
})

test('Heard: a new leader gives a member that was not down time to answer', () => {
  const trial = new Trial()
  const fresh = trial.progress(0, false)
  trial.look(DOWN_AFTER_MS - LOOK_MS, () => [fresh])
  assert.ok(!trial.heard.downSinceMs.has(MEMBER))
  trial.look(LOOK_MS, () => [fresh])
  assert.ok(trial.heard.downSinceMs.has(MEMBER))
})
