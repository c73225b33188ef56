/** What `anillo versions`, `shared` and `trash` do. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { sizeText } from '../../../base/size-text.ts'
import type { Files } from '../../../client/files.ts'
import type { FileEntry, FileVersion, SharedFile, TrashedFile } from '../../../wire/api-files.ts'
import { EXIT, type ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { quoted } from '../../quoted.ts'
import { reachRing } from '../../reach.ts'
import { countText, dateText, type Column } from '../../table.ts'
import { told, toldEach } from '../../told.ts'
import { each } from './changes.ts'
import { noVersion, ringPath } from './ring-path.ts'

export interface VersionsFlags extends DoorFlags {
  /** Number of a version. */
  readonly restore?: number
}

export interface TrashFlags extends DoorFlags {
  /** Ids, or paths. */
  readonly restore?: readonly string[]
  readonly recursive?: true
}

const VERSION_COLUMNS: readonly Column<FileVersion>[] = [
  { title: 'VERSION', text: ({ number }) => String(number), right: true },
  { title: 'SIZE', text: ({ bytes }) => sizeText(bytes), right: true },
  { title: 'MODIFIED', text: ({ modifiedAt }) => dateText(modifiedAt) },
  { title: 'REPLACED', text: ({ replacedAt }) => dateText(replacedAt) },
  { title: 'BY', text: ({ by }) => by },
]

export async function runVersions(io: Io, typed: string, flags: VersionsFlags): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  const { path } = ringPath(typed)
  if (flags.restore !== undefined) {
    const entry = await restoreVersion(files, path, flags.restore)
    if (flags.json) jsonLine(io, entry)
    else line(io.err, `${path} has the content of version ${flags.restore} again`)
    return EXIT.done
  }
  const items = await files.versions(path)
  const none = 'no earlier content of it is kept'
  return toldEach(io, flags, { items, columns: VERSION_COLUMNS, none })
}

/** @throws AnilloError NO_ENTRY, NOT_FOUND where the file is there, but no such version */
async function restoreVersion(files: Files, path: string, number: number): Promise<FileEntry> {
  try {
    return await files.restoreVersion(path, number)
  } catch (thrown) {
    if (!isAnilloError(thrown, 'NO_ENTRY')) throw thrown
    throw (await files.find(path)) === undefined ? thrown : noVersion(path, number)
  }
}

const SHARED_COLUMNS: readonly Column<SharedFile>[] = [
  {
    title: 'SIZE',
    text: ({ bytes, kind }) => (kind === 'folder' ? '' : sizeText(bytes)),
    right: true,
  },
  { title: 'SHARED', text: ({ sharedAt }) => dateText(sharedAt) },
  { title: 'FOR', text: ({ group }) => (group === undefined ? 'you' : `group:${group}`) },
  { title: 'YOU MAY', text: ({ access }) => access },
  { title: 'PATH', text: ({ kind, path }) => (kind === 'folder' ? `${path}/` : path) },
]

export async function runShared(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  const items = await files.shared()
  const none = 'nobody shares anything with you by name'
  return toldEach(io, flags, { items, columns: SHARED_COLUMNS, none })
}

const TRASH_COLUMNS: readonly Column<TrashedFile>[] = [
  { title: 'ID', text: ({ id }) => id },
  {
    title: 'SIZE',
    text: ({ bytes, kind }) => (kind === 'folder' ? '' : sizeText(bytes)),
    right: true,
  },
  { title: 'THROWN AWAY', text: ({ trashedAt }) => dateText(trashedAt) },
  { title: 'WAS', text: ({ from, kind }) => (kind === 'folder' ? `${from}/` : from) },
]

export async function runTrash(io: Io, flags: TrashFlags): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  const items = await files.trash()
  if (flags.restore === undefined) {
    return toldEach(io, flags, { items, columns: TRASH_COLUMNS, none: 'the trash is empty' })
  }
  const isDeep = flags.recursive === true
  return each(io, flags.restore, async (word) => {
    for (const { id } of meant(items, word, isDeep)) {
      const entry = await files.restore(id)
      told(io, flags, { json: entry, text: entry.path })
    }
  })
}

/**
 * What a person means by an id or a path: of several things of one path what was thrown away last.
 * @param isDeep what was below the path, too
 * @returns a folder before what was in it
 * @throws AnilloError NOT_FOUND, USAGE
 */
function meant(
  trash: readonly TrashedFile[],
  word: string,
  isDeep: boolean,
): readonly TrashedFile[] {
  const byId = trash.filter(({ id }) => id === word)
  if (byId.length > 0) return byId
  const path = ringPath(word).path.normalize('NFC')
  const below = path === '/' ? path : `${path}/`
  const latest = new Map<string, TrashedFile>()
  let isAbove = false
  for (const thing of trash) {
    const from = thing.from.normalize('NFC')
    isAbove ||= from.startsWith(below)
    if (from !== path && !(isDeep && from.startsWith(below))) continue
    const other = latest.get(from)
    if (other === undefined || thing.trashedAt > other.trashedAt) latest.set(from, thing)
  }
  if (latest.size > 0) {
    return [...latest.values()].toSorted((a, b) => a.from.length - b.from.length)
  }
  if (!isAbove) throw new AnilloError('NOT_FOUND', { what: `${quoted(path)} in the trash` })
  const problem = `${quoted(path)} is not in the trash, but what was in it: --recursive means that.`
  throw new AnilloError('USAGE', { problem })
}

export interface EmptyFlags extends DoorFlags {
  /** Ms. */
  readonly olderThan?: number
}

/** For good; no prompt: whoever types it has said so. */
export async function runEmptyTrash(io: Io, flags: EmptyFlags): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  const removed = await files.emptyTrash(Math.ceil((flags.olderThan ?? 0) / SECOND_MS))
  if (flags.json) jsonLine(io, { removed })
  else if (removed === 0) line(io.err, 'nothing of the trash was to go')
  else line(io.err, `${countText(removed, 'thing')} gone for good`)
  return EXIT.done
}

/** All of them, and what failed. */
export async function runDeleteTrashed(
  io: Io,
  ids: readonly string[],
  flags: DoorFlags,
): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  return each(io, ids, async (id) => {
    await files.removeTrashed(id)
    if (flags.json) jsonLine(io, { id })
    else line(io.err, `${id} is gone for good`)
  })
}
