/**
 * Somebody with files of their own, at whatever member: writes them, appends to them, puts one in
 * the place of another, moves the folder that they lie in, throws them away and takes them back.
 * What was told as done is so at every member from then on, with the versions that it made.
 */
import { assert, present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { KIB, SECOND_MS } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import { VERSIONS_MAX } from '../../src/services/files/tree/limits.ts'
import type { Files, FileUser } from '../../src/services/files/types.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { World } from '../world/world.ts'
import { FilesAsker, personOf } from './asker.ts'

const NAMES = ['one', 'two', 'three']
const ROOMS = ['a', 'b']
/** Beside its entry, and in chunks. */
const SIZES = [1 * KIB, 40 * KIB]
const PAUSE_MS_MAX = SECOND_MS

export interface PersonParts {
  readonly ring: CrawlingRing
  readonly world: World
  readonly chance: SeededChance
  readonly nick: string
  /** The folder with the files; another in the same home is somebody else's who is the account. */
  readonly box: string
}

interface Content {
  readonly sha256: string
  readonly bytes: number
}

/** A file as it ought to be. */
interface Held {
  readonly content: Uint8Array
  readonly isAppended: boolean
  /** Versions, oldest first. */
  readonly past: readonly Content[]
}

export class FilesPerson {
  readonly who: FileUser
  readonly #parts: PersonParts
  readonly #asker: FilesAsker
  /** Which of the rooms the box is in. */
  #room = 0
  /** By name; absent: it is not there. */
  readonly #held = new Map<string, Held>()
  /** By id. */
  readonly #trash = new Map<string, Held>()

  constructor(parts: PersonParts) {
    this.#parts = parts
    this.#asker = new FilesAsker(parts.ring)
    this.who = personOf(parts.nick)
  }

  async live(untilMs: number): Promise<void> {
    const { chance, ring, world } = this.#parts
    for (const room of ROOMS) await this.#do((files) => files.makeFolder(this.who, this.#in(room)))
    await this.#do((files) => files.makeFolder(this.who, this.#box))
    while (world.nowMs < untilMs) {
      const name = pick(chance, NAMES)
      const acts = [this.#write, this.#write, this.#append, this.#move, this.#displace, this.#away]
      await pick(chance, acts).call(this, name)
      await this.check(pick(chance, NAMES))
      await ring.pause(PAUSE_MS_MAX * chance.fraction())
    }
  }

  async checkAll(): Promise<void> {
    for (const name of NAMES) await this.check(name)
    const { entries } = await this.#asker.files((files) => files.list(this.who, this.#box))
    const names = entries.map((entry) => entry.name)
    assert(names.join() === [...this.#held.keys()].toSorted().join(), `of ${names.join()}`)
  }

  /** Ids of what lies in the trash. */
  get thrownAway(): readonly string[] {
    return [...this.#trash.keys()]
  }

  /** What all of it comes to. */
  get takes(): { readonly bytes: number; readonly files: number } {
    const all = [...this.#held.values(), ...this.#trash.values()]
    const bytes = all.map(({ content, past }) =>
      past.reduce((sum, version) => sum + version.bytes, content.length),
    )
    return { bytes: bytes.reduce((sum, each) => sum + each, 0), files: all.length }
  }

  /** As it was written last, with its versions, where it was moved to, and not where it was. */
  async check(name: string): Promise<void> {
    const { tally } = this.#parts.world
    const path = `${this.#box}/${name}`
    const held = this.#held.get(name)
    const entry = await this.#asker.entry(this.who, path)
    assert((entry === undefined) === (held === undefined), `${path} is or is not there`)
    if (held !== undefined) {
      const found = await this.#asker.files((files) => this.#read(files, path))
      assert(sha256Hex(found) === sha256Hex(held.content), `${path} is not what was written`)
      tally.add('check: a file is as it was written')
      const versions = await this.#asker.files((files) => files.versions(this.who, path))
      const past = versions.map(({ sha256 }) => sha256).join()
      const wanted = held.past.map(({ sha256 }) => sha256).join()
      assert(past === wanted, `${path} has ${versions.length} versions, or not those`)
      tally.add('check: versions are what was replaced')
    }
    const other = this.#in(present(ROOMS[1 - this.#room], 'room'), this.#parts.box)
    assert((await this.#asker.entry(this.who, other)) === undefined, `${other} is where it was`)
    tally.add('check: a folder is at one place')
  }

  async #read(files: Files, path: string): Promise<Uint8Array> {
    const { entry, read } = await files.open(this.who, path)
    const pieces: Uint8Array[] = []
    for await (const piece of read({ from: 0, to: entry.bytes })) pieces.push(piece.slice())
    return Buffer.concat(pieces)
  }

  #write(name: string): Promise<void> {
    return this.#put(name, 'replace')
  }

  async #append(name: string): Promise<void> {
    if (this.#held.has(name)) await this.#put(name, 'append')
  }

  /** Under a condition: what is carried out late then changes nothing. */
  async #put(name: string, how: 'replace' | 'append'): Promise<void> {
    const path = `${this.#box}/${name}`
    const { chance, world } = this.#parts
    const bytes = new Uint8Array(pick(chance, SIZES)).map(() => chance.below(256))
    const before = await this.#asker.entry(this.who, path)
    const ifMatch = before === undefined ? ({ is: 'absent' } as const) : before.etag
    const isDone = await this.#do(async (files) => {
      const upload = await files.write(this.who, path, { how, ifMatch })
      await upload.push(bytes)
      await upload.commit()
    })
    if (!isDone) return world.tally.add('check: what does not fit is refused')
    const held = this.#held.get(name)
    const isAppended = how === 'append'
    const content = isAppended && held ? Buffer.concat([held.content, bytes]) : bytes
    const isOne = isAppended && held?.isAppended === true
    const past = isOne ? held.past : held === undefined ? [] : [...held.past, contentOf(held)]
    this.#held.set(name, { content, isAppended, past: past.slice(-VERSIONS_MAX) })
  }

  /** The folder with all that is in it. */
  async #move(): Promise<void> {
    const from = this.#box
    this.#room = 1 - this.#room
    await this.#do((files) => files.move(this.who, from, this.#box))
  }

  /** One file takes the place of another, or a name that is free. */
  async #displace(name: string): Promise<void> {
    const to = pick(
      this.#parts.chance,
      NAMES.filter((other) => other !== name),
    )
    const [held, other] = [this.#held.get(name), this.#held.get(to)]
    if (held === undefined) return
    const replace = { replace: true }
    const [from, at] = [`${this.#box}/${name}`, `${this.#box}/${to}`]
    await this.#do((files) => files.move(this.who, from, at, replace))
    const past = other === undefined ? [] : [...other.past, contentOf(other)]
    this.#held.delete(name)
    this.#held.set(to, { ...held, past: [...held.past, ...past].slice(-VERSIONS_MAX) })
  }

  /** Away, and perhaps back, or for good. */
  async #away(name: string): Promise<void> {
    const held = this.#held.get(name)
    if (held === undefined) return
    const path = `${this.#box}/${name}`
    const { id } = await this.#asker.files((files) => files.stat(this.who, path))
    await this.#do((files) => files.remove(this.who, path))
    this.#held.delete(name)
    this.#trash.set(id, held)
    await this.check(name)
    const next = this.#parts.chance.below(3)
    if (next === 0) return
    if (next === 1) await this.#do((files) => files.removeTrashed(this.who, id))
    else {
      await this.#do((files) => files.restore(this.who, id))
      this.#held.set(name, held)
    }
    this.#trash.delete(id)
  }

  get #box(): string {
    return this.#in(present(ROOMS[this.#room], 'room'), this.#parts.box)
  }

  #in(...names: readonly string[]): string {
    return ['', 'home', this.#parts.nick, ...names].join('/')
  }

  #do(order: (files: Files) => Promise<unknown>): Promise<boolean> {
    return this.#asker.doWithFiles(order)
  }
}

function contentOf({ content }: Held): Content {
  return { sha256: sha256Hex(content), bytes: content.length }
}
