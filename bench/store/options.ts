/** Arguments of `bench -- store`. */
import { parseArgs } from 'node:util'

import { AnilloError } from '../../src/base/errors.ts'
import type { Operation } from './job.ts'

const PARTS = ['put', 'get', 'authorised', 'kill', 'million'] as const
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

const OPTIONS = {
  only: { type: 'string', default: PARTS.join() },
  members: { type: 'string', default: '5,3' },
  clients: { type: 'string', default: '1,64,256' },
  runs: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '5' },
  records: { type: 'string', default: '1000000' },
} as const

/** For people: each with its default. */
export const STORE_OPTIONS: readonly string[] = Object.entries(OPTIONS).map(
  ([name, { default: value }]) => `--${name} ${value}`,
)

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): StoreBenchOptions {
  const { values } = parsed(args)
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

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS })
  } catch (thrown) {
    throw usage(`${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}

function usage(problem: string): AnilloError {
  return new AnilloError('USAGE', { problem: `${problem} (npx anillo bench store --help)` })
}

function partOf(text: string): Part {
  const part = PARTS.find((each) => each === text)
  if (part === undefined) throw usage(`--only takes ${PARTS.join(', ')}, not ${text}`)
  return part
}

function countOf(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw usage(`“${text}” is no count`)
  return count
}
