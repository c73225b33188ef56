/**
 * Files under one root directory; paths are relative to it, with `/`. What was written is sure only
 * after `sync`; a new, renamed or removed name only after `syncDirectory` of its directory.
 */

export interface DiskFile {
  /** Fewer bytes than asked for only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
  /**
   * Writes all bytes at the offset; past the end the gap reads as zeros. @throws AnilloError
   * DISK_FULL
   */
  write(offset: number, bytes: Uint8Array): Promise<void>
  /**
   * As `write`, and these bytes are on the medium afterwards; of others nothing is said. A failure
   * here must end the process.
   */
  writeSynced(offset: number, bytes: Uint8Array): Promise<void>
  truncate(length: number): Promise<void>
  size(): Promise<number>
  /** What was written before is on the medium afterwards. A failure here must end the process. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** `read`: must exist. `write`: made when absent, kept when there. `create`: must not exist. */
export type OpenMode = 'read' | 'write' | 'create'

export interface DiskLock {
  release(): Promise<void>
}

export interface Disk {
  /** @throws AnilloError NOT_FOUND, DISK_EXISTS, DATA_NOT_WRITABLE, DISK_FULL */
  open(path: string, mode: OpenMode): Promise<DiskFile>
  /**
   * Whole file, `undefined` when there is none. Where there is a `place` for its length, as much of
   * it as fits is put there.
   */
  read(path: string, place?: (bytes: number) => Uint8Array): Promise<Uint8Array | undefined>
  /**
   * The whole file, made where there is none. When it resolves its bytes are on the medium, a new
   * name only after `syncDirectory`; until then, and after a failure, any part of it may be there.
   * @throws AnilloError NOT_FOUND (there is no such directory), DISK_FULL
   */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** Names in a directory, sorted; none when there is no such directory. */
  list(path: string): Promise<readonly string[]>
  /** With its parents; nothing when it is there. */
  makeDirectory(path: string): Promise<void>
  /** Replaces what has the new name. */
  rename(from: string, to: string): Promise<void>
  /** A file, or a directory with all in it; nothing when there is none. */
  remove(path: string): Promise<void>
  syncDirectory(path: string): Promise<void>
  /**
   * Holds a directory for this process alone, until released or the process is gone, however it
   * went.
   * @throws AnilloError DATA_IN_USE, DATA_NOT_WRITABLE
   */
  lock(path: string): Promise<DiskLock>
  /** Bytes that this process may still write. */
  freeBytes(): Promise<number>
}
