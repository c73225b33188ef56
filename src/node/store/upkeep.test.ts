import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../../sim/world/world.ts'
import { AnilloError } from '../../base/errors.ts'
import { parseMemberId, parseRingId } from '../../base/ids.ts'
import { DAY_MS, SECOND_MS } from '../../base/limits.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import type { EnrolledMember } from '../../store/placement/types.ts'
import { RING_SETTINGS } from '../../store/roster/settings.ts'
import { startUpkeep, type UpkeepParts } from './upkeep.ts'

const SELF = parseMemberId('a'.repeat(32))
const LONG_ENOUGH_MS = 40 * SECOND_MS

function setUp(
  takesPart: boolean,
  more: {
    readonly ask?: UpkeepParts['peers']['ask']
    readonly members?: readonly EnrolledMember[]
  } = {},
) {
  const world = new World({ seed: 1 })
  const records = new MemoryStore()
  const scrubs: AbortSignal[] = []
  const told: string[] = []
  const handlers = new Map<string, (question: never) => unknown>()
  const parts: UpkeepParts = {
    effects: world.machine().effects(),
    self: SELF,
    ringId: parseRingId('c'.repeat(32)),
    peers: {
      ask: () => Promise.reject(new AnilloError('RPC_CANCELLED', { method: 'test' })),
      handle: (method, answer) =>
        void handlers.set(method.name, (question) => answer(question, SELF)),
      ...(more.ask === undefined ? {} : { ask: more.ask }),
    },
    share: { refresh: async () => 0 },
    store: {
      records,
      roster: {
        roster: { index: 0, members: more.members ?? [], settings: RING_SETTINGS, level: 1 },
      },
      chunks: {
        scrub: async (_, signal) => {
          if (signal !== undefined) scrubs.push(signal)
          return { chunks: 0, bytes: 0, damaged: 0 }
        },
      },
    },
    broadcast: { send: () => undefined },
    tell: ({ kind }) => void told.push(kind),
    takesPart,
  }
  const begin = (number: number): unknown =>
    handlers.get('chunks.beginScrub')?.({ number } as never)
  return { world, records, scrubs, told, begin, upkeep: startUpkeep(parts) }
}

test('startUpkeep() has the chunks scrubbed each week', async () => {
  const { world, records, scrubs, told, upkeep } = setUp(true)
  await world.pass(LONG_ENOUGH_MS)
  assert.deepEqual(told, ['coordinator'])
  assert.equal(scrubs.length, 0)
  for (let week = 1; week <= 2; week++) {
    records.nowMs += 7 * DAY_MS
    await world.pass(LONG_ENOUGH_MS)
    assert.equal(scrubs.length, week)
  }
  await world.settle(upkeep.stop(), 'stop', SECOND_MS)
  assert.equal(scrubs[0]?.aborted, true)
})

test('a member is told of one scrub as often as may be, and does it once', () => {
  const { begin, scrubs } = setUp(false)
  for (const number of [1, 1, 2, 1, 2]) begin(number)
  assert.equal(scrubs.length, 2)
})

test('a member that stores nothing takes no part', async () => {
  const { world, told, upkeep } = setUp(false)
  await world.pass(LONG_ENOUGH_MS)
  assert.equal(told.length, 0)
  assert.equal(upkeep.coordinator.belief, undefined)
})

test('a member that takes no part tells who coordinates as one that does says', async () => {
  const [silent, knows] = ['d', 'e'].map((digit) => parseMemberId(digit.repeat(32)))
  assert.ok(silent !== undefined && knows !== undefined)
  const answers = new Map<string, object>([
    [silent, { fence: 0 }],
    [knows, { coordinator: knows, fence: 7 }],
  ])
  const members = [SELF, silent, knows].map((id, index) => ({
    id,
    name: `n${index}`,
    address: '',
    host: `h${index}`,
    roles: index === 0 ? [] : (['tweeter'] as const),
    state: 'active' as const,
    levels: { from: 1, to: 1 },
  }))
  const ask: UpkeepParts['peers']['ask'] = async (member, method) => {
    const answer = method.readAnswer(answers.get(member))
    if (answer === undefined) throw new AnilloError('RPC_CANCELLED', { method: method.name })
    return answer
  }
  const { upkeep } = setUp(false, { ask, members })
  assert.deepEqual(await upkeep.coordinator.known(), { coordinator: knows, fence: 7 })
  answers.clear()
  assert.equal(await upkeep.coordinator.known(), undefined)
})
