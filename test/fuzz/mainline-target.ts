/**
 * Nodes of Mainline that answer a member anything: bytes, half messages, answers that were changed,
 * of others’ transactions, twice. Whatever comes, nothing is thrown, nobody is answered, and the
 * library is handed nothing that it cannot take.
 */
import assert from 'node:assert/strict'

import { hexOf } from '../../src/base/hex.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Endpoint } from '../../src/effects/net.ts'
import { openMainlineNode, type MainlineNode } from '../../src/gateways/mainline/mainline-node.ts'
import { platformEffects } from '../../src/platform/effects.ts'
import { bencode, unbencodeMap, type Bencoded } from '../../src/wire/bencode.ts'
import { compactNodes } from '../../src/wire/mainline/krpc.ts'
import { mutated, randomBytes } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

const NODES: readonly Endpoint[] = Array.from({ length: 30 }, (_, at) => ({
  host: `198.51.100.${at + 1}`,
  port: 6_881,
}))
const SALT = 'ab'.repeat(20)
/** Look-ups wait for answers that do not come; a case waits for none. */
const UNDER_WAY_MAX = 8

type Values = Readonly<Record<string, Bencoded>>

export async function mainlineTarget(): Promise<FuzzTarget> {
  const { close, effects } = platformEffects({ path: 'fuzz', logLevel: 'error' })
  const asked: { readonly to: Endpoint; readonly bytes: Uint8Array }[] = []
  let received: (bytes: Uint8Array, from: Endpoint) => void = () => undefined
  const net: typeof effects.net = {
    ...effects.net,
    datagrams: async (options) => {
      received = options.received
      const send = (bytes: Uint8Array, to: Endpoint): void => {
        assert.equal(unbencodeMap(bytes)?.get('ro'), 1, 'a question, of one who only reads')
        asked.push({ bytes, to })
        if (asked.length > 200) asked.shift()
      }
      return { endpoint: options.endpoint, send, close: async () => undefined }
    },
  }
  const node = await openMainlineNode(
    { ...effects, net },
    {
      endpoint: { host: '127.0.0.1', port: 0 },
      bootstrap: NODES.slice(0, 3),
      isAllowed: ({ host }) => host.startsWith('198.51.100.'),
      isTold: () => true,
    },
  )
  const key = effects.signing.makeKey()
  const publisher = hexOf(key.publicKey)
  let ending = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  const begin = (work: Promise<unknown>): void => {
    const running = work.finally(() => underWay.delete(running))
    underWay.add(running)
  }
  return {
    name: 'mainline',
    run: async (chance) => {
      if (underWay.size < UNDER_WAY_MAX) {
        const { signal } = ending
        const urls = ['http://a.b/']
        begin(node.find({ publisher, salt: SALT }, signal))
        begin(node.say(key, { salt: SALT, sequence: chance.below(100), urls }, signal))
      }
      const one = asked.length === 0 ? undefined : pick(chance, asked)
      const bytes = anyDatagram(chance, one?.bytes, key.publicKey)
      received(bytes, one?.to ?? pick(chance, NODES))
      if (chance.below(50) === 0) await new Promise((resolve) => setImmediate(resolve))
      noFailures(node)
    },
    rest: async () => {
      ending.abort()
      await Promise.all(underWay)
      ending = new AbortController()
      assert.ok(node.counts.answers > 0 && node.counts.malformed > 0, 'both came')
    },
    [Symbol.asyncDispose]: async () => {
      await node[Symbol.asyncDispose]()
      await close()
    },
  }
}

function noFailures({ counts }: MainlineNode): void {
  assert.equal(counts.failures, 0, 'the library was handed what it cannot take')
  assert.equal(counts.found, 0, 'nobody signed that')
}

function anyDatagram(
  chance: SeededChance,
  question: Uint8Array | undefined,
  publicKey: Uint8Array,
): Uint8Array {
  if (chance.below(10) === 0) return new Uint8Array(randomBytes(chance, chance.below(400)))
  const t = question === undefined ? undefined : unbencodeMap(question)?.get('t')
  const whole = bencode(
    new Map(
      Object.entries({
        t: t ?? 'aa',
        y: pick(chance, ['r', 'r', 'r', 'e', 'q']),
        r: new Map(Object.entries(anyAnswer(chance, publicKey))),
        e: [201, 'x'],
        q: 'ping',
        a: new Map([['id', randomBytes(chance, 20)]]),
      } satisfies Values),
    ),
  )
  return chance.below(3) === 0 ? new Uint8Array(mutated(whole, chance)) : whole
}

function anyAnswer(chance: SeededChance, publicKey: Uint8Array): Values {
  const odd = (value: Bencoded): Bencoded =>
    chance.below(8) === 0
      ? pick<Bencoded>(chance, [1, -1, '', ['x'], new Map(), 'x'.repeat(900)])
      : value
  const nodes = Array.from({ length: chance.below(20) }, () => ({
    id: new Uint8Array(randomBytes(chance, 20)),
    ...pick(chance, NODES),
  }))
  const item = new Map<string, Bencoded>([
    ['ih', odd(Buffer.from(SALT, 'hex'))],
    ['ws', odd(['http://a.b/'])],
  ])
  return {
    id: odd(randomBytes(chance, 20)),
    nodes: odd(compactNodes(nodes)),
    token: odd('aa'),
    k: odd(publicKey),
    sig: odd(randomBytes(chance, 64)),
    seq: odd(chance.below(1_000)),
    v: odd(item),
    values: odd(['abcdef']),
  }
}
