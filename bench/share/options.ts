/** Arguments of `bench -- share`. */
import { BenchArguments } from '../arguments.ts'

const PARTS = ['downloads', 'rates', 'dead'] as const
export type Part = (typeof PARTS)[number]

export interface Options {
  readonly parts: readonly Part[]
  /** Of the file. */
  readonly mib: number
  /** Of each source’s link, MiB a second. */
  readonly rate: number
  /** Of the ring that downloads. */
  readonly members: number
  readonly runs: number
  /** Sets, and gets, of a round among eight nodes. */
  readonly names: number
  readonly rounds: number
  /** Where packages of peers are installed. */
  readonly peers: string | undefined
}

const OPTIONS = {
  only: { type: 'string', default: PARTS.join() },
  mib: { type: 'string', default: '192' },
  rate: { type: 'string', default: '3' },
  members: { type: 'string', default: '3' },
  runs: { type: 'string', default: '3' },
  names: { type: 'string', default: '400' },
  rounds: { type: 'string', default: '5' },
} as const

const given = new BenchArguments('share')

/** For people: each with its default. */
export const SHARE_OPTIONS: readonly string[] = [
  ...Object.entries(OPTIONS).map(([name, { default: value }]) => `--${name} ${value}`),
  '--peers DIR   where kademlia of Python is installed, in DIR/python',
]

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): Options {
  const values = given.values(args, { ...OPTIONS, peers: { type: 'string' } })
  return {
    parts: given.parts(values.only, PARTS),
    mib: given.count(values.mib),
    rate: given.count(values.rate),
    members: given.count(values.members),
    runs: given.count(values.runs),
    names: given.count(values.names),
    rounds: given.count(values.rounds),
    peers: values.peers,
  }
}
