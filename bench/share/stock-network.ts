/** Nodes of bmuller/kademlia in a process of their own, where the package is installed. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { SECOND_MS } from '../../src/base/limits.ts'
import type { Done, OpenNetwork, Work } from './open-network.ts'

const PYTHON = 'python3'
const PROGRAM = fileURLToPath(new URL('kademlia-peer.py', import.meta.url))
const START_MS = 60 * SECOND_MS
/** Beyond the time that it was given for a work. */
const ANSWER_MS = 15 * SECOND_MS

/** How it is installed. */
export const STOCK_MISSING =
  'bmuller/kademlia is not installed: pip install --target DIR/python kademlia==2.2.3, then --peers DIR'

interface Talk {
  readonly process: ChildProcess & { readonly stdin: Writable; readonly stdout: Readable }
  readonly lines: AsyncIterator<string>
}

export class StockNetwork implements OpenNetwork {
  readonly name = 'bmuller/kademlia'
  readonly #talk: Talk

  private constructor(talk: Talk) {
    this.#talk = talk
  }

  /** `undefined` where it is not installed. */
  static async start(count: number, peers: string | undefined): Promise<StockNetwork | undefined> {
    const below = peers === undefined ? {} : { PYTHONPATH: join(peers, 'python') }
    const env = { ...process.env, ...below }
    if (spawnSync(PYTHON, ['-c', 'import kademlia.network'], { env }).status !== 0) return undefined
    const child = spawn(PYTHON, [PROGRAM, String(count)], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const network = new StockNetwork({ process: child, lines })
    await network.#answer(START_MS)
    return network
  }

  async does(work: Work): Promise<Done> {
    this.#tell(work)
    const done = (await this.#answer(work.withinMs + ANSWER_MS)) as Done
    return { ...done, slowestMs: done.slowestMs ?? undefined }
  }

  async kill(places: readonly number[]): Promise<void> {
    this.#tell({ do: 'kill', places })
    await this.#answer(ANSWER_MS)
  }

  async stop(): Promise<void> {
    const { process: child } = this.#talk
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill()
    await once(child, 'exit')
  }

  #tell(order: Work | { readonly do: 'kill'; readonly places: readonly number[] }): void {
    this.#talk.process.stdin.write(`${JSON.stringify(order)}\n`)
  }

  async #answer(withinMs: number): Promise<unknown> {
    const { lines, process: child } = this.#talk
    const late = setTimeout(() => child.kill('SIGKILL'), withinMs)
    const line = await lines.next()
    clearTimeout(late)
    if (line.done === true) throw new Error(`${this.name} ended, or took over ${withinMs} ms`)
    return JSON.parse(line.value)
  }
}
