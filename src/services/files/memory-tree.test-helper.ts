/** Nodes of the tree that `memory-files.test-helper.ts` keeps, how they are found, and who may. */
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import type { Clock } from '../../effects/clock.ts'
import { APPENDS_AS_ONE_MS, VERSIONS_MAX } from './tree/limits.ts'
import type { Access, Entry, FileUser, Grants, SharedEntry } from './types.ts'

interface NodeBase {
  readonly id: string
  name: string
  /** Its name as it is compared. */
  key: string
  above: FolderNode | undefined
  readonly owner: string
  modifiedMs: number
  readonly createdMs: number
  mode: number
  revision: number
  /** By which it is found again. */
  handles: readonly string[]
  /** When its grants were last set. */
  sharedMs?: number
  /** Where it was, of what lies in a trash. */
  trashed?: Trashed | undefined
  grants: Grants | undefined
  /** Empty: none. */
  properties: Uint8Array
}

export interface FolderNode extends NodeBase {
  readonly kind: 'folder'
  readonly entries: Map<string, Node>
}

export interface HeldVersion {
  readonly number: number
  readonly content: Uint8Array
  readonly modifiedMs: number
  readonly replacedMs: number
  readonly by: string
  /** Whose it counts for. */
  readonly owner: string
}

export interface FileNode extends NodeBase {
  readonly kind: 'file'
  content: Uint8Array
  /** Who wrote it. */
  by: string
  /** Of the present content, and of the one that comes next. */
  number: number
  next: number
  /** When something was appended last, where this content came about so. */
  appendedMs: number | undefined
  /** Oldest first. */
  readonly versions: HeldVersion[]
}

export type Node = FolderNode | FileNode

export interface Trashed {
  readonly name: string
  readonly from: string
  readonly atMs: number
}

export interface Place {
  readonly folder: FolderNode
  readonly name: string
}

export interface Given {
  /** All that the file has from now on. */
  readonly bytes: Uint8Array
  readonly modifiedMs?: number | undefined
  /** It goes on from what is there. */
  readonly isAppended?: boolean
}

const NAME_BYTES_MAX = 255

const TRASH_NAME = '.trash'
const ID_SHOWN_DIGITS = 8
const NO_PROPERTIES = new Uint8Array()

const NOBODY = { everyone: 'nothing', guests: 'nothing', groups: {} } as const

export class MemoryTree {
  readonly root: FolderNode
  /** Of uploads that broke off. */
  readonly partials = new Map<string, { readonly bytes: Uint8Array; readonly sinceMs: number }>()
  readonly #clock: Pick<Clock, 'wallMs'>
  readonly #trash = new Map<string, FolderNode>()
  #made = 0

  constructor(clock: Pick<Clock, 'wallMs'>) {
    this.#clock = clock
    this.root = this.#folder('', 'anillo')
    this.root.grants = { everyone: 'read', guests: 'read', people: {}, groups: {} }
    this.addFolder(this.root, 'home', 'anillo')
    const shared = this.addFolder(this.root, 'shared', 'anillo')
    shared.grants = { everyone: 'write', guests: 'read', people: {}, groups: {} }
  }

  /** @throws AnilloError NO_ENTRY, NOT_A_FOLDER, NAME_INVALID */
  find(who: FileUser, path: string): Node {
    this.#makeHome(who)
    const names = namesOf(path)
    const isInTrash = isTrash(who, names)
    let node: Node = isInTrash ? this.trashOf(who) : this.root
    for (const name of isInTrash ? names.slice(1) : names) {
      if (node.kind === 'file') {
        const code = accessIn(node, who) === undefined ? 'NO_ENTRY' : 'NOT_A_FOLDER'
        throw new AnilloError(code, { path: pathOf(node) })
      }
      // Who may not see a folder may pass through it to what is theirs to see.
      const next: Node | undefined = node.entries.get(name.normalize('NFC'))
      if (next === undefined) throw new AnilloError('NO_ENTRY', { path })
      node = next
    }
    if (accessIn(node, who) === undefined) throw new AnilloError('NO_ENTRY', { path })
    return node
  }

  /** @throws AnilloError NOT_A_FOLDER, and as `find` */
  folder(who: FileUser, path: string): FolderNode {
    const node = this.find(who, path)
    if (node.kind === 'file') throw new AnilloError('NOT_A_FOLDER', { path })
    return node
  }

