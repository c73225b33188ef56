import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import type { MemberId } from '../../base/ids.ts'
import { SeededChance, shuffled } from '../../base/random.ts'
import { ALL_PARTITIONS, partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import {
  desiredHolders,
  GRACE_MS,
  idOf,
  Model,
  STABLE_MS,
  storing,
  storingRing,
} from './model.test-helper.ts'
import type { EnrolledMember } from './types.ts'
import { majorityOf, seatsOf } from './voters.ts'

const GROUP = partitionIdOf(5)

function founded(members: readonly EnrolledMember[], voters: readonly number[]): Model {
  const model = new Model(new SeededChance(1), members)
  model.found(GROUP, { voters: voters.map(idOf), learners: [] })
  model.nowMs += STABLE_MS
  return model
}

function sorted(ids: readonly MemberId[]): readonly MemberId[] {
  return ids.toSorted()
}

test('planGroup grows a group of one to the seats of each size of ring, once each', () => {
  for (let size = 1; size <= 60; size++) {
    const members = storingRing(size)
    const model = new Model(new SeededChance(size), members)
    for (const group of ALL_PARTITIONS) {
      model.found(group, { voters: [idOf(1)], learners: [] })
      model.settle(group, () => undefined)
      model.nowMs += STABLE_MS
      model.settle(group)
      const { voters, learners } = model.configuration(group)
      const seats = seatsOf(size)
      assert.deepEqual([voters.length, learners.length], [seats.voters, seats.learners])
      assert.deepEqual(
        sorted([...voters, ...learners]),
        sorted(desiredHolders(group, members)),
        `group ${group} of ${size}`,
      )
    }
  }
})

test('planGroup waits for nothing while a ring is founded: five voters without storm rules', () => {
  const model = new Model(new SeededChance(1), storingRing(1))
  model.found(GROUP, { voters: [idOf(1)], learners: [] })
  for (let size = 2; size <= 5; size++) {
    model.enrol(storingRing(size))
    model.settle(GROUP)
    assert.equal(model.configuration(GROUP).voters.length, seatsOf(size).voters)
  }
})

test('planGroup never has two or four voters on the way', () => {
  const model = founded(storingRing(5), [1])
  model.settle(GROUP, () => {
    assert.equal(model.configuration(GROUP).voters.length % 2, 1)
  })
  assert.equal(model.configuration(GROUP).voters.length, 5)
})

test('planGroup replaces a dead voter by a new one in one step after the grace period', () => {
  const model = founded(storingRing(6), [])
  const holders = desiredHolders(GROUP, storingRing(6))
  model.found(GROUP, { voters: sorted(holders), learners: [] })
  const dead = holders[2] ?? idOf(0)
  model.kill(dead)
  assert.deepEqual(model.plan(GROUP), {
    step: { kind: 'none' },
    moves: [
      {
        kind: 'repair',
        from: dead,
        to: undefined,
        waitsFor: { kind: 'grace', member: dead, leftMs: GRACE_MS },
      },
    ],
  })
  model.nowMs += GRACE_MS
  model.settle(GROUP, () => assert.equal(model.configuration(GROUP).voters.length, 5))
  assert.equal(model.configuration(GROUP).voters.includes(dead), false)
  assert.equal(model.margin(GROUP), 2)
})

test('planGroup asks for a member where nobody can take the place of a dead one', () => {
  const model = founded(storingRing(5), [1, 2, 3, 4, 5])
  model.kill(idOf(3))
  model.nowMs += GRACE_MS
  const { step, moves } = model.plan(GROUP)
  assert.equal(step.kind, 'none')
  assert.deepEqual(moves, [
    { kind: 'repair', from: idOf(3), to: undefined, waitsFor: { kind: 'noMember' } },
  ])
})

test('planGroup replaces one that is gone, removed or drained at once', () => {
  for (const state of ['gone', 'removed', 'draining'] as const) {
    const members = storingRing(6)
    const holders = desiredHolders(GROUP, members)
    const leaving = holders[1] ?? idOf(0)
    const model = founded(
      members.map((member) => (member.id === leaving ? { ...member, state } : member)),
      [],
    )
    model.stableSinceMs = model.nowMs
    model.found(GROUP, { voters: sorted(holders), learners: [] })
    if (state !== 'draining') model.kill(leaving)
    model.settle(GROUP)
    assert.equal(model.configuration(GROUP).voters.includes(leaving), false, state)
    assert.equal(model.configuration(GROUP).voters.length, 5)
  }
})

test('planGroup lets the order of the ring wait until the ring is quiet, and repairs go first', () => {
  const model = founded(storingRing(5), [1, 2, 3, 4, 5])
  const members = storingRing(30)
  model.enrol(members)
  const waits = (more = {}): readonly (string | undefined)[] =>
    model.plan(GROUP, more).moves.map(({ kind, waitsFor }) => `${kind} ${waitsFor?.kind}`)
  assert.ok(waits().length > 0)
  for (const wait of waits()) assert.equal(wait, 'balance stability')
  model.nowMs += STABLE_MS
  for (const wait of waits({ hasRepairs: true })) assert.equal(wait, 'balance repairs')
  for (const wait of waits({ hasPlace: () => false })) assert.equal(wait, 'balance incoming')
  assert.equal(model.plan(GROUP).step.kind, 'add')
})

test('planGroup hands leadership over before the leader leaves', () => {
  const members = storingRing(4).map((member) =>
    member.id === idOf(1) ? { ...member, state: 'draining' as const } : member,
  )
  const model = founded(members, [1, 2, 3])
  const kinds: string[] = []
  model.settle(GROUP, ({ step }) => kinds.push(step.kind))
  assert.deepEqual(kinds.slice(0, 4), ['add', 'none', 'transfer', 'change'])
  assert.deepEqual(model.configuration(GROUP), { voters: [2, 3, 4].map(idOf), learners: [] })
})

test('planGroup keeps one that leaves as a learner until its chunks are safe elsewhere', () => {
  const members = storingRing(6)
  const holders = desiredHolders(GROUP, members)
  const leaving = holders[0] ?? idOf(0)
  const model = founded(
    members.map((member) => (member.id === leaving ? { ...member, state: 'draining' } : member)),
    [],
  )
  model.found(GROUP, { voters: sorted(holders), learners: [] })
  model.chunksSafe = () => false
  const { moves } = model.settle(GROUP)
  assert.deepEqual(model.configuration(GROUP).learners, [leaving])
  assert.deepEqual(
    moves.map(({ waitsFor }) => waitsFor),
    [{ kind: 'chunks', member: leaving }],
  )
  model.chunksSafe = () => true
  model.settle(GROUP)
  assert.deepEqual(model.configuration(GROUP).learners, [])
})

test('planGroup plans nothing while a change is under way', () => {
  const model = founded(storingRing(3), [1])
  const configuration = { voters: [idOf(1), idOf(2)], learners: [], outgoing: [idOf(1)] }
  model.found(GROUP, configuration)
  const { step, moves } = model.plan(GROUP)
  assert.equal(step.kind, 'none')
  assert.ok(moves.length > 0 && moves.every(({ waitsFor }) => waitsFor?.kind === 'change'))
})

test('planGroup plans nothing before the first entry of a leader’s term, nor during a change', () => {
  const model = founded(storingRing(3), [1])
  for (const status of [{ isReady: false }, { isChanging: true }]) {
    assert.equal(model.plan(GROUP, {}, status).step.kind, 'none')
  }
  assert.equal(model.plan(GROUP).step.kind, 'add')
})

test('planGroup lets one newcomer copy at a time', () => {
  const model = founded(storingRing(5), [1])
  model.take(GROUP, model.plan(GROUP))
  const { step, moves } = model.plan(GROUP)
  assert.equal(step.kind, 'none')
  const waits = moves.map(({ waitsFor }): string => waitsFor?.kind ?? 'nothing')
  assert.deepEqual(waits.join(' '), 'copying move move move')
})

test('planGroup does not promote a newcomer that never answered, however short the log is', () => {
  const model = founded(storingRing(2), [])
  const [first, second] = desiredHolders(GROUP, storingRing(2))
  assert.ok(first !== undefined && second !== undefined)
  model.enrol(
    storingRing(2).map((member) =>
      member.id === first ? { ...member, state: 'draining' as const } : member,
    ),
  )
  model.found(GROUP, { voters: [first], learners: [second] })
  const answered = { member: second, needsSnapshot: false, lastAnswerAtMs: 0, hasAnswered: true }
  const last = { index: 5, term: 1 }
  const after = (match: number): string =>
    model.plan(GROUP, {}, { last, progress: [{ ...answered, match }] }).step.kind
  assert.equal(after(0), 'none')
  assert.equal(after(5), 'change')
})

test('planGroup keeps the living where a group becomes smaller', () => {
  const model = founded(
    storingRing(5).map((member) =>
      member.id === idOf(5) ? { ...member, state: 'removed' as const } : member,
    ),
    [1, 2, 3, 4, 5],
  )
  for (const down of [1, 2, 3, 4]) {
    model.downSinceMs.clear()
    model.kill(idOf(down))
    model.found(GROUP, { voters: [1, 2, 3, 4, 5].map(idOf), learners: [] })
    const { step } = model.plan(GROUP)
    const changed = step.kind === 'change' ? step : undefined
    const target = [1, 2, 3, 4].filter((number) => number !== down).map(idOf)
    // The leader of the model is the first that lives, and stays.
    assert.deepEqual(changed?.voters.toSorted(), target, `${down} is down`)
    assert.deepEqual(changed?.learners, [idOf(down)])
  }
})

test('planGroup replaces the lost before it grows', () => {
  const model = founded(storingRing(6), [])
  const [a, b, c, d] = desiredHolders(GROUP, storingRing(6))
  assert.ok(a !== undefined && b !== undefined && c !== undefined && d !== undefined)
  model.enrol(
    storingRing(6).map((member) =>
      member.id === c ? { ...member, state: 'gone' as const } : member,
    ),
  )
  model.kill(c)
  model.found(GROUP, { voters: [a, b, c].toSorted(), learners: [d] })
  const { step } = model.plan(GROUP)
  assert.ok(step.kind === 'change')
  assert.deepEqual(step.voters.toSorted(), [a, b, d].toSorted())
})

/** A ring in any state, and a group of some of its members of which a majority lives. */
const anyRing = fc
  .record({
    size: fc.integer({ min: 1, max: 60 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    hosts: fc.integer({ min: 1, max: 60 }),
    voters: fc.constantFrom(1, 2, 3, 4, 5),
    learners: fc.integer({ min: 0, max: 3 }),
    deaths: fc.integer({ min: 0, max: 8 }),
    leaving: fc.integer({ min: 0, max: 4 }),
    group: fc.integer({ min: 0, max: 63 }),
  })
  .map((drawn) => ({ ...drawn, group: partitionIdOf(drawn.group) }))

type AnyRing = typeof anyRing extends fc.Arbitrary<infer T> ? T : never

function build(drawn: AnyRing): { readonly model: Model; readonly group: PartitionId } {
  const chance = new SeededChance(drawn.seed)
  const states = ['draining', 'gone', 'removed'] as const
  const members = Array.from({ length: drawn.size }, (_, i) =>
    storing(i + 1, {
      host: `h${(i % drawn.hosts) + 1}`,
      state: i < drawn.leaving ? (states[chance.below(3)] ?? 'gone') : 'active',
    }),
  )
  const model = new Model(chance, members)
  const ids = shuffled(chance, members).map(({ id }) => id)
  const voters = ids.slice(0, drawn.voters)
  const learners = ids.slice(drawn.voters, drawn.voters + drawn.learners)
  model.found(drawn.group, { voters: sorted(voters), learners })
  const dead = shuffled(chance, ids).slice(0, drawn.deaths)
  const livingVoters = (): number => voters.filter((id) => model.isLive(id)).length
  for (const id of dead) {
    const isNeeded = voters.includes(id) && livingVoters() <= majorityOf(voters.length)
    if (!isNeeded) model.kill(id)
  }
  model.nowMs += GRACE_MS
  return { model, group: drawn.group }
}

test('planGroup brings any group with a live majority to its target and ends there', () => {
  fc.assert(
    fc.property(anyRing, (drawn) => {
      const { model, group } = build(drawn)
      const last = model.settle(group)
      const { order } = model
      const { voters, learners } = model.configuration(group)
      if (order.hosts === 0) return
      const fit = [...order.from(group)].filter(({ id }) => model.isLive(id))
      const fitHosts = new Set(fit.map(({ host }) => host)).size
      const seats = seatsOf(order.hosts)
      const livingVoters = voters.filter((id) => model.isLive(id) && order.isStoring(id))
      // As many living ones vote as can bear more failures than fewer.
      if (fitHosts >= seats.voters) {
        assert.equal(voters.length, seats.voters)
        assert.equal(livingVoters.length, seats.voters)
        const hosts = new Set(voters.map((id) => order.member(id)?.host))
        assert.equal(hosts.size, voters.length, 'two voters on one host')
      }
      if (fitHosts >= seats.voters + seats.learners) {
        assert.equal(learners.length, seats.learners)
        assert.deepEqual(last.moves, [])
      }
      assert.equal(
        last.moves.every(({ waitsFor }) => waitsFor !== undefined),
        true,
        'a plan without a step names what each move waits for',
      )
    }),
    { numRuns: 2_000 },
  )
})

test('planGroup never lowers how many may fail below what the target bears', () => {
  fc.assert(
    fc.property(anyRing, (drawn) => {
      const { model, group } = build(drawn)
      const most = seatsOf(model.order.hosts).voters
      const borne = most - majorityOf(most)
      model.settle(group, (_plan, before) => {
        const after = model.margin(group)
        assert.ok(after >= 0, 'the majority was lost')
        assert.ok(
          after >= Math.min(before, borne) || after >= possible(model),
          `${before} ${after}`,
        )
      })
    }),
    { numRuns: 2_000 },
  )
})

/** What the living of the ring would bear with the seats of its size. */
function possible({ order, downSinceMs }: Model): number {
  const { voters } = seatsOf(order.hosts)
  const fit = [...order.from(GROUP)].filter(({ id }) => !downSinceMs.has(id))
  const hosts = new Set(fit.map(({ host }) => host)).size
  return Math.max(0, Math.min(voters, hosts) - majorityOf(voters))
}

test('planGroup ends after mass joins and mass deaths at any time', () => {
  fc.assert(
    fc.property(anyRing, (drawn) => {
      const { model, group } = build(drawn)
      const joined = Array.from({ length: 10 }, (_, i) => storing(100 + i))
      model.settle(group)
      const stay = [...model.order.from(group)].slice(0, drawn.size)
      model.enrol([...stay, ...joined])
      const { voters } = model.configuration(group)
      const victims = voters.slice(0, voters.length - majorityOf(voters.length))
      for (const id of victims) if (model.isLive(id) && model.margin(group) > 0) model.kill(id)
      model.nowMs += GRACE_MS + STABLE_MS
      const { moves } = model.settle(group)
      assert.deepEqual(moves, [])
      assert.equal(model.margin(group), 2)
    }),
    { numRuns: 500 },
  )
})
