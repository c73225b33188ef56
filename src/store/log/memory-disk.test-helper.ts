/** A disk in a map, quick enough to damage it at every byte and look what comes of it. */
import { AnilloError } from '../../base/errors.ts'
import type { Disk, DiskFile } from '../../effects/disk.ts'

/** Whole files by path. An array is never changed, so that a copy of the map is a copy of all. */
export type Files = Map<string, Uint8Array>

export function memoryDisk(files: Files): Disk {
  const inDirectory = (path: string): string[] =>
    [...files.keys()].filter((name) => name.startsWith(`${path}/`))
  return {
    open: async (path, mode) => {
      const isThere = files.has(path)
      if (isThere && mode === 'create') throw new AnilloError('DISK_EXISTS', { path })
      if (!isThere && mode === 'read') throw new AnilloError('NOT_FOUND', { what: path })
      if (!isThere) files.set(path, new Uint8Array(0))
      return memoryFile(files, path)
    },
    read: async (path) => files.get(path),
    write: async (path, bytes) => {
      files.set(path, bytes.slice())
    },
    list: async (path) =>
      inDirectory(path)
        .map((name) => name.slice(path.length + 1))
        .toSorted((a, b) => (a < b ? -1 : 1)),
    makeDirectory: async () => {},
    rename: async (from, to) => {
      files.set(to, files.get(from) ?? new Uint8Array(0))
      files.delete(from)
    },
    remove: async (path) => {
      files.delete(path)
    },
    syncDirectory: async () => {},
    lock: async () => ({ release: async () => {} }),
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
  }
}

function memoryFile(files: Files, path: string): DiskFile {
  const bytes = (): Uint8Array => files.get(path) ?? new Uint8Array(0)
  const resized = (length: number): Uint8Array => {
    const copy = new Uint8Array(length)
    copy.set(bytes().subarray(0, length))
    return copy
  }
  const write = async (offset: number, written: Uint8Array): Promise<void> => {
    const copy = resized(Math.max(bytes().length, offset + written.length))
    copy.set(written, offset)
    files.set(path, copy)
  }
  return {
    read: async (offset, length) => bytes().slice(offset, offset + length),
    write,
    writeSynced: write,
    truncate: async (length) => {
      files.set(path, resized(length))
    },
    size: async () => bytes().length,
    sync: async () => {},
    close: async () => {},
  }
}
