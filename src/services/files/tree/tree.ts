/**
 * Folders, entries and versions over the store: what `Files` does without their bytes. Whoever
 * meets a move that is under way settles it before a change of its own.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import type {
  Access,
  ChangeOptions,
  Entry,
  EntryChange,
  EntryPage,
  FileUser,
  ListOptions,
  Written,
} from '../types.ts'
import { accessOf, allows, demand, type AccessOrNothing } from './access.ts'
import {
  keepPartial,
  putFile,
  removeFile,
  renameEntry,
  restoreVersion,
  touchEntry,
  type PutInput,
} from './file-procedures.ts'
import { closeFolder, dropFolder, foundFolder, makeFolder } from './folder-procedures.ts'
import type { Changed, Refused, ToldEntry } from './folder-work.ts'
import { Listing, type Listed } from './listing.ts'
import { Mover, type MoveAsk } from './mover.ts'
import { namesOf, pathOf } from './paths.ts'
import { ROOT, HOME, partialKey, type Place } from './places.ts'
import { Quotas } from './quotas.ts'
import { refusalOf } from './refusals.ts'
import {
  readPartialRow,
  type EntryRow,
  type PartialRow,
  type SelfRow,
  type VersionRow,
} from './rows.ts'
import { entryOf, isNew } from './told.ts'
import { beside, TreeStore, type TreeStoreOptions } from './tree-store.ts'
import { TRASH_NAME, Walk, type Spot } from './walk.ts'

const LIST_LIMIT_DEFAULT = 1_000
export const LIST_LIMIT_MAX = 10_000
/** Folders of a list whose own rows are read at once. */
const READS_AT_ONCE = 32
/** Of changes that meet moves which are under way. */
const TRIES_MAX = 16
/** Made by anillo itself where a path begins with them. */
const OWN_NAMES: ReadonlySet<string> = new Set([TRASH_NAME, '.shared', '.versions', '.web'])

/** A name in a folder, where somebody may write. */
export interface Target {
  readonly place: Place
  readonly name: string
  readonly path: string
  readonly entry: EntryRow | undefined
  readonly spot: Spot
}

export interface TargetOptions extends ChangeOptions {
  readonly takesFromTrash?: boolean
}

interface SettledAt {
  readonly folder: string
  readonly path: string | { readonly from: string; readonly to: string }
  readonly options: CallOptions | undefined
}

export class Tree {
  readonly rows: TreeStore
  readonly quotas: Quotas
  readonly #walk: Walk
  readonly listing: Listing
  readonly #mover: Mover

  constructor(options: TreeStoreOptions) {
    this.rows = new TreeStore(options)
    this.quotas = new Quotas(this.rows)
    this.#walk = new Walk(this.rows)
    this.listing = new Listing(this.rows)
    this.#mover = new Mover(this.rows)
  }

  /** What is there, and that who asks may do that with it. @throws AnilloError NO_ENTRY */
  async find(
    who: FileUser,
    path: string,
    {
      least = 'read',
      options,
    }: { least?: Entry['access']; options?: CallOptions | undefined } = {},
  ): Promise<Spot> {
    const spot = await this.#walk.to(who, path, options)
    if (spot.place !== undefined && spot.entry === undefined) {
      throw new AnilloError('NO_ENTRY', { path: spot.missing })
    }
    demand(spot.access, least, spot.missing)
    return spot
  }

  async stat(who: FileUser, path: string, options?: CallOptions): Promise<Entry> {
    return this.told(await this.find(who, path, { options }), options)
  }

  /** @throws AnilloError NO_ENTRY: a folder that was removed meanwhile */
  async told(spot: Spot, options?: CallOptions): Promise<Entry> {
    const { access, folder, names, path } = spot
    if (access === 'nothing') throw new AnilloError('NO_ENTRY', { path: spot.missing })
    const self = folder === undefined ? undefined : await this.rows.folder(folder, options)
    if (folder !== undefined && self === undefined) throw new AnilloError('NO_ENTRY', { path })
    const row = spot.entry ?? virtualRow(folder ?? ROOT, names.at(-1) ?? '', self)
    return entryOf(row, { path, access, self })
  }

