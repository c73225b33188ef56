/** Arguments of `bench -- scrape`. */
import { parseArgs } from 'node:util'

import { AnilloError } from '../../src/base/errors.ts'

const PARTS = ['crawl', 'delay', 'cached', 'bomb', 'cancel', 'queue'] as const
export type Part = (typeof PARTS)[number]

export interface ScrapeBenchOptions {
  readonly parts: readonly Part[]
  readonly pages: number
  readonly connections: number
  readonly members: readonly number[]
  /** Of the long queue. */
  readonly urls: number
  /** Where packages of peers are installed. */
  readonly peers: string | undefined
}

const OPTIONS = {
  only: { type: 'string', default: PARTS.join() },
  pages: { type: 'string', default: '3000' },
  connections: { type: 'string', default: '32' },
  members: { type: 'string', default: '1,3' },
  urls: { type: 'string', default: '100000' },
} as const

/** For people: each with its default. */
export const SCRAPE_OPTIONS: readonly string[] = [
  ...Object.entries(OPTIONS).map(([name, { default: value }]) => `--${name} ${value}`),
  '--peers DIR   where @crawlee/http and @crawlee/cheerio are installed',
]

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): ScrapeBenchOptions {
  const { values } = parsed(args)
  return {
    parts: values.only.split(',').map(partOf),
    pages: countOf(values.pages),
    connections: countOf(values.connections),
    members: values.members.split(',').map(countOf),
    urls: countOf(values.urls),
    peers: values.peers,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { ...OPTIONS, peers: { type: 'string' } } })
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
  return new AnilloError('USAGE', { problem: `${problem} (npx anillo bench scrape --help)` })
}
