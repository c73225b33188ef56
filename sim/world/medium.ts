/**
 * The disk of a virtual machine as it outlives its programs: a tree of names and files. Names, too,
 * are on the medium only when their directory was synced; a loss of power keeps the rest up to some
 * point of their order, as a journal does.
 */
import { AnilloError } from '../../src/base/errors.ts'
import { pick, type Chance } from '../../src/base/random.ts'
import { FileNode } from './file-node.ts'
import type { Life } from './life.ts'
import type { StoredDatabase } from './stored-database.ts'

export type Node = FileNode | DirectoryNode

export class DirectoryNode {
  readonly kind = 'directory'
  readonly seen = new Map<string, Node>()
  readonly durable = new Map<string, Node>()
}

interface NameChange {
  readonly directories: readonly DirectoryNode[]
  readonly makeDurable: () => void
}

interface Place {
  readonly parent: DirectoryNode
  readonly name: string
}

/** What may go wrong with the medium; set by the director of faults. */
export interface MediumFaults {
  /** What would grow is refused. */
  full: boolean
  /** What the disk says that is left; writing takes nothing of it. */
  freeBytes: number
  /** Multiplies every delay. */
  slowness: number
  /** Chance that a read answers bytes of another place in the file. */
  misdirectedReads: number
  /** Every sync fails, as a dying disk's does. */
  syncsFail: boolean
  /** Nothing can be changed, as after an error of the file system. */
  readOnly: boolean
}

export class Medium {
  readonly faults: MediumFaults = {
    full: false,
    freeBytes: Infinity,
    slowness: 1,
    misdirectedReads: 0,
    syncsFail: false,
    readOnly: false,
  }
  readonly databases = new Map<string, StoredDatabase>()
  readonly locks = new Map<string, Life>()
  readonly #root = new DirectoryNode()
  #unsyncedNames: NameChange[] = []

  /**
   * The node of a path, `undefined` when there is none. @throws AnilloError DATA_NOT_WRITABLE below
   * a file
   */
  find(path: string): Node | undefined {
    let node: Node | undefined = this.#root
    for (const name of namesOf(path)) {
      if (node === undefined) return undefined
      if (node.kind === 'file') throw notWritable(path, 'ENOTDIR')
      node = node.seen.get(name)
    }
    return node
  }

  /** @throws AnilloError NOT_FOUND, DATA_NOT_WRITABLE */
  directory(path: string): DirectoryNode {
    const node = this.find(path)
    if (node === undefined) throw new AnilloError('NOT_FOUND', { what: path })
    if (node.kind === 'file') throw notWritable(path, 'ENOTDIR')
    return node
  }

  makeFile(path: string): FileNode {
    const file = new FileNode()
    this.#put(this.#place(path), file)
    return file
  }

  makeDirectory(path: string): void {
    const names = namesOf(path)
    for (let depth = 1; depth <= names.length; depth++) {
      const part = names.slice(0, depth).join('/')
      const node = this.find(part)
      if (node?.kind === 'file') throw notWritable(path, 'ENOTDIR')
      if (node === undefined) this.#put(this.#place(part), new DirectoryNode())
    }
  }

  rename(from: string, to: string): void {
    const node = this.find(from)
    if (node === undefined) throw new AnilloError('NOT_FOUND', { what: from })
    const source = this.#place(from)
    const target = this.#place(to)
    source.parent.seen.delete(source.name)
    target.parent.seen.set(target.name, node)
    this.#unsyncedNames.push({
      directories: [source.parent, target.parent],
      makeDurable: () => {
        if (source.parent.durable.get(source.name) === node)
          source.parent.durable.delete(source.name)
        target.parent.durable.set(target.name, node)
      },
    })
  }

  remove(path: string): void {
    if (this.find(path) === undefined) return
    const { parent, name } = this.#place(path)
    parent.seen.delete(name)
    this.#unsyncedNames.push({
      directories: [parent],
      makeDurable: () => parent.durable.delete(name),
    })
  }

  syncDirectory(directory: DirectoryNode): void {
    const touches = ({ directories }: NameChange): boolean => directories.includes(directory)
    for (const change of this.#unsyncedNames) if (touches(change)) change.makeDurable()
    this.#unsyncedNames = this.#unsyncedNames.filter((change) => !touches(change))
  }

  /** What was not synced is lost in part; what programs saw is then what the medium holds. */
  losePower(chance: Chance): void {
    const kept = chance.below(this.#unsyncedNames.length + 1)
    for (const change of this.#unsyncedNames.slice(0, kept)) change.makeDurable()
    this.#unsyncedNames = []
    for (const file of forget(this.#root)) file.losePower(chance)
    for (const database of this.databases.values()) database.losePower(chance)
  }

  /** All data gone, as with a new disk. */
  wipe(): void {
    this.#root.seen.clear()
    this.#root.durable.clear()
    this.#unsyncedNames = []
    this.databases.clear()
  }

  /** What is kept here may be lost at any moment: it is, when somebody notices. */
  get isUnsound(): boolean {
    const { syncsFail, misdirectedReads } = this.faults
    if (syncsFail || misdirectedReads > 0) return true
    return [...this.databases.values()].some(({ damaged, isRotten }) => damaged || isRotten)
  }

  /** Flips one bit of some file; `false` when there is nothing to damage. */
  flipBit(chance: Chance): boolean {
    const files = [...filesOf(this.#root)]
    return files.length > 0 && pick(chance, files).flipBit(chance)
  }

  #place(path: string): Place {
    const names = namesOf(path)
    const name = names.pop()
    if (name === undefined) throw notWritable(path, 'EISDIR')
    return { parent: this.directory(names.join('/')), name }
  }

  #put({ parent, name }: Place, node: Node): void {
    parent.seen.set(name, node)
    const makeDurable = (): void => {
      parent.durable.set(name, node)
    }
    this.#unsyncedNames.push({ directories: [parent], makeDurable })
  }
}

export function notWritable(path: string, problem: string): AnilloError {
  return new AnilloError('DATA_NOT_WRITABLE', { path, problem })
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

function* filesOf(directory: DirectoryNode): Generator<FileNode> {
  for (const node of directory.seen.values()) {
    if (node.kind === 'file') yield node
    else yield* filesOf(node)
  }
}

/** Goes back to the durable names; gives the files that are left. */
function forget(directory: DirectoryNode): FileNode[] {
  directory.seen.clear()
  const files: FileNode[] = []
  for (const [name, node] of directory.durable) {
    directory.seen.set(name, node)
    if (node.kind === 'file') files.push(node)
    else files.push(...forget(node))
  }
  return files
}
