/**
 * One network of eight nodes of bmuller/kademlia, as they are, and one, four or eight of anillo:
 * what is set at either side is got at the other, also after some of both were started again; and
 * no node of theirs logs an exception. The procedure of document 2 by our socket. Needs kademlia.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'

import {
  atSocket,
  hasAllValues,
  KademliaNetwork,
  SOCKET_NAME,
  STOCK,
  until,
  urlOf,
  valuesAt,
} from './kademlia-network.ts'
import { getOverSocket, setOverSocket } from './kademlia-nodes.ts'

const LIMITED = { timeout: 240_000 }

const nameOf = (side: string, at: number): string => `${side} ${at}.pdf`

/** What either side set, got at the other, each at another node than before. */
async function expectAll(network: KademliaNetwork, keys: number, shift: number): Promise<void> {
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
  test(title, LIMITED, async () => {
    await using network = await KademliaNetwork.start(count)
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

test('values of other types than text come through with their type', LIMITED, async () => {
  await using network = await KademliaNetwork.start(1)
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

test('a record of ours is an address to them, the same at each', LIMITED, async () => {
  await using network = await KademliaNetwork.start(4)
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

test('the procedure of document 2 by our socket: set, get, several values', LIMITED, async () => {
  await using network = await KademliaNetwork.start(1)
  await atSocket(network, async (folder) => {
    const path = join(folder, SOCKET_NAME)
    await setOverSocket(path, 'file.txt', 'http://127.0.0.1:8000/file.txt')
    const wanted = ['http://127.0.0.1:8000/file.txt']
    // `set` is not waited for by its program.
    let told: unknown
    await until(
      'what was set by the socket',
      () => String(told),
      async () => {
        told = await getOverSocket(path, 'file.txt')
        return told !== 'Not found.'
      },
    )
    assert.deepEqual(told, wanted)
    assert.equal(await network.stock[5]?.does({ do: 'get', key: 'file.txt' }), wanted[0])
    assert.equal(await getOverSocket(path, 'nothing'), 'Not found.')
  })
  assert.equal(network.errors, '')
})

test(
  'in a network of iic2523 a name has all values, whoever set and whoever asks',
  LIMITED,
  async () => {
    await using network = await KademliaNetwork.start(4, 'lists')
    await hasAllValues(network)
  },
)
