/** Entries that are found again by a handle, wherever they are (docs/spec/tree.md). */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { Entry, FileUser, Followed } from '../types.ts'
import { readChildRow } from './folder-procedures.ts'
import {
  followedKey,
  followEntry,
  partitionOfHandle,
  placeFollowed,
  readFollowedRow,
} from './follow-procedures.ts'
import { pathOf } from './paths.ts'
import { childKey, entryKey, ROOT, type Place } from './places.ts'
import { readEntryRow } from './rows.ts'
import type { Tree } from './tree.ts'
import type { Spot } from './walk.ts'

/** It may be on its way, or the message that says where it is. */
const TRIES_MAX = 5
const PAUSE_MS = 40

/** No folder lies deeper: its path would be too long. */
const DEPTH_MAX = 2_048

const FILE = 'file/'
const FOLDER = 'folder/'
const HANDLE = /^(?:file|folder)\/[0-9a-f]{32}$/

/**
 * As it was read; `undefined`: it is gone for good. `moving`: it is to be looked for again, and so
 * is what seems to lie in a trash (`away`), once.
 */
type Found = { readonly path: string; readonly id: string } | 'moving' | 'away' | undefined

/** What a handle leads to. */
export interface Sighted {
  readonly spot: Spot
  readonly entry: Entry
}

export function handleOf(id: string, { isFolder }: { readonly isFolder: boolean }): string {
  return (isFolder ? FOLDER : FILE) + id
}

export class Following {
  readonly #tree: Tree

  constructor(tree: Tree) {
    this.#tree = tree
  }

  /** @throws AnilloError NO_ENTRY: also of what lies in a trash */
  async follow(who: FileUser, path: string, options?: CallOptions): Promise<Followed> {
    const spot = await this.#tree.find(who, path, { options })
    if (spot.isInTrash) throw new AnilloError('NO_ENTRY', { path: spot.path })
    const entry = await this.#tree.told(spot, options)
    const { place } = spot
    if (spot.folder !== undefined || place === undefined) {
      return { entry, handle: handleOf(entry.id, { isFolder: true }) }
    }
    const { rows } = this.#tree
    const input = { ...place, id: entry.id }
    const row = await this.#tree.settled({ ...place, path: spot.path, options }, () =>
      rows.change(place.folder, followEntry, { input, options }),
    )
    const handle = row.followed?.handles[0] ?? entry.id
    const turn = row.followed?.turn ?? 0
    // The message that says so comes too late for whoever looks at once.
    const placed = { handle, turn, at: input }
    await rows.store.call(partitionOfHandle(handle), placeFollowed, placed, options)
    return { entry, handle: handleOf(handle, { isFolder: false }) }
  }

  /** @throws AnilloError NO_ENTRY: gone, in a trash, or not for them to see */
  async followed(who: FileUser, handle: string, options?: CallOptions): Promise<Entry> {
    const sighted = await this.sight(who, handle, { ...options, misses: 1 })
    if (sighted === undefined) throw new AnilloError('NO_ENTRY', { path: '' })
    return sighted.entry
  }

  /**
   * `undefined`: gone, in a trash, or not for them to see.
   * @param options `misses`: how often what seems so is looked for once more: a move may have come
   * between
   */
  async sight(
    who: FileUser,
    handle: string,
    { misses, ...options }: CallOptions & { readonly misses: number },
  ): Promise<Sighted | undefined> {
    let missed = 0
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const found = await this.#find(handle, options)
      if (found === undefined) break
      if (found !== 'moving') {
        const sighted = found === 'away' ? undefined : await this.#at(who, found, options)
        if (sighted !== undefined) return sighted
        if (++missed > misses) break
      }
      if (tries < TRIES_MAX) await this.#tree.rows.pause(PAUSE_MS * 2 ** tries, options?.signal)
    }
    return undefined
  }

  /** Of a folder, wherever it is by now; `undefined`: it is gone, or lies in a trash. */
  async pathOf(folder: string, options?: CallOptions): Promise<string | undefined> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const found = await this.#upwards(folder, [], options)
      if (found !== 'moving') return typeof found === 'object' ? found.path : undefined
      await this.#tree.rows.pause(PAUSE_MS * 2 ** tries, options?.signal)
    }
    throw new AnilloError('BUSY')
  }

  async #at(
    who: FileUser,
    { id, path }: { readonly path: string; readonly id: string },
    options?: CallOptions,
  ): Promise<Sighted | undefined> {
    try {
      const spot = await this.#tree.find(who, path, { options })
      const entry = await this.#tree.told(spot, options)
      return entry.id === id ? { spot, entry } : undefined
    } catch (thrown) {
      const isElsewhere = isAnilloError(thrown, 'NO_ENTRY') || isAnilloError(thrown, 'NOT_A_FOLDER')
      if (!isElsewhere) throw thrown
      return undefined
    }
  }

  /** Where the row of its entry is, in a trash too; `undefined`: gone, or it is moving. */
  async placeOf(
    handle: string,
    options?: CallOptions,
  ): Promise<(Place & { readonly id: string }) | undefined> {
    const id = handle.slice(handle.indexOf('/') + 1)
    const { rows } = this.#tree
    if (handle.startsWith(FILE)) {
      const record = await rows.store.get(followedKey(id), options)
      return record === undefined ? undefined : readFollowedRow(record).at
    }
    const self = await rows.folder(id, options)
    if (self === undefined) return undefined
    const child = await rows.store.get(childKey(self.parent, id), options)
    return child && { folder: self.parent, key: readChildRow(child).key, id }
  }

  async #find(handle: string, options?: CallOptions): Promise<Found> {
    if (!HANDLE.test(handle)) return undefined
    const named = handle.slice(handle.indexOf('/') + 1)
    if (handle.startsWith(FOLDER)) return this.#upwards(named, [], options)
    const record = await this.#tree.rows.store.get(followedKey(named), options)
    const { at } = record === undefined ? {} : readFollowedRow(record)
    if (at === undefined) return undefined
    const name = await this.#nameAt(at, at.id, options)
    if (name === undefined) return 'moving'
    const found = await this.#upwards(at.folder, [name], options)
    return typeof found === 'object' ? { ...found, id: at.id } : found
  }

  /** @param below names from that folder on */
  async #upwards(folder: string, below: readonly string[], options?: CallOptions): Promise<Found> {
    const names = [...below]
    let id = folder
    for (let depth = 0; depth < DEPTH_MAX; depth++) {
      if (id === ROOT) return { path: pathOf(names), id: folder }
      const self = await this.#tree.rows.folder(id, options)
      if (self === undefined) return undefined
      const child = await this.#tree.rows.store.get(childKey(self.parent, id), options)
      // A trash is an entry of no folder.
      if (child === undefined) return self.parent === ROOT ? 'away' : 'moving'
      const place = { folder: self.parent, key: readChildRow(child).key }
      const name = await this.#nameAt(place, id, options)
      if (name === undefined) return 'moving'
      names.unshift(name)
      id = self.parent
    }
    return undefined
  }

  /** `undefined`: something else is there. */
  async #nameAt(place: Place, id: string, options?: CallOptions): Promise<string | undefined> {
    const record = await this.#tree.rows.store.get(entryKey(place), options)
    const row = record === undefined ? undefined : readEntryRow(record)
    return row?.id === id ? row.name : undefined
  }
}
