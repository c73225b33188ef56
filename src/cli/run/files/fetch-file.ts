/**
 * One file of the ring onto this disk. It comes under another name, which tells its content, takes
 * its own when its SHA-256 is right, and goes on there when it broke off.
 */
import { open, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { MIB } from '../../../base/limits.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { FileEntry } from '../../../wire/api-files.ts'
import { outputError } from '../../out-file.ts'
import { hashOf } from './local-files.ts'
import type { TransferEnd } from './transfers.ts'

export interface Fetched {
  readonly entry: FileEntry
  /** Of an earlier content, which `entry` tells. */
  readonly version?: number | undefined
  readonly to: string
  /** What is there with other content may go. */
  readonly replace: boolean
  readonly moved: (bytes: number) => void
}

/** Of large files so many bytes are asked of one member, while others send others. */
const PIECE_BYTES = 8 * MIB
/** Pieces of one file on their way; they begin in order, so that no hole is further back. */
const PIECES_AT_ONCE = 4
const HOLES_BYTES_MAX = PIECE_BYTES * PIECES_AT_ONCE

/** Where the file changes meanwhile, it is begun again so often. */
const CHANGES_MAX = 3

/**
 * @throws AnilloError NO_ENTRY, CONTENT_DIFFERS, OUTPUT_TAKEN, OUTPUT_NOT_WRITABLE,
 * RING_NOT_REACHABLE
 */
export async function fetchFile(client: AnilloClient, fetched: Fetched): Promise<TransferEnd> {
  let { entry } = fetched
  for (let changes = 0; ; changes++) {
    try {
      return await fetchContent(client, { ...fetched, entry })
    } catch (thrown) {
      const mayBeOther = isAnilloError(thrown, 'CONDITION_FAILED') && fetched.version === undefined
      if (!mayBeOther || changes === CHANGES_MAX) throw thrown
      entry = await client.files.stat(entry.path)
    }
  }
}

async function fetchContent(
  client: AnilloClient,
  { entry, moved, replace, to, version }: Fetched,
): Promise<TransferEnd> {
  const { bytes, path, sha256 = '' } = entry
  if (await holds(to, entry)) return 'same'
  if (!replace) await requireFree(to)
  const part = join(dirname(to), partName(to, sha256))
  for (const isLast of [false, true]) {
    await fetchInto(client, { entry, moved, part, version })
    if ((await hashOf({ path: part, bytes })) === sha256) break
    // What was there before was not of this content.
    await rm(part, { force: true })
    if (isLast) throw new AnilloError('CONTENT_DIFFERS', { path })
  }
  try {
    const at = new Date(entry.modifiedAt)
    await utimes(part, at, at)
    // Somebody may have written it while the content came.
    if (!replace) await requireFree(to)
    await rename(part, to)
  } catch (thrown) {
    throw isAnilloError(thrown) ? thrown : outputError(to, thrown)
  }
  return 'sent'
}

/** @throws AnilloError OUTPUT_TAKEN */
async function requireFree(to: string): Promise<void> {
  const found = await stat(to).catch(() => undefined)
  if (found?.isFile() === true) throw new AnilloError('OUTPUT_TAKEN', { path: to })
}

/** What is there already need not come. */
async function holds(to: string, { bytes, sha256 }: FileEntry): Promise<boolean> {
  const found = await stat(to).catch(() => undefined)
  if (found?.isFile() !== true || found.size !== bytes) return false
  return (await hashOf({ path: to, bytes })) === sha256
}

/** Of one content under one name; short, as a name may be as long as names can be. */
function partName(to: string, sha256: string): string {
  return `.anillo-${sha256Hex(to).slice(0, 16)}-${sha256.slice(0, 16)}.part`
}

interface Filling {
  readonly entry: FileEntry
  readonly version: number | undefined
  readonly moved: (bytes: number) => void
  readonly part: string
}

async function fetchInto(client: AnilloClient, filling: Filling): Promise<void> {
  const { entry, part } = filling
  const file = await openPart(part)
  try {
    const { size } = await file.stat()
    const isLarge = entry.bytes > HOLES_BYTES_MAX
    const from = Math.min(entry.bytes, isLarge ? Math.max(0, size - HOLES_BYTES_MAX) : size)
    await new Filler(client, { ...filling, file, from }).fill(isLarge)
    await file.truncate(entry.bytes)
  } finally {
    await file.close()
  }
}

async function openPart(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+').catch(() => open(path, 'wx+'))
  } catch (thrown) {
    throw outputError(path, thrown)
  }
}

class Filler {
  readonly #client: AnilloClient
  readonly #filling: Filling & { readonly file: FileHandle; readonly from: number }
  #moved: number

  constructor(
    client: AnilloClient,
    filling: Filling & { readonly file: FileHandle; readonly from: number },
  ) {
    this.#client = client
    this.#filling = filling
    this.#moved = filling.from
  }

  /** Several members at once, where it is worth it: each has an uplink of its own. */
  async fill(isLarge: boolean): Promise<void> {
    const { entry, from } = this.#filling
    if (!isLarge) return this.#piece(from, entry.bytes)
    const doors = this.#client.doors
    const underWay: Promise<void>[] = []
    try {
      for (let at = from, count = 0; at < entry.bytes; at += PIECE_BYTES, count++) {
        if (underWay.length === PIECES_AT_ONCE) await underWay.shift()
        const door = doors[count % doors.length]
        const piece = this.#piece(at, Math.min(entry.bytes, at + PIECE_BYTES), door)
        // Told when it is its turn, or not at all where one before failed.
        piece.catch(() => undefined)
        underWay.push(piece)
      }
      await Promise.all(underWay)
    } catch (thrown) {
      await Promise.allSettled(underWay)
      throw thrown
    }
  }

  async #piece(from: number, to: number, at?: string): Promise<void> {
    const { entry, file, moved, part, version } = this.#filling
    const { etag, path } = entry
    let position = from
    const ask = { path, etag, from, to, at, version }
    for await (const bytes of this.#client.files.downloads.read(ask)) {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await file
          .write(bytes, done, bytes.length - done, position + done)
          .catch((thrown: unknown) => {
            throw outputError(part, thrown)
          })
        done += bytesWritten
      }
      position += bytes.length
      this.#moved += bytes.length
      moved(this.#moved)
    }
  }
}
