import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId, parsePosition, type Position } from '../../../base/ids.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { AppliedListener, Replica } from '../../../store/group/types.ts'
import type { RangeOptions, StoredRecord } from '../../../store/partition/procedure.ts'
import { packPage } from '../../../wire/pages.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { PageCensus } from './page-census.ts'
import { PAGES_TABLE } from './page-rows.ts'

const HASH = 'e'.repeat(64)
const BYTES = 10

/** Replicas of all groups; their records are the test's to set. */
class Replicas {
  readonly records = new Map<string, StoredRecord>()
  readonly heldGroups = new Set<PartitionId>()
  readonly #listeners = new Set<AppliedListener>()
  #index = 0

  held = (): readonly PartitionId[] => [...this.heldGroups]

  replica = (group: PartitionId): Replica | undefined => {
    if (!this.heldGroups.has(group)) return undefined
    const list = ({ pk, start = '' }: RangeOptions) => ({
      items: [...this.records.values()].filter(({ sk }) => headOf(sk) === pk && sk >= start),
      hasMore: false,
    })
    const nothing = () => undefined
    const destinations = () => []
    const none = { get: nothing, list, watch: nothing, changedSince: nothing, destinations }
    return { appliedIndex: this.#index, generation: 1, featureLevel: 1, ...none }
  }

  onApplied = (listener: AppliedListener): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The next entry of the group, or one behind so many others. */
  apply(id: string, hash: string | undefined, steps = 1): void {
    const sk = `page/${id}`
    const record = hash === undefined ? undefined : recordOf(sk, hash)
    if (record === undefined) this.records.delete(sk)
    else this.records.set(sk, record)
    this.#index += steps
    const changes = [{ table: PAGES_TABLE, pk: headOf(sk), sk, record }]
    for (const told of this.#listeners) told(groupOf(sk), this.#index, changes)
  }
}

/** Timers that the test lets run. */
class Timers {
  readonly #due: (() => void)[] = []
  readonly clock: Clock = {
    nowMs: () => 0,
    wallMs: () => 0,
    soon: (run) => run(),
    after: (_delayMs, run) => {
      this.#due.push(run)
      return { cancel: () => void this.#due.splice(0) }
    },
  }

  /** Enough for all heads. */
  pass(): void {
    for (let turn = 0; turn < 300; turn++) for (const run of this.#due.splice(0)) run()
  }

  get isIdle(): boolean {
    return this.#due.length === 0
  }
}

type Range = readonly [predecessor: Position, self: Position]

/** The member stands at `self`, and owns what follows `predecessor`. */
function censusOf(held: Replicas, timers: Timers, [predecessor, self]: Range): PageCensus {
  const isIn = (id: string) =>
    predecessor < self ? id > predecessor && id <= self : id > predecessor || id <= self
  const id = parseMemberId('1'.repeat(32))
  const overlay = { owns: isIn, self: { name: 'n1', id, address: 'n1:1', position: self } }
  return new PageCensus({ clock: timers.clock, held, overlay })
}

function idOf(head: string, digit = '0'): Position {
  return parsePosition(head.padEnd(64, digit))
}

test('counts() tells pages in replicas here, those owned, and their content', () => {
  const held = new Replicas()
  const timers = new Timers()
  const [a, b] = [idOf('aa'), idOf('ab')]
  for (const id of [a, b]) held.heldGroups.add(groupOf(`page/${id}`))
  const census = censusOf(held, timers, [idOf('a9'), idOf('aa8')])
  held.apply(a, HASH)
  timers.pass()
  assert.deepEqual(census.counts(), { pages: 1, ownPages: 1, pageBytes: BYTES })
  held.apply(b, HASH)
  held.apply(b, 'f'.repeat(64))
  assert.deepEqual(census.counts(), { pages: 2, ownPages: 1, pageBytes: 2 * BYTES })
  held.apply(a, undefined)
  assert.deepEqual(census.counts(), { pages: 1, ownPages: 0, pageBytes: BYTES })
  census.close()
  assert.ok(timers.isIdle)
})

test('counts() knows its own pages wherever its range begins and ends', () => {
  const ids = ['9f', 'aa', 'aa3', 'aa7', 'aac', 'ab', '00', 'ff'].map((head) => idOf(head))
  const ends = [...ids, idOf('aa5'), idOf('aa9'), idOf('aaf')]
  for (const predecessor of ends) {
    for (const self of ends) {
      if (predecessor === self) continue
      const held = new Replicas()
      const timers = new Timers()
      for (const id of ids) held.heldGroups.add(groupOf(`page/${id}`))
      const census = censusOf(held, timers, [predecessor, self])
      timers.pass()
      for (const id of ids) held.apply(id, HASH)
      const owned = ids.filter((id) =>
        predecessor < self ? id > predecessor && id <= self : id > predecessor || id <= self,
      )
      assert.equal(census.counts().ownPages, owned.length, `(${predecessor}, ${self}]`)
    }
  }
})

test('counts() begins anew where a whole state took the place of entries, and forgets what left', () => {
  const held = new Replicas()
  const timers = new Timers()
  const [id, other] = [idOf('aa'), idOf('aa', '1')]
  const group = groupOf(`page/${id}`)
  held.heldGroups.add(group)
  const census = censusOf(held, timers, [idOf('00'), idOf('01')])
  timers.pass()
  held.apply(id, HASH)
  assert.equal(census.counts().pages, 1)
  // It came with the state, and was never told.
  held.records.set(`page/${other}`, recordOf(`page/${other}`, 'f'.repeat(64)))
  held.apply(id, HASH, 5)
  timers.pass()
  assert.deepEqual(census.counts(), { pages: 2, ownPages: 0, pageBytes: 2 * BYTES })
  held.heldGroups.delete(group)
  timers.pass()
  assert.equal(census.counts().pages, 0)
})

function headOf(sk: string): string {
  return sk.slice('page/'.length, 'page/'.length + 2)
}

function groupOf(sk: string): PartitionId {
  return partitionOf(PAGES_TABLE, headOf(sk))
}

function recordOf(sk: string, hash: string): StoredRecord {
  const facts = { hash: 'd'.repeat(64), bytes: BYTES }
  const value = packPage({ sum: { hash, bytes: BYTES }, page: { facts } })
  return { sk, value, etag: { generation: 1, index: 1 }, expiresAtMs: undefined }
}
