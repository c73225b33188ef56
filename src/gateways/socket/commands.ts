/** What can be said to the socket: a table, to which each service adds its own words. */
import { AnilloError } from '../../base/errors.ts'
import type { OutsideNetwork, ShareRecord } from '../../services/share/outside.ts'

export interface SocketCommand {
  /** As help shows it: `get KEY`. */
  readonly usage: string
  /** Words behind the name, from and to so many. */
  readonly words: readonly [number, number]
  /**
   * Its answer, of which JSON is made. It ends early when the connection does.
   * @throws AnilloError
   */
  run(words: readonly string[], signal: AbortSignal): Promise<unknown>
}

/** By name. */
export type SocketCommands = Readonly<Record<string, SocketCommand>>

export interface GetAnswer {
  /** Plain values, then the addresses of records: each once. */
  readonly values: readonly string[]
  readonly records: readonly ShareRecord[]
}

export interface SetAnswer {
  /** Nodes that took it. */
  readonly taken: number
}

/** `get` and `set`, as scripts know them. */
export function outsideCommands(network: Pick<OutsideNetwork, 'get' | 'set'>): SocketCommands {
  return {
    get: {
      usage: 'get KEY',
      words: [1, 1],
      run: ([key = ''], signal) => getAll(network, key, signal),
    },
    set: {
      usage: 'set KEY VALUE',
      words: [2, 2],
      run: ([key = '', value = '']) => setOne(network, key, value),
    },
  }
}

async function getAll(
  network: Pick<OutsideNetwork, 'get'>,
  key: string,
  signal: AbortSignal,
): Promise<GetAnswer> {
  const texts: string[] = []
  const records = new Map<string, ShareRecord>()
  for await (const value of network.get(key, { signal })) {
    if (value.kind === 'text') texts.push(value.value)
    else records.set(value.record.publisher, value.record)
  }
  const alive = [...records.values()].filter(({ urls }) => urls.length > 0)
  const values = new Set([...texts, ...alive.flatMap(({ urls }) => urls)])
  return { values: [...values], records: alive }
}

/** @throws AnilloError NOT_FOUND where nobody took it */
async function setOne(
  network: Pick<OutsideNetwork, 'set'>,
  key: string,
  value: string,
): Promise<SetAnswer> {
  const taken = await network.set(key, value)
  if (taken === 0) throw new AnilloError('NOT_FOUND', { what: 'node that takes the value' })
  return { taken }
}
