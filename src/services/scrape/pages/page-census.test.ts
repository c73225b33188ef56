import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parsePosition } from '../../../base/ids.ts'
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
    return { appliedIndex: this.#index, featureLevel: 1, get: nothing, list, watch: nothing }
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

function censusOf(held: Replicas, timers: Timers, owned: ReadonlySet<string>): PageCensus {
  const overlay = { owns: (id: string) => owned.has(id) }
  return new PageCensus({ clock: timers.clock, held, overlay })
}

test('counts() tells pages in replicas here, those owned, and content once', () => {
  const held = new Replicas()
  const timers = new Timers()
  const [a, b, c] = ['aa', 'ab', 'ac'].map((head) => parsePosition(head.padEnd(64, '0')))
  assert.ok(a !== undefined && b !== undefined && c !== undefined)
  for (const id of [a, b]) held.heldGroups.add(groupOf(`page/${id}`))
  const census = censusOf(held, timers, new Set([a]))
  held.apply(a, HASH)
  timers.pass()
  assert.deepEqual(census.counts(), { pages: 1, ownPages: 1, pageBytes: BYTES })
  held.apply(b, HASH)
  assert.deepEqual(census.counts(), { pages: 2, ownPages: 1, pageBytes: BYTES })
  held.apply(a, undefined)
  assert.deepEqual(census.counts(), { pages: 1, ownPages: 0, pageBytes: BYTES })
  census.close()
  assert.ok(timers.isIdle)
})

test('counts() begins anew where a whole state took the place of entries, and forgets what left', () => {
  const held = new Replicas()
  const timers = new Timers()
  const id = parsePosition('aa'.padEnd(64, '0'))
  const other = parsePosition('aa'.padEnd(64, '1'))
  const group = groupOf(`page/${id}`)
  held.heldGroups.add(group)
  const census = censusOf(held, timers, new Set())
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
