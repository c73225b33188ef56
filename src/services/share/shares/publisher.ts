/**
 * Who says the ring’s records: the ring, by one key pair that stands in the store. So any member
 * says the same record again, and takes it back, whoever began the share.
 */
import { bytesOfHex, hexOf } from '../../../base/hex.ts'
import type { Signing, SigningKey } from '../../../effects/signing.ts'
import type { Store } from '../../../store/types.ts'
import type { OutsidePublisher } from '../outside.ts'
import { makePublisher } from './share-procedures.ts'
import {
  PUBLISHER_KEY,
  readPublisherRow,
  SHARES_PARTITION,
  type PublisherRow,
} from './share-rows.ts'

export class RingPublisher implements OutsidePublisher {
  readonly #store: Pick<Store, 'call' | 'get'>
  readonly #signing: Pick<Signing, 'makeKey'>
  #known: SigningKey | undefined

  constructor(store: Pick<Store, 'call' | 'get'>, signing: Pick<Signing, 'makeKey'>) {
    this.#store = store
    this.#signing = signing
  }

  /** Made by the first member that needs it; it stays. @throws AnilloError STORE_UNAVAILABLE */
  async key(): Promise<SigningKey> {
    this.#known ??= keyOf((await this.#read()) ?? (await this.#make()))
    return this.#known
  }

  async #read(): Promise<PublisherRow | undefined> {
    const record = await this.#store.get(PUBLISHER_KEY)
    return record === undefined ? undefined : readPublisherRow(record)
  }

  async #make(): Promise<PublisherRow> {
    const { privateKey, publicKey } = this.#signing.makeKey()
    const input = { privateKey: hexOf(privateKey), publicKey: hexOf(publicKey) }
    return this.#store.call(SHARES_PARTITION, makePublisher, input)
  }
}

function keyOf({ privateKey, publicKey }: PublisherRow): SigningKey {
  return { privateKey: bytesOfHex(privateKey), publicKey: bytesOfHex(publicKey) }
}
