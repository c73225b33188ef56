/** Arguments of `bench -- files`. */
import { KIB, MIB } from '../../src/base/limits.ts'
import { BenchArguments } from '../arguments.ts'

export const PARTS = [
  'one',
  'eight',
  'five',
  'small',
  'list',
  'logins',
  'again',
  'memory',
  'kill',
] as const
export type Part = (typeof PARTS)[number]

export interface FilesBenchOptions {
  readonly parts: readonly Part[]
  readonly sizes: Sizes
  readonly runs: number
  /** Where servers and clients of others are unpacked or installed. */
  readonly peers: string | undefined
  /** Where all files lie meanwhile; without it in memory, where there is room. */
  readonly directory: string | undefined
}

/** What is moved, as many as `--scale` says. */
export interface Sizes {
  readonly largeBytes: number
  readonly eighthBytes: number
  readonly smallFiles: number
  readonly smallBytes: number
  readonly entries: readonly number[]
  readonly logins: number
  readonly sessions: number
}

const OPTIONS = {
  only: { type: 'string', default: PARTS.join() },
  scale: { type: 'string', default: '1' },
  runs: { type: 'string', default: '3' },
  entries: { type: 'string', default: '10000' },
} as const

const given = new BenchArguments('files')

/** For people: each with its default. */
export const FILES_OPTIONS: readonly string[] = [
  ...Object.entries(OPTIONS).map(([name, { default: value }]) => `--${name} ${value}`),
  '--peers DIR       where vsftpd and others are unpacked, pyftpdlib and ftp-srv installed',
  '--directory DIR   where all files lie meanwhile (default: in memory, where there is room)',
]

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): FilesBenchOptions {
  const directories = { peers: { type: 'string' }, directory: { type: 'string' } } as const
  const values = given.values(args, { ...OPTIONS, ...directories })
  const scale = Number(values.scale)
  if (!(scale > 0 && scale <= SCALE_MAX)) {
    throw given.usage(`--scale takes more than 0 and at most ${SCALE_MAX}, not ${values.scale}`)
  }
  return {
    parts: given.parts(values.only, PARTS),
    sizes: sizesAt(scale, given.counts(values.entries)),
    runs: given.count(values.runs),
    peers: values.peers,
    directory: values.directory,
  }
}

const SCALE_MAX = 10

function sizesAt(scale: number, entries: readonly number[]): Sizes {
  const scaled = (count: number): number => Math.max(1, Math.round(count * scale))
  return {
    largeBytes: scaled(512) * MIB,
    eighthBytes: scaled(64) * MIB,
    smallFiles: scaled(1_000),
    smallBytes: 4 * KIB,
    entries: entries.map(scaled),
    logins: scaled(2_000),
    sessions: scaled(200),
  }
}
