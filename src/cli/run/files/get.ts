/** What `anillo get` does. */
import { mkdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { AnilloError } from '../../../base/errors.ts'
import { Sha256 } from '../../../base/hash.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { FileEntry } from '../../../wire/api-files.ts'
import { EXIT, type ExitCode } from '../../failure.ts'
import type { Io } from '../../io.ts'
import { outputError } from '../../out-file.ts'
import { Progress } from '../../progress.ts'
import { reachAllDoors } from '../../reach.ts'
import { countText } from '../../table.ts'
import { fetchFile } from './fetch-file.ts'
import { noVersion, requireRecursive, ringPath, within, withTarget } from './ring-path.ts'
import { transferAll, type Transfer, type TransferFlags } from './transfers.ts'

export interface GetFlags extends TransferFlags {
  /** Number of an earlier content. */
  readonly version?: number
  readonly replace?: true
}

/** Standard output. */
const OUTPUT = '-'

export async function runGet(io: Io, words: readonly string[], flags: GetFlags): Promise<ExitCode> {
  const { sources, target } = withTarget(words, '.')
  const client = await reachAllDoors(io, flags)
  if (target === OUTPUT) return writeOut(io, { client, sources, version: flags.version })
  const planning = new Planning(client, flags)
  {
    using _ = new Progress(io, () => `${countText(planning.transfers.length, 'file')} found`)
    const isInto = await isDirectory(target, sources)
    for (const source of sources) {
      const entry = await entryOf(client, source, flags.version)
      await planning.add(entry, isInto ? join(target, localName(entry)) : target)
    }
  }
  return transferAll(io, planning.transfers, flags)
}

/**
 * As it is now, or with an earlier content. @throws AnilloError NO_ENTRY, NOT_FOUND, IS_A_FOLDER
 */
async function entryOf(
  { files }: AnilloClient,
  typed: string,
  version: number | undefined,
): Promise<FileEntry> {
  const { path } = ringPath(typed)
  const entry = await files.stat(path)
  if (version === undefined) return entry
  const found = (await files.versions(path)).find(({ number }) => number === version)
  if (found === undefined) throw noVersion(path, version)
  const { bytes, modifiedAt, sha256 } = found
  return { ...entry, bytes, modifiedAt, sha256, etag: `"${entry.id}-${version}"` }
}

async function writeOut(
  io: Io,
  {
    client,
    sources,
    version,
  }: { client: AnilloClient; sources: readonly string[]; version: number | undefined },
): Promise<ExitCode> {
  for (const source of sources) {
    const { bytes, etag, kind, path, sha256 } = await entryOf(client, source, version)
    if (kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path })
    const hash = new Sha256()
    const ask = { path, etag, from: 0, to: bytes, version }
    for await (const piece of client.files.downloads.read(ask)) {
      hash.update(piece)
      await io.out.writeBytes(piece)
    }
    if (hash.digestHex() !== sha256) throw new AnilloError('CONTENT_DIFFERS', { path })
  }
  return EXIT.done
}

/** Several things go into a directory only. @throws AnilloError OUTPUT_NOT_WRITABLE */
async function isDirectory(target: string, sources: readonly string[]): Promise<boolean> {
  const found = await stat(target).catch(() => undefined)
  if (found?.isDirectory() === true) return true
  if (target.endsWith('/') || sources.length > 1) {
    await makeDirectory(target)
    return true
  }
  return false
}

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((thrown: unknown) => {
    throw outputError(path, thrown)
  })
}

/** A name that would lead out of the directory is no name. @throws AnilloError NAME_INVALID */
function localName({ name, path }: FileEntry): string {
  // The root has none.
  if (path === '/') return '.'
  if (name !== '' && name !== '.' && name !== '..' && basename(name) === name) return name
  throw new AnilloError('NAME_INVALID', { name, problem: 'no file of this machine can have it' })
}

class Planning {
  readonly transfers: Transfer[] = []
  readonly #client: AnilloClient
  readonly #flags: GetFlags

  constructor(client: AnilloClient, flags: GetFlags) {
    this.#client = client
    this.#flags = flags
  }

  async add(entry: FileEntry, to: string): Promise<void> {
    if (entry.kind === 'file') return this.#addFile(entry, to)
    requireRecursive(entry.path, this.#flags.recursive)
    await this.#addFolder(entry.path, to)
  }

  async #addFolder(path: string, to: string): Promise<void> {
    await makeDirectory(to)
    for await (const entry of this.#client.files.list(path)) {
      const at = join(to, localName(entry))
      const from = { ...entry, path: within(path, entry.name) }
      if (entry.kind === 'folder') await this.#addFolder(from.path, at)
      else this.#addFile(from, at)
    }
  }

  #addFile(entry: FileEntry, to: string): void {
    const client = this.#client
    this.transfers.push({
      from: entry.path,
      to,
      bytes: entry.bytes,
      run: async (moved) => {
        await makeDirectory(dirname(to))
        const { replace = false, version } = this.#flags
        return fetchFile(client, { entry, to, moved, version, replace })
      },
    })
  }
}
