/** A Mainline DHT of a few nodes on loopback, by the library as it comes. */
import type { TestContext } from 'node:test'

import DHT from 'bittorrent-dht'

import type { Endpoint } from '../../effects/net.ts'
import { platformEffects } from '../../platform/effects.ts'
import { platformSigning } from '../../platform/signing.ts'
import { openMainlineNode, type MainlineNode, type MainlineNodeOptions } from './mainline-node.ts'

const LOOPBACK = '127.0.0.1'

export interface SmallDht {
  readonly nodes: readonly DHT[]
  readonly endpoints: readonly Endpoint[]
  /** Items that nodes took, since the start. */
  readonly puts: () => number
}

export async function smallDht(t: TestContext, count: number): Promise<SmallDht> {
  const nodes: DHT[] = []
  const endpoints: Endpoint[] = []
  const { verify } = platformSigning()
  let puts = 0
  for (let at = 0; at < count; at++) {
    const bootstrap = endpoints.slice(0, 1).map(({ host, port }) => `${host}:${port}`)
    const node = new DHT({
      bootstrap: bootstrap.length === 0 ? false : bootstrap,
      verify: (signature, bytes, publicKey) => verify(publicKey, bytes, signature),
    })
    node.on('warning', () => undefined)
    node.on('put', () => void puts++)
    await new Promise<void>((listening) => node.listen(0, LOOPBACK, listening))
    nodes.push(node)
    endpoints.push({ host: LOOPBACK, port: node.address().port })
    t.after(() => new Promise<void>((done) => node.destroy(done)))
  }
  await until(() => nodes.every((node) => node.nodes.toArray().length >= Math.min(count - 1, 3)))
  return { nodes, endpoints, puts: () => puts }
}

/** A node of ours in it. */
export async function ourNode(
  t: TestContext,
  bootstrap: readonly Endpoint[],
  more: Partial<MainlineNodeOptions> = {},
): Promise<MainlineNode> {
  const { close, effects } = platformEffects({ path: t.name, logLevel: 'error' })
  const node = await openMainlineNode(effects, {
    endpoint: { host: LOOPBACK, port: 0 },
    bootstrap,
    isAllowed: () => true,
    isTold: () => true,
    ...more,
  })
  t.after(async () => {
    await node[Symbol.asyncDispose]()
    await close()
  })
  return node
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}
