/**
 * Where a path leads, as of one moment: all names on the way are read, and read again; when nothing
 * changed in between, all of them held when the last one was read. What earlier walks read of the
 * folders on the way serves for the first time, however old it is: the second tells whether it is
 * so still.
 */
import { AnilloError } from '../../../base/errors.ts'
import type { Etag } from '../../../store/partition/procedure.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { FileUser } from '../types.ts'
import { accessOf, type AccessOrNothing } from './access.ts'
import { foundFolder, foundRoot, makeFolder } from './folder-procedures.ts'
import { namesOf, pathOf } from './paths.ts'
import { HOME, nameKey, ROOT, ROOT_GRANTS_KEY, trashOf, type Place } from './places.ts'
import { readRootGrants, type EntryRow, type GrantsRow } from './rows.ts'
import type { ReadEntry, TreeStore } from './tree-store.ts'

export const TRASH_NAME = '.trash'

/** Of the root: nobody but managers, where it was taken away from everybody. */
const NOBODY: GrantsRow = { everyone: 'nothing', guests: 'nothing', people: {} }

/** A folder on the way, from the root on. */
interface Step {
  readonly id: string
  readonly access: AccessOrNothing
}

export interface Spot {
  readonly path: string
  /**
   * What is not there for whoever asks: the first name on the way that they may not see, so that
   * nobody learns what is below it.
   */
  readonly missing: string
  readonly names: readonly string[]
  /** Of the folder that the last name is in, and of what is there; of a folder its own. */
  readonly above: AccessOrNothing
  readonly access: AccessOrNothing
  /** `undefined`: the root, or somebody’s trash. */
  readonly place: Place | undefined
  /** What is there. Of the root and of a trash: nothing. */
  readonly entry: EntryRow | undefined
  /** The folder that is there. */
  readonly folder: string | undefined
  /** Folders above, from the root on. */
  readonly way: readonly string[]
  readonly isInTrash: boolean
}

interface Seen extends ReadEntry {
  readonly place: Place
}

/** A way that changes each time is a busy one; then the caller may try again. */
const TRIES_MAX = 8
/** Folders on the way that are remembered, some 500 bytes each. */
const KNOWN_MAX = 4_096

export class Walk {
  readonly #tree: TreeStore
  /** As they were read, those used longest ago first. */
  readonly #known = new Map<string, Seen>()
  #knownRoot: RootRead | undefined

  constructor(tree: TreeStore) {
    this.#tree = tree
  }

