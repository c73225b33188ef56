/**
 * A tree of files in this process’s memory, for tests of doors: as `types.ts` promises, but that
 * nothing of it outlives the test. Everybody has a home, `/shared` is for all to write.
 */
import { concat } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { searchable } from '../../base/searchable.ts'
import type { Clock } from '../../effects/clock.ts'
import type { CallOptions } from '../../store/types.ts'
import { demandManager } from './limits-said.ts'
import { MemoryQuotas } from './memory-quotas.test-helper.ts'
import {
  accessIn,
  bodyOf,
  entryOf,
  MemoryTree,
  pathOf,
  type FileNode,
  type FolderNode,
  type Given,
  type Node,
} from './memory-tree.test-helper.ts'
import { memoryUpload } from './memory-upload.test-helper.ts'
import { byRank, foundCursor, rankOf, readFoundCursor, readNameQuery } from './tree/name-match.ts'
import type {
  Access,
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
  Written,
} from './types.ts'

export interface MemoryFilesOptions {
  readonly clock: Pick<Clock, 'wallMs'>
  /** Of each account of which nothing else is said. */
  readonly bytesMax?: number
  readonly filesMax?: number
  /**
   * Told before each call is carried out, `push` and `commit` of uploads and `read` of files among
   * them: what it throws is the call’s answer, and the call waits for what it returns.
   */
  readonly before?: (call: string, path: string) => Promise<void> | void
}

const LIST_LIMIT_DEFAULT = 1_000

export class MemoryFiles implements Files {
  readonly tree: MemoryTree
  readonly #options: MemoryFilesOptions
  readonly #quotas: MemoryQuotas

  constructor(options: MemoryFilesOptions) {
    this.#options = options
    this.tree = new MemoryTree(options.clock)
    const { bytesMax = null, filesMax = null } = options
    this.#quotas = new MemoryQuotas(this.tree, { bytesMax, filesMax })
  }

  async stat(who: FileUser, path: string): Promise<Entry> {
    await this.#before('stat', path)
    return entryOf(this.tree.find(who, path), who)
  }

  async list(who: FileUser, path: string, options: ListOptions = {}): Promise<EntryPage> {
    await this.#before('list', path)
    const folder = this.tree.folder(who, path)
    const { cursor = '', limit = LIST_LIMIT_DEFAULT, prefix = '' } = options
    const all = [...folder.entries.values()]
      .filter((node) => accessIn(node, who) !== undefined)
      .filter(({ key }) => key.startsWith(prefix.normalize('NFC')) && key > cursor)
      .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
    const entries = all.slice(0, limit)
    return {
      entries: entries.map((node) => entryOf(node, who)),
      cursor: all.length > limit ? entries.at(-1)?.key : undefined,
    }
  }

  async find(who: FileUser, { cursor, limit, under = '/', words }: FindAsk): Promise<FoundEntries> {
    await this.#before('find', under)
    const query = readNameQuery(words)
    const after = cursor === undefined ? undefined : readFoundCursor(cursor)
    const folder = this.tree.folder(who, under)
    const found = this.tree
      .all()
      .filter((node) => node.above !== undefined && this.tree.isWithin(node.above, folder))
      .filter((node) => accessIn(node, who) !== undefined)
      .flatMap((node) => {
        const { id, path } = entryOf(node, who)
        const above = searchable(path.slice(0, path.lastIndexOf('/')))
        const rank = rankOf(query, node.name, above)
        return rank === undefined ? [] : [{ id, node, rank, modifiedMs: node.modifiedMs }]
      })
      .toSorted(byRank)
    const rest = found.filter((one) => after === undefined || byRank(after, one) < 0)
    const last = rest.length > limit ? rest[limit - 1] : undefined
    return {
      entries: rest.slice(0, limit).map(({ node }) => entryOf(node, who)),
      found: found.length,
      isPartial: false,
      cursor: last && foundCursor(last),
    }
  }

  async newest(who: FileUser, { limit }: { readonly limit: number }): Promise<readonly Entry[]> {
    const folder = this.tree.folder(who, `/home/${who.nick ?? ''}`)
    const files = this.tree.all().filter(({ kind }) => kind === 'file')
    return files
      .filter(({ above }) => above !== undefined && this.tree.isWithin(above, folder))
      .toSorted((a, b) => b.modifiedMs - a.modifiedMs)
      .slice(0, limit)
      .map((node) => entryOf(node, who))
  }

  async follow(who: FileUser, path: string): Promise<Followed> {
    await this.#before('follow', path)
    const node = this.tree.find(who, path)
    node.handles = [...new Set([...node.handles, node.id])]
    return { entry: entryOf(node, who), handle: node.id }
  }

