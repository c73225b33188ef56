/** Sets and gets a second among eight nodes, of ours and of bmuller/kademlia in turn. */
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import type { PrintLine } from '../bench.ts'
import { table } from '../table.ts'
import type { Done, OpenNetwork, Work } from './open-network.ts'
import type { Options } from './options.ts'
import { OwnNetwork } from './own-network.ts'
import { STOCK_MISSING, StockNetwork } from './stock-network.ts'

const NODES = 8
const AT_ONCE = [1, 64]

interface Task {
  readonly title: string
  readonly do: Work['do']
  /** Names that nobody set: all nodes are asked. */
  readonly isOfNothing: boolean
}

const TASKS: readonly Task[] = [
  { title: 'sets', do: 'set', isOfNothing: false },
  { title: 'gets', do: 'get', isOfNothing: false },
  { title: 'gets of what nobody set', do: 'get', isOfNothing: true },
]

type Rates = Map<string, number[]>

export async function benchRates(options: Options, print: PrintLine): Promise<void> {
  const { names, peers, rounds } = options
  print(`${NODES} nodes in one process; ${names} names a round, ${rounds} rounds in turn: medians`)
  print('bmuller/kademlia: a node that keeps a name itself, as here all do, asks nobody else')
  print('')
  const own = await OwnNetwork.start(NODES)
  const stock = await StockNetwork.start(NODES, peers)
  if (stock === undefined) print(STOCK_MISSING)
  const networks = [own, ...(stock === undefined ? [] : [stock])]
  try {
    const measured = new Map<OpenNetwork, Rates>(networks.map((one) => [one, new Map()]))
    // The first round warms up; who is first changes.
    for (let round = 0; round <= rounds; round++) {
      for (const network of round % 2 === 0 ? networks : networks.toReversed()) {
        const rates = round === 0 ? new Map<string, number[]>() : measured.get(network)
        await oneRound(network, { names, round, rates: rates ?? new Map() })
      }
    }
    printRates([...measured.values()], networks, print)
  } finally {
    await Promise.all(networks.map((network) => network.stop()))
  }
}

async function oneRound(
  network: OpenNetwork,
  { names: count, rates, round }: { names: number; round: number; rates: Rates },
): Promise<void> {
  for (const atOnce of AT_ONCE) {
    for (const task of TASKS) {
      const under = `${task.isOfNothing ? 'nothing' : 'name'}-${round}-${atOnce}-`
      const work = { do: task.do, under, count, atOnce, withinMs: MINUTE_MS }
      const done = await network.does(work)
      expectRight(network, { task, count, done })
      const title = titleOf(task, atOnce)
      rates.set(title, [...(rates.get(title) ?? []), (count * SECOND_MS) / done.tookMs])
    }
  }
}

function expectRight(
  { name }: OpenNetwork,
  { count, done, task }: { task: Task; count: number; done: Done },
): void {
  const wanted = task.isOfNothing ? 0 : count
  if (done.right !== wanted) throw new Error(`${name}: ${done.right} of ${wanted} ${task.title}`)
}

const titleOf = ({ title }: Task, atOnce: number): string => `${title}/s, ${atOnce} at once`

function printRates(
  measured: readonly Rates[],
  networks: readonly OpenNetwork[],
  print: PrintLine,
): void {
  const rows = AT_ONCE.flatMap((atOnce) =>
    TASKS.map((task) => rowOf(titleOf(task, atOnce), measured)),
  )
  const beside = networks.length === 1 ? [] : ['ratio', 'of the rounds']
  for (const line of table(['', ...networks.map(({ name }) => name), ...beside], rows)) print(line)
  print('')
}

function rowOf(title: string, measured: readonly Rates[]): readonly string[] {
  const [own = [], stock] = measured.map((rates) => rates.get(title) ?? [])
  if (stock === undefined) return [title, median(own).toFixed(0)]
  const ratios = own.map((rate, round) => rate / (stock[round] ?? NaN))
  return [
    title,
    median(own).toFixed(0),
    median(stock).toFixed(0),
    (median(own) / median(stock)).toPrecision(2),
    `${Math.min(...ratios).toPrecision(2)} to ${Math.max(...ratios).toPrecision(2)}`,
  ]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
