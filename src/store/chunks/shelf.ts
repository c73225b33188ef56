/**
 * The chunks on this member's disk: `chunks/<2 hex digits>/<hash>`, sealed under the member's key
 * and bound to the hash, so that no file can pass for another. A file that is not whole, or not
 * what its name says, is put aside and counts as absent: it will be fetched again. Each file bears
 * the index at which its row began (rows.ts).
 */
import { assert } from '../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Effects } from '../../effects/effects.ts'
import { CHUNK_BYTES_MAX, isChunkHash } from '../../wire/chunks.ts'
import { isWhole } from '../../wire/record-limits.ts'
import { Buffers } from './buffers.ts'
import {
  FILE_BYTES_MAX,
  FILE_EXTRA_BYTES,
  HEADER_BYTES,
  openChunkFile,
  readIndex,
  sealChunkFile,
  type Found,
  type Keys,
} from './chunk-file.ts'
import { Gate } from './gate.ts'
import { InTurn } from './in-turn.ts'
import { BUFFERS_IDLE_MAX, FILES_AT_ONCE_MAX, FILES_WAITING_MAX } from './limits.ts'
import type { SoundChunk } from './sound-chunk.ts'

export interface ShelfOptions {
  readonly path: string
  /** The member's, of 32 bytes. */
  readonly key: Uint8Array
  /** Told once for each file found damaged. */
  readonly onDamage: (hash: string) => void
}

const DIRECTORY_DIGITS = 2
/** Written, then renamed: what a crash cut off is no damage. */
const PART_SUFFIX = '.part'
/** Files that were found damaged keep their bytes for a person to look at, as long as the chunk. */
const DAMAGED_SUFFIX = '.damaged'

type ShelfEffects = Pick<Effects, 'disk' | 'cipher'>

const NO_PLACE = new Uint8Array(0)