  async followed(who: FileUser, handle: string): Promise<Entry> {
    await this.#before('followed', handle)
    const node = this.tree.all().find(({ handles }) => handles.includes(handle))
    if (node === undefined || accessIn(node, who) === undefined) {
      throw new AnilloError('NO_ENTRY', { path: '' })
    }
    return entryOf(node, who)
  }

  async sharedWith(who: FileUser): Promise<readonly SharedEntry[]> {
    await this.#before('sharedWith', '/')
    const all = this.tree.all().map((node) => this.tree.sharedWith(who, node))
    return all.filter((one) => one !== undefined).toSorted((a, b) => a.sinceMs - b.sinceMs)
  }

  async sharedOne(who: FileUser, handle: string): Promise<SharedEntry | undefined> {
    await this.#before('sharedOne', handle)
    const node = this.tree.all().find(({ handles, id }) => [id, ...handles].includes(handle))
    return node && this.tree.sharedWith(who, node)
  }

  async makeFolder(
    who: FileUser,
    path: string,
    options: CallOptions & { readonly parents?: boolean } = {},
  ): Promise<Entry> {
    await this.#before('makeFolder', path)
    if (options.parents === true) this.tree.makeParents(who, path)
    const { folder, name } = this.tree.place(who, path)
    if (folder.entries.has(name.normalize('NFC'))) throw new AnilloError('ENTRY_EXISTS', { path })
    return entryOf(this.tree.addFolder(folder, name, who.nick ?? 'guest'), who)
  }

  async removeFolder(who: FileUser, path: string): Promise<void> {
    await this.#before('removeFolder', path)
    const folder = this.tree.folder(who, path)
    requirePlace(folder, who, { action: 'remove', path })
    if (folder.entries.size > 0) throw new AnilloError('FOLDER_NOT_EMPTY', { path })
    this.tree.detach(folder)
  }

  async remove(
    who: FileUser,
    path: string,
    options: { readonly ifMatch?: string } = {},
  ): Promise<void> {
    await this.#before('remove', path)
    const node = this.tree.find(who, path)
    requirePlace(node, who, { action: 'remove', path })
    if (options.ifMatch !== undefined && options.ifMatch !== entryOf(node, who).etag) {
      throw new AnilloError('CONDITION_FAILED')
    }
    this.tree.discard(node, who)
  }

  async move(
    who: FileUser,
    from: string,
    to: string,
    options: { readonly replace?: boolean } = {},
  ): Promise<Entry> {
    await this.#before('move', from)
    const node = this.tree.find(who, from)
    requirePlace(node, who, { action: 'move', path: from })
    const { folder, name } = this.tree.place(who, to)
    if (this.tree.isWithin(folder, node)) throw new AnilloError('MOVE_INTO_ITSELF', { path: from })
    const displaced = this.#inTheWay(who, to, { node, replace: options.replace === true })
    if (displaced !== undefined && node.kind === 'file') this.tree.adopt(node, displaced)
    this.tree.detach(node)
    node.trashed = undefined
    this.tree.attach(node, folder, name)
    return entryOf(node, who)
  }

  async copy(
    who: FileUser,
    from: string,
    to: string,
    options: { readonly replace?: boolean } = {},
  ): Promise<Entry> {
    await this.#before('copy', from)
    const node = this.tree.find(who, from)
    const { folder, name } = this.tree.place(who, to)
    if (this.tree.isWithin(folder, node)) throw new AnilloError('MOVE_INTO_ITSELF', { path: from })
    const displaced = this.#inTheWay(who, to, { node, replace: options.replace === true })
    if (displaced !== undefined && node.kind === 'file') {
      const { mode, modifiedMs, properties } = node
      this.#keep(who, to, { bytes: node.content, modifiedMs })
      return entryOf(Object.assign(displaced, { mode, properties }), who)
    }
    const owner = who.nick ?? 'guest'
    const fits = (bytes: number): void =>
      this.#quotas.demand({ nick: who.nick ?? '', bytes, files: 1 })
    try {
      return entryOf(this.tree.copyOf(node, { folder, name, owner, fits }), who)
    } catch (thrown) {
      // Whole or not at all.
      const made = folder.entries.get(name.normalize('NFC'))
      if (made !== undefined) this.tree.detach(made)
      throw thrown
    }
  }

  async combine(who: FileUser, to: string, parts: readonly string[]): Promise<Entry> {
    await this.#before('combine', to)
    const bytes = concat(parts.map((part) => this.tree.file(who, part).content))
    return this.#keep(who, to, { bytes })
  }

