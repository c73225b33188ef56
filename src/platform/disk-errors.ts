/** What the file system and SQLite report, as errors of anillo's table. */
import { AssertionError } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'

/** Both of no space: the whole disk, or what this account may use of it. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/** The medium or the file system is broken. */
const BROKEN: ReadonlySet<string> = new Set(['EIO', 'EUCLEAN', 'EBADMSG'])

/** `path` as the caller of the effect wrote it. A bug stays what it is. */
export function diskError(path: string, thrown: unknown): AnilloError | AssertionError {
  if (thrown instanceof AnilloError || thrown instanceof AssertionError) return thrown
  const code = systemCode(thrown)
  const cause = { cause: thrown }
  if (code === 'ENOENT') return new AnilloError('NOT_FOUND', { what: path }, cause)
  if (code === 'EEXIST') return new AnilloError('DISK_EXISTS', { path }, cause)
  if (FULL.has(code)) return new AnilloError('DISK_FULL', { path }, cause)
  if (BROKEN.has(code)) return new AnilloError('DATA_DAMAGED', { path, problem: code }, cause)
  return new AnilloError('DATA_NOT_WRITABLE', { path, problem: code }, cause)
}

/** `ENOENT` and the like; the text of the error where it has no code. */
export function systemCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.message
}

/**
 * Result codes of SQLite (sqlite.org/rescode.html); the low byte of an extended one is its primary.
 */
/** The statement fits no table: ours are fixed, so what describes the tables was changed. */
const SQLITE_ERROR = 1
const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_NOTADB = 26
const PRIMARY_MASK = 0xff

const DAMAGED: ReadonlySet<number> = new Set([SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_NOTADB])

export function isSqliteBusy(thrown: unknown): boolean {
  return sqliteCode(thrown) === SQLITE_BUSY
}

export function databaseError(path: string, thrown: unknown): AnilloError | AssertionError {
  const code = sqliteCode(thrown)
  if (code === undefined) return diskError(path, thrown)
  const problem = thrown instanceof Error ? thrown.message : String(thrown)
  const cause = { cause: thrown }
  if (code === SQLITE_FULL) return new AnilloError('DISK_FULL', { path }, cause)
  if (DAMAGED.has(code)) {
    return new AnilloError('DATA_DAMAGED', { path, problem }, cause)
  }
  return new AnilloError('DATA_NOT_WRITABLE', { path, problem }, cause)
}

function sqliteCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined
  return typeof thrown.errcode === 'number' ? thrown.errcode & PRIMARY_MASK : undefined
}
