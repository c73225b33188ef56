/** The tree with its views: what is in one is looked at there, and changed nowhere. */
import { AnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import { namesOf, pathOf } from '../tree/paths.ts'
import type {
  EmptyTrashOptions,
  Entry,
  EntryPage,
  FileLimits,
  Files,
  FileUpload,
  FileUser,
  FileVersion,
  Followed,
  Grants,
  ListOptions,
  OpenFile,
  TrashedEntry,
  Usage,
  WriteAsk,
} from '../types.ts'
import type { View } from './view.ts'

interface At {
  readonly view: View
  readonly names: readonly string[]
  readonly path: string
}

export class ViewedFiles implements Files {
  readonly #files: Files
  readonly #views: ReadonlyMap<string, View>

  constructor(files: Files, views: readonly View[]) {
    this.#files = files
    this.#views = new Map(views.map((view) => [view.name, view]))
  }

  async stat(who: FileUser, path: string, options?: CallOptions): Promise<Entry> {
    const at = this.#at(path)
    return at === undefined
      ? this.#files.stat(who, path, options)
      : at.view.stat({ who, names: at.names }, options)
  }

  async list(who: FileUser, path: string, options?: ListOptions): Promise<EntryPage> {
    const at = this.#at(path)
    return at === undefined
      ? this.#files.list(who, path, options)
      : at.view.list({ who, names: at.names }, options)
  }

  async open(
    who: FileUser,
    path: string,
    options: CallOptions & { readonly version?: number } = {},
  ): Promise<OpenFile> {
    const at = this.#at(path)
    if (at === undefined) return this.#files.open(who, path, options)
    // What is shown there has one content.
    if (options.version !== undefined) throw new AnilloError('NO_ENTRY', { path: at.path })
    return at.view.open({ who, names: at.names }, options)
  }

  async follow(who: FileUser, path: string, options?: CallOptions): Promise<Followed> {
    const at = this.#at(path)
    if (at !== undefined) throw new AnilloError('NO_ENTRY', { path: at.path })
    return this.#files.follow(who, path, options)
  }

  followed(who: FileUser, handle: string, options?: CallOptions): Promise<Entry> {
    return this.#files.followed(who, handle, options)
  }

  async makeFolder(
    who: FileUser,
    path: string,
    options?: CallOptions & { readonly parents?: boolean },
  ): Promise<Entry> {
    this.#refuse(path)
    return this.#files.makeFolder(who, path, options)
  }

  async removeFolder(who: FileUser, path: string, options?: CallOptions): Promise<void> {
    this.#refuse(path)
    return this.#files.removeFolder(who, path, options)
  }

  async remove(
    who: FileUser,
    path: string,
    options?: CallOptions & { readonly ifMatch?: string },
  ): Promise<void> {
    this.#refuse(path)
    return this.#files.remove(who, path, options)
  }

  async move(
    who: FileUser,
    from: string,
    to: string,
    options?: CallOptions & { readonly replace?: boolean },
  ): Promise<Entry> {
    this.#refuse(from)
    this.#refuse(to)
    return this.#files.move(who, from, to, options)
  }

  async copy(
    who: FileUser,
    from: string,
    to: string,
    options: CallOptions & { readonly replace?: boolean } = {},
  ): Promise<Entry> {
    this.#refuse(to)
    if (this.#at(from) === undefined) return this.#files.copy(who, from, to, options)
    return this.#copyOut(who, { from, to, replace: options.replace === true }, options)
  }

  /** A file of a view is read and written: its bytes have no other name that the tree knows. */
  async #copyOut(
    who: FileUser,
    {
      from,
      replace,
      to,
    }: { readonly from: string; readonly to: string; readonly replace: boolean },
    options: CallOptions,
  ): Promise<Entry> {
    const { entry, read } = await this.open(who, from, options)
    const { bytes, modifiedMs, sha256 } = entry
    const upload = await this.#files.write(who, to, {
      how: 'replace',
      modifiedMs,
      expectedBytes: bytes,
      ...(replace ? {} : { ifMatch: { is: 'absent' } }),
    })
    try {
      for await (const piece of read({ from: 0, to: bytes })) await upload.push(piece)
      return await upload.commit({ ...options, ...(sha256 === undefined ? {} : { sha256 }) })
    } catch (thrown) {
      await upload.discard()
      throw thrown
    }
  }

  async combine(
    who: FileUser,
    to: string,
    parts: readonly string[],
    options?: CallOptions,
  ): Promise<Entry> {
    for (const path of [to, ...parts]) this.#refuse(path)
    return this.#files.combine(who, to, parts, options)
  }

  async touch(
    who: FileUser,
    path: string,
    change: { readonly modifiedMs?: number; readonly createdMs?: number; readonly mode?: number },
    options?: CallOptions,
  ): Promise<Entry> {
    this.#refuse(path)
    return this.#files.touch(who, path, change, options)
  }

  async write(who: FileUser, path: string, ask: WriteAsk): Promise<FileUpload> {
    this.#refuse(path)
    return this.#files.write(who, path, ask)
  }

  async partial(
    who: FileUser,
    path: string,
    options?: CallOptions,
  ): Promise<{ readonly bytes: number; readonly sinceMs: number } | undefined> {
    return this.#at(path) === undefined ? this.#files.partial(who, path, options) : undefined
  }

  async versions(
    who: FileUser,
    path: string,
    options?: CallOptions,
  ): Promise<readonly FileVersion[]> {
    if (this.#at(path) === undefined) return this.#files.versions(who, path, options)
    await this.open(who, path, options)
    return []
  }

  async restoreVersion(
    who: FileUser,
    path: string,
    version: number,
    options?: CallOptions,
  ): Promise<Entry> {
    this.#refuse(path)
    return this.#files.restoreVersion(who, path, version, options)
  }

  trash(who: FileUser, options?: CallOptions): Promise<readonly TrashedEntry[]> {
    return this.#files.trash(who, options)
  }

  removeTrashed(who: FileUser, id: string, options?: CallOptions): Promise<void> {
    return this.#files.removeTrashed(who, id, options)
  }

  emptyTrash(who: FileUser, options?: EmptyTrashOptions): Promise<number> {
    return this.#files.emptyTrash(who, options)
  }

  restore(who: FileUser, id: string, options?: CallOptions): Promise<Entry> {
    return this.#files.restore(who, id, options)
  }

  usage(who: FileUser, options?: CallOptions & { readonly of?: string }): Promise<Usage> {
    return this.#files.usage(who, options)
  }

  limits(who: FileUser, nick: string | undefined, options?: CallOptions): Promise<FileLimits> {
    return this.#files.limits(who, nick, options)
  }

  setLimits(
    who: FileUser,
    nick: string | undefined,
    limits: FileLimits,
    options?: CallOptions,
  ): Promise<void> {
    return this.#files.setLimits(who, nick, limits, options)
  }

  async grants(who: FileUser, path: string, options?: CallOptions): Promise<Grants | undefined> {
    if (this.#at(path) === undefined) return this.#files.grants(who, path, options)
    const { kind } = await this.stat(who, path, options)
    if (kind === 'file') throw new AnilloError('NOT_A_FOLDER', { path })
    return undefined
  }

  async setGrants(
    who: FileUser,
    path: string,
    grants: Grants | undefined,
    options?: CallOptions,
  ): Promise<void> {
    this.#refuse(path)
    return this.#files.setGrants(who, path, grants, options)
  }

  /** `undefined`: it is in no view. @throws AnilloError NAME_INVALID */
  #at(path: string): At | undefined {
    const [first = '', ...names] = namesOf(path)
    const view = this.#views.get(first)
    return view && { view, names, path: pathOf([first, ...names]) }
  }

  /** @throws AnilloError READ_ONLY, NAME_INVALID */
  #refuse(path: string): void {
    const at = this.#at(path)
    if (at !== undefined) throw new AnilloError('READ_ONLY', { path: at.path })
  }
}
