/**
 * What was removed, in a folder of each account’s own, `/.trash`: it lies in its owner’s, with all
 * that is in it, until it is put back, or removed once more, for good.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { ChangeOptions, EmptyTrashOptions, Entry, FileUser, TrashedEntry } from '../types.ts'
import { demand } from './access.ts'
import { foundFolder, makeFolder } from './folder-procedures.ts'
import type { Listed } from './listing.ts'
import { namesOf, pathOf, withSuffix } from './paths.ts'
import { nameKey, trashOf, type Place } from './places.ts'
import { refusalOf } from './refusals.ts'
import { etagOf, type EntryRow } from './rows.ts'
import { beside } from './tree-store.ts'
import { leastRead, type Target, type Tree } from './tree.ts'
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
    options: ChangeOptions & { readonly ifMatch?: string } = {},
  ): Promise<void> {
    const target = await this.#tree.target(who, path, { ...options, takesFromTrash: true })
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
    // Whoever may write a folder may not take what is somebody's from them for good.
    const keeper = who.isManager ? who.nick : entry.owner
    await this.#away(keeper, { target, entry, isExact: options.ifMatch !== undefined }, options)
  }

  /**
   * A folder in which something is put together, to be moved out when it is whole. What its maker
   * left when it died lies there, and goes, like what was thrown away.
   */
  async stage(
    who: FileUser,
    { name, path: from }: Pick<Target, 'name' | 'path'>,
    options?: CallOptions,
  ): Promise<{ readonly id: string; readonly path: string; readonly place: Place }> {
    const { rows } = this.#tree
    const { nick = '' } = who
    await this.#tree.find(who, `/${TRASH_NAME}`, { options })
    const id = rows.newId()
    const folder = trashOf(nick)
    const found = { folder: id, parent: folder, isKept: false }
    await rows.change(id, foundFolder, { input: found, options })
    const named = withSuffix(name, `.${id}`)
    const place = { folder, key: nameKey(named) }
    const input = { ...place, name: named, id, owner: nick, trashed: { from, name } }
    const path = pathOf([TRASH_NAME, named])
    await this.#tree.settled({ ...place, path, options }, () =>
      rows.change(folder, makeFolder, { input, options }),
    )
    return { id, path, place }
  }

  async #away(
    keeper: string,
    { entry, isExact, target }: { target: Target; entry: EntryRow; isExact: boolean },
    options?: ChangeOptions,
  ): Promise<void> {
    const { name, path: from, place } = target
    const folder = trashOf(keeper)
    // It is made when somebody looks at it.
    await this.#tree.find(
      { nick: keeper, isManager: false, mayWrite: true, groups: [] },
      `/${TRASH_NAME}`,
      { options },
    )
    const trashed = { from, name, atMs: this.#tree.rows.clock.wallMs() }
    const named = [name, withSuffix(name, `.${entry.id.slice(0, ID_SHOWN_DIGITS)}`)]
    named.push(withSuffix(name, `.${this.#tree.rows.newId()}`))
    for (const [at, to] of named.entries()) {
      const exact = isExact ? { etag: etagOf(entry) } : {}
      const there = { folder, key: nameKey(to) }
      const ask = { from: place, id: entry.id, ...exact, to: there, name: to, replace: false }
      try {
        await this.#tree.carry({ ...ask, trashed }, { from, to: from, access: 'own' }, options)
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
    const listed = { place, row: read.row }
    await this.#forGood(listed, pathIn(listed), options)
  }

  /** Bottom up. */
  async #forGood(listed: Listed, path: string, options: ChangeOptions = {}): Promise<void> {
    const { row } = listed
    if (row.file !== undefined) return this.#tree.removeFile(listed, path, options)
    for (const below of await this.#tree.entriesOf(row.id, options)) {
      await this.#goneOr(this.#forGood(below, `${path}/${below.row.name}`, beside(options)))
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
    return (await this.#all(who, options)).map(({ row }) => ({
      id: row.id,
      name: row.trashed?.name ?? row.name,
      kind: row.file === undefined ? 'folder' : 'file',
      bytes: row.file?.bytes ?? 0,
      from: row.trashed?.from ?? pathOf([TRASH_NAME, row.name]),
      trashedMs: row.trashed?.atMs ?? row.modifiedMs,
    }))
  }

  /** One of it, for good. @throws AnilloError NO_ENTRY */
  async removeOne(who: FileUser, id: string, options?: ChangeOptions): Promise<void> {
    const listed = await this.#listed(who, id, options)
    demand(who.mayWrite ? 'own' : 'read', 'write', pathIn(listed))
    await this.#forGood(listed, pathIn(listed), options)
  }

  /** For good. What somebody else takes away meanwhile is not missed. */
  async empty(who: FileUser, options: EmptyTrashOptions = {}): Promise<number> {
    demand(who.mayWrite ? 'own' : 'read', 'write', pathOf([TRASH_NAME]))
    const { olderThanMs = 0, ...rest } = options
    const beforeMs = this.#tree.rows.clock.wallMs() - olderThanMs
    let removed = 0
    for (const listed of await this.#all(who, rest)) {
      const { row } = listed
      if (olderThanMs > 0 && (row.trashed?.atMs ?? row.modifiedMs) > beforeMs) continue
      await this.#goneOr(this.#forGood(listed, pathIn(listed), rest))
      removed++
    }
    return removed
  }

  /** Guests have none. */
  async #all({ nick }: FileUser, options?: CallOptions): Promise<readonly Listed[]> {
    return nick === undefined ? [] : this.#tree.entriesOf(trashOf(nick), options)
  }

  /** @throws AnilloError NO_ENTRY */
  async #listed(who: FileUser, id: string, options?: CallOptions): Promise<Listed> {
    const listed = (await this.#all(who, options)).find(({ row }) => row.id === id)
    if (listed === undefined) throw refusalOf('absent', id)
    return listed
  }

  /** @throws AnilloError NO_ENTRY, NO_ACCESS where it was */
  async restore(who: FileUser, id: string, options?: ChangeOptions): Promise<Entry> {
    const listed = await this.#listed(who, id, options)
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
    options: ChangeOptions = {},
  ): Promise<Entry | undefined> {
    const above = pathOf(namesOf(path).slice(0, -1))
    const isThere = await this.#tree.find(who, above, { options }).catch((thrown: unknown) => {
      if (!isAnilloError(thrown, 'NO_ENTRY')) throw thrown
      return undefined
    })
    if (isThere === undefined) {
      await this.#tree.makeFolder(who, above, { ...beside(options), parents: true })
    }
    const { name, place, spot } = await this.#tree.target(who, path, options)
    if (spot.entry !== undefined && !(await this.#tree.isGone(spot, options))) return undefined
    const { place: from, row } = listed
    try {
      const ask = { from, id: row.id, to: place, name, replace: false }
      const paths = { from: path, to: path, access: leastRead(spot.access) }
      await this.#tree.carry(ask, paths, options)
    } catch (thrown) {
      if (isAnilloError(thrown, 'ENTRY_EXISTS')) return undefined
      throw thrown
    }
    return this.#tree.stat(who, path, options)
  }
}

function pathIn({ row }: Listed): string {
  return pathOf([TRASH_NAME, row.name])
}
