/**
 * What encryption of all that is kept costs: the same work over five members with it and without,
 * turn by turn, in time of the processor of all, which a busy machine changes little.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { present } from '../src/base/assert.ts'
import { MIB } from '../src/base/limits.ts'
import type { Bench } from './bench.ts'
import type { Measured, Order } from './chunks-member.ts'
import { ask, cpuMs, end, openRing } from './chunks.ts'
import { table } from './table.ts'

const ROUNDS = 7
const PUTS = 3_000
const CHUNK_BYTES = 64 * MIB

interface Work {
  readonly name: string
  readonly unit: string
  /** Units of one turn. */
  readonly count: number
  readonly order: (seed: number, members: readonly ChildProcess[]) => Promise<Measured>
}

const PUT: Work = {
  name: 'put of 256 bytes',
  unit: 'us a put',
  count: PUTS / 1e3,
  order: (seed, members) => tell(members, 0, { kind: 'put', count: PUTS, seed }),
}

/** Read at another member than the one that wrote it, at the same setting. */
let written: Measured['chunks'] = []
const WRITE: Work = {
  name: 'write of chunks',
  unit: 'ms a MB',
  count: CHUNK_BYTES / 1e6,
  order: async (seed, members) => {
    const measured = await tell(members, 0, { kind: 'write', bytes: CHUNK_BYTES, seed })
    written = measured.chunks
    return measured
  },
}
const READ: Work = {
  name: 'read of chunks',
  unit: 'ms a MB',
  count: CHUNK_BYTES / 1e6,
  order: (_, members) => tell(members, 1, { kind: 'read', chunks: written }),
}

function tell(members: readonly ChildProcess[], at: number, order: Order): Promise<Measured> {
  return ask<Measured>(present(members[at], 'member'), order)
}

export const benchAtRest: Bench = async ([rounds], print) => {
  const root = await mkdtemp(join(tmpdir(), 'anillo-bench-at-rest-'))
  const members: ChildProcess[] = []
  try {
    await openRing(members, root)
    const costs = new Map<string, { readonly sealed: number[]; readonly clear: number[] }>()
    const count = rounds === undefined ? ROUNDS : Number(rounds)
    // The first round warms up.
    for (let round = 0; round <= count; round++) {
      for (const isOn of round % 2 === 0 ? [true, false] : [false, true]) {
        await Promise.all(members.map((member) => ask(member, { kind: 'seal', isOn })))
        const seed = 2 * round + (isOn ? 1 : 0) + 1
        for (const work of [PUT, WRITE, READ]) {
          const before = await cpuMs(members)
          await work.order(seed, members)
          const cost = ((await cpuMs(members)) - before) / work.count
          const known = costs.get(work.name) ?? { sealed: [], clear: [] }
          costs.set(work.name, known)
          if (round > 0) (isOn ? known.sealed : known.clear).push(cost)
        }
      }
    }
    const rows = [PUT, WRITE, READ].map((work) =>
      rowOf(work, present(costs.get(work.name), 'cost')),
    )
    const heads = ['processor time of all five', 'sealed', 'in clear', 'more, %', 'rounds, %']
    for (const line of table(heads, rows)) print(line)
  } finally {
    await Promise.all(members.map(end))
    await rm(root, { recursive: true })
  }
}

function rowOf(
  { name, unit }: Work,
  { sealed, clear }: { readonly sealed: readonly number[]; readonly clear: readonly number[] },
): readonly string[] {
  const ratios = sealed.map((cost, at) => 100 * (cost / (clear[at] ?? cost) - 1))
  const [one, other] = [median(sealed), median(clear)]
  const spread = `${Math.min(...ratios).toFixed(0)} to ${Math.max(...ratios).toFixed(0)}`
  const more = median(ratios).toFixed(1)
  return [`${name}, ${unit}`, one.toFixed(2), other.toFixed(2), more, spread]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