  /** @throws AnilloError NO_ENTRY, NOT_A_FOLDER */
  async folderAt(who: FileUser, path: string, options?: CallOptions) {
    const spot = await this.find(who, path, { options })
    if (spot.folder === undefined) throw new AnilloError('NOT_A_FOLDER', { path: spot.path })
    return { ...spot, folder: spot.folder }
  }

  async list(who: FileUser, path: string, ask: ListOptions = {}): Promise<EntryPage> {
    const spot = await this.folderAt(who, path, ask)
    if (spot.folder === HOME && who.nick !== undefined && ask.cursor === undefined) {
      // Made at its first use: whoever looks for it finds it.
      await this.#walk.to(who, pathOf([...spot.names, who.nick]), ask)
    }
    if ((await this.rows.folder(spot.folder, ask)) === undefined) {
      throw new AnilloError('NO_ENTRY', { path: spot.path })
    }
    const limit = Math.min(ask.limit ?? LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX)
    const { cursor, entries } = await this.listing.page(spot.folder, { ...ask, limit }, ask)
    const told: Entry[] = []
    for (let at = 0; at < entries.length; at += READS_AT_ONCE) {
      const some = entries.slice(at, at + READS_AT_ONCE)
      const each = some.map((listed) => this.#listed(who, { spot, listed }, ask))
      told.push(...(await Promise.all(each)).filter((entry) => entry !== undefined))
    }
    return { entries: told, cursor }
  }

  /** `undefined`: it is gone, or who asks may not see it. */
  async #listed(
    who: FileUser,
    { listed, spot }: { readonly spot: Spot; readonly listed: Listed },
    options?: CallOptions,
  ): Promise<Entry | undefined> {
    const { place, row } = listed
    const access = row.grants === undefined ? spot.access : accessOf(who, row.grants)
    if (access === 'nothing' || !(await this.rows.isHere(place, row, options))) return undefined
    const self = row.file === undefined ? await this.rows.folder(row.id, options) : undefined
    if (row.file === undefined && self === undefined) return undefined
    return entryOf(row, { path: pathOf([...spot.names, row.name]), access, self })
  }

  /** Entries of a folder, as they are now, with no regard to rights. */
  async entriesOf(folder: string, options?: CallOptions): Promise<Listed[]> {
    const here: Listed[] = []
    for (const listed of await this.listing.sorted(folder, options)) {
      const { place, row } = listed
      if (!(await this.rows.isHere(place, row, options))) continue
      if (row.file === undefined && !(await this.rows.folder(row.id, options))) continue
      here.push(listed)
    }
    return here
  }

  /**
   * A name in a folder that is to be given, changed or taken away: who does that may write the
   * folder, and what has the name. From a trash things are only taken: out of it, or away for good.
   * @throws AnilloError NO_ENTRY, NO_ACCESS, READ_ONLY
   */
  async target(
    who: FileUser,
    path: string,
    { takesFromTrash = false, ...options }: TargetOptions = {},
  ): Promise<Target> {
    const target = await this.#targetAt(who, path, { takesFromTrash, ...options })
    const { above, access } = target.spot
    demand(access, 'read', target.spot.missing)
    demand(above === 'nothing' ? 'read' : above, 'write', target.path)
    if (target.entry !== undefined) demand(access, 'write', target.path)
    return target
  }

  /**
   * What is there is to get other content or times: who does that may write it, also where the
   * folder around it is not theirs to write or see. Where nothing is there, as `target`.
   */
  async content(who: FileUser, path: string, options?: TargetOptions): Promise<Target> {
    const target = await this.#targetAt(who, path, options)
    if (target.entry === undefined) return this.target(who, path, options)
    demand(target.spot.access, 'write', target.spot.missing)
    return target
  }

