/** Arguments of `bench -- dweet`. */
import { BenchArguments } from '../arguments.ts'

const PARTS = ['retwis', 'reach', 'memory'] as const
export type DweetPart = (typeof PARTS)[number]

export interface DweetBenchOptions {
  readonly only: readonly DweetPart[]
  readonly users: number
  readonly clients: number
  readonly seconds: number
  /** Of rings, one after the other. */
  readonly members: readonly number[]
  /** Percent of registrations, follows and dweets; the rest asks for timelines. */
  readonly mix: Mix
  /** Of `memory`. */
  readonly dweets: number
  /** Where packages of peers are installed. */
  readonly peers: string | undefined
}

export interface Mix {
  readonly register: number
  readonly follow: number
  readonly post: number
}

const OPTIONS = {
  only: { type: 'string', default: 'retwis,reach' },
  users: { type: 'string', default: '300' },
  clients: { type: 'string', default: '32' },
  seconds: { type: 'string', default: '12' },
  members: { type: 'string', default: '1,3' },
  mix: { type: 'string', default: '0,20,30,50' },
  dweets: { type: 'string', default: '100000' },
} as const

const given = new BenchArguments('dweet')

/** For people: each with its default. */
export const DWEET_OPTIONS: readonly string[] = [
  ...Object.entries(OPTIONS).map(([name, { default: value }]) => `--${name} ${value}`),
  '--peers DIR   where ioredis and pg are installed',
]

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): DweetBenchOptions {
  const values = given.values(args, { ...OPTIONS, peers: { type: 'string' } })
  return {
    only: given.parts(values.only, PARTS),
    dweets: given.count(values.dweets),
    users: given.count(values.users),
    clients: given.count(values.clients),
    seconds: given.count(values.seconds),
    members: values.members === '' ? [] : given.counts(values.members),
    mix: mixOf(values.mix),
    peers: values.peers,
  }
}

const WHOLE = 100

function mixOf(text: string): Mix {
  const parts = text.split(',').map(Number)
  const [register = NaN, follow = NaN, post = NaN, timeline = NaN] = parts
  if (parts.length !== 4 || register + follow + post + timeline !== WHOLE) {
    throw given.usage(`“${text}” is not register,follow,post,timeline in percent`)
  }
  return { register, follow, post }
}
