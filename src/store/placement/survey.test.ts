import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { ChunkCare } from '../../wire/api.ts'
import type { Method } from '../../wire/method.ts'
import { partitionIdOf, RING_PARTITION } from '../../wire/partition.ts'
import type { LedReport } from '../../wire/roster.ts'
import { FakePartition, storeOn } from '../roster/fakes.test-helper.ts'
import { enrolMember, setMemberState } from '../roster/procedures.ts'
import { jsonOf, readMemberRow } from '../roster/rows.ts'
import { RING_SETTINGS } from '../roster/settings.ts'
import { Janitor } from './janitor.ts'
import { idOf, storing, storingRing } from './model.test-helper.ts'
import { Survey } from './survey.ts'
import type { EnrolledMember, Whereabouts } from './types.ts'

const GROUPS = [0, 1].map(partitionIdOf)
const FIVE = [1, 2, 3, 4, 5].map(idOf)

function report(group: number, more: Partial<LedReport> = {}): LedReport {
  return { group, term: 1, voters: [...FIVE], learners: [], down: [], moves: [], ...more }
}

interface Ring {
  readonly members?: readonly EnrolledMember[]
  readonly leads: ReadonlyMap<MemberId, readonly LedReport[]>
  readonly down?: readonly MemberId[]
  readonly whereabouts?: readonly Whereabouts[]
  readonly chunkCopies?: number
  /** Of the second member. */
  readonly chunks?: ChunkCare
}

const NO_CARE: ChunkCare = { bytesLeft: 0, doneInMs: null, damaged: 0, healed: 0 }

/** As the first member makes it. */
function surveyOf({ members = storingRing(5), leads, down = [], ...more }: Ring): Survey {
  const clock = new ManualClock(1_000_000)
  return new Survey({
    effects: { clock },
    self: idOf(1),
    peers: {
      ask: async <Q, A>(to: MemberId, method: Method<Q, A>): Promise<A> => {
        if (down.includes(to))
          throw new AnilloError('RPC_UNREACHABLE', { address: to, problem: '' })
        const incoming = to === idOf(2) ? [{ group: 1, bytes: 77 }] : []
        const wallMs = clock.wallMs() + (to === idOf(3) ? 700 : 0)
        const { chunks } = to === idOf(2) ? more : {}
        const told = { leads: leads.get(to) ?? [], incoming, wallMs }
        const answer = method.readAnswer(chunks === undefined ? told : { ...told, chunks })
        assert.ok(answer !== undefined, 'an answer of another shape')
        return answer
      },
      handle: () => undefined,
    },
    mover: { report: () => leads.get(idOf(1)) ?? [] },
    host: { incoming: () => [], isDiskFull: true },
    roster: () => ({ index: 1, members, settings: RING_SETTINGS, level: 1 }),
    whereabouts: () => more.whereabouts ?? [],
    chunkCopies: () => more.chunkCopies,
    chunkCare: () => ({ ...NO_CARE, bytesLeft: 5, doneInMs: 7, damaged: 1 }),
    groups: GROUPS,
  })
}

const LED = new Map([
  [idOf(1), [report(0)]],
  [idOf(2), [report(1)]],
])

test('Survey tells how far the clocks of those who answer are off', async () => {
  const down = [idOf(5)]
  const { enrolled } = await surveyOf({ leads: LED, down }).describe()
  assert.deepEqual(
    enrolled.map(({ clockOffMs }) => clockOffMs),
    [undefined, 0, 700, 0, undefined],
  )
})

test('Survey tells leaders, voters and how many more may fail', async () => {
  const { partitions, mayFail, isOnOneMachine } = await surveyOf({ leads: LED }).describe()
  assert.equal(mayFail, 2)
  assert.equal(isOnOneMachine, false)
  assert.deepEqual(
    partitions.map(({ id, leader, margin }) => [id, leader, margin]),
    [
      [0, idOf(1), 2],
      [1, idOf(2), 2],
    ],
  )
})

test('Survey sums what all repair of chunks, and says when the last is done', async () => {
  const alone = await surveyOf({ leads: LED }).describe()
  assert.deepEqual(alone.chunks, { bytesLeft: 5, doneInMs: 7, damaged: 1, healed: 0, lost: 0 })
  const slower = { bytesLeft: 10, doneInMs: 9, damaged: 2, healed: 1, lost: 2 }
  const both = await surveyOf({ leads: LED, chunks: slower }).describe()
  assert.deepEqual(both.chunks, { bytesLeft: 15, doneInMs: 9, damaged: 3, healed: 1, lost: 2 })
  const begins = await surveyOf({ leads: LED, chunks: { ...slower, doneInMs: null } }).describe()
  assert.equal(begins.chunks.doneInMs, null)
  const idle = await surveyOf({ leads: LED, chunks: NO_CARE }).describe()
  assert.equal(idle.chunks.doneInMs, 7)
})

