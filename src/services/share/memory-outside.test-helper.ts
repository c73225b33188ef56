/**
 * An open network of one place, for tests: what is published is found at once, by all that share
 * it.
 */
import { createHash } from 'node:crypto'

import { AnilloError } from '../../base/errors.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import type { SigningKey } from '../../effects/signing.ts'
import { platformSigning } from '../../platform/signing.ts'
import {
  decodeRecord,
  encodeRecord,
  recordProblem,
  signedBytes,
  type ShareRecord,
} from '../../wire/kademlia/share-record.ts'
import type {
  OutsideNetwork,
  OutsidePicture,
  OutsideValue,
  UnsignedShareRecord,
} from './outside.ts'

/** By key: plain values, and records by publisher. */
export class MemoryOutside {
  readonly texts = new Map<string, string>()
  readonly records = new Map<string, Map<string, ShareRecord>>()

  /** Of a ring that signs with this key. */
  seenBy(key: SigningKey = platformSigning().makeKey()): OutsideNetwork {
    return new MemoryNode(this, key)
  }
}

const NODES = 3

class MemoryNode implements OutsideNetwork {
  readonly #network: MemoryOutside
  readonly #key: SigningKey

  constructor(network: MemoryOutside, key: SigningKey) {
    this.#network = network
    this.#key = key
  }

  async *get(name: string): AsyncIterable<OutsideValue> {
    const key = keyOf(name)
    const value = this.#network.texts.get(key)
    if (value !== undefined) yield { kind: 'text', value }
    for (const record of this.#network.records.get(key)?.values() ?? []) {
      yield { kind: 'record', record }
    }
  }

  async set(name: string, value: string): Promise<number> {
    this.#network.texts.set(keyOf(name), value)
    return NODES
  }

  async publish({ name, ...said }: UnsignedShareRecord): Promise<number> {
    const key = keyOf(name)
    const contents = { ...said, key, publisher: hexOf(this.#key.publicKey) }
    const problem = recordProblem(contents)
    if (problem !== undefined) throw new AnilloError('BAD_REQUEST', { problem })
    const signature = platformSigning().sign(this.#key.privateKey, signedBytes(contents))
    const record = decodeRecord(encodeRecord(contents, signature))
    const held = this.#network.records.get(key) ?? new Map<string, ShareRecord>()
    const before = held.get(contents.publisher)
    if (record === undefined || (before && before.sequence >= record.sequence)) return 0
    this.#network.records.set(key, held.set(contents.publisher, record))
    return NODES
  }

  withdraw(name: string, sequence: number): Promise<number> {
    const held = this.#network.records.get(keyOf(name))?.get(hexOf(this.#key.publicKey))
    if (held === undefined) return Promise.resolve(0)
    const { expiresAtS, root, size } = held
    return this.publish({ name, sequence, expiresAtS, root, size, urls: [] })
  }

  async trace(): Promise<undefined> {}

  describe(): OutsidePicture {
    return {
      id: keyOf(hexOf(this.#key.publicKey)),
      publicKey: hexOf(this.#key.publicKey),
      host: '127.0.0.1',
      port: 8468,
      buckets: [],
      lookups: [],
      held: { keys: this.#network.texts.size, records: this.#network.records.size, bytes: 0 },
      counts: {},
    }
  }
}

/** Whether the publisher of a record has signed it. */
export function isSigned(record: ShareRecord): boolean {
  const signature = bytesOfHex(record.signature)
  return platformSigning().verify(bytesOfHex(record.publisher), signedBytes(record), signature)
}

export function keyOf(name: string): string {
  return createHash('sha1').update(name).digest('hex')
}
