/**
 * What `anillo rm`, `mv`, `cp`, `mkdir` and `touch` do: all of what is named, and what failed of
 * it.
 */
import { AnilloError, asAnilloError, isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { instant } from '../../../base/instant.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { UploadSource } from '../../../client/uploads.ts'
import { EXIT, tellFailure, type ExitCode } from '../../failure.ts'
import { jsonLine, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { reachRing } from '../../reach.ts'
import { nameOf, ringPath, within, withTarget } from './ring-path.ts'

export interface RemoveFlags extends DoorFlags {
  readonly recursive?: true
  readonly force?: true
}

export interface MoveFlags extends DoorFlags {
  readonly replace?: true
}

export interface MakeFolderFlags extends DoorFlags {
  readonly parents?: true
}

export interface TouchFlags extends DoorFlags {
  /** ISO 8601. */
  readonly modified?: string
  readonly create: boolean
}

/** One after the other; of what fails the others do not suffer. */
export async function each(
  io: Io,
  words: readonly string[],
  work: (word: string) => Promise<void>,
): Promise<ExitCode> {
  let exit: ExitCode = EXIT.done
  for (const word of words) {
    try {
      await work(word)
    } catch (thrown) {
      if (isAnilloError(thrown, 'RING_NOT_REACHABLE')) throw thrown
      const code = tellFailure(io, asAnilloError(thrown))
      if (exit === EXIT.done) exit = code
    }
  }
  return exit
}

function eachPath(
  io: Io,
  typed: readonly string[],
  work: (path: string) => Promise<void>,
): Promise<ExitCode> {
  return each(io, typed, (word) => work(ringPath(word).path))
}

export async function runRemove(
  io: Io,
  paths: readonly string[],
  flags: RemoveFlags,
): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  return eachPath(io, paths, async (path) => {
    const entry = await files.find(path)
    if (entry === undefined) {
      if (flags.force === true) return
      throw new AnilloError('NO_ENTRY', { path })
    }
    // A folder without all that is in it is one that is empty.
    const emptyOnly = entry.kind === 'folder' && flags.recursive !== true
    await files.remove(path, emptyOnly ? { emptyOnly } : {})
    if (flags.json) jsonLine(io, { path, kind: entry.kind })
  })
}

export async function runMakeFolders(
  io: Io,
  paths: readonly string[],
  flags: MakeFolderFlags,
): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  return eachPath(io, paths, async (path) => {
    const entry = await files.makeFolder(path, flags.parents === true ? { parents: true } : {})
    if (flags.json) jsonLine(io, entry)
  })
}

/** What is not there becomes an empty file. */
export async function runTouch(
  io: Io,
  paths: readonly string[],
  flags: TouchFlags,
): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  const modifiedAt = flags.modified ?? instant(Date.now())
  return eachPath(io, paths, async (path) => {
    try {
      const entry = await files.touch(path, { modifiedAt })
      if (flags.json) jsonLine(io, entry)
    } catch (thrown) {
      if (!isAnilloError(thrown, 'NO_ENTRY')) throw thrown
      if (flags.create === false) return
      // Where somebody makes one meanwhile, it is not emptied.
      await files.uploads.put(path, NOTHING, { modifiedAt, ifAbsent: true })
      if (flags.json) jsonLine(io, await files.stat(path))
    }
  })
}

const NOTHING: UploadSource = {
  bytes: 0,
  async *open() {
    // Of an empty file there is none.
  },
  sha256: async () => sha256Hex(''),
}

export async function runMove(
  io: Io,
  words: readonly string[],
  flags: MoveFlags,
): Promise<ExitCode> {
  return relocate(io, { ...withTarget(words, undefined), flags, op: 'move' })
}

export async function runCopy(
  io: Io,
  words: readonly string[],
  flags: MoveFlags,
): Promise<ExitCode> {
  return relocate(io, { ...withTarget(words, undefined), flags, op: 'copy' })
}

interface Relocation {
  readonly sources: readonly string[]
  readonly target: string
  readonly flags: MoveFlags
  readonly op: 'move' | 'copy'
}

async function relocate(io: Io, { flags, op, sources, target }: Relocation): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const folder = await folderOf(client, sources, target)
  return eachPath(io, sources, async (path) => {
    const to = folder === undefined ? ringPath(target).path : within(folder, nameOf(path))
    const entry = await client.files[op](path, to, flags.replace === true)
    if (flags.json) jsonLine(io, entry)
  })
}

/** Where the target is a folder, things go into it; else one thing gets that name. */
async function folderOf(
  { files }: AnilloClient,
  sources: readonly string[],
  target: string,
): Promise<string | undefined> {
  const { isFolder, path } = ringPath(target)
  const present = await files.find(path)
  if (present?.kind === 'folder') return path
  if (!isFolder && sources.length === 1) return undefined
  throw new AnilloError(present === undefined ? 'NO_ENTRY' : 'NOT_A_FOLDER', { path })
}
