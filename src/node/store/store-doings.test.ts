import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId, type MemberId } from '../../base/ids.ts'
import type { RaftStatus } from '../../consensus/types.ts'
import type { TellDoing } from '../../overlay/types.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import { GATHER_MS, GATHER_MS_MAX, StoreDoings } from './store-doings.ts'

const idOf = (number: number): MemberId => parseMemberId(String(number).padStart(32, '0'))
const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)]
const group = partitionIdOf

type Stands = Pick<RaftStatus, 'role' | 'configuration' | 'isChanging'>

/** A host that stands as it is told, and a clock whose timers run when asked. */
class Watched {
  readonly told: Parameters<TellDoing>[0][] = []
  readonly delays: number[] = []
  nowMs = 0
  readonly doings: StoreDoings
  readonly #stands = new Map<PartitionId, Stands>()
  #changed: (group: PartitionId) => void = () => undefined
  #due: (() => void)[] = []

  constructor() {
    this.doings = new StoreDoings({
      clock: {
        nowMs: () => this.nowMs,
        after: (delayMs, run) => {
          this.delays.push(delayMs)
          this.#due.push(run)
          return { cancel: () => void (this.#due = this.#due.filter((one) => one !== run)) }
        },
      },
      member: (id) => (id === THREE ? undefined : { name: `n${Number(id)}`, address: 'a:1' }),
      tell: (doing) => void this.told.push(doing),
    })
  }

  follow(): void {
    this.doings.follow({
      held: () => [...this.#stands.keys()],
      status: (id) => this.#stands.get(id) as RaftStatus | undefined,
      onChanged: (changed) => {
        this.#changed = changed
        return () => void (this.#changed = () => undefined)
      },
    })
  }

  stands(id: PartitionId, stands: Partial<Stands>): void {
    const voters = { voters: [ONE, TWO], learners: [] }
    const before = { role: 'follower', configuration: voters, isChanging: false } as const
    this.#stands.set(id, { ...before, ...this.#stands.get(id), ...stands })
    this.#changed(id)
  }

  /** Whoever waited looks. */
  run(): readonly (readonly unknown[])[] {
    for (const run of this.#due.splice(0)) run()
    return this.told
      .splice(0)
      .map(({ kind, other, count, bytes, text }) => [kind, other?.name, count, bytes, text])
  }

  /** What was told after the time of gathering. */
  gathered(): readonly (readonly unknown[])[] {
    this.nowMs += GATHER_MS
    return this.run()
  }
}

test('StoreDoings tells a burst that takes seconds once, and one that does not end now and then', () => {
  const watched = new Watched()
  watched.follow()
  const told: unknown[] = []
  const lead = (id: number): void => {
    watched.stands(group(id), { role: 'leader' })
    // Less than is waited for after the last one.
    watched.nowMs += 0.9 * GATHER_MS
    told.push(...watched.run())
  }
  for (let id = 0; id < 10; id++) lead(id)
  assert.deepEqual(told, [])
  assert.deepEqual(watched.gathered(), [
    ['leads', undefined, 10, undefined, '0, 1, 2, 3, 4, 5, 6, 7, 8, 9'],
  ])
  for (let id = 10; id < 60; id++) lead(id)
  const longMs = 50 * 0.9 * GATHER_MS
  assert.ok(told.length >= Math.floor(longMs / GATHER_MS_MAX) - 1, `${told.length}`)
  assert.ok(told.length <= Math.ceil(longMs / GATHER_MS_MAX), `${told.length}`)
})

test('StoreDoings tells leaderships that come together as one doing', () => {
  const watched = new Watched()
  watched.stands(group(4), {})
  watched.stands(group(2), {})
  watched.follow()
  watched.stands(group(4), { role: 'leader' })
  watched.stands(group(2), { role: 'leader' })
  watched.stands(group(2), {})
  assert.deepEqual(watched.delays, [GATHER_MS])
  assert.deepEqual(watched.gathered(), [['leads', undefined, 2, undefined, '2, 4']])
  watched.stands(group(2), { role: 'follower' })
  watched.stands(group(2), { role: 'leader' })
  assert.deepEqual(watched.gathered(), [['leads', undefined, 1, undefined, '2']])
})

test('StoreDoings tells moves of groups that it leads, once they are in force', () => {
  const watched = new Watched()
  watched.stands(group(7), { role: 'leader' })
  watched.follow()
  watched.gathered()
  const learning = { voters: [ONE, TWO], learners: [THREE] }
  watched.stands(group(7), { configuration: learning, isChanging: true })
  assert.deepEqual(watched.gathered(), [])
  watched.stands(group(7), { isChanging: false })
  assert.deepEqual(watched.gathered(), [['replicaBegun', '00000000', 1, undefined, '7']])
  watched.stands(group(7), { configuration: { voters: [ONE, THREE], learners: [] } })
  assert.deepEqual(watched.gathered(), [
    ['voterAdded', '00000000', 1, undefined, '7'],
    ['voterRemoved', 'n2', 1, undefined, '7'],
  ])
})

test('StoreDoings leaves moves to their leader', () => {
  const watched = new Watched()
  watched.stands(group(7), {})
  watched.follow()
  watched.stands(group(7), { configuration: { voters: [ONE], learners: [TWO] } })
  assert.deepEqual(watched.gathered(), [])
})

test('StoreDoings tells fetched states, damage and repairs together, a full disk at once', () => {
  const watched = new Watched()
  const { doings, told } = watched
  doings.groupDid({ kind: 'disk', isFull: true, freeBytes: 9 })
  doings.groupDid({ kind: 'disk', isFull: false, freeBytes: 99 })
  assert.deepEqual(told.splice(0), [
    { kind: 'diskFull', bytes: 9 },
    { kind: 'diskRoom', bytes: 99 },
  ])
  doings.groupDid({ kind: 'fetched', group: group(1), from: TWO, bytes: 5 })
  doings.groupDid({ kind: 'fetched', group: group(3), from: TWO, bytes: 6 })
  doings.chunkDamage('a', 'found')
  doings.chunkDamage('b', 'found')
  doings.chunkDamage('a', 'healed')
  doings.chunkRepaired(70)
  assert.deepEqual(watched.gathered(), [
    ['stateFetched', 'n2', 2, 11, '1, 3'],
    ['damageFound', undefined, 2, undefined, undefined],
    ['damageHealed', undefined, 1, undefined, undefined],
    ['chunkRepaired', undefined, 1, 70, undefined],
  ])
})

test('StoreDoings.stop() tells nothing more', () => {
  const watched = new Watched()
  watched.stands(group(1), {})
  watched.follow()
  watched.doings.chunkRepaired(1)
  watched.doings.stop()
  watched.stands(group(1), { role: 'leader' })
  assert.deepEqual(watched.gathered(), [])
})
