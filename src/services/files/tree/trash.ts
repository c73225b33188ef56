/**
 * What was removed, in a folder of each account’s own, `/.trash`: it lies there with all that is in
 * it until it is put back, or removed once more, for good.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { Entry, FileUser, TrashedEntry } from '../types.ts'
import type { Listed } from './listing.ts'
import { namesOf, pathOf, withSuffix } from './paths.ts'
import { nameKey, trashOf, type Place } from './places.ts'
import { refusalOf } from './refusals.ts'
import { etagOf, type EntryRow } from './rows.ts'
import type { Target, Tree } from './tree.ts'
import { TRASH_NAME } from './walk.ts'

const ID_SHOWN_DIGITS = 8
const NAMES_TRIED_MAX = 100

export class Trash {
  readonly #tree: Tree

  constructor(tree: Tree) {
    this.#tree = tree
  }

  /** @throws AnilloError NO_ENTRY, NO_ACCESS, READ_ONLY, CONDITION_FAILED */
  async remove(
    who: FileUser,
    path: string,
    options: CallOptions & { readonly ifMatch?: string } = {},
  ): Promise<void> {
    const target = await this.#tree.target(who, path, options)
    const { entry, spot } = target
    if (entry === undefined) throw refusalOf('absent', target.path)
    if (entry.fixed === true) throw refusalOf('fixed', target.path)
    const { etag } = await this.#tree.told(spot, options)
    if (options.ifMatch !== undefined && options.ifMatch !== etag) {
      throw refusalOf('changed', target.path)
    }
    // Guests have no trash.
    if (spot.isInTrash || who.nick === undefined) {
      return this.#forGood({ place: target.place, row: entry }, target.path, options)
    }
    await this.#away(who.nick, { target, entry, isExact: options.ifMatch !== undefined }, options)
  }

  async #away(
    nick: string,
    { entry, isExact, target }: { target: Target; entry: EntryRow; isExact: boolean },
    options?: CallOptions,
  ): Promise<void> {
    const { name, path: from, place } = target
    const folder = trashOf(nick)
    // It is made when somebody looks at it.
    await this.#tree.find({ nick, isManager: false, mayWrite: true }, `/${TRASH_NAME}`, { options })
    const trashed = { from, name, atMs: this.#tree.rows.clock.wallMs() }
    const named = [name, withSuffix(name, `.${entry.id.slice(0, ID_SHOWN_DIGITS)}`)]
    named.push(withSuffix(name, `.${this.#tree.rows.newId()}`))
    for (const [at, to] of named.entries()) {
      const exact = isExact ? { etag: etagOf(entry) } : {}
      const there = { folder, key: nameKey(to) }
      const ask = { from: place, id: entry.id, ...exact, to: there, name: to, replace: false }
      try {
        await this.#tree.carry({ ...ask, trashed }, { from, to: from }, options)
        return
      } catch (thrown) {
        if (at === named.length - 1 || !isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
      }
    }
  }

  /** It lay there for long enough. */
  async expire(place: Place, options?: CallOptions): Promise<void> {
    const read = await this.#tree.rows.entry(place, options)
    if (read?.row.trashed === undefined) return
    await this.#forGood({ place, row: read.row }, pathOf([TRASH_NAME, read.row.name]), options)
  }

  /** Bottom up. */
  async #forGood(listed: Listed, path: string, options?: CallOptions): Promise<void> {
    const { row } = listed
    if (row.file !== undefined) return this.#tree.removeFile(listed, path, options)
    for (const below of await this.#tree.entriesOf(row.id, options)) {
      await this.#goneOr(this.#forGood(below, `${path}/${below.row.name}`, options))
    }
    await this.#goneOr(this.#tree.close(row.id, path, options))
  }

  /** Somebody else took it away. */
  async #goneOr(removal: Promise<void>): Promise<void> {
    try {
      await removal
    } catch (thrown) {
      if (!isAnilloError(thrown, 'NO_ENTRY')) throw thrown
    }
  }

  async list(who: FileUser, options?: CallOptions): Promise<readonly TrashedEntry[]> {
    if (who.nick === undefined) return []
    return (await this.#tree.entriesOf(trashOf(who.nick), options)).map(({ row }) => ({
      id: row.id,
      name: row.trashed?.name ?? row.name,
      kind: row.file === undefined ? 'folder' : 'file',
      bytes: row.file?.bytes ?? 0,
      from: row.trashed?.from ?? pathOf([TRASH_NAME, row.name]),
      trashedMs: row.trashed?.atMs ?? row.modifiedMs,
    }))
  }

  /** @throws AnilloError NO_ENTRY, NO_ACCESS where it was */
  async restore(who: FileUser, id: string, options?: CallOptions): Promise<Entry> {
    const all = who.nick === undefined ? [] : await this.#tree.entriesOf(trashOf(who.nick), options)
    const listed = all.find(({ row }) => row.id === id)
    if (listed === undefined) throw refusalOf('absent', id)
    const { name = listed.row.name, from = `/${name}` } = listed.row.trashed ?? {}
    const above = namesOf(from).slice(0, -1)
    for (let tries = 0; tries < NAMES_TRIED_MAX; tries++) {
      const beside = tries === 0 ? name : withSuffix(name, ` (${tries + 1})`)
      const moved = await this.#put(who, { listed, path: pathOf([...above, beside]) }, options)
      if (moved !== undefined) return moved
    }
    throw refusalOf('exists', from)
  }

  /** `undefined`: something has that name. */
  async #put(
    who: FileUser,
    { listed, path }: { readonly listed: Listed; readonly path: string },
    options?: CallOptions,
  ): Promise<Entry | undefined> {
    const above = pathOf(namesOf(path).slice(0, -1))
    const isThere = await this.#tree.find(who, above, { options }).catch((thrown: unknown) => {
      if (!isAnilloError(thrown, 'NO_ENTRY')) throw thrown
      return undefined
    })
    if (isThere === undefined)
      await this.#tree.makeFolder(who, above, { ...options, parents: true })
    const { name, place, spot } = await this.#tree.target(who, path, options)
    if (spot.entry !== undefined && !(await this.#tree.isGone(spot, options))) return undefined
    const { place: from, row } = listed
    try {
      const ask = { from, id: row.id, to: place, name, replace: false }
      await this.#tree.carry(ask, { from: path, to: path }, options)
    } catch (thrown) {
      if (isAnilloError(thrown, 'ENTRY_EXISTS')) return undefined
      throw thrown
    }
    return this.#tree.stat(who, path, options)
  }
}
