/** Nodes of ours, as members run them, on the loopback of this process. */
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

import { SECOND_MS } from '../../src/base/limits.ts'
import { EMPTY_STATE } from '../../src/gateways/kademlia/node-state.ts'
import { openOutsideNode, type OutsideNode } from '../../src/gateways/kademlia/outside-node.ts'
import { platformEffects } from '../../src/platform/effects.ts'
import { HOST } from '../store/cluster.ts'
import { placeOf, valueOf, type Done, type OpenNetwork, type Work } from './open-network.ts'

const LOOK_MS = 100
/** They have joined when so long nobody came to know anybody. */
const CALM_LOOKS = SECOND_MS / LOOK_MS

export class OwnNetwork implements OpenNetwork {
  readonly name = 'anillo'
  readonly #platform = platformEffects({ path: tmpdir(), logLevel: 'error' })
  #nodes: OutsideNode[] = []

  static async start(count: number): Promise<OwnNetwork> {
    const network = new OwnNetwork()
    while (network.#nodes.length < count) await network.#add()
    await network.#calm()
    return network
  }

  async does(work: Work): Promise<Done> {
    const times: number[] = []
    let right = 0
    let next = 0
    const beganMs = performance.now()
    const isLate = (): boolean => performance.now() - beganMs > work.withinMs
    const lane = async (): Promise<void> => {
      while (next < work.count && !isLate()) {
        const at = next++
        const begunMs = performance.now()
        if (await this.#one(work, at)) right++
        times.push(performance.now() - begunMs)
      }
    }
    await Promise.all(Array.from({ length: work.atOnce }, lane))
    const tookMs = performance.now() - beganMs
    const isWhole = times.length === work.count
    return { tookMs, slowestMs: isWhole ? Math.max(...times) : undefined, right }
  }

  async kill(places: readonly number[]): Promise<void> {
    const dead = this.#nodes.filter((_, at) => places.includes(at))
    this.#nodes = this.#nodes.filter((node) => !dead.includes(node))
    // Nobody is told: a node only closes its port.
    await Promise.all(dead.map((node) => node[Symbol.asyncDispose]()))
  }

  async stop(): Promise<void> {
    await this.kill([...this.#nodes.keys()])
    await this.#platform.close()
  }

  async #one(work: Work, at: number): Promise<boolean> {
    const node = this.#nodes[placeOf(work, at, this.#nodes.length)]
    const name = `${work.under}${at}`
    if (node === undefined) return false
    if (work.do === 'set') return (await node.set(name, valueOf(name))) > 1
    let isFound = false
    for await (const value of node.get(name)) {
      isFound ||= value.kind === 'text' && value.value === valueOf(name)
    }
    return isFound
  }

  async #add(): Promise<void> {
    const { effects } = this.#platform
    const [first] = this.#nodes
    const node = await openOutsideNode(effects, {
      endpoint: { host: HOST, port: 0 },
      movedBy: 'nothing',
      key: effects.signing.makeKey(),
      values: 'one',
      bootstrap: first === undefined ? [] : [first.endpoint],
      memory: { read: async () => EMPTY_STATE, write: async () => undefined },
    })
    this.#nodes.push(node)
    while (first !== undefined && node.contacts === 0) await pause(1)
  }

  async #calm(): Promise<void> {
    const known = (): number => this.#nodes.reduce((sum, { contacts }) => sum + contacts, 0)
    for (let before = -1, calm = 0; calm < CALM_LOOKS;) {
      await pause(LOOK_MS)
      calm = known() === before ? calm + 1 : 0
      before = known()
    }
  }
}
