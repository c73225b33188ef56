/** Arguments of `bench -- store`. */
import { BenchArguments } from '../arguments.ts'
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

const given = new BenchArguments('store')

/** For people: each with its default. */
export const STORE_OPTIONS: readonly string[] = Object.entries(OPTIONS).map(
  ([name, { default: value }]) => `--${name} ${value}`,
)

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): StoreBenchOptions {
  const values = given.values(args, OPTIONS)
  const parts = given.parts(values.only, PARTS)
  return {
    parts,
    operations: parts.filter((part) => part === 'put' || part === 'get'),
    clients: given.counts(values.clients),
    members: given.counts(values.members),
    runs: given.count(values.runs),
    seconds: given.count(values.seconds),
    records: given.count(values.records),
  }
}
