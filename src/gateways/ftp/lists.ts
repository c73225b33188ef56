/** What LIST, NLST and MLSD tell, read before the first byte is sent. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Entry, Files, FileUser } from '../../services/files/types.ts'
import type { CallOptions } from '../../store/types.ts'
import { LIST_TRIES_MAX, LISTED_MAX } from './limits.ts'
import { folderOf, nameOf } from './paths.ts'
import { fits, patternOf } from './patterns.ts'

/**
 * Of a folder what is in it, of a file itself, of a pattern (`*.txt`) what fits.
 * @throws AnilloError NO_ENTRY, TOO_LARGE, CURSOR_STALE (it changes all the time)
 */
export async function entriesAt(
  files: Files,
  who: FileUser,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<readonly Entry[]> {
  const entry = await statOrPattern(files, who, { path, signal })
  if (entry === 'pattern') {
    const pattern = patternOf(nameOf(path))
    const all = await folderEntries(files, who, { path: folderOf(path), signal })
    const found = all.filter(({ name }) => fits(pattern, name))
    if (found.length === 0) throw new AnilloError('NO_ENTRY', { path })
    return found
  }
  return entry.kind === 'file' ? [entry] : folderEntries(files, who, { path, signal })
}

/** As of one moment. @throws AnilloError as `entriesAt` */
export async function folderEntries(
  files: Files,
  who: FileUser,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<readonly Entry[]> {
  for (let left = LIST_TRIES_MAX; ; left--) {
    try {
      return await read(files, who, { path, options: { signal } })
    } catch (thrown) {
      if (!isAnilloError(thrown, 'CURSOR_STALE') || left <= 1) throw thrown
    }
  }
}

async function read(
  files: Files,
  who: FileUser,
  { options, path }: { readonly path: string; readonly options: CallOptions },
): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  let cursor: string | undefined
  do {
    const from = cursor === undefined ? {} : { cursor }
    const page = await files.list(who, path, { ...options, ...from })
    entries.push(...page.entries)
    if (entries.length > LISTED_MAX) {
      throw new AnilloError('TOO_LARGE', { what: path, limit: `${LISTED_MAX} entries` })
    }
    cursor = page.cursor
  } while (cursor !== undefined)
  return entries
}

async function statOrPattern(
  files: Files,
  who: FileUser,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<Entry | 'pattern'> {
  try {
    return await files.stat(who, path, { signal })
  } catch (thrown) {
    const isPattern = /[*?[]/.test(nameOf(path))
    if (isPattern && isAnilloError(thrown, 'NO_ENTRY')) return 'pattern'
    throw thrown
  }
}
