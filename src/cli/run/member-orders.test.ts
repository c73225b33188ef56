import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fakeDoor } from '../../gateways/rest/fakes.test-helper.ts'
import { createGateway } from '../../gateways/rest/gateway.ts'
import type { Ring } from '../../wire/api.ts'
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

/** Runs `anillo member` at a ring of so many that stores nothing but partition 0, at a1 alone. */
async function orderIn(
  ring: Ring,
  words: readonly string[],
  typed?: string,
): Promise<{ code: number; err: string; ordered: readonly string[] }> {
  const ordered: string[] = []
  const door = fakeDoor()
  const server = await createGateway({
    ...door,
    ring: { ...door.ring, ring: async () => ring },
    members: {
      order: async (_member, name) => {
        ordered.push(name)
        return { state: name === 'drain' ? 'draining' : 'removed' }
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

/** As it stands once that member is emptied. */
function drained(ring: Ring, name: string): Ring {
  const enrolled = (ring.enrolled ?? []).map((one) =>
    one.name === name ? { ...one, state: 'draining' as const } : one,
  )
  return { ...ring, enrolled }
}
