/** A node of a DHT that answers whatever a test says. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

import type { Endpoint } from '../../effects/net.ts'
import { bencode, unbencodeMap, type Bencoded, type UnbencodedMap } from '../../wire/bencode.ts'

export interface Asked {
  readonly name: string
  readonly transaction: Uint8Array
  readonly args: UnbencodedMap
  readonly message: UnbencodedMap
  readonly from: Endpoint
}

export interface Liar {
  readonly at: Endpoint
  readonly asked: Asked[]
  /** Datagrams that were no questions. */
  readonly others: Uint8Array[]
  send(bytes: Uint8Array, to: Endpoint): void
}

/** @param answer what goes back, datagrams; `host`: `0.0.0.0` for all of loopback */
export async function liar(
  t: TestContext,
  answer: (asked: Asked, liar: Liar) => readonly Uint8Array[],
  host = '127.0.0.1',
): Promise<Liar> {
  const socket = createSocket('udp4')
  const asked: Asked[] = []
  const others: Uint8Array[] = []
  socket.on('message', (bytes, { address, port }) => {
    const message = unbencodeMap(bytes)
    const [name, transaction, args] = [message?.get('q'), message?.get('t'), message?.get('a')]
    const isQuestion = name instanceof Uint8Array && transaction instanceof Uint8Array
    if (message === undefined || !isQuestion || !(args instanceof Map)) {
      others.push(bytes)
      return
    }
    const from = { host: address, port }
    const one = { name: Buffer.from(name).toString(), transaction, args, message, from }
    asked.push(one)
    for (const each of answer(one, self)) self.send(each, from)
  })
  socket.bind(0, host)
  await once(socket, 'listening')
  t.after(() => void socket.close())
  const self: Liar = {
    at: { host: '127.0.0.1', port: socket.address().port },
    asked,
    others,
    send: (bytes, to) => socket.send(bytes, to.port, to.host),
  }
  return self
}

export function mapOf(values: Readonly<Record<string, Bencoded>>): ReadonlyMap<string, Bencoded> {
  return new Map(Object.entries(values))
}

/** An answer with these values, as far as its frame goes right. */
export function answered(
  { transaction }: Pick<Asked, 'transaction'>,
  values: Readonly<Record<string, Bencoded>>,
): Uint8Array {
  return bencode(mapOf({ t: transaction, y: 'r', r: mapOf(values) }))
}