export class ChunkShelf {
  /** For all of a member that handle chunks. */
  readonly buffers = new Buffers({ bytesMax: FILE_BYTES_MAX, idleMax: BUFFERS_IDLE_MAX })
  readonly #effects: ShelfEffects
  readonly #options: ShelfOptions
  readonly #keys: Keys
  /** Writing and removing of one chunk follow each other as asked for. */
  readonly #turns = new InTurn()
  readonly #gate = new Gate({
    atOnceMax: FILES_AT_ONCE_MAX,
    waitingMax: FILES_WAITING_MAX,
    what: 'files of chunks',
  })
  readonly #directories = new Set<string>()

  constructor(effects: ShelfEffects, options: ShelfOptions) {
    this.#effects = effects
    this.#options = options
    this.#keys = { cipher: effects.cipher, key: options.key }
  }

  /**
   * On the medium when it resolves. A sound copy that is there for a row as late as this is left
   * alone.
   * @throws AnilloError TOO_LARGE, DISK_FULL
   */
  put(chunk: SoundChunk, sinceIndex: number): Promise<void> {
    const { hash, bytes } = chunk
    assert(isWhole(sinceIndex, 0), 'an index of a row')
    if (bytes.length > CHUNK_BYTES_MAX) {
      throw new AnilloError('TOO_LARGE', { what: 'A chunk', limit: `${CHUNK_BYTES_MAX} bytes` })
    }
    return this.#work(hash, async () => {
      if (!(await this.#keep(hash, sinceIndex))) await this.#write(hash, { bytes, sinceIndex })
    })
  }

  /**
   * A sound copy is there for a row as late as this; one of an earlier row is written again for
   * this one.
   */
  keep(hash: string, sinceIndex: number): Promise<boolean> {
    return this.#work(hash, () => this.#keep(hash, sinceIndex))
  }

  /**
   * As it was written, or absent. The seal vouches for that; that it was written right, the hash:
   * who reads for others checks it. At the beginning of `place`, where its file fits there.
   */
  get(hash: string, place: Uint8Array = NO_PLACE): Promise<Uint8Array | undefined> {
    const take = (bytes: number): Uint8Array =>
      bytes <= place.length ? place : new Uint8Array(bytes)
    return this.#work(hash, async () => (await this.#readSound(hash, take))?.bytes)
  }

  /** Nothing when there is none. */
  remove(hash: string): Promise<void> {
    return this.#work(hash, () => this.#remove(hash))
  }

  /** What was written for a row that began before this index. */
  removeOlder(hash: string, index: number): Promise<void> {
    return this.#work(hash, async () => {
      const sinceIndex = await this.#readSinceIndex(hash)
      if (sinceIndex !== undefined && sinceIndex < index) await this.#remove(hash)
    })
  }

  /** Its bytes are not those of its hash, though the seal holds. */
  putAside(hash: string): Promise<void> {
    return this.#work(hash, async () => {
      if ((await this.#readSinceIndex(hash)) !== undefined) await this.#putAside(hash)
    })
  }

  /** Hashes that begin with these two digits, sorted; what is listed may turn out to be damaged. */
  async list(digits: string): Promise<readonly string[]> {
    assert(digits.length === DIRECTORY_DIGITS, 'a directory of chunks')
    const names = await this.#effects.disk.list(`${this.#options.path}/${digits}`)
    return names.filter(isChunkHash)
  }

  /** What crashes left half written. Before anything is put. */
  async clean(): Promise<void> {
    const { path } = this.#options
    const { disk } = this.#effects
    for (const directory of await disk.list(path)) {
      for (const name of await disk.list(`${path}/${directory}`)) {
        if (name.endsWith(PART_SUFFIX)) await disk.remove(`${path}/${directory}/${name}`)
      }
    }
  }

  /** All that was asked for is done, removals too. */
  settled(): Promise<void> {
    return this.#turns.settled()
  }

  #work<T>(hash: string, work: () => Promise<T>): Promise<T> {
    assert(isChunkHash(hash), 'a hash')
    return this.#turns.run(hash, () => this.#gate.run(work))
  }

  async #keep(hash: string, sinceIndex: number): Promise<boolean> {
    let place: Uint8Array = NO_PLACE
    try {
      const found = await this.#readSound(hash, (bytes) => (place = this.buffers.take(bytes)))
      if (found === undefined) return false
      if (found.sinceIndex < sinceIndex) {
        await this.#write(hash, { bytes: found.bytes, sinceIndex })
      }
      return true
    } finally {
      this.buffers.giveBack(place)
    }
  }

  async #write(hash: string, { bytes, sinceIndex }: Found): Promise<void> {
    const { disk } = this.#effects
    const path = this.#fileOf(hash)
    const sealed = this.buffers.take(bytes.length + FILE_EXTRA_BYTES)
    try {
      sealChunkFile(this.#keys, { hash, bytes, sinceIndex }, sealed)
      await this.#writePart(hash, sealed)
    } catch (thrown) {
      // A part of a chunk takes space from those who would free some.
      await disk.remove(path + PART_SUFFIX)
      throw thrown
    } finally {
      this.buffers.giveBack(sealed)
    }
    await disk.rename(path + PART_SUFFIX, path)
    await disk.syncDirectory(this.#directoryOf(hash))
  }

  /** Makes the directory where it is not known to be there, or was taken away. */
  async #writePart(hash: string, sealed: Uint8Array): Promise<void> {
    const { disk } = this.#effects
    const directory = this.#directoryOf(hash)
    const path = this.#fileOf(hash) + PART_SUFFIX
    if (this.#directories.has(directory)) {
      try {
        await disk.write(path, sealed)
        return
      } catch (thrown) {
        if (!isAnilloError(thrown, 'NOT_FOUND')) throw thrown
      }
    }
    await this.#makeDirectory(directory)
    await disk.write(path, sealed)
  }

  async #makeDirectory(directory: string): Promise<void> {
    const { disk } = this.#effects
    const { path } = this.#options
    await disk.makeDirectory(directory)
    await disk.syncDirectory(path)
    await disk.syncDirectory(path.split('/').slice(0, -1).join('/'))
    this.#directories.add(directory)
  }

  /** @param take memory for the file, where there is one: the bytes are a view of it */
  async #readSound(hash: string, take: (bytes: number) => Uint8Array): Promise<Found | undefined> {
    // What is longer is damaged: its beginning shows it.
    const place = (bytes: number): Uint8Array => take(Math.min(bytes, FILE_BYTES_MAX))
    const sealed = await this.#effects.disk.read(this.#fileOf(hash), place)
    if (sealed === undefined) return undefined
    const found = openChunkFile(this.#keys, hash, sealed)
    if (found === undefined) await this.#putAside(hash)
    return found
  }

  /** Of the header alone, which the seal covers but this does not check. */
  async #readSinceIndex(hash: string): Promise<number | undefined> {
    try {
      const file = await this.#effects.disk.open(this.#fileOf(hash), 'read')
      try {
        return readIndex(await file.read(0, HEADER_BYTES)) ?? 0
      } finally {
        await file.close()
      }
    } catch (thrown) {
      if (isAnilloError(thrown, 'NOT_FOUND')) return undefined
      throw thrown
    }
  }

  async #putAside(hash: string): Promise<void> {
    await this.#effects.disk.rename(this.#fileOf(hash), this.#fileOf(hash) + DAMAGED_SUFFIX)
    this.#options.onDamage(hash)
  }

  async #remove(hash: string): Promise<void> {
    const { disk } = this.#effects
    await disk.remove(this.#fileOf(hash))
    await disk.remove(this.#fileOf(hash) + DAMAGED_SUFFIX)
  }

  #directoryOf(hash: string): string {
    return `${this.#options.path}/${hash.slice(0, DIRECTORY_DIGITS)}`
  }

  #fileOf(hash: string): string {
    return `${this.#directoryOf(hash)}/${hash}`
  }
}
