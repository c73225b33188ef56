/**
 * The keys that sign access tokens: records of the ring, made by the first member that needs one.
 * A member remembers those it has seen; for one it has not seen it asks the ring.
 */
import { AnilloError } from '../../base/errors.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import type { Effects } from '../../effects/effects.ts'
import type { RecordStore } from '../../store/store.ts'
import { READ_TIMEOUT_MS, SIGNING_KEY_KEPT_MS, SIGNING_KEY_MS } from './limits.ts'
import { SIGNING_PK, TOKENS_PARTITION, TOKENS_TABLE } from './places.ts'
import { addSigningKey, SIGNING_KEYS_MAX } from './ring-procedures.ts'
import { readSigningKey } from './rows.ts'
import { newId } from './secrets.ts'
import type { PublicJwk } from './types.ts'

export interface RingKey {
  readonly id: string
  readonly createdAtMs: number
  readonly privateKey: Uint8Array
  readonly publicKey: Uint8Array
}

export interface SigningKeysOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'signing'>
  readonly store: Pick<RecordStore, 'list' | 'call'>
}

export class SigningKeys {
  readonly #options: SigningKeysOptions
  #keys = new Map<string, RingKey>()
  #look: Promise<void> | undefined
  #nextLook: Promise<void> | undefined

  constructor(options: SigningKeysOptions) {
    this.#options = options
  }

  /** The newest, which has not served its time. @throws AnilloError STORE_UNAVAILABLE */
  async signing(): Promise<RingKey> {
    const known = this.#serving()
    if (known !== undefined) return known
    await this.#lookAgain()
    const found = this.#serving()
    if (found !== undefined) return found
    await this.#make()
    await this.#lookAgain()
    const made = this.#serving()
    // A clock that is far ahead finds each key too old; the ring’s own time is what counts.
    const newest = made ?? newestOf(this.#keys.values())
    if (newest !== undefined) return newest
    throw new AnilloError('INTERNAL', {}, { cause: new Error('the ring has no signing key') })
  }

  /** `undefined` where the ring has no such key. @throws AnilloError STORE_UNAVAILABLE */
  async find(id: string): Promise<RingKey | undefined> {
    const known = this.#keys.get(id)
    if (known !== undefined && !this.#isOver(known)) return known
    await this.#lookAgain()
    return this.#keys.get(id)
  }

  async published(): Promise<readonly PublicJwk[]> {
    await this.#lookAgain()
    return [...this.#keys.values()].map(({ id, publicKey }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      alg: 'EdDSA',
      use: 'sig',
      kid: id,
      x: Buffer.from(publicKey).toString('base64url'),
    }))
  }

  #serving(): RingKey | undefined {
    const nowMs = this.#options.effects.clock.wallMs()
    const newest = newestOf(this.#keys.values())
    return newest !== undefined && nowMs - newest.createdAtMs < SIGNING_KEY_MS ? newest : undefined
  }

  /** So long a member may run without a look at the list. */
  #isOver({ createdAtMs }: RingKey): boolean {
    return this.#options.effects.clock.wallMs() - createdAtMs >= SIGNING_KEY_KEPT_MS
  }

  async #make(): Promise<void> {
    const { effects, store } = this.#options
    const { privateKey, publicKey } = effects.signing.makeKey()
    await store.call(TOKENS_PARTITION, addSigningKey, {
      id: newId(effects.random),
      privateKey: hexOf(privateKey),
      publicKey: hexOf(publicKey),
    })
  }

  /** One look is under way, one waits: whoever names keys that are none makes no more of them. */
  #lookAgain(): Promise<void> {
    if (this.#look === undefined) {
      const look = this.#lookNow().finally(() => {
        this.#look = undefined
      })
      this.#look = look
      return look
    }
    this.#nextLook ??= this.#look
      .catch(() => undefined)
      .then(() => {
        this.#nextLook = undefined
        return this.#lookAgain()
      })
    return this.#nextLook
  }

  async #lookNow(): Promise<void> {
    const range = { table: TOKENS_TABLE, pk: SIGNING_PK, limit: SIGNING_KEYS_MAX }
    const { items } = await this.#options.store.list(range, { timeoutMs: READ_TIMEOUT_MS })
    const before = this.#keys
    this.#keys = new Map(
      items.map((record) => {
        const { createdAtMs, privateKey, publicKey } = readSigningKey(record)
        const fresh = {
          id: record.sk,
          createdAtMs,
          privateKey: bytesOfHex(privateKey),
          publicKey: bytesOfHex(publicKey),
        }
        // The platform remembers what it made of a key’s bytes.
        return [record.sk, before.get(record.sk) ?? fresh]
      }),
    )
  }
}

function newestOf(keys: Iterable<RingKey>): RingKey | undefined {
  let newest: RingKey | undefined
  for (const key of keys) if (key.createdAtMs >= (newest?.createdAtMs ?? 0)) newest = key
  return newest
}
