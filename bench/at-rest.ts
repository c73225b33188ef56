/**
 * What encryption of all that is kept costs: work over five members, and what of its processor time
 * the encryption takes, by doing the same encryption again alone. Times of the processor change
 * less with what else a machine does than rates would.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { present } from '../src/base/assert.ts'
import { MIB } from '../src/base/limits.ts'
import type { Bench } from './bench.ts'
import type { Measured, Order } from './chunks-member.ts'
import { ask, cpuMs, end, openRing } from './chunks.ts'
import { table } from './table.ts'

const ROUNDS = 7
const PUTS = 3_000
const CHUNK_BYTES = 64 * MIB
const IDLE_MS = 1_000

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

/** Read at another member than the one that wrote it. */
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

const WORKS: readonly Work[] = [PUT, WRITE, READ]

function tell(members: readonly ChildProcess[], at: number, order: Order): Promise<Measured> {
  return ask<Measured>(present(members[at], 'member'), order)
}

export const benchAtRest: Bench = async ([rounds], print) => {
  const root = await mkdtemp(join(tmpdir(), 'anillo-bench-at-rest-'))
  const members: ChildProcess[] = []
  try {
    await openRing(members, root)
    const costs = new Map<Work, Cost[]>(WORKS.map((work) => [work, []]))
    const count = rounds === undefined ? ROUNDS : Number(rounds)
    // The first round warms up.
    for (let round = 0; round <= count; round++) {
      for (const [work, known] of costs) {
        const cost = await costOf(members, work, round + 1)
        if (round > 0) known.push(cost)
      }
    }
    const heads = ['processor time of all five', 'all', 'encryption', 'of it, %', 'rounds, %']
    const rows = [...costs].map(([work, known]) => rowOf(work, known))
    for (const line of table(heads, rows)) print(line)
  } finally {
    await Promise.all(members.map(end))
    await rm(root, { recursive: true })
  }
}

interface Cost {
  /** Of a unit. */
  readonly all: number
  readonly encryption: number
}

/** What the members use anyhow in that time is taken off. */
async function costOf(
  members: readonly ChildProcess[],
  { count, order }: Work,
  seed: number,
): Promise<Cost> {
  const idleMs = await cpuMs(members)
  await setTimeout(IDLE_MS)
  const beforeMs = await cpuMs(members)
  await sealAgain(members)
  const startMs = await cpuMs(members)
  const { tookMs } = await order(seed, members)
  const workedMs = (await cpuMs(members)) - startMs
  const encryption = (await sealAgain(members)) / count
  const anyhowMs = ((beforeMs - idleMs) / IDLE_MS) * tookMs
  return { all: Math.max(0, workedMs - anyhowMs) / count, encryption }
}

async function sealAgain(members: readonly ChildProcess[]): Promise<number> {
  let sumMs = 0
  // One after the other: they would slow each other down.
  for (const member of members) sumMs += await ask<number>(member, { kind: 'sealAgain' })
  return sumMs
}

function rowOf({ name, unit }: Work, costs: readonly Cost[]): readonly string[] {
  const shares = costs.map(({ all, encryption }) => (100 * encryption) / all)
  const all = median(costs.map((cost) => cost.all))
  const encryption = median(costs.map((cost) => cost.encryption))
  const spread = `${Math.min(...shares).toFixed(1)} to ${Math.max(...shares).toFixed(1)}`
  const share = median(shares).toFixed(1)
  return [`${name}, ${unit}`, all.toFixed(2), encryption.toFixed(2), share, spread]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
