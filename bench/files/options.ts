/** Arguments of `bench -- files`. */
import { parseArgs } from 'node:util'

import { AnilloError } from '../../src/base/errors.ts'
import { KIB, MIB } from '../../src/base/limits.ts'

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

/** For people: each with its default. */
export const FILES_OPTIONS: readonly string[] = [
  ...Object.entries(OPTIONS).map(([name, { default: value }]) => `--${name} ${value}`),
  '--peers DIR       where vsftpd and others are unpacked, pyftpdlib and ftp-srv installed',
  '--directory DIR   where all files lie meanwhile (default: in memory, where there is room)',
]

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): FilesBenchOptions {
  const { values } = parsed(args)
  const scale = Number(values.scale)
  if (!(scale > 0 && scale <= SCALE_MAX)) {
    throw usage(`--scale takes more than 0 and at most ${SCALE_MAX}, not ${values.scale}`)
  }
  return {
    parts: values.only.split(',').map(partOf),
    sizes: sizesAt(scale, values.entries.split(',').map(countOf)),
    runs: countOf(values.runs),
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

function parsed(args: readonly string[]) {
  const directories = { peers: { type: 'string' }, directory: { type: 'string' } } as const
  try {
    return parseArgs({ args: [...args], options: { ...OPTIONS, ...directories } })
  } catch (thrown) {
    throw usage(thrown instanceof Error ? thrown.message : String(thrown))
  }
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

function usage(problem: string): AnilloError {
  return new AnilloError('USAGE', { problem: `${problem} (npx anillo bench files --help)` })
}