  /** @throws AnilloError NO_ENTRY and NOT_A_FOLDER of names before the last one, NAME_INVALID */
  async to(who: FileUser, path: string, options?: CallOptions): Promise<Spot> {
    const names = namesOf(path)
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const walk = tries === 1 ? 'by what is known' : 'anew'
      const spot = await this.#once(who, names, { walk, options })
      if (spot !== undefined) return spot
    }
    throw new AnilloError('BUSY')
  }

  async #once(
    who: FileUser,
    names: readonly string[],
    {
      options,
      walk,
    }: { readonly walk: 'by what is known' | 'anew'; readonly options: CallOptions | undefined },
  ): Promise<Spot | undefined> {
    const isAnew = walk === 'anew'
    const known = isAnew ? undefined : this.#knownRoot
    const root = known ?? (await this.#rootGrants(options))
    const isInTrash = names[0] === TRASH_NAME && who.nick !== undefined
    const { grants: atRoot, id } = isInTrash
      ? { grants: await this.#trashGrants(who.nick ?? '', options), id: trashOf(who.nick ?? '') }
      : { grants: root.grants, id: ROOT }
    let grants = atRoot
    const below = isInTrash ? names.slice(1) : names
    const way: Step[] = [{ id, access: accessOf(who, grants) }]
    const seen: Seen[] = []
    let last: { readonly place: Place; readonly read: ReadEntry | undefined } | undefined
    let hidden: string | undefined
    for (const [at, name] of below.entries()) {
      const place = { folder: present(way).id, key: nameKey(name) }
      const isLast = at === below.length - 1
      const met = isLast || isAnew ? undefined : this.#known.get(keyOf(place))
      const read = met ?? (await this.#read(who, { place, name }, options))
      last = { place, read }
      if (isLast) break
      const upTo = pathOf(names.slice(0, names.length - below.length + at + 1))
      grants = read?.row.grants ?? grants
      const access = accessOf(who, grants)
      // Who may not see a folder may pass through it to one below that is theirs to see.
      hidden = access === 'nothing' ? (hidden ?? upTo) : undefined
      if (read === undefined || (read.row.file !== undefined && access === 'nothing')) {
        // It may have moved while it was looked for.
        if (!(await this.#holds(seen, root, options))) return undefined
        throw new AnilloError('NO_ENTRY', { path: hidden ?? upTo })
      }
      if (read.row.file !== undefined) throw new AnilloError('NOT_A_FOLDER', { path: upTo })
      seen.push({ place, etag: read.etag, row: read.row })
      way.push({ id: read.row.id, access })
    }
    if (!(await this.#holds(seen, root, options))) return undefined
    this.#remember(seen, root)
    return spotOf(who, { names, way, last, grants, hidden, isInTrash })
  }

  #remember(seen: readonly Seen[], root: RootRead): void {
    this.#knownRoot = root
    for (const one of seen) {
      const key = keyOf(one.place)
      this.#known.delete(key)
      // Where it is on its way to another place, that is looked at each time.
      if (one.row.leaving === undefined) this.#known.set(key, one)
    }
    for (const key of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) return
      this.#known.delete(key)
    }
  }

  async #holds(seen: readonly Seen[], root: RootRead, options?: CallOptions): Promise<boolean> {
    const again = seen.map(async ({ etag, place }) => {
      const read = await this.#tree.entry(place, options)
      return read !== undefined && isSame(read.etag, etag)
    })
    const rootAgain = this.#rootGrants(options).then(({ etag }) => isSame(etag, root.etag))
    return (await Promise.all([rootAgain, ...again])).every(Boolean)
  }

  async #read(
    who: FileUser,
    { name, place }: { readonly place: Place; readonly name: string },
    options?: CallOptions,
  ): Promise<ReadEntry | undefined> {
    const read = await this.#tree.entry(place, options)
    if (read !== undefined || place.folder !== HOME || name !== who.nick) return read
    await this.makeHome(who.nick, options)
    return this.#tree.entry(place, options)
  }

  /** Of an account, at its first use. */
  async makeHome(nick: string, options?: CallOptions): Promise<void> {
    const id = this.#tree.newId()
    const found = { folder: id, parent: HOME, isKept: false }
    await this.#tree.change(id, foundFolder, { input: found, options })
    const grants: GrantsRow = { ...NOBODY, people: { [nick]: 'own' } }
    const input = { folder: HOME, key: nameKey(nick), name: nick, id, owner: nick, grants }
    await this.#tree.change(HOME, makeFolder, { input, options })
  }

  async #rootGrants(options?: CallOptions): Promise<RootRead> {
    const record = await this.#tree.store.get(ROOT_GRANTS_KEY, options)
    if (record !== undefined) {
      return { grants: readRootGrants(record).grants ?? NOBODY, etag: record.etag }
    }
    await this.#tree.change(ROOT, foundRoot, { input: {}, options })
    return this.#rootGrants(options)
  }

  async #trashGrants(nick: string, options?: CallOptions): Promise<GrantsRow> {
    const folder = trashOf(nick)
    if ((await this.#tree.folder(folder, options)) === undefined) {
      const input = { folder, parent: ROOT, isKept: true }
      await this.#tree.change(folder, foundFolder, { input, options })
    }
    return { ...NOBODY, people: { [nick]: 'own' } }
  }
}

interface RootRead {
  readonly grants: GrantsRow
  readonly etag: Etag
}

function spotOf(
  who: FileUser,
  walked: {
    readonly names: readonly string[]
    readonly way: readonly Step[]
    readonly last: { readonly place: Place; readonly read: ReadEntry | undefined } | undefined
    readonly grants: GrantsRow
    readonly hidden: string | undefined
    readonly isInTrash: boolean
  },
): Spot {
  const { grants, hidden, isInTrash, last, names, way } = walked
  const { access: above, id } = present(way)
  const entry = last?.read?.row
  const folder = last === undefined ? id : entry !== undefined && !entry.file ? entry.id : undefined
  const path = pathOf(names)
  const access = accessOf(who, entry?.grants ?? grants)
  return {
    path,
    missing: access === 'nothing' ? (hidden ?? path) : path,
    names,
    above,
    access,
    place: last?.place,
    entry,
    folder,
    way: way.map((step) => step.id),
    isInTrash,
  }
}

function keyOf({ folder, key }: Place): string {
  return `${folder}/${key}`
}

function present(way: readonly Step[]): Step {
  return way.at(-1) ?? { id: ROOT, access: 'nothing' }
}

function isSame(a: Etag, b: Etag): boolean {
  return a.generation === b.generation && a.index === b.index
}
