/**
 * Somebody with files of their own, at whatever member: writes them, moves them and the folder that
 * they lie in, throws them away and takes them back. What was told as done is so at every member
 * from then on.
 */
import { assert, present } from '../../src/base/assert.ts'
import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { KIB, SECOND_MS } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Entry, Files, FileUser } from '../../src/services/files/types.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { World } from '../world/world.ts'

const NAMES = ['one', 'two', 'three']
const ROOMS = ['a', 'b']
/** Beside its entry, and in chunks. */
const SIZES = [1 * KIB, 40 * KIB]
const PAUSE_MS_MAX = SECOND_MS

/** Told where an earlier try was carried out, and its answer lost. */
const DONE_BEFORE: ReadonlySet<ErrorCode> = new Set([
  'CONDITION_FAILED',
  'ENTRY_EXISTS',
  'NO_ENTRY',
])

export interface PersonParts {
  readonly ring: CrawlingRing
  readonly world: World
  readonly chance: SeededChance
  readonly nick: string
}

export class FilesPerson {
  readonly who: FileUser
  readonly #parts: PersonParts
  /** Which of the rooms the box is in. */
  #room = 0
  /** What each file has; absent: it is not there. */
  readonly #contents = new Map<string, Uint8Array>()

  constructor(parts: PersonParts) {
    this.#parts = parts
    this.who = { nick: parts.nick, isManager: false, mayWrite: true, groups: [] }
  }

  async live(untilMs: number): Promise<void> {
    const { chance, ring, world } = this.#parts
    for (const room of ROOMS) await this.#do((files) => files.makeFolder(this.who, this.#in(room)))
    await this.#do((files) => files.makeFolder(this.who, this.#box))
    while (world.nowMs < untilMs) {
      const name = pick(chance, NAMES)
      const acts = [this.#write, this.#write, this.#move, this.#away]
      await pick(chance, acts).call(this, name)
      await this.check(pick(chance, NAMES))
      await ring.pause(PAUSE_MS_MAX * chance.fraction())
    }
  }

  async checkAll(): Promise<void> {
    for (const name of NAMES) await this.check(name)
    const { entries } = await this.#ask((files) => files.list(this.who, this.#box))
    const names = entries.map((entry) => entry.name)
    assert(names.join() === [...this.#contents.keys()].toSorted().join(), `of ${names.join()}`)
  }

  /** As it was written last, where it was moved to, and not where it was. */
  async check(name: string): Promise<void> {
    const { tally } = this.#parts.world
    const path = `${this.#box}/${name}`
    const content = this.#contents.get(name)
    const found = await this.#ask((files) => this.#read(files, path))
    const is = found === undefined ? 'nothing' : sha256Hex(found)
    const wanted = content === undefined ? 'nothing' : sha256Hex(content)
    assert(is === wanted, `${path} is not what was written`)
    if (content !== undefined) tally.add('check: a file is as it was written')
    const other = this.#in(present(ROOMS[1 - this.#room], 'room'), 'box')
    const isThere = await this.#ask((files) => this.#stat(files, other))
    assert(isThere === undefined, `${other} is where it was`)
    tally.add('check: a folder is at one place')
  }

  async #read(files: Files, path: string): Promise<Uint8Array | undefined> {
    if ((await this.#stat(files, path)) === undefined) return undefined
    const { entry, read } = await files.open(this.who, path)
    const pieces: Uint8Array[] = []
    for await (const piece of read({ from: 0, to: entry.bytes })) pieces.push(piece.slice())
    return Buffer.concat(pieces)
  }

  async #stat(files: Files, path: string): Promise<Entry | undefined> {
    try {
      return await files.stat(this.who, path)
    } catch (thrown) {
      if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
      throw thrown
    }
  }

  /** Under a condition: what is carried out late then changes nothing. */
  async #write(name: string): Promise<void> {
    const path = `${this.#box}/${name}`
    const { chance } = this.#parts
    const bytes = new Uint8Array(pick(chance, SIZES)).map(() => chance.below(256))
    const before = await this.#ask((files) => this.#stat(files, path))
    const ifMatch = before === undefined ? ({ is: 'absent' } as const) : before.etag
    await this.#do(async (files) => {
      const upload = await files.write(this.who, path, { how: 'replace', ifMatch })
      await upload.push(bytes)
      await upload.commit()
    })
    this.#contents.set(name, bytes)
  }

  /** The folder with all that is in it. */
  async #move(): Promise<void> {
    const from = this.#box
    this.#room = 1 - this.#room
    await this.#do((files) => files.move(this.who, from, this.#box))
  }

  /** Away, and perhaps back. */
  async #away(name: string): Promise<void> {
    if (!this.#contents.has(name)) return
    const { chance } = this.#parts
    const path = `${this.#box}/${name}`
    const { id } = await this.#ask((files) => files.stat(this.who, path))
    await this.#do((files) => files.remove(this.who, path))
    const content = this.#contents.get(name)
    this.#contents.delete(name)
    await this.check(name)
    if (chance.below(2) === 0 || content === undefined) return
    await this.#do((files) => files.restore(this.who, id))
    this.#contents.set(name, content)
  }

  get #box(): string {
    return this.#in(present(ROOMS[this.#room], 'room'), 'box')
  }

  #in(...names: readonly string[]): string {
    return ['', 'home', this.#parts.nick, ...names].join('/')
  }

  #ask<T>(question: (files: Files) => Promise<T>): Promise<T> {
    return this.#parts.ring.askBeside(({ files }) => question(files))
  }

  /** Again until it is done. */
  async #do(order: (files: Files) => Promise<unknown>): Promise<void> {
    let tries = 0
    await this.#ask(async (files) => {
      tries++
      try {
        await order(files)
      } catch (thrown) {
        const isDone = isAnilloError(thrown) && tries > 1 && DONE_BEFORE.has(thrown.code)
        if (!isDone) throw thrown
      }
    })
  }
}
