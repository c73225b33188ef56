/** What `anillo put` does. */
import { basename, join, resolve } from 'node:path'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { FileEntry } from '../../../wire/api-files.ts'
import { fileInstant } from '../../../wire/file-times.ts'
import type { ExitCode } from '../../failure.ts'
import { line, type Io } from '../../io.ts'
import { Progress } from '../../progress.ts'
import { quoted } from '../../quoted.ts'
import { reachAllDoors } from '../../reach.ts'
import { countText } from '../../table.ts'
import { localFile, localFolder, localSource, type LocalFile } from './local-files.ts'
import { requireRecursive, ringPath, within, withTarget } from './ring-path.ts'
import { transferAll, type Transfer, type TransferEnd, type TransferFlags } from './transfers.ts'

export interface PutFlags extends TransferFlags {
  /** Only what is not there at all. */
  readonly ifAbsent?: true
}

export async function runPut(io: Io, words: readonly string[], flags: PutFlags): Promise<ExitCode> {
  const { sources, target } = withTarget(words, undefined)
  const client = await reachAllDoors(io, flags)
  const planning = new Planning(io, client, flags)
  {
    using _ = new Progress(io, () => `${countText(planning.transfers.length, 'file')} found`)
    const { into, path } = await targetOf(client, sources, target)
    for (const source of sources) {
      await planning.add(source, into ? within(path, basename(resolve(source))) : path)
    }
  }
  return transferAll(io, planning.transfers, flags)
}

/** Into the folder, where the target is one or is to be one; else under that very name. */
async function targetOf(
  client: AnilloClient,
  sources: readonly string[],
  target: string,
): Promise<{ readonly path: string; readonly into: boolean }> {
  const { isFolder, path } = ringPath(target)
  const present = await client.files.find(path)
  if (present?.kind === 'folder') return { path, into: true }
  if (present !== undefined && (isFolder || sources.length > 1)) {
    throw new AnilloError('NOT_A_FOLDER', { path })
  }
  if (isFolder || sources.length > 1) throw new AnilloError('NO_ENTRY', { path })
  return { path, into: false }
}

class Planning {
  readonly transfers: Transfer[] = []
  readonly #io: Io
  readonly #client: AnilloClient
  readonly #flags: PutFlags

  constructor(io: Io, client: AnilloClient, flags: PutFlags) {
    this.#io = io
    this.#client = client
    this.#flags = flags
  }

  async add(source: string, to: string): Promise<void> {
    const local = await localFile(source)
    if (local === 'folder') {
      requireRecursive(source, this.#flags.recursive)
      return this.#addFolder(source, to)
    }
    this.#addFile(local, to, await this.#client.files.find(to))
  }

  async #addFolder(source: string, to: string): Promise<void> {
    const { files, folders, others } = await localFolder(source)
    const present = await this.#openFolder(to)
    for (const file of files) {
      this.#addFile(file, within(to, file.name), present.get(file.name.normalize('NFC')))
    }
    for (const name of others) {
      line(this.#io.err, `left out: ${quoted(join(source, name))} is neither a file nor a folder`)
    }
    for (const name of folders) await this.#addFolder(join(source, name), within(to, name))
  }

  /** Makes it, or tells what is in it. */
  async #openFolder(path: string): Promise<ReadonlyMap<string, FileEntry>> {
    const { files } = this.#client
    try {
      await files.makeFolder(path)
      return new Map()
    } catch (thrown) {
      if (!isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
      const present = new Map<string, FileEntry>()
      for await (const entry of files.list(path)) present.set(entry.name.normalize('NFC'), entry)
      return present
    }
  }

  #addFile(file: LocalFile, to: string, present: FileEntry | undefined): void {
    const { bytes, path: from } = file
    const run: Transfer['run'] = (moved) => this.#send({ file, present, to }, moved)
    this.transfers.push({ from, to, bytes, run })
  }

  async #send(
    sent: {
      readonly file: LocalFile
      readonly present: FileEntry | undefined
      readonly to: string
    },
    moved: (bytes: number) => void,
  ): Promise<TransferEnd> {
    const { file, present, to } = sent
    const source = localSource(file)
    if (present?.kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path: to })
    if (present?.bytes === file.bytes && present.sha256 === (await source.sha256())) return 'same'
    const { ifAbsent } = this.#flags
    if (ifAbsent === true && present !== undefined) {
      throw new AnilloError('ENTRY_EXISTS', { path: to })
    }
    await this.#client.files.uploads.put(to, source, {
      modifiedAt: fileInstant(file.modifiedMs),
      onSent: moved,
      ...(ifAbsent === undefined ? {} : { ifAbsent }),
    })
    return 'sent'
  }
}
