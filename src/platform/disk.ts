/** Files of the operating system under one directory. */
import { constants, readFileSync, rmSync, writeFileSync } from 'node:fs'
import {
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  type FileHandle,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { assert } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import type { Disk, DiskFile, DiskLock, OpenMode } from '../effects/disk.ts'
import { databaseError, diskError, isSqliteBusy, systemCode } from './disk-errors.ts'

/** In a locked directory; it stays there, empty, when nobody holds the lock. */
export const LOCK_NAME = 'lock'

/** Beside it: the pid of who held the lock last, for whoever does not get it. */
const HOLDER_NAME = 'lock.pid'

/** All that a lock leaves in its directory. */
export const LOCK_FILES: readonly string[] = [LOCK_NAME, HOLDER_NAME]

/**
 * A file that may not be written SQLite opens for reading, and such a lock is shared: only a change
 * shows it. The change stays in memory, as its journal does.
 */
const LOCKING = `
  PRAGMA journal_mode = MEMORY;
  BEGIN EXCLUSIVE;
  PRAGMA user_version = 1;
`

const OPEN_FLAGS: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR | constants.O_CREAT,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
}

/**
 * On Linux a second handle of the same file writes and syncs in one call, half the way of two
 * through the threads that wait for disks. Elsewhere datasync may do more than such a handle.
 */
const HAS_SYNCING_HANDLES = process.platform === 'linux'
const SYNCING_FLAGS = constants.O_WRONLY | constants.O_DSYNC
const WHOLE_FLAGS =
  constants.O_WRONLY |
  constants.O_CREAT |
  constants.O_TRUNC |
  (HAS_SYNCING_HANDLES ? constants.O_DSYNC : 0)

/** Only the account that runs the member may read what it holds. */
const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

/** All paths are taken relative to `root`, which is made when it is first written to. */
export function platformDisk(root: string): Disk {
  const at = (path: string): string => join(root, checkedPath(path))
  return {
    open: async (path, mode) => {
      const handle = await told(path, () => open(at(path), OPEN_FLAGS[mode], FILE_MODE))
      return diskFile(path, handle)
    },
    read: (path, place) => orAbsent(path, () => readWhole(at(path), place), undefined),
    write: (path, bytes) => told(path, () => writeWhole(at(path), bytes)),
    list: (path) => orAbsent(path, async () => (await readdir(at(path))).toSorted(), []),
    makeDirectory: async (path) => {
      await told(path, () => makeDirectories(path, at(path)))
    },
    rename: (from, to) => told(from, () => rename(at(from), at(to))),
    remove: (path) => told(path, () => rm(at(path), { recursive: true, force: true })),
    syncDirectory: (path) => told(path, () => syncDirectory(at(path))),
    lock: async (path) => {
      await told(path, () => makeDirectories(path, at(path)))
      return lockDirectory(path, at(path))
    },
    freeBytes: async () => {
      const { bavail, bsize } = await told('', () => statfs(root))
      return bavail * bsize
    },
  }
}

/**
 * Node's own recursive mkdir never returns where a directory that is there says ENOENT to whatever
 * is made in it, as /proc does. Here each level is tried twice at most.
 */
async function makeDirectories(path: string, whole: string): Promise<void> {
  if (await makeOne(whole)) return
  const parent = dirname(whole)
  if (parent !== whole) await makeDirectories(path, parent)
  if (await makeOne(whole)) return
  const problem = `nothing can be made in ${parent}`
  throw new AnilloError('DATA_NOT_WRITABLE', { path, problem })
}

/** `false` where its parent is missing. */
async function makeOne(whole: string): Promise<boolean> {
  try {
    await mkdir(whole, { mode: DIRECTORY_MODE })
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    // A read-only disk may say so before it says that the directory is there.
    if (await isDirectory(whole)) return true
    throw error
  }
}

async function isDirectory(whole: string): Promise<boolean> {
  const found = await stat(whole).catch(() => undefined)
  return found?.isDirectory() === true
}

