/**
 * `GET /v1/files/{folder}?as=zip`: a folder, or some of what is in it, as one ZIP. It is made while
 * it is sent: in memory there are a part of a list for each folder on the way down, some chunks,
 * and of each file that was sent its line in the directory at the end.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

import { utf8 } from '../../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { zipOf, type ZipFile } from '../../../effects/zip.ts'
import type { Entry, Files, FileUser, OpenFile } from '../../../services/files/types.ts'
import type { CallOptions } from '../../../store/types.ts'
import { dispositionOf } from '../../../wire/media-types.ts'
import { goneSignal, whenOver } from '../gone.ts'
import type { Places } from '../places.ts'
import { whileAdmitted } from '../while-admitted.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'

const ZIP_TYPE = 'application/zip'
/** Of a list at a time. */
const LISTED_AT_ONCE = 1_000
/** Told by name in the archive. */
const MISSING_TOLD_MAX = 1_000
const MISSING_NAME = 'missing files.txt'
/** Of the root, which has none. */
const ROOT_NAME = 'files'

export interface ArchiveDoor extends FileDoor {
  readonly places: Places
}

export interface ArchiveAsk {
  readonly path: string
  /** In that folder; absent: all of it. */
  readonly names: readonly string[] | undefined
}

/** @throws AnilloError NO_ENTRY, NOT_A_FOLDER, NAME_INVALID, BUSY */
export async function sendArchive(
  door: ArchiveDoor,
  { names, path }: ArchiveAsk,
  { reply, request }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const signal = goneSignal(reply)
  const who = fileUserOf(request)
  const folder = await door.files.stat(who, path, { signal })
  if (folder.kind === 'file') throw new AnilloError('NOT_A_FOLDER', { path })
  const chosen = names && (await entriesOf(door.files, who, { path, names, options: { signal } }))
  const top = folder.name === '' ? ROOT_NAME : folder.name
  void reply
    .header('cache-control', 'no-store')
    .header('content-disposition', dispositionOf(`${top}.zip`, ZIP_TYPE, true))
    .type(ZIP_TYPE)
  if (request.method === 'HEAD') return reply.send()
  const place = door.places.take()
  whenOver(reply, () => place[Symbol.dispose]())
  const walk = new Walk(door.files, () => fileUserOf(request), { signal })
  const pieces = zipOf(walk.files(folder, { top, chosen }))
  return reply.send(ReadableStream.from(whileAdmitted(pieces, { clock: door.clock, request })))
}

/** Told before the first byte is sent, where one is not there. */
async function entriesOf(
  files: Files,
  who: FileUser,
  asked: {
    readonly path: string
    readonly names: readonly string[]
    readonly options: CallOptions
  },
): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for (const name of new Set(asked.names)) {
    if (name === '' || name === '.' || name === '..' || name.includes('/')) {
      throw new AnilloError('NAME_INVALID', { name, problem: 'it is no name of an entry' })
    }
    entries.push(await files.stat(who, within(asked.path, name), asked.options))
  }
  return entries
}

/** From the folder down, in the order of names. */
class Walk {
  readonly #files: Files
  /** As of when they were last admitted. */
  readonly #who: () => FileUser
  readonly #options: CallOptions
  /** Listed, and gone before they were read. */
  readonly #missing: string[] = []
  #missingCount = 0

  constructor(files: Files, who: () => FileUser, options: CallOptions) {
    this.#files = files
    this.#who = who
    this.#options = options
  }

  async *files(
    folder: Entry,
    { chosen, top }: { readonly top: string; readonly chosen: readonly Entry[] | undefined },
  ): AsyncGenerator<ZipFile> {
    const name = zipName(top)
    if (chosen === undefined) yield* this.#folder(folder, name)
    else for (const entry of chosen) yield* this.#entry(entry, `${name}/${zipName(entry.name)}`)
    if (this.#missingCount > 0) yield this.#missingFile(name, folder.modifiedMs)
  }

  async *#folder(folder: Entry, name: string): AsyncGenerator<ZipFile> {
    yield { name: `${name}/`, changedAtMs: folder.modifiedMs }
    let cursor: string | undefined
    do {
      const page = await this.#page(folder, cursor)
      if (page === undefined) return this.#note(name)
      for (const entry of page.entries) yield* this.#entry(entry, `${name}/${zipName(entry.name)}`)
      cursor = page.cursor
    } while (cursor !== undefined)
  }

  async *#entry(entry: Entry, name: string): AsyncGenerator<ZipFile> {
    if (entry.kind === 'folder') {
      yield* this.#folder(entry, name)
      return
    }
    const file = await this.#open(entry)
    if (file === undefined) return this.#note(name)
    const { bytes, modifiedMs } = file.entry
    yield { name, changedAtMs: modifiedMs, pieces: file.read({ from: 0, to: bytes }) }
  }

  /** `undefined`: the folder went. */
  #page({ path }: Entry, cursor: string | undefined) {
    const from = cursor === undefined ? {} : { cursor }
    const asked = { ...this.#options, ...from, limit: LISTED_AT_ONCE }
    return unlessGone(this.#files.list(this.#who(), path, asked))
  }

  #open({ path }: Entry): Promise<OpenFile | undefined> {
    return unlessGone(this.#files.open(this.#who(), path, this.#options))
  }

  #note(name: string): void {
    this.#missingCount++
    if (this.#missing.length < MISSING_TOLD_MAX) this.#missing.push(name)
  }

  #missingFile(top: string, changedAtMs: number): ZipFile {
    const untold = this.#missingCount - this.#missing.length
    const lines = [
      'Removed or moved while this archive was made, or too deep for a path:',
      ...this.#missing,
      ...(untold === 0 ? [] : [`and ${untold} more`]),
      '',
    ]
    const bytes = utf8(lines.join('\n'))
    return { name: `${top}/${MISSING_NAME}`, changedAtMs, pieces: once(bytes) }
  }
}

/** It went, or is something else by now; or it lies deeper than a path may be long. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (GONE.some((code) => isAnilloError(thrown, code))) return undefined
    throw thrown
  }
}

const GONE = ['NO_ENTRY', 'NOT_A_FOLDER', 'IS_A_FOLDER', 'NAME_INVALID'] as const

/** Some programs take a backslash for a slash, and so would write outside of their folder. */
function zipName(name: string): string {
  return name.replaceAll('\\', '\uff3c')
}

function within(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
