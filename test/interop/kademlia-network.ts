/** One network of nodes in Python and of ours, and waiting in it that ends and says for what. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { SECOND_MS } from '../../src/base/limits.ts'
import { EMPTY_STATE } from '../../src/gateways/kademlia/node-state.ts'
import { openOutsideNode, type OutsideNode } from '../../src/gateways/kademlia/outside-node.ts'
import { outsideCommands } from '../../src/gateways/socket/commands.ts'
import type { NodeState } from '../../src/kademlia/types.ts'
import { openShareSocket } from '../../src/node/share/share-socket.ts'
import { platformEffects } from '../../src/platform/effects.ts'
import { freePorts } from './free-ports.ts'
import { PythonNode, type NodeKind } from './kademlia-nodes.ts'

/** Nodes in Python. */
export const STOCK = 8

const HOST = '127.0.0.1'
const WAIT_MS = 60 * SECOND_MS
/** Between two looks: a member’s question for a newcomer is answered in less. */
const LOOK_MS = 100

/** @param state what is seen meanwhile, told when it is too late. @throws Error after a minute */
export async function until(
  what: string,
  state: () => string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const beganMs = performance.now()
  while (!(await isSo())) {
    if (performance.now() - beganMs > WAIT_MS) {
      throw new Error(`waited ${WAIT_MS / SECOND_MS} s for ${what}; there is: ${state()}`)
    }
    await pause(LOOK_MS)
  }
}

/** All of one network on loopback, by the ports of its first node. */
export class KademliaNetwork implements AsyncDisposable {
  readonly stock: PythonNode[] = []
  readonly own: OutsideNode[] = []
  readonly #ports: readonly number[]
  readonly #kind: NodeKind
  readonly #platform = platformEffects({ path: tmpdir(), logLevel: 'error' })
  readonly #keys = new Map<number, { privateKey: Uint8Array; publicKey: Uint8Array }>()
  readonly #states = new Map<number, NodeState>()
  readonly #logs: string[] = []

  private constructor(ports: readonly number[], kind: NodeKind) {
    this.#ports = ports
    this.#kind = kind
  }

  static async start(count: number, kind: NodeKind = 'one'): Promise<KademliaNetwork> {
    const network = new KademliaNetwork(await freePorts(STOCK + count), kind)
    for (let at = 0; at < STOCK; at++) network.stock.push(await network.#stockAt(at))
    for (let at = 0; at < count; at++) network.own.push(await network.#ownAt(at))
    await network.whole()
    return network
  }

  get effects() {
    return this.#platform.effects
  }

  /**
   * Each knows all others. One whose answer was lost, or late, is not asked again by itself:
   * traffic would bring it back, here it is met anew.
   */
  async whole(): Promise<void> {
    const others = STOCK + this.own.length - 1
    const endpoints = this.#ports.map((port) => ({ host: HOST, port }))
    const lacks = (): string => this.own.map(({ contacts }) => `${contacts}`).join(' ')
    await until(`ours to know ${others} each`, lacks, async () => {
      const lacking = this.own.filter(({ contacts }) => contacts < others)
      for (const node of lacking)
        node.meet(endpoints.filter(({ port }) => port !== node.endpoint.port))
      return lacking.length === 0
    })
    for (const node of this.stock) {
      let known = 0
      await until(
        `the node at ${node.port} to know ${others}`,
        () => `${known}`,
        async () => {
          known = (await node.does({ do: 'neighbours' })) as number
          if (known < others) await node.does({ do: 'bootstrap', ports: this.#ports.slice(0, 2) })
          return known >= others
        },
      )
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
    return PythonNode.start(this.#ports[at] ?? 0, at === 0 ? [] : others, this.#kind)
  }

  #ownAt(at: number): Promise<OutsideNode> {
    const port = this.#ports[STOCK + at] ?? 0
    const key = this.#keys.get(at) ?? this.effects.signing.makeKey()
    this.#keys.set(at, key)
    return openOutsideNode(this.effects, {
      endpoint: { host: HOST, port },
      movedBy: 'nothing',
      key,
      values: this.#kind === 'one' ? 'one' : 'lists',
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

export async function valuesAt(
  node: OutsideNode | undefined,
  key: string,
): Promise<readonly string[]> {
  const values: string[] = []
  for await (const value of node?.get(key) ?? []) {
    if (value.kind === 'text') values.push(value.value)
  }
  return values
}

export const urlOf = (side: string, at: number): string => `http://127.0.0.1:9400/${side}/${at}`

/** In a network of lists: what four of theirs and one of ours set is all there. */
export async function hasAllValues(network: KademliaNetwork): Promise<void> {
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
}

/**
 * A socket as kademlia-iic2523 has it, before a node of ours. @param run in which folder `.ipc` is
 */
export async function atSocket(
  { effects, own }: KademliaNetwork,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const [node] = own
  assert.ok(node !== undefined)
  const folder = await mkdtemp(join(tmpdir(), 'anillo-ipc-'))
  const path = join(folder, SOCKET_NAME)
  const commands = outsideCommands(node)
  const socket = await openShareSocket(effects, { path, commands, answers: 'iic2523' })
  try {
    await run(folder)
  } finally {
    await socket.close()
    await rm(folder, { recursive: true })
  }
}

export const SOCKET_NAME = '.ipc'
