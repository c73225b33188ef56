/** Files of a virtual machine: each call takes its time and keeps the errors of the real one. */
import { assert } from '../../src/base/assert.ts'
import { AnilloError } from '../../src/base/errors.ts'
import type { SeededChance } from '../../src/base/random.ts'
import { SharedBytes } from '../../src/base/shared-bytes.ts'
import type { Disk, DiskFile, DiskLock, OpenMode } from '../../src/effects/disk.ts'
import { SECTOR_BYTES, type FileChange, type FileNode } from './file-node.ts'
import type { Life } from './life.ts'
import { notWritable, type Medium } from './medium.ts'
import type { Moments } from './moments.ts'
import type { Tally } from './tally.ts'

/** As an SSD: a call of the file system, and one that waits for the medium. */
const CALL_MS_MAX = 0.2
const SYNC_MS_MAX = 4

/** The file by which a directory is locked, as on the platform. */
const LOCK_NAME = 'lock'

export interface DiskParts {
  readonly life: Life
  readonly medium: Medium
  readonly chance: SeededChance
  readonly tally: Tally
  readonly moments: Moments
}

export function virtualDisk(parts: DiskParts): Disk {
  const { life, medium } = parts
  const call = <T>(path: string, what: string, run: () => T): Promise<T> => {
    checkPath(path)
    return life.answer(callMs(parts), `disk ${what} ${path}`, run)
  }
  return {
    open: (path, mode) => call(path, `open ${mode}`, () => openFile(parts, path, mode)),
    read: (path, place) => call(path, 'read', () => readWhole(parts, path, place)),
    write: async (path, bytes) => {
      const file = await call(path, 'open write', () => openFile(parts, path, 'write'))
      await file.truncate(0)
      await file.write(0, bytes)
      await file.sync()
      await file.close()
    },
    list: (path) => call(path, 'list', () => list(medium, path)),
    makeDirectory: (path) =>
      call(path, 'mkdir', () => {
        checkSpace(medium, path)
        medium.makeDirectory(path)
      }),
    rename: (from, to) =>
      call(from, `rename ${to}`, () => {
        checkWritable(medium, from)
        medium.rename(from, to)
      }),
    remove: (path) =>
      call(path, 'remove', () => {
        checkWritable(medium, path)
        medium.remove(path)
      }),
    syncDirectory: (path) => {
      const sync = (): void => {
        checkSync(parts, path)
        medium.syncDirectory(medium.directory(path))
      }
      checkPath(path)
      return life.answer(syncMs(parts), `disk sync ${path}/`, sync)
    },
    lock: (path) => call(path, 'lock', () => lock(parts, path)),
    freeBytes: () => call('', 'free', () => (medium.faults.full ? 0 : medium.faults.freeBytes)),
  }
}

function callMs({ chance, medium }: DiskParts): number {
  return chance.fraction() * CALL_MS_MAX * medium.faults.slowness
}

export function syncMs({ chance, medium }: Pick<DiskParts, 'chance' | 'medium'>): number {
  return chance.fraction() * SYNC_MS_MAX * medium.faults.slowness
}

function checkPath(path: string): void {
  const leadsOut = path.startsWith('/') || path.split('/').includes('..')
  assert(!leadsOut, `${path} leads out of the directory`)
}

/** @throws AnilloError DATA_NOT_WRITABLE */
function checkWritable(medium: Medium, path: string): void {
  if (medium.faults.readOnly) throw notWritable(path, 'EROFS')
}

function checkSpace(medium: Medium, path: string): void {
  checkWritable(medium, path)
  if (medium.faults.full) throw new AnilloError('DISK_FULL', { path })
}

function checkSync({ medium, tally }: DiskParts, path: string): void {
  if (!medium.faults.syncsFail) return
  tally.add('fault: sync failed')
  throw new AnilloError('DATA_DAMAGED', { path, problem: 'EIO' })
}

function list(medium: Medium, path: string): readonly string[] {
  return medium.find(path) === undefined ? [] : [...medium.directory(path).seen.keys()].toSorted()
}