  /** @throws AnilloError IS_A_FOLDER, and as `find` */
  file(who: FileUser, path: string): FileNode {
    const node = this.find(who, path)
    if (node.kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path })
    return node
  }

  /** Where something of that path is to stand. @throws AnilloError NO_ACCESS, and as `find` */
  place(who: FileUser, path: string): Place {
    const names = namesOf(path)
    const name = names.pop()
    if (name === undefined) throw new AnilloError('ENTRY_EXISTS', { path })
    this.refuseTrash(who, path)
    const folder = this.folder(who, `/${names.join('/')}`)
    const access = accessIn(folder, who)
    if (access !== 'write' && access !== 'own') {
      throw new AnilloError('NO_ACCESS', { action: 'write', path })
    }
    return { folder, name }
  }

  /** But what lies in a trash. */
  all(): readonly Node[] {
    return nodesBelow(this.root)
  }

  /** The same for content and times: of what is there already its own right counts. */
  contentPlace(who: FileUser, path: string): Place {
    const names = namesOf(path)
    const name = names.pop()
    const node = this.#at(path)
    if (name === undefined || node?.above === undefined) return this.place(who, path)
    const access = accessIn(node, who)
    if (access === undefined) throw new AnilloError('NO_ENTRY', { path })
    if (access === 'read') throw new AnilloError('NO_ACCESS', { action: 'write', path })
    return { folder: node.above, name }
  }

  #at(path: string): Node | undefined {
    let node: Node | undefined = this.root
    for (const name of namesOf(path)) {
      node = node?.kind === 'folder' ? node.entries.get(name.normalize('NFC')) : undefined
    }
    return node
  }

  makeParents(who: FileUser, path: string): void {
    this.#makeHome(who)
    const names = namesOf(path).slice(0, -1)
    names.forEach((_, index) => {
      const above = `/${names.slice(0, index + 1).join('/')}`
      if (this.#at(above)?.kind === 'folder') return
      const { folder, name } = this.place(who, above)
      this.addFolder(folder, name, who.nick ?? 'guest')
    })
  }

  addFolder(above: FolderNode, name: string, owner: string): FolderNode {
    const folder = this.#folder(name, owner)
    this.attach(folder, above, name)
    return folder
  }

  attach(node: Node, folder: FolderNode, name: string): void {
    node.name = name
    node.key = name.normalize('NFC')
    node.above = folder
    folder.entries.set(node.key, node)
    this.#changed(folder)
  }

  detach(node: Node): void {
    if (node.above === undefined) throw new AnilloError('NO_ACCESS', { action: 'move', path: '/' })
    node.above.entries.delete(node.key)
    this.#changed(node.above)
    node.above = undefined
  }

  /** Things are only taken from a trash. @throws AnilloError READ_ONLY */
  refuseTrash(who: FileUser, path: string): void {
    if (isTrash(who, namesOf(path))) throw new AnilloError('READ_ONLY', { path })
  }

  /** Into its owner’s trash, of a manager into theirs; what lies in one goes. */
  discard(node: Node, who: FileUser): void {
    const from = pathOf(node)
    this.detach(node)
    if (from.startsWith(`/${TRASH_NAME}/`)) return
    const { name } = node
    node.trashed = { name, from, atMs: this.#clock.wallMs() }
    const trash = this.trashOf(who.isManager ? who : { ...who, nick: node.owner })
    const isTaken = trash.entries.has(name.normalize('NFC'))
    this.attach(node, trash, isTaken ? `${name}.${node.id.slice(0, ID_SHOWN_DIGITS)}` : name)
  }

  trashOf({ nick = '' }: FileUser): FolderNode {
    const trash = this.#trash.get(nick) ?? this.#folder(TRASH_NAME, 'anillo')
    // The root does not list it.
    trash.above = this.root
    trash.grants = { ...NOBODY, people: { [nick]: 'own' } }
    this.#trash.set(nick, trash)
    return trash
  }

  /** `undefined`: it does not name them, or is their own. */
  sharedWith(who: FileUser, node: Node): SharedEntry | undefined {
    const { grants, handles, id, owner, sharedMs = 0 } = node
    if (who.nick === undefined || grants === undefined || owner === who.nick) return undefined
    const isNamed = Object.hasOwn(grants.people, who.nick)
    const group = who.groups.find((name) => Object.hasOwn(grants.groups, name))
    if (!isNamed && group === undefined) return undefined
    const by = { group: isNamed ? undefined : group }
    return { entry: entryOf(node, who), handle: handles[0] ?? id, sinceMs: sharedMs, ...by }
  }

  isWithin(folder: FolderNode, node: Node): boolean {
    for (let at: FolderNode | undefined = folder; at !== undefined; at = at.above) {
      if (at === node) return true
    }
    return false
  }

  /** File after file: what does not fit ends it. */
  copyOf(
    node: Node,
    {
      fits,
      folder,
      name,
      owner,
    }: Place & { readonly owner: string; readonly fits: (bytes: number) => void },
  ): Node {
    if (node.kind === 'file') fits(node.content.length)
    const { mode, modifiedMs, properties } = node
    if (node.kind === 'file') {
      const copy = this.#put({ folder, name }, { content: node.content, owner })
      return Object.assign(copy, { mode, modifiedMs, properties })
    }
    const copy = Object.assign(this.addFolder(folder, name, owner), { properties })
    for (const below of node.entries.values()) {
      this.copyOf(below, { folder: copy, name: below.name, owner, fits })
    }
    return copy
  }

  /** The file at that path has this content from now on. */
  keep(who: FileUser, path: string, given: Given): FileNode {
    const place = this.contentPlace(who, path)
    const present = place.folder.entries.get(place.name.normalize('NFC'))
    if (present?.kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path })
    this.partials.delete(this.partialKey(who, path))
    const by = who.nick ?? 'guest'
    const nowMs = this.#clock.wallMs()
    const appendedMs = given.isAppended === true ? nowMs : undefined
    const modifiedMs = given.modifiedMs ?? nowMs
    if (present === undefined) {
      const node = this.#put(place, { content: given.bytes, owner: by })
      return Object.assign(node, { modifiedMs, appendedMs })
    }
    if (given.isAppended !== true || !this.isOneAppend(present, who)) {
      keepVersions(present, [this.#versionOf(present)])
    }
    const number = present.next++
    const revision = present.revision + 1
    return Object.assign(present, {
      content: given.bytes,
      by,
      number,
      appendedMs,
      modifiedMs,
      revision,
    })
  }

  /** Whether an append makes one version with the one before it. */
  isOneAppend({ appendedMs, by }: FileNode, who: FileUser): boolean {
    const isSoon = appendedMs !== undefined && this.#clock.wallMs() - appendedMs < APPENDS_AS_ONE_MS
    return isSoon && by === (who.nick ?? 'guest')
  }

  /** It takes the place of another, whose contents become versions of it. */
  adopt(into: FileNode, displaced: FileNode): void {
    this.detach(displaced)
    const past = [...displaced.versions, this.#versionOf(displaced)]
    keepVersions(
      into,
      past.map((version) => ({ ...version, number: into.next++ })),
    )
    into.number = into.next++
    into.handles = [...new Set([...into.handles, ...displaced.handles])]
    into.grants ??= displaced.grants
  }

  #versionOf({ by, content, modifiedMs, number, owner }: FileNode): HeldVersion {
    return { number, content, modifiedMs, replacedMs: this.#clock.wallMs(), by, owner }
  }

  partialKey({ nick = '' }: FileUser, path: string): string {
    return `${nick}\n${namesOf(path).join('/').normalize('NFC')}`
  }

  /** Files with their versions, in the trash of whomever, too. */
  usageOf(nick: string): { readonly bytes: number; readonly files: number } {
    const folders = [this.root, ...this.#trash.values()]
    const all = folders.flatMap(filesIn)
    const held = all.flatMap((file) => [file, ...file.versions])
    const own = held.filter(({ owner }) => owner === nick)
    return {
      bytes: own.reduce((sum, { content }) => sum + content.length, 0),
      files: all.filter(({ owner }) => owner === nick).length,
    }
  }

  nowMs(): number {
    return this.#clock.wallMs()
  }

  #makeHome({ nick }: FileUser): void {
    const home = this.root.entries.get('home')
    if (nick === undefined || home?.kind !== 'folder' || home.entries.has(nick)) return
    this.addFolder(home, nick, nick).grants = { ...NOBODY, people: { [nick]: 'own' } }
  }

  #put(
    { folder, name }: Place,
    { content, owner }: { readonly content: Uint8Array; readonly owner: string },
  ): FileNode {
    const base = this.#base(name, owner)
    const node: FileNode = {
      ...base,
      mode: 0o644,
      kind: 'file',
      content,
      by: owner,
      number: 1,
      next: 2,
      appendedMs: undefined,
      versions: [],
    }
    this.attach(node, folder, name)
    return node
  }

  #folder(name: string, owner: string): FolderNode {
    const base = this.#base(name, owner)
    return { ...base, mode: 0o755, kind: 'folder', entries: new Map() }
  }

  #base(name: string, owner: string): Omit<NodeBase, 'mode'> {
    const nowMs = this.#clock.wallMs()
    const id = sha256Hex(`${++this.#made}`).slice(0, 32)
    const key = name.normalize('NFC')
    const times = { modifiedMs: nowMs, createdMs: nowMs }
    const known = { handles: [], grants: undefined, properties: NO_PROPERTIES }
    return { id, name, key, above: undefined, owner, ...times, revision: 1, ...known }
  }

  #changed(folder: FolderNode): void {
    folder.modifiedMs = this.#clock.wallMs()
    folder.revision++
  }
}

