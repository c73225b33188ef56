/** Arguments of `bench -- scrape`. */
import { BenchArguments } from '../arguments.ts'

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

const given = new BenchArguments('scrape')

/** For people: each with its default. */
export const SCRAPE_OPTIONS: readonly string[] = [
  ...Object.entries(OPTIONS).map(([name, { default: value }]) => `--${name} ${value}`),
  '--peers DIR   where @crawlee/http and @crawlee/cheerio are installed',
]

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): ScrapeBenchOptions {
  const values = given.values(args, { ...OPTIONS, peers: { type: 'string' } })
  return {
    parts: given.parts(values.only, PARTS),
    pages: given.count(values.pages),
    connections: given.count(values.connections),
    members: given.counts(values.members),
    urls: given.count(values.urls),
    peers: values.peers,
  }
}