/** Nothing outside of the root can be named. */
export function checkedPath(path: string): string {
  const parts = path.split('/')
  assert(!path.startsWith('/') && !parts.includes('..'), `${path} leads out of the directory`)
  return path
}

async function told<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw diskError(path, error)
  }
}

async function orAbsent<T, A>(path: string, run: () => Promise<T>, absent: A): Promise<T | A> {
  try {
    return await run()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return absent
    throw diskError(path, error)
  }
}

function diskFile(path: string, handle: FileHandle): DiskFile {
  let syncing: Promise<FileHandle> | undefined
  return {
    read: (offset, length) => told(path, () => readFully(handle, offset, length)),
    write: (offset, bytes) => told(path, () => writeFully(handle, offset, bytes)),
    writeSynced: (offset, bytes) =>
      told(path, async () => {
        if (!HAS_SYNCING_HANDLES) {
          await writeFully(handle, offset, bytes)
          await handle.datasync()
          return
        }
        syncing ??= open(`/proc/self/fd/${handle.fd}`, SYNCING_FLAGS)
        await writeFully(await syncing, offset, bytes)
      }),
    truncate: (length) => told(path, () => handle.truncate(length)),
    size: async () => (await told(path, () => handle.stat())).size,
    sync: () => told(path, () => handle.datasync()),
    close: () =>
      told(path, async () => {
        await (await syncing)?.close()
        await handle.close()
      }),
  }
}

/** A file that grows meanwhile is read as far as it went. */
async function readWhole(
  path: string,
  place: ((bytes: number) => Uint8Array) | undefined,
): Promise<Uint8Array> {
  if (place === undefined) return readFile(path)
  const handle = await open(path, OPEN_FLAGS.read)
  try {
    const { size } = await handle.stat()
    return await fillFrom(handle, 0, place(size).subarray(0, size))
  } finally {
    await handle.close()
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, WHOLE_FLAGS, FILE_MODE)
  try {
    await writeFully(handle, 0, bytes)
    if (!HAS_SYNCING_HANDLES) await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await fillFrom(handle, offset, new Uint8Array(length))
  return bytes.length === length ? bytes : bytes.slice()
}

/** As much of it as there is in the file. */
async function fillFrom(
  handle: FileHandle,
  offset: number,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  let done = 0
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

async function writeFully(handle: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Node has no flock. SQLite's exclusive transaction holds POSIX locks on its file, which the kernel
 * drops with the process however it ends, and keeps while it is stopped. Nothing else may open the
 * file in this process: closing it would drop the locks (fcntl(2)); SQLite itself guards against
 * that.
 */
function lockDirectory(path: string, directory: string): DiskLock {
  let holder: DatabaseSync | undefined
  try {
    holder = new DatabaseSync(join(directory, LOCK_NAME), { timeout: 0 })
    holder.exec(LOCKING)
  } catch (error) {
    holder?.close()
    if (isSqliteBusy(error)) {
      throw new AnilloError('DATA_IN_USE', { path, holder: holderOf(directory) })
    }
    throw databaseError(path, error)
  }
  nameHolder(directory)
  const held = holder
  return {
    release: async () => {
      if (!held.isOpen) return
      rmSync(join(directory, HOLDER_NAME), { force: true })
      held.close()
    },
  }
}

/** A disk that is full or read only keeps nobody from its lock. */
function nameHolder(directory: string): void {
  try {
    writeFileSync(join(directory, HOLDER_NAME), `${process.pid}\n`, { mode: FILE_MODE })
  } catch {
    // It has no name then.
  }
}

/** Between its lock and its pid a holder has no name. */
function holderOf(directory: string): string {
  try {
    const pid = readFileSync(join(directory, HOLDER_NAME), 'utf8').trim()
    if (/^\d{1,10}$/.test(pid)) return `anillo process ${pid}`
  } catch {
    // As if it said nothing.
  }
  return 'another anillo process'
}
