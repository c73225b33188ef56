/** The tree of files, whole: entries of `tree/`, and their bytes of `contents/`. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { CallOptions } from '../../store/types.ts'
import type { Body, Contents, SealedBody } from './contents/types.ts'
import { FolderCopies, type FromTo } from './folder-copies.ts'
import { checkedLimits, demandManager } from './limits-said.ts'
import { Finding } from './tree/finding.ts'
import { Following } from './tree/following.ts'
import type { EntryRow } from './tree/rows.ts'
import { Shares } from './tree/shares.ts'
import { Sharing } from './tree/sharing.ts'
import { Trash } from './tree/trash.ts'
import type { TreeStoreOptions } from './tree/tree-store.ts'
import { Tree, type Target, type TargetOptions } from './tree/tree.ts'
import type {
  ChangeOptions,
  EmptyTrashOptions,
  Entry,
  EntryChange,
  EntryPage,
  FileLimits,
  Files,
  FileUpload,
  FileUser,
  FileVersion,
  FindAsk,
  Followed,
  FoundEntries,
  Grants,
  ListOptions,
  OpenFile,
  SharedEntry,
  TrashedEntry,
  Usage,
  WriteAsk,
} from './types.ts'
import { beginUpload, partOf } from './uploads.ts'

export interface FilesOptions extends TreeStoreOptions {
  readonly contents: Contents
}

const NO_PROPERTIES = new Uint8Array()

/** A body that moved away while it was read is looked for again. */
const TRIES_MAX = 8

export class RingFiles implements Files {
  readonly tree: Tree
  readonly shares: Shares
  readonly #contents: Contents
  readonly #trash: Trash
  readonly #following: Following
  readonly #sharing: Sharing
  readonly #copies: FolderCopies

  constructor({ contents, ...options }: FilesOptions) {
    this.#contents = contents
    this.tree = new Tree(options)
    this.#trash = new Trash(this.tree)
    this.#following = new Following(this.tree)
    this.#sharing = new Sharing(this.tree)
    const copyFile = (who: FileUser, paths: FromTo, asked: TargetOptions) =>
      this.#copyFile(who, { ...paths, replace: false }, asked)
    this.#copies = new FolderCopies({ tree: this.tree, trash: this.#trash, copyFile })
    this.shares = new Shares(this.tree, this.#following)
  }

  stat(who: FileUser, path: string, options?: CallOptions): Promise<Entry> {
    return this.tree.stat(who, path, options)
  }

  list(who: FileUser, path: string, options?: ListOptions): Promise<EntryPage> {
    return this.tree.list(who, path, options)
  }

  find(who: FileUser, ask: FindAsk): Promise<FoundEntries> {
    return new Finding(this.tree, this.shares).find(who, ask)
  }

  newest(
    who: FileUser,
    options: CallOptions & { readonly limit: number },
  ): Promise<readonly Entry[]> {
    return new Finding(this.tree, this.shares).newest(who, options)
  }

  follow(who: FileUser, path: string, options?: CallOptions): Promise<Followed> {
    return this.#following.follow(who, path, options)
  }

  followed(who: FileUser, handle: string, options?: CallOptions): Promise<Entry> {
    return this.#following.followed(who, handle, options)
  }

  sharedWith(who: FileUser, options?: CallOptions): Promise<readonly SharedEntry[]> {
    return this.shares.all(who, options)
  }

  sharedOne(
    who: FileUser,
    handle: string,
    options?: CallOptions,
  ): Promise<Omit<SharedEntry, 'sinceMs'> | undefined> {
    return this.shares.one(who, handle, options)
  }

  makeFolder(
    who: FileUser,
    path: string,
    options?: ChangeOptions & { readonly parents?: boolean },
  ): Promise<Entry> {
    return this.tree.makeFolder(who, path, options)
  }

  removeFolder(who: FileUser, path: string, options?: ChangeOptions): Promise<void> {
    return this.tree.removeFolder(who, path, options)
  }

  remove(
    who: FileUser,
    path: string,
    options?: ChangeOptions & { readonly ifMatch?: string },
  ): Promise<void> {
    return this.#trash.remove(who, path, options)
  }

  move(
    who: FileUser,
    from: string,
    to: string,
    options?: ChangeOptions & { readonly replace?: boolean },
  ): Promise<Entry> {
    return this.tree.move(who, { from, to, replace: options?.replace === true }, options)
  }

  async copy(
    who: FileUser,
    from: string,
    to: string,
    options: ChangeOptions & { readonly replace?: boolean } = {},
  ): Promise<Entry> {
    const source = await this.tree.find(who, from, { options })
    const { entry, folder, path } = source
    if (folder === undefined && entry !== undefined) {
      return this.#copyFile(who, { from: path, to, replace: options.replace === true }, options)
    }
    return this.#copies.copy(who, { source, to }, options)
  }

  async #copyFile(
    who: FileUser,
    {
      from,
      replace,
      to,
    }: { readonly from: string; readonly to: string; readonly replace: boolean },
    options?: TargetOptions,
  ): Promise<Entry> {
    const { body, row } = await this.#bodyAt(who, from, options)
    const target = await this.tree.content(who, to, options)
    if (target.entry !== undefined && !replace) {
      throw new AnilloError('ENTRY_EXISTS', { path: target.path })
    }
    const { sha256 = '' } = row.file ?? {}
    const { mode, modifiedMs, properties = NO_PROPERTIES } = row
    const expected = replace ? {} : ({ expected: { is: 'absent' } } as const)
    const part = partOf({ ...body, sha256 })
    const input = { by: who.nick ?? '', ...part, mode, modifiedMs, properties, ...expected }
    return this.tree.put(target, input, options)
  }

