/**
 * Contents of files, cut, hashed as a whole and kept: written and read at a member that is a ring
 * by itself, then at one of five, whose pieces go to three of them and are read back at another.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { present } from '../src/base/assert.ts'
import { MIB } from '../src/base/limits.ts'
import type { Bench } from './bench.ts'
import type { MeasuredContent } from './chunks-member.ts'
import { ask, cpuMs, end, HEADS, openRing, rowOf } from './chunks.ts'
import { table } from './table.ts'

const ROUND_BYTES = 128 * MIB
const MANY = 8
const MANY_BYTES = 64 * MIB
/** Files at once, and bytes of each. */
const ROUNDS = [
  { files: 1, bytes: ROUND_BYTES },
  { files: 1, bytes: ROUND_BYTES },
  { files: MANY, bytes: MANY_BYTES },
]

/** A number: members; without it one, then five. */
export const benchContents: Bench = async ([only], print) => {
  const rows: string[][] = []
  for (const members of only === undefined ? [1, 5] : [Number(only)]) {
    rows.push(...(await measureRing(members)))
  }
  for (const line of table(HEADS, rows)) print(line)
}

async function measureRing(count: number): Promise<readonly string[][]> {
  const root = await mkdtemp(join(tmpdir(), 'anillo-bench-contents-'))
  const members: ChildProcess[] = []
  try {
    await openRing(members, root, count)
    const rows: string[][] = []
    for (const [index, round] of ROUNDS.entries()) {
      rows.push(...(await measureRound(members, { ...round, seed: 1 + MANY * index })))
    }
    return rows
  } finally {
    await Promise.all(members.map(end))
    await rm(root, { recursive: true })
  }
}

interface Round {
  readonly files: number
  readonly bytes: number
  readonly seed: number
}

/** Written at the first member, read at the last. */
async function measureRound(
  members: readonly ChildProcess[],
  { bytes, files, seed }: Round,
): Promise<readonly string[][]> {
  const [writer, reader] = [present(members[0], 'writer'), present(members.at(-1), 'reader')]
  const seeds = Array.from({ length: files }, (_, at) => seed + at)
  const startMs = await cpuMs(members)
  const order = { kind: 'writeContent', bytes, seeds } as const
  const written = await ask<MeasuredContent>(writer, order)
  const writtenMs = await cpuMs(members)
  const { bodies } = written
  const read = await ask<MeasuredContent>(reader, { kind: 'readContent', bodies })
  const readMs = await cpuMs(members)
  const name = `members: ${members.length}, files: ${files}`
  const sum = files * bytes
  return [
    rowOf(`write, ${name}`, written, { bytes: sum, cpuMs: writtenMs - startMs }),
    rowOf(`read, ${name}`, read, { bytes: sum, cpuMs: readMs - writtenMs }),
  ]
}
