/**
 * Entries found by their names: folders are looked through, one's own first, then what others
 * share, then the rest, as far as who asks may see them. What is found is looked up before it is
 * told, so that nothing is told that is not there, or not theirs to see, at that moment.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { searchable } from '../../../base/searchable.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { Entry, FileUser, FindAsk, FoundEntries } from '../types.ts'
import { accessOf, type AccessOrNothing } from './access.ts'
import { FIND_ENTRIES_MAX, FIND_FOLDERS_MAX, FIND_MS_MAX } from './limits.ts'
import type { Listed } from './listing.ts'
import {
  byRank,
  foundCursor,
  rankOf,
  readFoundCursor,
  readNameQuery,
  type NameQuery,
  type Ranked,
} from './name-match.ts'
import { namesOf, pathOf } from './paths.ts'
import type { Shares } from './shares.ts'
import type { Tree } from './tree.ts'

/** Folders that are read at once. */
const FOLDERS_AT_ONCE = 16
/** Of what is found, the best are kept; results behind them are not told. */
const FOUND_KEPT_MAX = 1_000
/** Of what is found so many more are looked up at once. */
const LOOKS_AT_ONCE = 16

interface Folder {
  readonly id: string
  readonly names: readonly string[]
  readonly access: AccessOrNothing
}

interface Found extends Ranked {
  readonly path: string
}

export class Finding {
  readonly #tree: Tree
  readonly #shares: Pick<Shares, 'all'>

  constructor(tree: Tree, shares: Pick<Shares, 'all'>) {
    this.#tree = tree
    this.#shares = shares
  }

