import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { storing } from '../../store/placement/model.test-helper.ts'
import type { EnrolledMember } from '../../store/placement/types.ts'
import { FakePartition, storeOn } from '../../store/roster/fakes.test-helper.ts'
import { setMemberState } from '../../store/roster/procedures.ts'
import { jsonOf, readMemberRow } from '../../store/roster/rows.ts'
import type { Store } from '../../store/types.ts'
import { fakeLog } from '../enrolment/fakes.test-helper.ts'
import { enrolSelf } from './self-enrolment.ts'

function listOf(partition: FakePartition): readonly EnrolledMember[] {
  return [...partition.rows.values()].flatMap(({ value }) => readMemberRow(jsonOf(value)) ?? [])
}

class Trial {
  readonly partition = new FakePartition()
  readonly clock = new ManualClock()
  /** Orders, in order. */
  readonly called: string[] = []
  failures = 0

  enrol(member: EnrolledMember, signal = new AbortController().signal): Promise<string> {
    const { state: _, ...self } = member
    return enrolSelf({
      effects: { clock: this.clock, log: fakeLog() },
      self,
      roster: { member: (id) => listOf(this.partition).find((listed) => listed.id === id) },
      store: this.#store(),
      signal,
    })
  }

  #store(): Pick<Store, 'call'> {
    const store = storeOn(this.partition)
    return {
      call: (partition, procedure, input) => {
        this.called.push(procedure.name)
        if (this.failures-- > 0) return Promise.reject(new AnilloError('STORE_UNAVAILABLE'))
        return store.call(partition, procedure, input)
      },
    }
  }
}

test('enrolSelf() writes a member’s row once, and a new address into it', async () => {
  const trial = new Trial()
  assert.equal(await trial.enrol(storing(1)), 'enrolled')
  assert.equal(await trial.enrol(storing(1)), 'enrolled')
  const moved = storing(1, { address: '10.7.7.7:9300' })
  assert.equal(await trial.enrol(moved), 'enrolled')
  assert.deepEqual(trial.called, ['ring.enrol', 'ring.update'])
  assert.deepEqual(listOf(trial.partition), [moved])
})

test('enrolSelf() moves a member to another’s address without harm to that one', async () => {
  const trial = new Trial()
  for (const number of [1, 2]) await trial.enrol(storing(number))
  await trial.enrol(storing(1, { address: storing(2).address }))
  assert.deepEqual(
    listOf(trial.partition).map(({ state }) => state),
    ['active', 'active'],
  )
})

test('enrolSelf() tries again until the ring has a majority', async () => {
  const trial = new Trial()
  trial.failures = 3
  const enrolled = trial.enrol(storing(1))
  let isDone = false
  void enrolled.then(() => (isDone = true))
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    assert.equal(isDone, i === 3)
    trial.clock.advance(10_000)
  }
  assert.equal(await enrolled, 'enrolled')
})

test('enrolSelf() says that a member was removed', async () => {
  const trial = new Trial()
  for (const number of [1, 2]) await trial.enrol(storing(number))
  trial.partition.run(setMemberState, { id: storing(2).id, order: 'remove' })
  assert.equal(await trial.enrol(storing(2)), 'removed')
})
