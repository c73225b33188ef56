/**
 * A Mainline DHT of libtorrent’s nodes alone: what anillo says there libtorrent finds, and another
 * member; what others say under a ring’s key is no place of a share; and nobody takes who asks for
 * a node. Links that name the ring’s key are read as before. Needs libtorrent.
 */
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'

import { hexOf } from '../../src/base/hex.ts'
import { openMainlineNode, type MainlineNode } from '../../src/gateways/mainline/mainline-node.ts'
import { platformEffects } from '../../src/platform/effects.ts'
import { treeOfBytes } from '../../src/services/share/tree/hash-tree.ts'
import { magnetOf } from '../../src/services/share/tree/magnet.ts'
import { infoHash } from '../../src/services/share/tree/torrent.ts'
import { saltOf } from '../../src/wire/mainline/item.ts'
import { freePorts } from './free-ports.ts'
import { TorrentNodes } from './torrent-nodes.ts'

const COUNT = 6
const TREE = { ...treeOfBytes(new TextEncoder().encode('hello')), name: 'hello.txt' }
const SALT = saltOf(infoHash(TREE))
const [ONE, TWO] = ['http://a.example:9400/share/0', 'http://b.example:9400/share/0']

class World implements AsyncDisposable {
  readonly others: TorrentNodes
  readonly own: MainlineNode[] = []
  readonly #platform = platformEffects({ path: tmpdir(), logLevel: 'error' })

  private constructor(others: TorrentNodes) {
    this.others = others
  }

  static async start(): Promise<World> {
    const ports = await freePorts(COUNT)
    const world = new World(await TorrentNodes.start(ports))
    for (const port of ports.slice(0, 2)) {
      const node = await openMainlineNode(world.effects, {
        endpoint: { host: '127.0.0.1', port: 0 },
        bootstrap: [{ host: '127.0.0.1', port }],
        isAllowed: () => true,
        isTold: () => true,
      })
      world.own.push(node)
    }
    return world
  }

  get effects() {
    return this.#platform.effects
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.own) await node[Symbol.asyncDispose]()
    await this.others[Symbol.asyncDispose]()
    await this.#platform.close()
  }
}

test('libtorrent finds what a ring says, and keeps it for another member', async () => {
  await using world = await World.start()
  const [one, two] = world.own as [MainlineNode, MainlineNode]
  const before = await world.others.does({ do: 'known' })
  const key = world.effects.signing.makeKey()
  const publisher = hexOf(key.publicKey)
  const ask = { publisher, salt: SALT }
  assert.deepEqual([await one.find(ask), await two.find(ask)], [[], []])
  assert.deepEqual(await world.others.does({ do: 'known' }), before, 'who reads is no node')
  const taken = await one.say(key, { salt: SALT, sequence: 7, urls: [ONE, TWO] })
  assert.ok(taken >= COUNT - 1, `${taken} nodes took it`)
  const found = await world.others.does({ do: 'get', key: publisher, salt: SALT })
  const ws = [ONE, TWO].map((url) => Buffer.from(url).toString('hex'))
  const { item, seq } = found as { readonly item: unknown; readonly seq: number }
  assert.deepEqual({ item, seq }, { item: { ih: SALT, ws }, seq: 7 })
  assert.deepEqual(await two.find(ask), [ONE, TWO])
  assert.ok((await two.say(key, { salt: SALT, sequence: 8, urls: [TWO] })) > 0)
  assert.deepEqual(await one.find(ask), [TWO])
  assert.equal(await one.say(key, { salt: SALT, sequence: 6, urls: [ONE] }), 0)
  assert.ok((await one.say(key, { salt: SALT, sequence: 9, urls: [] })) > 0)
  assert.deepEqual(await two.find(ask), [])
  assert.equal(one.counts.malformed + one.counts.failures, 0)
})

test('what libtorrent puts there under a key of ours is no place of a share', async () => {
  await using world = await World.start()
  const [one] = world.own as [MainlineNode]
  const { privateKey, publicKey } = world.effects.signing.makeKey()
  const [seed, key] = [hexOf(privateKey), hexOf(publicKey)]
  const put = await world.others.does({ do: 'put', seed, key, salt: SALT, text: ONE })
  assert.ok((put as number) > 0)
  const found = await world.others.does({ do: 'get', key, salt: SALT })
  assert.equal((found as { readonly item: unknown }).item, Buffer.from(ONE).toString('hex'))
  assert.deepEqual(await one.find({ publisher: key, salt: SALT }), [])
})

test('libtorrent reads a link that names the ring’s key as it reads others', async () => {
  await using world = await World.start()
  const link = magnetOf(TREE, [ONE], 'ab'.repeat(32))
  assert.deepEqual(await world.others.does({ do: 'magnet', link }), {
    hash: infoHash(TREE),
    seeds: [ONE],
    name: TREE.name,
  })
})
