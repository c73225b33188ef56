/**
 * One network of eight nodes of bmuller/kademlia, as they are, and one, four or eight of anillo:
 * what is set at either side is got at the other, also after some of both were started again; and
 * no node of theirs logs an exception. The procedure of document 2 by our socket. Needs kademlia.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { EMPTY_STATE } from '../../src/gateways/kademlia/node-state.ts'
import { openOutsideNode, type OutsideNode } from '../../src/gateways/kademlia/outside-node.ts'
import { outsideCommands } from '../../src/gateways/socket/commands.ts'
import type { NodeState } from '../../src/kademlia/types.ts'
import { openShareSocket } from '../../src/node/share/share-socket.ts'
import { platformEffects } from '../../src/platform/effects.ts'
import type { ValueKinds } from '../../src/wire/kademlia/stored-value.ts'
import { freePorts } from './free-ports.ts'
import { getOverSocket, PythonNode, setOverSocket } from './kademlia-nodes.ts'

const TIMEOUT_MS = 240_000
const STOCK = 8

/** All of one network on loopback, by the ports of its first node. */
class Network implements AsyncDisposable {
  readonly stock: PythonNode[] = []
  readonly own: OutsideNode[] = []
  readonly #ports: readonly number[]
  readonly #values: ValueKinds
  readonly #platform = platformEffects({ path: tmpdir(), logLevel: 'error' })
  readonly #keys = new Map<number, { privateKey: Uint8Array; publicKey: Uint8Array }>()
  readonly #states = new Map<number, NodeState>()
  readonly #logs: string[] = []

  private constructor(ports: readonly number[], values: ValueKinds) {
    this.#ports = ports
    this.#values = values
  }

