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

const ROUNDS = 3
const ROUND_BYTES = 128 * MIB

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
    for (let round = 1; round <= ROUNDS; round++) {
      rows.push(...(await measureRound(members, round)))
    }
    return rows
  } finally {
    await Promise.all(members.map(end))
    await rm(root, { recursive: true })
  }
}

/** Written at the first member, read at the last. */
async function measureRound(
  members: readonly ChildProcess[],
  round: number,
): Promise<readonly string[][]> {
  const [writer, reader] = [present(members[0], 'writer'), present(members.at(-1), 'reader')]
  const bytes = ROUND_BYTES
  const startMs = await cpuMs(members)
  const order = { kind: 'writeContent', bytes, seed: round } as const
  const written = await ask<MeasuredContent>(writer, order)
  const writtenMs = await cpuMs(members)
  const read = await ask<MeasuredContent>(reader, { kind: 'readContent', body: written.body })
  const readMs = await cpuMs(members)
  const name = `${members.length === 1 ? 'one member' : `${members.length} members`}, ${round}`
  return [
    rowOf(`write, ${name}`, written, { bytes, cpuMs: writtenMs - startMs }),
    rowOf(`read, ${name}`, read, { bytes, cpuMs: readMs - writtenMs }),
  ]
}