  async touch(
    who: FileUser,
    path: string,
    change: EntryChange,
    options: { readonly ifMatch?: string } = {},
  ): Promise<Entry> {
    await this.#before('touch', path)
    this.tree.refuseTrash(who, path)
    const node = this.tree.find(who, path)
    requireAccess(node, who, { action: 'change', path })
    if (options.ifMatch !== undefined && options.ifMatch !== entryOf(node, who).etag) {
      throw new AnilloError('CONDITION_FAILED')
    }
    Object.assign(node, change)
    node.revision++
    return entryOf(node, who)
  }

  async open(
    who: FileUser,
    path: string,
    options: { readonly version?: number } = {},
  ): Promise<OpenFile> {
    await this.#before('open', path)
    const node = this.tree.file(who, path)
    const { version } = options
    const held = version === undefined ? node : node.versions.find((one) => one.number === version)
    if (held === undefined) throw new AnilloError('NO_ENTRY', { path })
    const { content } = held
    const entry = { ...entryOf(node, who), bytes: content.length, sha256: sha256Hex(content) }
    const before = this.#before.bind(this)
    async function* read({ from, to }: { from: number; to: number }): AsyncIterable<Uint8Array> {
      for (let at = from; at < Math.min(to, content.length); at += PIECE_BYTES) {
        await before('read', path)
        yield content.slice(at, Math.min(at + PIECE_BYTES, to))
      }
    }
    return { entry, read }
  }

