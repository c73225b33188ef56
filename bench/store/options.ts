/** Arguments of `bench -- store`. */
import { parseArgs } from 'node:util'

import type { Operation } from './job.ts'

const PARTS = ['put', 'get', 'kill', 'million'] as const
export type Part = (typeof PARTS)[number]

export interface StoreBenchOptions {
  readonly operations: readonly Operation[]
  readonly parts: readonly Part[]
  readonly clients: readonly number[]
  readonly runs: number
  readonly seconds: number
  readonly members: readonly number[]
  readonly records: number
}

/** @throws Error with what is wrong */
export function readOptions(args: readonly string[]): StoreBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '5' },
      runs: { type: 'string', default: '5' },
      clients: { type: 'string', default: '1,64,256' },
      members: { type: 'string', default: '5,3' },
      records: { type: 'string', default: '1000000' },
      only: { type: 'string', default: PARTS.join() },
    },
  })
  const parts = values.only.split(',').map(partOf)
  return {
    parts,
    operations: parts.filter((part) => part === 'put' || part === 'get'),
    clients: values.clients.split(',').map(countOf),
    members: values.members.split(',').map(countOf),
    runs: countOf(values.runs),
    seconds: countOf(values.seconds),
    records: countOf(values.records),
  }
}

function partOf(text: string): Part {
  const part = PARTS.find((each) => each === text)
  if (part === undefined) throw new Error(`--only takes ${PARTS.join(', ')}, not ${text}`)
  return part
}

function countOf(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new Error(`${text} is no count`)
  return count
}
