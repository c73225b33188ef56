/**
 * The chunks on this member's disk: `chunks/<2 hex digits>/<hash>`, sealed under the member's key
 * and bound to the hash, so that no file can pass for another. A file that is not whole, or not
 * what its name says, is put aside and counts as absent: it will be fetched again.
 */
import { assert } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { SEAL_BYTES } from '../../effects/cipher.ts'
import type { Effects } from '../../effects/effects.ts'
import { CHUNK_BYTES_MAX } from '../../wire/chunks.ts'

export interface ShelfOptions {
  readonly path: string
  /** The member's, of 32 bytes. */
  readonly key: Uint8Array
  /** Told once for each file found damaged. */
  readonly onDamage: (hash: string) => void
}

/** What a file says of itself before its bytes. */
const MAGIC = utf8('anilloC1')

const HASH = /^[0-9a-f]{64}$/
const DIRECTORY_DIGITS = 2
/** Files that were found damaged keep their bytes for a person to look at, under this name. */
const DAMAGED_SUFFIX = '.damaged'

type ShelfEffects = Pick<Effects, 'disk' | 'cipher'>

export class ChunkShelf {
  readonly #effects: ShelfEffects
  readonly #options: ShelfOptions
  /** Last work on a hash: writing and removing of one chunk follow each other as asked for. */
  readonly #underWay = new Map<string, Promise<unknown>>()
  readonly #directories = new Set<string>()

  constructor(effects: ShelfEffects, options: ShelfOptions) {
    this.#effects = effects
    this.#options = options
  }

  /**
   * On the medium when it resolves; a sound copy that is there is left alone.
   * @throws AnilloError TOO_LARGE, BAD_REQUEST where the bytes are not those of the hash, DISK_FULL
   */
  put(hash: string, bytes: Uint8Array): Promise<void> {
    assert(HASH.test(hash), 'a hash')
    if (bytes.length > CHUNK_BYTES_MAX) {
      throw new AnilloError('TOO_LARGE', { what: 'A chunk', limit: `${CHUNK_BYTES_MAX} bytes` })
    }
    if (sha256Hex(bytes) !== hash) {
      throw new AnilloError('BAD_REQUEST', { problem: 'the bytes of the chunk are not its hash' })
    }
    return this.#inTurn(hash, async () => {
      if ((await this.#readSound(hash)) !== undefined) return
      await this.#write(hash, bytes)
    })
  }

  /** Sound, or absent. */
  get(hash: string): Promise<Uint8Array | undefined> {
    return this.#inTurn(hash, () => this.#readSound(hash))
  }

  /** Nothing when there is none. */
  remove(hash: string): Promise<void> {
    return this.#inTurn(hash, async () => {
      await this.#effects.disk.remove(this.#fileOf(hash))
    })
  }

  /** By name alone: what is listed may turn out to be damaged. */
  async has(hash: string): Promise<boolean> {
    return (await this.#effects.disk.list(this.#directoryOf(hash))).includes(hash)
  }

  /** Hashes that begin with these two digits, sorted. */
  async list(digits: string): Promise<readonly string[]> {
    const names = await this.#effects.disk.list(`${this.#options.path}/${digits}`)
    return names.filter((name) => HASH.test(name))
  }

  async #inTurn<T>(hash: string, run: () => Promise<T>): Promise<T> {
    const before = this.#underWay.get(hash)
    const running = (async () => {
      await before?.catch(() => undefined)
      return run()
    })()
    this.#underWay.set(hash, running)
    try {
      return await running
    } finally {
      if (this.#underWay.get(hash) === running) this.#underWay.delete(hash)
    }
  }

  async #write(hash: string, bytes: Uint8Array): Promise<void> {
    const { disk, cipher } = this.#effects
    const sealed = new Uint8Array(MAGIC.length + bytes.length + SEAL_BYTES)
    sealed.set(MAGIC)
    cipher.sealInto(this.#options.key, {
      bytes,
      bound: utf8(hash),
      into: sealed,
      at: MAGIC.length,
    })
    await this.#makeDirectory(hash)
    const file = await disk.open(this.#fileOf(hash), 'write')
    try {
      await file.truncate(0)
      await file.write(0, sealed)
      await file.sync()
    } catch (thrown) {
      // A part of a chunk takes space from those who would free some.
      if (isAnilloError(thrown, 'DISK_FULL')) await disk.remove(this.#fileOf(hash))
      throw thrown
    } finally {
      await file.close()
    }
    await disk.syncDirectory(this.#directoryOf(hash))
  }

  async #makeDirectory(hash: string): Promise<void> {
    const directory = this.#directoryOf(hash)
    if (this.#directories.has(directory)) return
    const { disk } = this.#effects
    await disk.makeDirectory(directory)
    await disk.syncDirectory(this.#options.path)
    this.#directories.add(directory)
  }

  async #readSound(hash: string): Promise<Uint8Array | undefined> {
    const { disk } = this.#effects
    const sealed = await disk.read(this.#fileOf(hash))
    if (sealed === undefined) return undefined
    const bytes = this.#open(hash, sealed)
    if (bytes !== undefined) return bytes
    await disk.rename(this.#fileOf(hash), this.#fileOf(hash) + DAMAGED_SUFFIX)
    this.#options.onDamage(hash)
    return undefined
  }

  /**
   * The tag alone would tell damage; the hash also tells a bug of ours before it reaches anybody.
   */
  #open(hash: string, sealed: Uint8Array): Uint8Array | undefined {
    const isOurs = MAGIC.every((byte, at) => sealed[at] === byte)
    if (!isOurs) return undefined
    const rest = sealed.subarray(MAGIC.length)
    const bytes = this.#effects.cipher.open(this.#options.key, rest, utf8(hash))
    return bytes !== undefined && sha256Hex(bytes) === hash ? bytes : undefined
  }

  #directoryOf(hash: string): string {
    return `${this.#options.path}/${hash.slice(0, DIRECTORY_DIGITS)}`
  }

  #fileOf(hash: string): string {
    return `${this.#directoryOf(hash)}/${hash}`
  }
}
