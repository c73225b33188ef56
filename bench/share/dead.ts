/** A hundred nodes of which many die at once. */
import { SECOND_MS } from '../../src/base/limits.ts'
import type { PrintLine } from '../bench.ts'
import { table } from '../table.ts'
import type { OpenNetwork } from './open-network.ts'
import type { Options } from './options.ts'
import { OwnNetwork } from './own-network.ts'
import { STOCK_MISSING, StockNetwork } from './stock-network.ts'

const NODES = 100
const STRIDE = 61

interface Death {
  readonly title: string
  readonly places: readonly number[]
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)
/** Of young and old. */
const some = (count: number): Death => ({
  title: String(count),
  places: upTo(count).map((at) => (at * STRIDE) % NODES),
})
const oldest = (count: number): Death => ({ title: `the ${count} oldest`, places: upTo(count) })
/** Tables keep the oldest: who joined last knows few others beyond its neighbours. */
const DEATHS: readonly Death[] = [some(25), some(65), oldest(65)]
const GETS = 10
/** Of all gets of one network. */
const WITHIN_S = 30

export async function benchDead({ peers, rounds }: Options, print: PrintLine): Promise<void> {
  print(`${NODES} nodes in one process, of which some die; then ${GETS} gets, one after the`)
  print(`other, of ${rounds} networks each; bmuller/kademlia: of one, for ${WITHIN_S} s at most`)
  print('')
  const rows: string[][] = []
  let isMissing = false
  for (const death of DEATHS) {
    const own: Fate[] = []
    for (let round = 0; round < rounds; round++)
      own.push(await fate(OwnNetwork.start(NODES), death))
    rows.push(rowOf('anillo', death, own))
    const stock = await StockNetwork.start(NODES, peers)
    isMissing = stock === undefined
    if (stock !== undefined)
      rows.push(rowOf(stock.name, death, [await fate(Promise.resolve(stock), death)]))
  }
  const heads = ['', 'dead', 'gets found', 'slowest get', 'of the networks']
  for (const line of table(heads, rows)) print(line)
  if (isMissing) print(STOCK_MISSING)
  print('')
}

interface Fate {
  readonly found: number
  readonly slowestMs: number | undefined
}

async function fate(started: Promise<OpenNetwork>, { places }: Death): Promise<Fate> {
  const network = await started
  try {
    const work = { under: 'name-', count: GETS, atOnce: 1, withinMs: WITHIN_S * SECOND_MS } as const
    const { right: taken } = await network.does({ do: 'set', ...work })
    if (taken !== GETS) throw new Error(`${network.name}: ${taken} of ${GETS} sets before`)
    await network.kill(places)
    const { right: found, slowestMs } = await network.does({ do: 'get', ...work })
    return { found, slowestMs }
  } finally {
    await network.stop()
  }
}

function rowOf(name: string, { title }: Death, fates: readonly Fate[]): string[] {
  const found = fates.reduce((sum, fate) => sum + fate.found, 0)
  const slowest = fates.map(({ slowestMs }) => slowestMs)
  const told = slowest.flatMap((ms) => ms ?? []).toSorted((a, b) => a - b)
  const isWhole = told.length === fates.length
  const inMs = (ms: number | undefined): string => `${(ms ?? NaN).toFixed(0)} ms`
  return [
    name,
    title,
    `${found} of ${fates.length * GETS}`,
    isWhole ? inMs(told.at(-1)) : `not within ${WITHIN_S} s`,
    isWhole ? told.map(inMs).join(', ') : '',
  ]
}
