/** Files of this machine: what is in a directory, and one as it is sent. */
import { createReadStream } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { Sha256 } from '../../../base/hash.ts'
import type { UploadSource } from '../../../client/uploads.ts'
import { unreadableFile } from '../../given-file.ts'

export interface LocalFile {
  readonly path: string
  readonly bytes: number
  readonly modifiedMs: number
}

export interface LocalFolder {
  readonly files: readonly (LocalFile & { readonly name: string })[]
  /** Names. */
  readonly folders: readonly string[]
  /** Names of what is neither: sockets, devices, links that lead to directories or nowhere. */
  readonly others: readonly string[]
}

/** @throws AnilloError USAGE */
export async function localFile(path: string): Promise<LocalFile | 'folder'> {
  const found = await stat(path).catch((thrown: unknown) => {
    throw unreadableFile(path, thrown)
  })
  if (found.isDirectory()) return 'folder'
  return { path, bytes: found.size, modifiedMs: found.mtimeMs }
}

/** Links to files are read as those files; one to a directory could lead back. @throws USAGE */
export async function localFolder(path: string): Promise<LocalFolder> {
  const files: LocalFolder['files'][number][] = []
  const folders: string[] = []
  const others: string[] = []
  const entries = await opendir(path).catch((thrown: unknown) => {
    throw unreadableFile(path, thrown)
  })
  for await (const entry of entries) {
    const { name } = entry
    if (entry.isDirectory()) {
      folders.push(name)
      continue
    }
    const at = join(path, name)
    const found = await stat(at).catch(() => undefined)
    if (found?.isFile() !== true) others.push(name)
    else files.push({ name, path: at, bytes: found.size, modifiedMs: found.mtimeMs })
  }
  return { files, folders, others }
}

const READ_BYTES = 256 * 1024

/** Hashed while it is sent, where it is sent from its begin on. */
export function localSource({ bytes, path }: LocalFile): UploadSource {
  let known: string | undefined
  async function* open(from: number): AsyncGenerator<Uint8Array> {
    const hash = from === 0 ? new Sha256() : undefined
    for await (const piece of read({ bytes, path }, from)) {
      hash?.update(piece)
      yield piece
    }
    known = hash?.digestHex() ?? known
  }
  return {
    bytes,
    open,
    sha256: async () => (known ??= await hashOf({ bytes, path })),
  }
}

/** SHA-256 of all of it. */
export async function hashOf(file: Pick<LocalFile, 'bytes' | 'path'>): Promise<string> {
  const hash = new Sha256()
  for await (const piece of read(file, 0)) hash.update(piece)
  return hash.digestHex()
}

/** As many bytes as there were when it was looked at. @throws AnilloError USAGE */
async function* read(
  { bytes, path }: Pick<LocalFile, 'bytes' | 'path'>,
  from: number,
): AsyncGenerator<Uint8Array> {
  if (from >= bytes) return
  const span = { start: from, end: bytes - 1, highWaterMark: READ_BYTES }
  const stream: AsyncIterable<Uint8Array> = createReadStream(path, span)
  try {
    yield* stream
  } catch (thrown) {
    throw unreadableFile(path, thrown)
  }
}