  static async start(count: number, values: ValueKinds = 'one'): Promise<Network> {
    const network = new Network(await freePorts(STOCK + count), values)
    for (let at = 0; at < STOCK; at++) network.stock.push(await network.#stockAt(at))
    for (let at = 0; at < count; at++) network.own.push(await network.#ownAt(at))
    await network.whole()
    return network
  }

  get effects() {
    return this.#platform.effects
  }

  /** Each knows all others. */
  async whole(): Promise<void> {
    const all = STOCK + this.own.length
    while (this.own.some(({ contacts }) => contacts < all - 1)) await pause(50)
    for (const node of this.stock) {
      while (((await node.does({ do: 'neighbours' })) as number) < all - 1) {
        await node.does({ do: 'bootstrap', ports: this.#ports.slice(0, 2) })
      }
    }
  }

  /** Of each kind two, at their ports: theirs with an id of no past, ours with all they knew. */
  async restartSome(): Promise<void> {
    for (const at of [3, 6]) {
      const before = this.stock[at]
      await before?.[Symbol.asyncDispose]()
      this.#logs.push(before?.errors ?? '')
      this.stock[at] = await this.#stockAt(at)
    }
    for (const at of [...this.own.keys()].slice(-2)) {
      await this.own[at]?.[Symbol.asyncDispose]()
      this.own[at] = await this.#ownAt(at)
    }
  }

  get errors(): string {
    return [...this.#logs, ...this.stock.map(({ errors }) => errors)].join('')
  }

  #stockAt(at: number): Promise<PythonNode> {
    const others = this.#ports.slice(0, 2).filter((_, other) => other !== at)
    return PythonNode.start(this.#ports[at] ?? 0, at === 0 ? [] : others, this.#values)
  }

  #ownAt(at: number): Promise<OutsideNode> {
    const port = this.#ports[STOCK + at] ?? 0
    const key = this.#keys.get(at) ?? this.effects.signing.makeKey()
    this.#keys.set(at, key)
    return openOutsideNode(this.effects, {
      endpoint: { host: '127.0.0.1', port },
      movedBy: 'nothing',
      key,
      values: this.#values,
      bootstrap: [{ host: 'localhost', port: this.#ports[0] ?? 0 }],
      memory: {
        read: async () => this.#states.get(at) ?? EMPTY_STATE,
        write: async (state) => void this.#states.set(at, state),
      },
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.own) await node[Symbol.asyncDispose]()
    for (const node of this.stock) await node[Symbol.asyncDispose]()
    await this.#platform.close()
  }
}

async function valuesAt(node: OutsideNode | undefined, key: string): Promise<readonly string[]> {
  const values: string[] = []
  for await (const value of node?.get(key) ?? []) {
    if (value.kind === 'text') values.push(value.value)
  }
  return values
}

const nameOf = (side: string, at: number): string => `${side} ${at}.pdf`
const urlOf = (side: string, at: number): string => `http://127.0.0.1:9400/${side}/${at}`

/** What either side set, got at the other, each at another node than before. */
async function expectAll(network: Network, keys: number, shift: number): Promise<void> {
  const { own, stock } = network
  for (let at = 0; at < keys; at++) {
    const ours = await valuesAt(own[(at + shift) % own.length], nameOf('theirs', at))
    assert.deepEqual(ours, [urlOf('theirs', at)])
    const theirs = stock[(at + shift) % STOCK]
    assert.equal(await theirs?.does({ do: 'get', key: nameOf('ours', at) }), urlOf('ours', at))
  }
}

for (const { count, keys } of [
  { count: 1, keys: 50 },
  { count: 4, keys: 250 },
  { count: 8, keys: 100 },
]) {
  const title = `eight of theirs and ${count} of ours: ${2 * keys} keys both ways, across restarts`
  test(title, { timeout: TIMEOUT_MS }, async () => {
    await using network = await Network.start(count)
    for (let at = 0; at < keys; at++) {
      const { own, stock } = network
      const theirs = { key: nameOf('theirs', at), value: urlOf('theirs', at) }
      assert.equal(await stock[at % STOCK]?.does({ do: 'set', ...theirs }), true)
      const taken = await own[at % count]?.set(nameOf('ours', at), urlOf('ours', at))
      assert.ok((taken ?? 0) >= STOCK, `${taken} took it`)
    }
    await expectAll(network, keys, 1)
    await network.restartSome()
    await network.whole()
    await expectAll(network, keys, 3)
    assert.equal(network.errors, '')
  })
}

test('values of other types than text come through with their type', async () => {
  await using network = await Network.start(1)
  const [own] = network.own
  const [first, second] = network.stock
  for (const [key, value] of [
    ['number', 1.5],
    ['whole', 7],
    ['truth', true],
  ] as const) {
    await first?.does({ do: 'set', key, value })
    assert.deepEqual(await valuesAt(own, key), [String(value)])
    assert.equal(await second?.does({ do: 'get', key }), value)
  }
  assert.equal(network.errors, '')
})

test('a record of ours is an address to them, the same at each', async () => {
  await using network = await Network.start(4)
  const pair = network.effects.signing.makeKey()
  const [own] = network.own
  const url = 'http://127.0.0.1:9400/share/n/film'
  const expiresAtS = Math.floor(Date.now() / 1_000) + 80_000
  const record = {
    name: 'film',
    sequence: 1,
    expiresAtS,
    urls: [url],
    size: 1,
    root: '0'.repeat(64),
  }
  const taken = await own?.publishedBy({ key: async () => pair }).publish(record)
  assert.ok((taken ?? 0) >= STOCK)
  for (const node of network.stock) {
    assert.equal(await node.does({ do: 'get', key: 'film' }), url)
  }
  assert.equal(network.errors, '')
})

test('the procedure of document 2 by our socket: set, get, several values', async () => {
  await using network = await Network.start(1)
  const [own] = network.own
  assert.ok(own !== undefined)
  const folder = await mkdtemp(join(tmpdir(), 'anillo-ipc-'))
  const path = join(folder, '.ipc')
  const commands = outsideCommands(own)
  const socket = await openShareSocket(network.effects, { path, commands, answers: 'iic2523' })
  try {
    await setOverSocket(path, 'file.txt', 'http://127.0.0.1:8000/file.txt')
    const wanted = ['http://127.0.0.1:8000/file.txt']
    // `set` is not waited for by its program.
    while ((await getOverSocket(path, 'file.txt')) === 'Not found.') await pause(50)
    assert.deepEqual(await getOverSocket(path, 'file.txt'), wanted)
    assert.equal(await network.stock[5]?.does({ do: 'get', key: 'file.txt' }), wanted[0])
    assert.equal(await getOverSocket(path, 'nothing'), 'Not found.')
  } finally {
    await socket.close()
    await rm(folder, { recursive: true })
  }
  assert.equal(network.errors, '')
})

test('in a network of iic2523 a name has all values, whoever set and whoever asks', async () => {
  await using network = await Network.start(4, 'lists')
  const [own, other] = network.own
  const wanted: string[] = []
  for (const [at, node] of network.stock.slice(0, 4).entries()) {
    const value = urlOf('theirs', at)
    assert.equal(await node.does({ do: 'set', key: 'film', value }), true)
    wanted.push(value)
  }
  for (let at = 0; at < 3; at++) {
    await own?.set('film', urlOf('ours', at))
    wanted.push(urlOf('ours', at))
  }
  wanted.sort()
  const got = await valuesAt(other, 'film')
  assert.deepEqual([...got].sort(), wanted)
  // One of theirs that is farthest from a name does not keep what it sets, and asks nobody else.
  for (const node of network.stock) {
    const theirs = (await node.does({ do: 'get', key: 'film' })) as readonly string[]
    assert.ok(theirs.every((value) => wanted.includes(value)))
    assert.ok(theirs.length >= wanted.length - 1)
    for (let at = 0; at < 3; at++) assert.ok(theirs.includes(urlOf('ours', at)))
  }
  assert.equal(network.errors, '')
})