test('Survey counts who does not answer, and chunks with few copies', async () => {
  const down = [idOf(4)]
  assert.equal((await surveyOf({ leads: LED, down }).describe()).mayFail, 1)
  assert.equal((await surveyOf({ leads: LED, chunkCopies: 1 }).describe()).mayFail, 0)
  const { enrolled } = await surveyOf({ leads: LED, down }).describe()
  assert.deepEqual(
    enrolled.map(({ isUp, holds }) => [isUp, holds]),
    [
      [true, 2],
      [true, 2],
      [true, 2],
      [false, 2],
      [true, 2],
    ],
  )
})

test('Survey tells whose disk is nearly full', async () => {
  const { enrolled } = await surveyOf({ leads: LED }).describe()
  assert.deepEqual(
    enrolled.filter(({ isDiskFull }) => isDiskFull === true).map(({ id }) => id),
    [idOf(1)],
  )
})

test('Survey believes the leader of the later term', async () => {
  const leads = new Map([
    [idOf(1), [report(0), report(1)]],
    [idOf(2), [report(1, { term: 2, voters: FIVE.slice(0, 3) })]],
  ])
  const { partitions } = await surveyOf({ leads }).describe()
  assert.deepEqual(partitions[1]?.voters, FIVE.slice(0, 3))
  assert.equal(partitions[1]?.leader, idOf(2))
})

test('Survey says of a group without a leader what is known, and promises nothing of unknown ones', async () => {
  const leads = new Map([[idOf(1), [report(0)]]])
  const silent = await surveyOf({ leads }).describe()
  assert.equal(silent.mayFail, 0)
  assert.deepEqual([silent.partitions[1]?.leader, silent.partitions[1]?.margin], ['', undefined])
  const down = [3, 4, 5].map(idOf)
  const configuration = { voters: FIVE, learners: [] }
  const hint = { group: partitionIdOf(1), term: 1, index: 1, leader: undefined, configuration }
  const hinted = await surveyOf({ leads, down, whereabouts: [hint] }).describe()
  assert.equal(hinted.partitions[1]?.margin, -1)
  assert.equal(hinted.mayFail, 0)
})

test('Survey adds to a move what its newcomer has fetched', async () => {
  const move = {
    kind: 'grow' as const,
    to: idOf(2),
    from: null,
    waitsFor: { kind: 'copying', member: idOf(2), entriesLeft: 5 },
    sinceMs: 10,
    doneInMs: null,
    bytesCopied: null,
  }
  const leads = new Map([[idOf(1), [report(0), report(1, { moves: [move] })]]])
  const { partitions } = await surveyOf({ leads }).describe()
  assert.deepEqual(partitions[1]?.moves, [{ ...move, bytesCopied: 77 }])
})

test('Survey.holdingNothing() names nobody while a leader is missing', async () => {
  const asked = [idOf(5), idOf(6)]
  assert.deepEqual(await surveyOf({ leads: LED }).holdingNothing(asked), [idOf(6)])
  const leads = new Map([[idOf(1), [report(0)]]])
  assert.deepEqual(await surveyOf({ leads }).holdingNothing(asked), [])
  const joint = new Map([[idOf(1), [report(0), report(1, { outgoing: [idOf(6)] })]]])
  assert.deepEqual(await surveyOf({ leads: joint }).holdingNothing(asked), [])
})

const LOG = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => LOG }
function quiet(): void {}

test('Janitor removes who is gone or leaves once it holds nothing, and nobody who only drains', async () => {
  const partition = new FakePartition()
  for (const number of [1, 2, 3, 4, 5]) {
    const { id, name, address, host } = storing(number)
    partition.run(enrolMember, { member: { id, name, address, host, roles: ['tweeter'] } })
  }
  const { id, name, host } = storing(6)
  const { address } = storing(2)
  partition.run(enrolMember, { member: { id, name, address, host, roles: ['tweeter'] } })
  partition.run(setMemberState, { id: idOf(3), order: 'leave' })
  partition.run(setMemberState, { id: idOf(4), order: 'drain' })
  const states = (): readonly (string | undefined)[] =>
    [...partition.rows.values()].map(({ value }) => readMemberRow(jsonOf(value))?.state)
  const held = new Set<MemberId>([idOf(3)])
  const janitor = new Janitor({
    effects: { log: LOG },
    host: { status: (group) => (group === RING_PARTITION ? LEADER : undefined) },
    roster: () => ({
      index: partition.index,
      members: [...partition.rows.values()].flatMap(
        ({ value }) => readMemberRow(jsonOf(value)) ?? [],
      ),
      settings: RING_SETTINGS,
      level: 1,
    }),
    survey: { holdingNothing: async (members) => members.filter((member) => !held.has(member)) },
    store: storeOn(partition),
  })
  await janitor.look()
  assert.deepEqual(states(), ['active', 'removed', 'draining', 'draining', 'active', 'active'])
  held.clear()
  await janitor.look()
  assert.deepEqual(states(), ['active', 'removed', 'removed', 'draining', 'active', 'active'])
})

const POINT = { index: 1, term: 1 }
const LEADER = {
  role: 'leader' as const,
  term: 1,
  vote: undefined,
  leader: idOf(1),
  configuration: undefined,
  isChanging: false,
  commit: 1,
  applied: 1,
  last: POINT,
  base: POINT,
  isReady: true,
  progress: [],
}
