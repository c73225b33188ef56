/** Two members of one ring in the virtual world, with nothing but RPC. */
import assert from 'node:assert/strict'

import type { Machine } from '../../sim/world/machine.ts'
import { World } from '../../sim/world/world.ts'
import type { RpcNode, RpcNodeOptions } from '../../src/rpc/node.ts'
import { makeRing, startMember, type Place, type Ring } from './members.test-helper.ts'

export abstract class MemberPair {
  readonly world: World
  readonly machines: readonly [Machine, Machine]
  readonly nodes: RpcNode[] = []
  #ring: Ring | undefined

  constructor(seed: number) {
    this.world = new World({ seed })
    this.machines = [this.world.machine(), this.world.machine()]
  }

  /** What the member answers, and hears. */
  protected abstract furnish(node: RpcNode, index: 0 | 1): void

  /** The one, then the other. */
  async startBoth(): Promise<this> {
    await this.start(0)
    await this.start(1)
    return this
  }

  async start(
    index: 0 | 1,
    more: Partial<RpcNodeOptions> & Pick<Place, 'certificateForMs'> = {},
  ): Promise<void> {
    const machine = this.machines[index]
    const effects = machine.effects()
    this.#ring ??= await makeRing(effects)
    const place = { number: index + 1, host: machine.address, port: 9300, ...more }
    const node = await this.within(startMember(effects, this.#ring, place))
    this.furnish(node, index)
    this.nodes[index] = node
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return this.world.settle(promise, 'the promise', 60_000)
  }

  node(index: 0 | 1): RpcNode {
    const node = this.nodes[index]
    assert.ok(node !== undefined)
    return node
  }

  /** Nothing passes between the two any more. */
  wall(): void {
    const [one, two] = this.machines
    this.world.links.block({ from: one.address, to: two.address })
    this.world.links.block({ from: two.address, to: one.address })
  }
}
