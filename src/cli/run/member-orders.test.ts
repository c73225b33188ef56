import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fakeDoor } from '../../gateways/rest/fakes.test-helper.ts'
import { createGateway } from '../../gateways/rest/gateway.ts'
import type { Enrolled, Ring } from '../../wire/api.ts'
import { enrolledAs } from '../../wire/member.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

const idOf = (name: string): string => name.padStart(32, '0')

function ringOf(count: number, mayFail: number): Ring {
  const names = Array.from({ length: count }, (_, at) => `a${at + 1}`)
  const enrolled = names.map((name) => enrolledAs(name, { id: idOf(name) }))
  const [one = ''] = enrolled.map(({ id }) => id)
  const partitions = [{ id: 0, leader: one, voters: [one], learners: [], margin: 0, moves: [] }]
  return { ringId: '2'.repeat(32), self: 'a1', members: [], partitions, mayFail, enrolled }
}

function stateOf(order: string): 'draining' | 'removed' {
  return order === 'drain' ? 'draining' : 'removed'
}

/**
 * Runs `anillo member` at a ring of so many that stores nothing but partition 0, at a1 alone.
 * @param looks as it stands at each look, the last from then on
 */
async function orderIn(
  looks: Ring | readonly [Ring, ...Ring[]],
  words: readonly string[],
  typed?: string,
  stateAfter = stateOf,
): Promise<{ code: number; err: string; ordered: readonly string[] }> {
  const ordered: string[] = []
  const door = fakeDoor()
  const [first, ...later] = 'ringId' in looks ? [looks] : looks
  let ring = first
  const look = (): Ring => {
    const seen = ring
    ring = later.shift() ?? ring
    return seen
  }
  const server = await createGateway({
    ...door,
    ring: { ...door.ring, ring: async () => look() },
    members: {
      order: async (_member, name) => {
        ordered.push(name)
        return { state: stateAfter(name) }
      },
    },
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const io = keptIo(typed === undefined ? {} : { typed })
  const code = await runProgram(['member', ...words, '--at', url], io)
  await server.close()
  return { code, err: io.errText(), ordered }
}

test('member drain tells how many may fail before and after, and of no --force', async () => {
  const { err, ordered } = await orderIn(drained(ringOf(5, 2), 'a5'), ['drain', 'a5'])
  assert.equal(err, '')
  assert.deepEqual(ordered, ['drain'])
  const active = await orderIn(ringOf(5, 2), ['remove', 'a5'])
  assert.match(active.err, /2 members may fail now, 1 once a5 holds nothing \(4 hosts left/)
  assert.doesNotMatch(active.err, /force/)
})

test('member drain asks where no member may fail after it, and --yes answers for scripts', async () => {
  const ring = ringOf(3, 1)
  const alone = await orderIn(ring, ['drain', 'a3'])
  assert.equal(alone.code, EXIT.failed)
  assert.deepEqual(alone.ordered, [])
  assert.match(alone.err, /1 member may fail now, none once a3 holds nothing \(2 hosts left/)
  assert.match(alone.err, /Nothing was done.*npx anillo member drain a3 --yes/)
  assert.deepEqual((await orderIn(ring, ['drain', 'a3'], 'yes')).ordered, [])
  assert.deepEqual((await orderIn(ring, ['remove', 'a3'], 'a3')).ordered, ['leave'])
  assert.deepEqual((await orderIn(ring, ['remove', 'a3', '--yes'])).ordered, ['leave'])
  assert.deepEqual((await orderIn(ring, ['undrain', 'a3'])).ordered, ['undrain'])
})

test('member remove --force asks where what nobody else has would be lost', async () => {
  const refused = await orderIn(ringOf(5, 2), ['remove', 'a1', '--force'])
  assert.deepEqual(refused.ordered, [])
  assert.match(refused.err, /at once, 1 partition would be lost/)
  assert.match(refused.err, /npx anillo member remove a1 --force --yes/)
  const spared = await orderIn(ringOf(5, 2), ['remove', 'a2', '--force'])
  assert.deepEqual(spared.ordered, ['remove'])
  assert.match(spared.err, /others hold all that a2 holds/)
})

test('member drain goes on where the list that it looks at is from before the order', async () => {
  const before = withMember(ringOf(5, 2), 'a1', { holds: 1 })
  const empty = withMember(before, 'a1', { state: 'draining', holds: 0 })
  const { code, err } = await orderIn([before, before, empty], ['drain', 'a1'])
  assert.equal(code, EXIT.done, err)
  assert.match(err, /a1 still holds 1 partition/)
})

test('member drain tells of a member that was on its way out and is taken back', async () => {
  const before = withMember(ringOf(5, 2), 'a1', { holds: 1 })
  const { code, err } = await orderIn([before, drained(before, 'a1'), before], ['drain', 'a1'])
  assert.equal(code, EXIT.failed)
  assert.match(err, /somebody took a1 back/)
})

test('member remove is ordered again where a drain came after it', async () => {
  const before = drained(ringOf(5, 2), 'a5')
  const after = { ...before, enrolled: before.enrolled?.filter(({ name }) => name !== 'a5') }
  const looks = [before, before, after as Ring] as const
  const { code, ordered } = await orderIn(looks, ['remove', 'a5'], undefined, () => 'draining')
  assert.deepEqual(ordered, ['leave', 'leave'])
  assert.equal(code, EXIT.done)
})

/** As it stands once that member is to be emptied. */
function drained(ring: Ring, name: string): Ring {
  return withMember(ring, name, { state: 'draining' })
}

function withMember(ring: Ring, name: string, change: Partial<Enrolled>): Ring {
  const enrolled = (ring.enrolled ?? []).map((one) =>
    one.name === name ? { ...one, ...change } : one,
  )
  return { ...ring, enrolled }
}