function isTrash({ nick }: FileUser, names: readonly string[]): boolean {
  return names[0] === TRASH_NAME && nick !== undefined
}

/** What one may do with it; `undefined`: not even see it. */
export function accessIn(node: Node, who: FileUser): Access | undefined {
  if (who.isManager) return 'own'
  let at: Node | undefined = node
  while (at !== undefined && at.grants === undefined) at = at.above
  if (at?.grants === undefined) return undefined
  const { everyone, groups, guests, people } = at.grants
  const ofGroups = (['own', 'write', 'read'] as const).find((right) =>
    who.groups.some((name) => groups[name] === right),
  )
  const granted = who.nick === undefined ? guests : (people[who.nick] ?? ofGroups ?? everyone)
  if (granted === 'nothing') return undefined
  return who.mayWrite ? granted : 'read'
}

export function pathOf(node: Node): string {
  const names: string[] = []
  for (let at: Node | undefined = node; at?.above !== undefined; at = at.above) {
    names.unshift(at.name)
  }
  return `/${names.join('/')}`
}

export function entryOf(node: Node, who: FileUser): Entry {
  const { createdMs, id, kind, mode, modifiedMs, name, owner, properties, revision } = node
  return {
    id,
    name,
    path: pathOf(node),
    kind,
    bytes: bodyOf(node).length,
    modifiedMs,
    createdMs,
    owner,
    mode,
    etag: `${id.slice(0, 8)}-${revision}`,
    sha256: node.kind === 'file' ? sha256Hex(node.content) : undefined,
    access: accessIn(node, who) ?? 'read',
    ...(properties.length === 0 ? {} : { properties }),
  }
}

/** Of folders nothing. */
export function bodyOf(node: Node): Uint8Array {
  return node.kind === 'file' ? node.content : new Uint8Array()
}

/** @throws AnilloError NAME_INVALID */
function namesOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '')
  for (const name of names) {
    const problem = problemOf(name)
    if (problem !== undefined) throw new AnilloError('NAME_INVALID', { name, problem })
  }
  return names
}

function problemOf(name: string): string | undefined {
  if (name === '.' || name === '..') return 'that is another folder'
  if (/[\r\n\0]/.test(name)) return 'it holds a line break or NUL'
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) return `it has more than ${NAME_BYTES_MAX} bytes`
  return undefined
}

/** Itself, or all below it. */
function filesIn(node: Node): FileNode[] {
  return node.kind === 'file' ? [node] : [...node.entries.values()].flatMap(filesIn)
}

/** The oldest go. */
function keepVersions({ versions }: FileNode, more: readonly HeldVersion[]): void {
  versions.push(...more)
  versions.splice(0, Math.max(0, versions.length - VERSIONS_MAX))
}

function nodesBelow(node: Node): Node[] {
  return node.kind === 'file' ? [node] : [node, ...[...node.entries.values()].flatMap(nodesBelow)]
}
