/** `/.shared`: a folder for each person who shares something with whoever looks. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { CallOptions } from '../../../store/types.ts'
import { namesOf, pathOf } from '../tree/paths.ts'
import type { Entry, EntryPage, Files, FileUser, ListOptions, SharedEntry } from '../types.ts'
import { pageOf } from './name-pages.ts'
import { isNamed, namedShares, type NamedShare } from './shared-names.ts'
import type { Alias, Way } from './shared-way.ts'
import { shownFolder } from './view.ts'

const NAME = '.shared'
/** Which of two equal names a path means, at one member, is known for so long. */
const KNOWN_MS = 5 * SECOND_MS
/** Some 200 bytes each. */
const KNOWN_MAX = 4_096

interface Known {
  readonly handle: string
  readonly untilMs: number
}

interface Asked {
  readonly owner: string
  readonly name: string
}

export class SharedFolder {
  readonly #files: Pick<Files, 'sharedWith' | 'sharedOne'>
  readonly #clock: Pick<Clock, 'nowMs'>
  /** By who asks and what for, those looked for longest ago first. */
  readonly #known = new Map<string, Known>()

  constructor(files: Pick<Files, 'sharedWith' | 'sharedOne'>, clock: Pick<Clock, 'nowMs'>) {
    this.#files = files
    this.#clock = clock
  }

  /** `undefined`: elsewhere, or in what is shared. @throws AnilloError NAME_INVALID */
  listing(path: string): readonly string[] | undefined {
    const [first, ...names] = namesOf(path)
    return first === NAME && names.length <= 1 ? names : undefined
  }

  /** @throws AnilloError NO_ENTRY */
  async stat(who: FileUser, names: readonly string[], options?: CallOptions): Promise<Entry> {
    const all = await this.#named(who, options)
    const [owner] = names
    if (owner === undefined) return folderOf(who, all)
    const theirs = all.filter((one) => one.owner === owner)
    if (theirs.length === 0) throw new AnilloError('NO_ENTRY', { path: pathOf([NAME, owner]) })
    return folderOf(who, theirs, owner)
  }

  /** @throws AnilloError NO_ENTRY, BAD_REQUEST (no cursor of a list) */
  async list(
    who: FileUser,
    names: readonly string[],
    options: ListOptions = {},
  ): Promise<EntryPage> {
    const all = await this.#named(who, options)
    const [owner] = names
    if (owner === undefined) {
      const owners = Map.groupBy(all, (one) => one.owner)
      return pageOf(
        [...owners].map(([name, theirs]) => folderOf(who, theirs, name)),
        options,
      )
    }
    const theirs = all.filter((one) => one.owner === owner)
    if (theirs.length === 0) throw new AnilloError('NO_ENTRY', { path: pathOf([NAME, owner]) })
    return pageOf(theirs.map(entryOf), options)
  }

  /** As everybody is told of it: of no folder that is around it. */
  async all(who: FileUser, options?: CallOptions): Promise<readonly SharedEntry[]> {
    const all = await this.#named(who, options)
    return all.map((one) => ({ ...one.share, entry: entryOf(one) }))
  }

  /** @throws AnilloError NO_ENTRY, NAME_INVALID */
  async way(who: FileUser, path: string, options?: CallOptions): Promise<Way> {
    const [first, owner = '', name = '', ...below] = namesOf(path)
    if (first !== NAME) return { path, alias: undefined }
    const share = await this.#find(who, { owner, name }, options)
    const shown = pathOf([NAME, owner, name])
    if (share === undefined) throw new AnilloError('NO_ENTRY', { path: shown })
    const alias = { shown, name, real: share.entry.path } satisfies Alias
    return { alias, path: pathOf([...namesOf(alias.real), ...below]) }
  }

  /** To what lies in a folder that they may not see: its real place is told nowhere. */
  async hiddenWays(
    who: FileUser,
    files: Pick<Files, 'stat'>,
    options?: CallOptions,
  ): Promise<readonly Way[]> {
    const ways = (await this.#named(who, options)).map(wayOf)
    const seen = await Promise.all(
      ways.map(({ path }) => isSeen(files, who, pathOf(namesOf(`${path}/..`)))),
    )
    return ways.filter((_, at) => seen[at] !== true)
  }

  async #named(who: FileUser, options?: CallOptions): Promise<readonly NamedShare[]> {
    return namedShares(await this.#files.sharedWith(who, options))
  }

  async #find(
    who: FileUser,
    asked: Asked,
    options?: CallOptions,
  ): Promise<Pick<SharedEntry, 'entry'> | undefined> {
    const key = `${who.nick ?? ''}/${asked.owner}/${asked.name}`
    const known = this.#known.get(key)
    if (known !== undefined && known.untilMs > this.#clock.nowMs()) {
      const one = await this.#files.sharedOne(who, known.handle, options)
      if (one !== undefined && isStill(one, asked)) return one
    }
    this.#known.delete(key)
    const all = (await this.#named(who, options)).filter(({ owner }) => owner === asked.owner)
    const found =
      all.find(({ name }) => name.normalize('NFC') === asked.name.normalize('NFC')) ??
      all.find((one) => isNamed(one, asked.name))
    if (found !== undefined) this.#remember(key, found.share.handle)
    return found?.share
  }

  #remember(key: string, handle: string): void {
    this.#known.set(key, { handle, untilMs: this.#clock.nowMs() + KNOWN_MS })
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) return
      this.#known.delete(oldest)
    }
  }
}

function isStill({ entry }: Pick<SharedEntry, 'entry'>, { name, owner }: Asked): boolean {
  const share = { entry, handle: '', sinceMs: 0, group: undefined }
  return entry.owner === owner && isNamed({ owner, name: entry.name, share }, name)
}

function entryOf({ name, owner, share }: NamedShare): Entry {
  return { ...share.entry, name, path: pathOf([NAME, owner, name]) }
}

function wayOf({ name, owner, share }: NamedShare): Way {
  const { path } = share.entry
  return { path, alias: { shown: pathOf([NAME, owner, name]), name, real: path } }
}

async function isSeen(files: Pick<Files, 'stat'>, who: FileUser, path: string): Promise<boolean> {
  try {
    await files.stat(who, path)
    return true
  } catch (thrown) {
    if (isAnilloError(thrown, 'NO_ENTRY')) return false
    throw thrown
  }
}

/** Times are those of the latest share. */
function folderOf(who: FileUser, shares: readonly NamedShare[], owner?: string): Entry {
  const names = owner === undefined ? [NAME] : [NAME, owner]
  const modifiedMs = Math.max(0, ...shares.map(({ share }) => share.sinceMs))
  const key = `shared/${who.nick ?? ''}/${names.join('/')}`
  const by = { name: names.at(-1) ?? NAME, path: pathOf(names), owner: owner ?? 'anillo' }
  return shownFolder({ key, modifiedMs, ...by })
}
