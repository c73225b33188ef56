/**
 * One network of eight nodes of vdrg/kademlia, the fork of kademlia-iic2523, as it is, and four of
 * anillo with lists of values; and its own client at our socket. Needs kademlia-iic2523.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  atSocket,
  hasAllValues,
  KademliaNetwork,
  STOCK,
  until,
  urlOf,
  valuesAt,
} from './kademlia-network.ts'
import { tellByFork } from './kademlia-nodes.ts'

const LIMITED = { timeout: 240_000 }
const KEYS = 50

test(
  'keys set by the fork are got by us, and ours by the fork, across restarts',
  LIMITED,
  async () => {
    await using network = await KademliaNetwork.start(4, 'fork')
    const { own, stock } = network
    for (let at = 0; at < KEYS; at++) {
      const theirs = { do: 'set', key: `theirs ${at}`, value: urlOf('theirs', at) } as const
      assert.equal(await stock[at % STOCK]?.does(theirs), true)
      const taken = await own[at % own.length]?.set(`ours ${at}`, urlOf('ours', at))
      assert.ok((taken ?? 0) >= STOCK, `${taken} took it`)
    }
    for (const shift of [1, 3]) {
      for (let at = 0; at < KEYS; at++) {
        const ours = await valuesAt(own[(at + shift) % own.length], `theirs ${at}`)
        assert.deepEqual(ours, [urlOf('theirs', at)])
        const theirs = stock[(at + shift) % STOCK]
        assert.deepEqual(await theirs?.does({ do: 'get', key: `ours ${at}` }), [urlOf('ours', at)])
      }
      if (shift === 1) {
        await network.restartSome()
        await network.whole()
      }
    }
    assert.equal(network.errors, '')
  },
)

test('a name has all values, whoever set and whoever asks', LIMITED, async () => {
  await using network = await KademliaNetwork.start(4, 'fork')
  await hasAllValues(network)
})

test('its own client sets and gets by our socket', LIMITED, async () => {
  await using network = await KademliaNetwork.start(1, 'fork')
  await atSocket(network, async (folder) => {
    await tellByFork(folder, `set film ${urlOf('ours', 0)}`)
    await tellByFork(folder, `set film ${urlOf('ours', 1)}`)
    const wanted = [urlOf('ours', 0), urlOf('ours', 1)]
    let told: unknown
    // `set` is not waited for by its program.
    await until(
      'both values by the socket',
      () => String(told),
      async () => {
        told = await tellByFork(folder, 'get film')
        return Array.isArray(told) && told.length === wanted.length
      },
    )
    assert.deepEqual((told as string[]).toSorted(), wanted)
    const theirs = (await network.stock[5]?.does({ do: 'get', key: 'film' })) as string[]
    assert.deepEqual(theirs.toSorted(), wanted)
    assert.equal(await tellByFork(folder, 'get nothing'), 'Not found.')
  })
  assert.equal(network.errors, '')
})