  async write(who: FileUser, path: string, ask: WriteAsk): Promise<FileUpload> {
    await this.#before('write', path)
    const { folder, name } = this.tree.contentPlace(who, path)
    const present = folder.entries.get(name.normalize('NFC'))
    if (present?.kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path })
    if (!matches(present, who, ask)) throw new AnilloError('CONDITION_FAILED')
    const before = present?.content ?? new Uint8Array()
    const isAppended = ask.how === 'append'
    const isOne = isAppended && present !== undefined && this.tree.isOneAppend(present, who)
    return memoryUpload({
      tree: this.tree,
      who,
      path,
      ask,
      at: isAppended ? before.length : 0,
      counted: isAppended && !isOne ? before.length : 0,
      told: (call) => this.#before(call, path),
      quotas: this.#quotas,
      owner: present?.owner ?? who.nick ?? '',
      isNew: present === undefined,
      keep: (added, by) => {
        const { modifiedMs } = ask
        const now = isAppended ? folder.entries.get(name.normalize('NFC')) : undefined
        const bytes = now === undefined ? added : concat([bodyOf(now), added])
        return this.#keep(by, path, { bytes, isAppended, modifiedMs })
      },
    })
  }

  async partial(
    who: FileUser,
    path: string,
  ): Promise<{ readonly bytes: number; readonly sinceMs: number } | undefined> {
    await this.#before('partial', path)
    const partial = this.tree.partials.get(this.tree.partialKey(who, path))
    return partial && { bytes: partial.bytes.length, sinceMs: partial.sinceMs }
  }

  async versions(who: FileUser, path: string): Promise<readonly FileVersion[]> {
    await this.#before('versions', path)
    return this.tree.file(who, path).versions.map(({ content, ...version }) => ({
      ...version,
      bytes: content.length,
      sha256: sha256Hex(content),
    }))
  }

  async restoreVersion(who: FileUser, path: string, version: number): Promise<Entry> {
    await this.#before('restoreVersion', path)
    const held = this.tree.file(who, path).versions.find(({ number }) => number === version)
    if (held === undefined) throw new AnilloError('NO_ENTRY', { path })
    return this.#keep(who, path, { bytes: held.content })
  }

  async trash(who: FileUser): Promise<readonly TrashedEntry[]> {
    await this.#before('trash', '/')
    return this.#trashed(who).map((node) => ({
      id: node.id,
      name: node.trashed?.name ?? node.name,
      kind: node.kind,
      bytes: bodyOf(node).length,
      from: node.trashed?.from ?? pathOf(node),
      trashedMs: node.trashed?.atMs ?? node.modifiedMs,
    }))
  }

  async removeTrashed(who: FileUser, id: string): Promise<void> {
    await this.#before('removeTrashed', '/')
    requireWriter(who)
    this.tree.detach(this.#trashedOf(who, id))
  }

  async emptyTrash(who: FileUser, options: EmptyTrashOptions = {}): Promise<number> {
    await this.#before('emptyTrash', '/')
    requireWriter(who)
    const { olderThanMs = 0 } = options
    const beforeMs = this.#options.clock.wallMs() - olderThanMs
    const gone = this.#trashed(who).filter(
      ({ trashed }) => olderThanMs === 0 || (trashed?.atMs ?? 0) <= beforeMs,
    )
    for (const node of gone) this.tree.detach(node)
    return gone.length
  }

  async restore(who: FileUser, id: string): Promise<Entry> {
    await this.#before('restore', '/')
    const node = this.#trashedOf(who, id)
    const from = node.trashed?.from ?? `/${node.name}`
    this.tree.makeParents(who, from)
    const { folder, name } = this.tree.place(who, from)
    const isTaken = folder.entries.has(name.normalize('NFC'))
    this.tree.detach(node)
    node.trashed = undefined
    this.tree.attach(node, folder, isTaken ? `${name} (${id.slice(-4)})` : name)
    return entryOf(node, who)
  }

  #trashed(who: FileUser): readonly Node[] {
    return [...this.tree.trashOf(who).entries.values()]
  }

  #trashedOf(who: FileUser, id: string): Node {
    const node = this.#trashed(who).find((one) => one.id === id)
    if (node === undefined) throw new AnilloError('NO_ENTRY', { path: id })
    return node
  }

  async usage(who: FileUser, { of }: { readonly of?: string } = {}): Promise<Usage> {
    await this.#before('usage', '/')
    if (of !== undefined && of !== who.nick) demandManager(who)
    return this.#quotas.usage(of ?? who.nick)
  }

  async limits(who: FileUser, nick: string | undefined): Promise<FileLimits> {
    await this.#before('limits', '/')
    return this.#quotas.limits(who, nick)
  }

  async setLimits(who: FileUser, nick: string | undefined, limits: FileLimits): Promise<void> {
    await this.#before('setLimits', '/')
    this.#quotas.setLimits(who, nick, limits)
  }

  async grants(who: FileUser, path: string): Promise<Grants | undefined> {
    await this.#before('grants', path)
    return this.tree.find(who, path).grants
  }

  async setGrants(who: FileUser, path: string, grants: Grants | undefined): Promise<void> {
    await this.#before('setGrants', path)
    this.tree.refuseTrash(who, path)
    const node = this.tree.find(who, path)
    requireAccess(node, who, { action: 'share', path, least: ['own'] })
    node.grants = grants
    node.sharedMs = this.tree.nowMs()
    node.handles = [...new Set([...node.handles, node.id])]
    node.revision++
  }

  async #before(call: string, path: string): Promise<void> {
    await this.#options.before?.(call, path)
  }

  /** A file whose place it may take. @throws AnilloError ENTRY_EXISTS */
  #inTheWay(
    who: FileUser,
    path: string,
    { node, replace }: { readonly node: Node; readonly replace: boolean },
  ): FileNode | undefined {
    const { folder, name } = this.tree.place(who, path)
    const present = folder.entries.get(name.normalize('NFC'))
    if (present === undefined || present === node) return undefined
    const mayTake = replace && node.kind === 'file'
    if (!mayTake || present.kind !== 'file') throw new AnilloError('ENTRY_EXISTS', { path })
    return present
  }

  #keep(who: FileUser, path: string, given: Given): Written {
    const { folder, name } = this.tree.contentPlace(who, path)
    const present = folder.entries.get(name.normalize('NFC'))
    const nick = present?.owner ?? who.nick ?? ''
    const files = present === undefined ? 1 : 0
    const isOne =
      present?.kind === 'file' && given.isAppended === true && this.tree.isOneAppend(present, who)
    const gone = isOne ? present.content.length : 0
    this.#quotas.demand({ nick, bytes: given.bytes.length - gone, files })
    const isNew = present === undefined
    return { ...entryOf(this.tree.keep(who, path, given), who), isNew }
  }
}

/** Small, so that tests of doors see several. */
const PIECE_BYTES = 64 * 1024

const WRITERS: readonly (Access | undefined)[] = ['write', 'own']

function requireAccess(
  node: FolderNode | FileNode,
  who: FileUser,
  ask: { readonly action: string; readonly path: string; readonly least?: readonly Access[] },
): void {
  if ((ask.least ?? WRITERS).includes(accessIn(node, who))) return
  throw new AnilloError('NO_ACCESS', { action: ask.action, path: ask.path })
}

function requireWriter({ mayWrite }: FileUser): void {
  if (!mayWrite) throw new AnilloError('NO_ACCESS', { action: 'change', path: '/.trash' })
}

/** Who gives a name or takes it away may write the folder, too. */
function requirePlace(
  node: FolderNode | FileNode,
  who: FileUser,
  ask: { readonly action: string; readonly path: string },
): void {
  requireAccess(node, who, ask)
  if (node.above !== undefined) requireAccess(node.above, who, ask)
}

function matches(present: Node | undefined, who: FileUser, { ifMatch }: WriteAsk): boolean {
  if (ifMatch === undefined) return true
  if (typeof ifMatch !== 'string') return present === undefined
  return present !== undefined && entryOf(present, who).etag === ifMatch
}