function readWhole(
  parts: DiskParts,
  path: string,
  place?: (bytes: number) => Uint8Array,
): Uint8Array | undefined {
  const node = parts.medium.find(path)
  if (node === undefined) return undefined
  if (node.kind === 'directory') throw notWritable(path, 'EISDIR')
  const bytes = readPart(parts, node, { offset: 0, length: node.size })
  if (place === undefined) return bytes
  const into = place(bytes.length).subarray(0, bytes.length)
  into.set(bytes.subarray(0, into.length))
  return into
}

function openFile(parts: DiskParts, path: string, mode: OpenMode): DiskFile {
  const { medium } = parts
  const node = medium.find(path)
  if (node?.kind === 'directory') throw notWritable(path, 'EISDIR')
  if (node !== undefined) {
    if (mode === 'create') throw new AnilloError('DISK_EXISTS', { path })
    return fileOver(parts, path, node)
  }
  if (mode === 'read') throw new AnilloError('NOT_FOUND', { what: path })
  checkSpace(medium, path)
  return fileOver(parts, path, medium.makeFile(path))
}

function fileOver(parts: DiskParts, path: string, node: FileNode): DiskFile {
  const { life } = parts
  let open = true
  const written = new SharedBytes()
  // What is done most has its labels once.
  const [writeLabel, syncLabel] = [`file write ${path}`, `file sync ${path}`]
  const call = <T>(label: string, delayMs: number, run: () => T): Promise<T> => {
    assert(open, `${path} is closed`)
    return life.answer(delayMs, label, run)
  }
  const write = (offset: number, bytes: Uint8Array): Promise<void> => {
    const change = { kind: 'write', offset, bytes: written.copy(bytes) } as const
    return call(writeLabel, callMs(parts), changing(parts, path, { node, change }))
  }
  const sync = (): Promise<void> =>
    call(syncLabel, syncMs(parts), () => {
      checkSync(parts, path)
      parts.moments.reached('before sync')
      if (!life.alive) return
      node.sync()
      parts.moments.reached('after sync')
    })
  return {
    read: (offset, length) =>
      call(`file read ${path}`, callMs(parts), () => readPart(parts, node, { offset, length })),
    write,
    writeSynced: async (offset, bytes) => {
      await write(offset, bytes)
      await sync()
    },
    truncate: (length) => {
      const run = changing(parts, path, { node, change: { kind: 'truncate', length } })
      return call(`file truncate ${path}`, callMs(parts), run)
    },
    size: () => call(`file size ${path}`, callMs(parts), () => node.size),
    sync,
    close: () =>
      call(`file close ${path}`, 0, () => {
        open = false
      }),
  }
}

interface Range {
  readonly offset: number
  readonly length: number
}

function readPart({ medium, chance, tally }: DiskParts, node: FileNode, range: Range): Uint8Array {
  const misdirected = chance.fraction() < medium.faults.misdirectedReads
  if (!misdirected || node.size <= SECTOR_BYTES) return node.read(range.offset, range.length)
  tally.add('fault: misdirected read')
  const length = node.read(range.offset, range.length).length
  const elsewhere = (range.offset + SECTOR_BYTES) % (node.size - length + 1)
  return node.read(elsewhere, length)
}

/**
 * A change that is done later; when the program ends before, some of it may be done all the same.
 */
function changing(
  { life, medium, chance, moments }: DiskParts,
  path: string,
  { node, change }: { readonly node: FileNode; readonly change: FileChange },
): () => void {
  const torn = (): void => node.changeInPart(change, chance)
  life.onEnd(torn)
  return () => {
    moments.reached('before write')
    if (!life.alive) return
    life.offEnd(torn)
    checkWritable(medium, path)
    const end = change.kind === 'write' ? change.offset + change.bytes.length : change.length
    if (end > node.size) checkSpace(medium, path)
    node.change(change)
    moments.reached('after write')
  }
}

function lock({ life, medium }: DiskParts, path: string): DiskLock {
  const holder = medium.locks.get(path)
  if (holder?.alive === true)
    throw new AnilloError('DATA_IN_USE', { path, holder: 'another process' })
  medium.makeDirectory(path)
  if (medium.find(`${path}/${LOCK_NAME}`) === undefined) medium.makeFile(`${path}/${LOCK_NAME}`)
  const held = { life }
  medium.locks.set(path, life)
  return {
    release: async () => {
      if (medium.locks.get(path) === held.life) medium.locks.delete(path)
    },
  }
}