  async combine(
    who: FileUser,
    to: string,
    parts: readonly string[],
    options: ChangeOptions = {},
  ): Promise<Entry> {
    const target = await this.tree.content(who, to, options)
    const bodies: Body[] = []
    for (const part of parts) bodies.push((await this.#bodyAt(who, part, options)).body)
    const signal = options.signal === undefined ? {} : { signal: options.signal }
    const sealed: SealedBody = await this.#contents.join(bodies, {
      nick: who.nick ?? '',
      ...signal,
    })
    return this.tree.put(target, { by: who.nick ?? '', ...partOf(sealed) }, options)
  }

  touch(
    who: FileUser,
    path: string,
    change: EntryChange,
    options?: ChangeOptions & { readonly ifMatch?: string },
  ): Promise<Entry> {
    return this.tree.touch(who, path, change, options)
  }

  async open(
    who: FileUser,
    path: string,
    options: CallOptions & { readonly version?: number } = {},
  ): Promise<OpenFile> {
    const { body, entry } = await this.#bodyAt(who, path, options)
    return { entry, read: (range) => this.#contents.read(body, range, readOptions(options)) }
  }

  write(who: FileUser, path: string, ask: WriteAsk): Promise<FileUpload> {
    const bodyOf = async (target: Target, options?: CallOptions): Promise<Body | undefined> => {
      const { entry, place } = target
      return entry?.file && this.#bodyIn(place.folder, { id: entry.id, ...entry.file }, options)
    }
    const pathOf = this.#following.pathOf.bind(this.#following)
    const parts = { tree: this.tree, contents: this.#contents, bodyOf, pathOf }
    return beginUpload(parts, { who, path, ask })
  }

  async partial(
    who: FileUser,
    path: string,
    options?: CallOptions,
  ): Promise<{ readonly bytes: number; readonly sinceMs: number } | undefined> {
    const place = await this.#placeToWrite(who, path, options)
    if (place === undefined) return undefined
    const partial = await this.tree.partial(who, place, options)
    if (partial === undefined) return undefined
    const head = await this.#contents.head(partial.content, options)
    return head && { bytes: head.bytes, sinceMs: partial.sinceMs }
  }

  /** `undefined`: who asks may write nothing there, and so has nothing on its way there. */
  async #placeToWrite(
    who: FileUser,
    path: string,
    options?: CallOptions,
  ): Promise<Target['place'] | undefined> {
    try {
      return (await this.tree.content(who, path, options)).place
    } catch (thrown) {
      if (isAnilloError(thrown, 'NO_ACCESS') || isAnilloError(thrown, 'READ_ONLY')) return undefined
      throw thrown
    }
  }

  async versions(
    who: FileUser,
    path: string,
    options?: CallOptions,
  ): Promise<readonly FileVersion[]> {
    const { versions } = await this.tree.versions(who, path, options)
    return versions.map(({ by, bytes, modifiedMs, number, replacedMs, sha256 }) => ({
      number,
      bytes,
      sha256,
      modifiedMs,
      replacedMs,
      by,
    }))
  }

  restoreVersion(
    who: FileUser,
    path: string,
    version: number,
    options?: ChangeOptions,
  ): Promise<Entry> {
    return this.tree.restoreVersion(who, { path, version }, options)
  }

  trash(who: FileUser, options?: CallOptions): Promise<readonly TrashedEntry[]> {
    return this.#trash.list(who, options)
  }

  removeTrashed(who: FileUser, id: string, options?: ChangeOptions): Promise<void> {
    return this.#trash.removeOne(who, id, options)
  }

  emptyTrash(who: FileUser, options?: EmptyTrashOptions): Promise<number> {
    return this.#trash.empty(who, options)
  }

  restore(who: FileUser, id: string, options?: ChangeOptions): Promise<Entry> {
    return this.#trash.restore(who, id, options)
  }

  async usage(
    who: FileUser,
    { of, ...options }: CallOptions & { readonly of?: string } = {},
  ): Promise<Usage> {
    if (of !== undefined && of !== who.nick) demandManager(who)
    return this.tree.quotas.usage(of ?? who.nick, options)
  }

  async limits(
    who: FileUser,
    nick: string | undefined,
    options?: CallOptions,
  ): Promise<FileLimits> {
    demandManager(who)
    return this.tree.quotas.said(nick, options)
  }

  async setLimits(
    who: FileUser,
    nick: string | undefined,
    limits: FileLimits,
    options?: ChangeOptions,
  ): Promise<void> {
    demandManager(who)
    await this.tree.quotas.setLimits(nick, checkedLimits(limits), options)
  }

  grants(who: FileUser, path: string, options?: CallOptions): Promise<Grants | undefined> {
    return this.#sharing.grants(who, path, options)
  }

  setGrants(
    who: FileUser,
    path: string,
    grants: Grants | undefined,
    options?: ChangeOptions,
  ): Promise<void> {
    return this.#sharing.setGrants(who, { path, grants }, options)
  }

  /** For services beside the tree: what a file has now. @throws NO_ENTRY, IS_A_FOLDER, BUSY */
  async sealedAt(
    who: FileUser,
    path: string,
    options?: CallOptions,
  ): Promise<{ readonly entry: Entry; readonly body: SealedBody }> {
    const { body, entry } = await this.#bodyAt(who, path, options)
    return { entry, body: { ...body, sha256: entry.sha256 ?? '' } }
  }

  /** A new file of a content that is there. @throws ENTRY_EXISTS, QUOTA_FULL, NO_ACCESS */
  async putSealed(
    who: FileUser,
    path: string,
    body: SealedBody,
    options?: ChangeOptions,
  ): Promise<Entry> {
    const target = await this.tree.content(who, path, options)
    if (target.entry !== undefined) throw new AnilloError('ENTRY_EXISTS', { path: target.path })
    const expected = { is: 'absent' } as const
    return this.tree.put(target, { by: who.nick ?? '', ...partOf(body), expected }, options)
  }

  /** Of a file, or of a version of it. @throws AnilloError NO_ENTRY, IS_A_FOLDER, BUSY */
  async #bodyAt(
    who: FileUser,
    path: string,
    options: CallOptions & { readonly version?: number } = {},
  ): Promise<{ readonly entry: Entry; readonly row: EntryRow; readonly body: Body }> {
    const { version: number } = options
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const spot = await this.tree.find(who, path, { options })
      const { entry: row, place } = spot
      if (row?.file === undefined || place === undefined) {
        throw new AnilloError('IS_A_FOLDER', { path: spot.path })
      }
      const told = await this.tree.told(spot, options)
      const asked = await this.#numbered(place.folder, row, options)
      if (asked === undefined) throw new AnilloError('NO_ENTRY', { path: spot.path })
      const body = await this.#bodyIn(place.folder, { id: row.id, ...asked }, options)
      const { bytes, modifiedMs, sha256 } = asked
      const entry = number === undefined ? told : { ...told, bytes, modifiedMs, sha256 }
      if (body !== undefined) return { entry, row, body }
    }
    throw new AnilloError('BUSY')
  }

  async #numbered(
    folder: string,
    row: EntryRow,
    { version, ...options }: CallOptions & { readonly version?: number },
  ): Promise<Numbered | undefined> {
    if (version === undefined) return row.file && { ...row.file, modifiedMs: row.modifiedMs }
    const versions = await this.tree.rows.versions(folder, row.id, options)
    return versions.find(({ number }) => number === version)
  }

  /** `undefined`: it is there no more. */
  async #bodyIn(
    folder: string,
    {
      bytes,
      content,
      id,
      number,
    }: Omit<Numbered, 'sha256' | 'modifiedMs'> & { readonly id: string },
    options?: CallOptions,
  ): Promise<Body | undefined> {
    if (content !== undefined) return { kind: 'content', id: content, bytes }
    const here = await this.tree.rows.body(folder, { id, number }, options)
    return here && { kind: 'here', bytes: here }
  }
}

/** One content of a file, present or past. */
interface Numbered {
  readonly number: number
  readonly bytes: number
  readonly sha256: string
  readonly content?: string | undefined
  readonly modifiedMs: number
}

/** Reading goes on for as long as the file is long: only a signal ends it. */
function readOptions({ signal }: CallOptions): CallOptions {
  return signal === undefined ? {} : { signal }
}