  async #targetAt(
    who: FileUser,
    path: string,
    { takesFromTrash = false, ...options }: TargetOptions = {},
  ): Promise<Target> {
    const spot = await this.#walk.to(who, path, options)
    if (spot.isInTrash && !takesFromTrash) throw new AnilloError('READ_ONLY', { path: spot.path })
    const { entry, names, place } = spot
    const name = names.at(-1)
    const isOwnName = place?.folder === ROOT && name !== undefined && OWN_NAMES.has(name)
    if (place === undefined || name === undefined || isOwnName) {
      throw new AnilloError('READ_ONLY', { path: spot.path })
    }
    return { place, name, path: spot.path, entry, spot }
  }

  async makeFolder(
    who: FileUser,
    path: string,
    options: TargetOptions & { readonly parents?: boolean } = {},
  ): Promise<Entry> {
    if (options.parents === true) await this.#makeParents(who, path, beside(options))
    const { name, place, path: asked, spot } = await this.target(who, path, options)
    const id = this.rows.newId()
    const found = { folder: id, parent: place.folder, isKept: false }
    if (spot.entry !== undefined && !(await this.isGone(spot, options))) {
      throw refusalOf('exists', asked)
    }
    await this.rows.change(id, foundFolder, { input: found, options })
    const input = { ...place, name, id, owner: who.nick ?? '' }
    const told = { path: asked, access: leastRead(spot.above) }
    const made = await this.settled({ ...place, path: asked, options }, () =>
      this.rows.decide(place.folder, makeFolder, { input, options, told }),
    )
    const self = await this.rows.folder(id, options)
    return entryOf(made, { ...told, self })
  }

  async #makeParents(who: FileUser, path: string, options: CallOptions): Promise<void> {
    const names = namesOf(path)
    for (let count = 1; count < names.length; count++) {
      const above = pathOf(names.slice(0, count))
      const spot = await this.#walk.to(who, above, options)
      if (spot.entry?.file !== undefined && spot.access !== 'nothing') {
        throw new AnilloError('NOT_A_FOLDER', { path: above })
      }
      if (spot.folder !== undefined) continue
      try {
        await this.makeFolder(who, above, options)
      } catch (thrown) {
        if (!isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
      }
    }
  }

  /** The entry of a folder that was closed, on its way out: it is dropped at once. */
  async isGone({ entry, place }: Spot, options?: CallOptions): Promise<boolean> {
    if (entry === undefined || entry.file !== undefined || place === undefined) return false
    if ((await this.rows.folder(entry.id, options)) !== undefined) return false
    const input = { folder: place.folder, id: entry.id }
    await this.rows.change(place.folder, dropFolder, { input, options })
    return true
  }

  async removeFolder(who: FileUser, path: string, options?: ChangeOptions): Promise<void> {
    const { entry, path: asked } = await this.target(who, path, {
      ...options,
      takesFromTrash: true,
    })
    if (entry === undefined) throw refusalOf('absent', asked)
    if (entry.file !== undefined) throw new AnilloError('NOT_A_FOLDER', { path: asked })
    await this.close(entry.id, asked, options)
  }

  async close(folder: string, path: string, options?: ChangeOptions): Promise<void> {
    const asked = { input: { folder }, options }
    const { kind } = await this.rows.decide(folder, closeFolder, asked)
    if (kind === 'done') return
    if (kind === 'notEmpty') {
      // Entries that left may be counted until a message comes: whoever looks settles them.
      if ((await this.entriesOf(folder, options)).length > 0) throw refusalOf(kind, path)
      await this.#settleIn(folder, options)
      const again = await this.rows.decide(folder, closeFolder, asked)
      if (again.kind !== 'done') throw refusalOf(again.kind, path)
      return
    }
    throw refusalOf(kind, path)
  }

  /** Marks and closed folders in it go. */
  async #settleIn(folder: string, options?: CallOptions): Promise<void> {
    for (const { place, row } of await this.listing.sorted(folder, options)) {
      if (row.leaving !== undefined) await this.rows.settle(place, row.leaving, options)
      else if (row.file === undefined && (await this.rows.folder(row.id, options)) === undefined) {
        await this.rows.change(folder, dropFolder, { input: { folder, id: row.id }, options })
      }
    }
  }

  /** For good. @throws AnilloError NO_ENTRY, CONDITION_FAILED */
  async removeFile(listed: Listed, path: string, options?: ChangeOptions): Promise<void> {
    const { place, row } = listed
    const input = { ...place, id: row.id }
    await this.settled({ ...place, path, options }, () =>
      this.rows.decide(place.folder, removeFile, { input, options }),
    )
  }

  async move(
    who: FileUser,
    { from: fromPath, replace, to: toPath }: { from: string; to: string; replace: boolean },
    options?: ChangeOptions,
  ): Promise<Entry> {
    const from = await this.target(who, fromPath, { ...options, takesFromTrash: true })
    if (from.entry === undefined) throw refusalOf('absent', from.path)
    const to = await this.target(who, toPath, options)
    const { id } = from.entry
    if (to.spot.way.includes(id)) throw refusalOf('intoItself', from.path)
    if (to.entry !== undefined && to.entry.id !== id) await this.isGone(to.spot, options)
    const ask = { from: from.place, id, to: to.place, name: to.name, replace }
    // Its own grants go with it; it takes over those of a file whose place it takes.
    const { spot } = from.entry.grants === undefined ? to : from
    const access = leastRead(spot.access)
    const row = await this.carry(ask, { from: from.path, to: to.path, access }, options)
    const self = row.file === undefined ? await this.rows.folder(id, options) : undefined
    return entryOf(row, { path: to.path, access, self })
  }

  /** To another name or folder. @param paths `access`: that whoever asks has there */
  async carry(
    ask: MoveAsk,
    paths: { readonly from: string; readonly to: string; readonly access: Access },
    options?: ChangeOptions,
  ): Promise<ToldEntry> {
    const { from, id, name, replace, to, trashed } = ask
    const told = { path: paths.to, access: paths.access }
    if (from.folder === to.folder && trashed === undefined) {
      const input = { ...from, id, toKey: to.key, toName: name, replace }
      return this.settled({ ...from, path: paths, options }, () =>
        this.rows.decide(from.folder, renameEntry, { input, options, told }),
      )
    }
    const moved = await this.#mover.move(ask, { ...options, told })
    if (moved.kind === 'done') return moved.entry
    throw refusalOf(moved.kind, moved.kind === 'exists' ? paths.to : paths.from)
  }

  async touch(
    who: FileUser,
    path: string,
    change: EntryChange,
    options: TargetOptions & { readonly ifMatch?: string } = {},
  ): Promise<Entry> {
    const { entry, path: asked, place, spot } = await this.content(who, path, options)
    if (entry === undefined) throw refusalOf('absent', asked)
    const { ifMatch } = options
    const seen = ifMatch === undefined ? {} : { etag: ownEtag(ifMatch) }
    const input = { ...place, id: entry.id, ...change, ...seen }
    const told = { path: asked, access: leastRead(spot.access) }
    const row = await this.settled({ ...place, path: asked, options }, () =>
      this.rows.decide(place.folder, touchEntry, { input, options, told }),
    )
    return this.told({ ...spot, entry: { ...entry, ...row } }, options)
  }

  async put(
    { entry, name, path, place, spot }: Target,
    {
      claimed,
      ...given
    }: Omit<PutInput, 'folder' | 'key' | 'name' | 'id' | 'claim'> & {
      /** Room that its upload has. */
      readonly claimed?: string | undefined
    },
    options?: ChangeOptions,
  ): Promise<Written> {
    if (entry !== undefined) await this.isGone(spot, options)
    // Who may write that file alone makes none in its place, should it go meanwhile.
    const onto = entry === undefined || allows(spot.above, 'write') ? {} : { onto: entry.id }
    const { append, by } = given
    const nick = entry?.owner ?? by
    const bytes = given.bytes - (append?.isOne === true ? (entry?.file?.bytes ?? 0) : 0)
    const more = { nick, bytes, files: entry === undefined ? 1 : 0, instead: claimed }
    const whole = { ...place, name, id: this.rows.newId(), ...onto, ...given }
    const told = { path, access: leastRead(spot.access) }
    const row = await this.quotas.within(
      more,
      (claim) => {
        const input = claim === undefined ? whole : { ...whole, claim }
        return this.settled({ ...place, path, options }, () =>
          this.rows.decide(place.folder, putFile, { input, options, told }),
        )
      },
      options,
    )
    const written = entryOf(row, { ...told, self: undefined })
    return { ...written, isNew: isNew(row) }
  }

  /** A file and its versions, oldest first. */
  async versions(
    who: FileUser,
    path: string,
    options?: CallOptions,
  ): Promise<{ readonly spot: Spot; readonly row: EntryRow; readonly versions: VersionRow[] }> {
    const spot = await this.find(who, path, { options })
    const { entry: row, place } = spot
    if (row?.file === undefined || place === undefined) {
      throw new AnilloError('IS_A_FOLDER', { path: spot.path })
    }
    return { spot, row, versions: await this.rows.versions(place.folder, row.id, options) }
  }

  async restoreVersion(
    who: FileUser,
    { path, version }: { readonly path: string; readonly version: number },
    options?: ChangeOptions,
  ): Promise<Entry> {
    const { entry, path: asked, place, spot } = await this.content(who, path, options)
    if (entry === undefined) throw refusalOf('absent', asked)
    const whole = { ...place, id: entry.id, number: version, by: who.nick ?? '' }
    const versions = await this.rows.versions(place.folder, entry.id, options)
    const { bytes = 0 } = versions.find(({ number }) => number === version) ?? {}
    const told = { path: asked, access: leastRead(spot.access) }
    const row = await this.quotas.within(
      { nick: entry.owner, bytes, files: 0 },
      (claim) => {
        const input = claim === undefined ? whole : { ...whole, claim }
        return this.settled({ ...place, path: asked, options }, () =>
          this.rows.decide(place.folder, restoreVersion, { input, options, told }),
        )
      },
      options,
    )
    return this.told({ ...spot, entry: { ...entry, ...row } }, options)
  }

  /** What an upload of this user to the path left that broke off. */
  async partial(
    { nick }: FileUser,
    place: Place,
    options?: CallOptions,
  ): Promise<PartialRow | undefined> {
    const record = await this.rows.store.get(partialKey(place, nick ?? ''), options)
    return record && readPartialRow(record)
  }

  /** Without a content: there is none any more. @throws AnilloError NO_ENTRY: its folder went */
  async keepPartial(
    { nick = '' }: FileUser,
    { content, path, place }: Pick<Target, 'path' | 'place'> & { readonly content?: string },
    options?: CallOptions,
  ): Promise<void> {
    const input = { ...place, nick, ...(content === undefined ? {} : { content }) }
    const { kind } = await this.rows.change(place.folder, keepPartial, { input, options })
    if (kind !== 'done') throw refusalOf(kind, path)
  }

  /** Runs a change again until no move is in its way. @throws AnilloError as `refusalOf` */
  async settled(
    { folder, options, path }: SettledAt,
    run: () => Promise<Changed>,
  ): Promise<ToldEntry> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const told = await run()
      if (told.kind === 'done') return told.entry
      if (told.kind !== 'leaving') throw refusalOf(told.kind, pathFor(told, path))
      await this.rows.settle({ folder, key: told.key }, told.leaving, options)
    }
    throw new AnilloError('BUSY')
  }
}

function pathFor(
  { kind }: Refused,
  path: string | { readonly from: string; readonly to: string },
): string {
  if (typeof path === 'string') return path
  return kind === 'exists' ? path.to : path.from
}

/** Whose change was carried out, sees what came of it. */
export function leastRead(access: AccessOrNothing): Access {
  return access === 'nothing' ? 'read' : access
}

/** The root and a trash are entries of no folder. */
export function virtualRow(id: string, name: string, self: SelfRow | undefined): ToldEntry {
  const atMs = self?.modifiedMs ?? 0
  return { id, name, owner: 'anillo', createdMs: atMs, modifiedMs: atMs, mode: 0o755, revision: 1 }
}

/** Of a folder it also tells what came and went in it, which is not of the entry itself. */
function ownEtag(etag: string): string {
  return etag.split('.').slice(0, 2).join('.')
}
