/** Arguments of `bench -- share`. */
import { BenchArguments } from '../arguments.ts'

export interface Options {
  /** Of the file. */
  readonly mib: number
  /** Of each source’s link, MiB a second. */
  readonly rate: number
  /** Of the ring that downloads. */
  readonly members: number
  readonly runs: number
}

const OPTIONS = {
  mib: { type: 'string', default: '192' },
  rate: { type: 'string', default: '3' },
  members: { type: 'string', default: '3' },
  runs: { type: 'string', default: '3' },
} as const

const given = new BenchArguments('share')

/** For people: each with its default. */
export const SHARE_OPTIONS: readonly string[] = Object.entries(OPTIONS).map(
  ([name, { default: value }]) => `--${name} ${value}`,
)

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): Options {
  const { members, mib, rate, runs } = given.values(args, OPTIONS)
  return {
    mib: given.count(mib),
    rate: given.count(rate),
    members: given.count(members),
    runs: given.count(runs),
  }
}
