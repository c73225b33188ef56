/** Arguments of `bench -- uplinks`. */
import { BenchArguments } from '../arguments.ts'

export interface Options {
  readonly mib: number
  readonly mbit: number
  readonly members: number
  readonly runs: number
}

const OPTIONS = {
  mib: { type: 'string', default: '64' },
  mbit: { type: 'string', default: '50' },
  members: { type: 'string', default: '5' },
  runs: { type: 'string', default: '3' },
} as const

const given = new BenchArguments('uplinks')

/** For people: each with its default. */
export const UPLINKS_OPTIONS: readonly string[] = Object.entries(OPTIONS).map(
  ([name, { default: value }]) => `--${name} ${value}`,
)

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): Options {
  const { mbit, members, mib, runs } = given.values(args, OPTIONS)
  return {
    mib: given.count(mib),
    mbit: given.count(mbit),
    members: given.count(members),
    runs: given.count(runs),
  }
}
