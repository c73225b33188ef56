import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Type } from 'typebox'

import { Machine, valueOf } from '../../../store/partition/machine.test-helper.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { HOST_TABLES } from './frontier-procedures.ts'
import { HostSums } from './host-sums.ts'
import { readHost } from './hosts.ts'
import { frontierKey, NEXT_PREFIX, partitionOfHost, sumKey } from './places.ts'

const host = readHost('http://a.test') ?? assert.fail('a host')
const crawl = 'c'.repeat(32)
const LETTERS = ['one', 'two', 'three', 'four']
const queued = frontierKey({ crawl, host }, `${NEXT_PREFIX}1`)

/** In one entry after another, as procedures of frontiers do it. */
function entries(runs: readonly ((work: PartitionWork) => unknown)[]): unknown {
  const procedures = runs.map((run, number) =>
    defineProcedure({
      name: `test.${LETTERS[number]}`,
      tables: HOST_TABLES,
      readInput: reader(Type.Null()),
      run: (work) => run(work) ?? null,
    }),
  )
  const machine = new Machine({ partition: partitionOfHost(host), procedures })
  return procedures.map(({ name }) => valueOf(machine.call(name, null))).at(-1)
}

function openAfter(more: number) {
  return (work: PartitionWork) => {
    const sums = new HostSums(work, crawl)
    const sum = sums.of(host)
    if (sum.open !== undefined) sum.open += more
    sums.keep()
    return { open: sum.open ?? 'uncounted', isEmpty: sums.isEmpty(host) }
  }
}

test('a frontier is counted from its first URL on', () => {
  assert.deepEqual(entries([openAfter(2)]), { open: 2, isEmpty: false })
  assert.deepEqual(entries([openAfter(2), openAfter(-2)]), { open: 0, isEmpty: true })
})

test('a frontier that is older than the count is looked at instead', () => {
  const put = (work: PartitionWork) => work.put(queued, new Uint8Array(0))
  const drop = (work: PartitionWork) => work.delete(queued)
  const uncounted = { open: 'uncounted', isEmpty: false }
  assert.deepEqual(entries([put, openAfter(2)]), uncounted)
  assert.deepEqual(entries([put, openAfter(2), openAfter(-1)]), uncounted)
  assert.deepEqual(entries([put, openAfter(2), drop, openAfter(0)]), {
    ...uncounted,
    isEmpty: true,
  })
  const first = (work: PartitionWork) => {
    work.put(queued, new Uint8Array(0))
    work.put(sumKey({ crawl, host }), rowBytes({ fetched: 3 }))
  }
  assert.deepEqual(entries([first, openAfter(1)]), uncounted)
})