  /** @throws AnilloError BAD_REQUEST; with `under` as `Files.list` */
  async find(
    who: FileUser,
    { cursor, limit, under, words, ...options }: FindAsk,
  ): Promise<FoundEntries> {
    const after = cursor === undefined ? undefined : readFoundCursor(cursor)
    const search = new Search(this.#tree, who, readNameQuery(words), options)
    if (under === undefined) await this.#everywhere(search, who, options)
    else await search.through([await this.#folderAt(who, under, options)])
    const { all, isPartial } = search
    const ranked = all.filter((one) => after === undefined || byRank(after, one) < 0)
    const entries: Entry[] = []
    let at = 0
    while (at < ranked.length && entries.length < limit) {
      const some = ranked.slice(at, at + Math.min(LOOKS_AT_ONCE, limit - entries.length))
      const looks = some.map((one) => this.#look(who, one, options))
      entries.push(...(await Promise.all(looks)).filter((entry) => entry !== undefined))
      at += some.length
    }
    const last = ranked[at - 1]
    const goesOn = at < ranked.length && last !== undefined
    return {
      entries,
      found: search.found,
      isPartial,
      cursor: goesOn ? foundCursor(last) : undefined,
    }
  }

  async newest(
    who: FileUser,
    { limit, ...options }: CallOptions & { readonly limit: number },
  ): Promise<readonly Entry[]> {
    if (who.nick === undefined) return []
    const search = new Search(this.#tree, who, undefined, options)
    await search.through([await this.#folderAt(who, `/home/${who.nick}`, options)])
    const looks = search.all.slice(0, limit).map((one) => this.#look(who, one, options))
    return (await Promise.all(looks)).filter((entry) => entry !== undefined)
  }

  async #everywhere(search: Search, who: FileUser, options: CallOptions): Promise<void> {
    const folderAt = async (path: string): Promise<readonly Folder[]> => {
      try {
        return [await this.#folderAt(who, path, options)]
      } catch (thrown) {
        if (isAnilloError(thrown, 'NO_ENTRY')) return []
        throw thrown
      }
    }
    if (who.nick !== undefined) await search.through(await folderAt(`/home/${who.nick}`))
    const shared = await this.#shares.all(who, options)
    for (const { entry } of shared) search.meet(entry)
    await search.through(
      shared.flatMap(({ entry: { access, id, kind, path } }) =>
        kind === 'file' ? [] : [{ id, access, names: namesOf(path) }],
      ),
    )
    await search.through(await folderAt('/'))
  }

  /** @throws AnilloError NO_ENTRY, NOT_A_FOLDER */
  async #folderAt(who: FileUser, path: string, options: CallOptions): Promise<Folder> {
    const { access, folder, names } = await this.#tree.folderAt(who, path, options)
    return { id: folder, names, access }
  }

  /** `undefined`: it is not there any more, or not for them to see. */
  async #look(
    who: FileUser,
    { id, path }: Found,
    options: CallOptions,
  ): Promise<Entry | undefined> {
    try {
      const entry = await this.#tree.stat(who, path, options)
      return entry.id === id ? entry : undefined
    } catch (thrown) {
      const isGone = isAnilloError(thrown, 'NO_ENTRY') || isAnilloError(thrown, 'NOT_A_FOLDER')
      if (isGone) return undefined
      throw thrown
    }
  }
}

/** One search under way. */
class Search {
  readonly #tree: Tree
  readonly #who: FileUser
  /** `undefined`: all files are wanted. */
  readonly #query: NameQuery | undefined
  readonly #options: CallOptions
  readonly #untilMs: number
  /** Ids of folders that were looked through. */
  readonly #folders = new Set<string>()
  readonly #met = new Set<string>()
  #best: Found[] = []
  #entries = 0
  found = 0
  isPartial = false

  constructor(tree: Tree, who: FileUser, query: NameQuery | undefined, options: CallOptions) {
    this.#tree = tree
    this.#who = who
    this.#query = query
    this.#options = options
    this.#untilMs = tree.rows.clock.nowMs() + FIND_MS_MAX
  }

  /** Best first. */
  get all(): readonly Found[] {
    return this.#best.toSorted(byRank)
  }

  meet({ id, modifiedMs, name, path }: Pick<Entry, 'id' | 'modifiedMs' | 'name' | 'path'>): void {
    this.#meet({ id, modifiedMs, path, name, above: searchable(pathOf(namesOf(`${path}/..`))) })
  }

  /** Nearer ones first: what lies deep is what is left out. */
  async through(folders: readonly Folder[]): Promise<void> {
    const queue = [...folders]
    for (let at = 0; at < queue.length;) {
      const taken = queue.slice(at, at + FOLDERS_AT_ONCE)
      at += taken.length
      const some = taken.filter(({ id }) => this.#isNew(id))
      if (some.length > 0 && this.#isOver()) {
        this.isPartial = true
        return
      }
      const below = await Promise.all(some.map((folder) => this.#through(folder)))
      for (const folder of below.flat()) queue.push(folder)
    }
  }

  #isNew(id: string): boolean {
    if (this.#folders.has(id)) return false
    this.#folders.add(id)
    return true
  }

  #isOver(): boolean {
    const isLate = this.#tree.rows.clock.nowMs() >= this.#untilMs
    return isLate || this.#entries >= FIND_ENTRIES_MAX || this.#folders.size > FIND_FOLDERS_MAX
  }

  /** @returns the folders in it */
  async #through({ access, id, names }: Folder): Promise<readonly Folder[]> {
    const above = searchable(pathOf(names))
    const below: Folder[] = []
    for (const { row } of await this.#entriesOf(id)) {
      if (this.#entries++ >= FIND_ENTRIES_MAX) {
        this.isPartial = true
        break
      }
      const theirs = row.grants === undefined ? access : accessOf(this.#who, row.grants)
      if (theirs === 'nothing') continue
      const at = [...names, row.name]
      const { modifiedMs, name } = row
      if (this.#query !== undefined || row.file !== undefined) {
        this.#meet({ id: row.id, modifiedMs, name, above, path: pathOf(at) })
      }
      if (row.file === undefined) below.push({ id: row.id, names: at, access: theirs })
    }
    return below
  }

  async #entriesOf(folder: string): Promise<readonly Listed[]> {
    try {
      return await this.#tree.listing.sorted(folder, this.#options)
    } catch (thrown) {
      if (!isAnilloError(thrown) || isAnilloError(thrown, 'RPC_CANCELLED')) throw thrown
      this.isPartial = true
      return []
    }
  }

  #meet(one: Omit<Found, 'rank'> & { readonly name: string; readonly above: string }): void {
    const { above, id, modifiedMs, name, path } = one
    const rank = this.#query === undefined ? 0 : rankOf(this.#query, name, above)
    if (rank === undefined || this.#met.has(id)) return
    this.#met.add(id)
    this.found++
    this.#best.push({ id, modifiedMs, path, rank })
    if (this.#best.length < 2 * FOUND_KEPT_MAX) return
    this.#best = this.#best.toSorted(byRank).slice(0, FOUND_KEPT_MAX)
  }
}
