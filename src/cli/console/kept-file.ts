/**
 * The file in which a console keeps things, one an account, for its owner alone:
 *
 *     CACHE/anillo/NICK.jsonl             CACHE: XDG_CACHE_HOME, or ~/.cache
 *     CACHE/anillo/NICK.DIGITS.jsonl      where NICK.jsonl is of another ring
 *
 * It is opened for each change: another console of the same account may write it anew meanwhile.
 */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

import { compactLines, isGrown, lineOf, readLines, sizeOf, type FileSize } from './kept-lines.ts'
import { NOTHING_KEPT, withRecords, type Kept, type KeptRecord } from './kept.ts'

const OWNER_ALONE = 0o600
const RING_DIGITS = 8

/** As the XDG base directory specification says. */
export function cachePathOf(env: Readonly<Record<string, string | undefined>>): string {
  const home = env['HOME'] || homedir()
  return resolve(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'anillo')
}

export class KeptFile {
  readonly #directory: string
  #path: string
  #size: FileSize = { bytes: 0, publications: 0, profiles: 0 }
  #isTorn = false

  private constructor(directory: string, path: string) {
    this.#directory = directory
    this.#path = path
  }

  /**
   * With what it holds; nothing, where there is none yet.
   * @param of whose it is, at which ring
   */
  static async open(
    directory: string,
    { nick, ring }: { readonly nick: string; readonly ring: string },
  ): Promise<{ readonly file: KeptFile; readonly kept: Kept }> {
    const path = join(directory, `${nick}.jsonl`)
    const file = new KeptFile(directory, path)
    const kept = await file.#read()
    if (kept.ring === ring) return { file, kept }
    if (kept.ring === undefined) return { file, kept: await file.#mark(kept, ring) }
    file.#path = join(directory, `${nick}.${ring.slice(0, RING_DIGITS)}.jsonl`)
    return { file, kept: await file.#mark(await file.#read(), ring) }
  }

  get path(): string {
    return this.#path
  }

  async append(records: readonly KeptRecord[], isSafe: boolean): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const text = (this.#isTorn ? '\n' : '') + records.map(lineOf).join('')
    const handle = await open(this.#path, 'a', OWNER_ALONE)
    try {
      await handle.writeFile(text)
      if (isSafe) await handle.datasync()
    } finally {
      await handle.close()
    }
    this.#isTorn = false
    const { bytes, profiles, publications } = this.#size
    const added = sizeOf(records, Buffer.byteLength(text))
    this.#size = {
      bytes: bytes + added.bytes,
      profiles: profiles + added.profiles,
      publications: publications + added.publications,
    }
    if (isGrown(this.#size)) await this.#compact()
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
    this.#size = { bytes: 0, publications: 0, profiles: 0 }
  }

  async #mark(kept: Kept, ring: string): Promise<Kept> {
    if (kept.ring === ring) return kept
    const record = { kind: 'ring', ring } as const
    await this.append([record], false)
    return withRecords(kept, [record])
  }

  async #read(): Promise<Kept> {
    const text = await textOf(this.#path)
    if (text === undefined) return NOTHING_KEPT
    // It may have been copied, or restored, with other rights.
    await chmod(this.#path, OWNER_ALONE)
    const { isTorn, records } = readLines(text)
    this.#isTorn = isTorn
    this.#size = sizeOf(records, Buffer.byteLength(text))
    if (isGrown(this.#size)) await this.#compact()
    return withRecords(NOTHING_KEPT, records)
  }

  /** A reader sees the old file or the new one; what was added meanwhile is taken over. */
  async #compact(): Promise<void> {
    const text = (await textOf(this.#path)) ?? ''
    const lines = compactLines(withRecords(NOTHING_KEPT, readLines(text).records))
    const unfinished = `${this.#path}.${randomUUID()}`
    const handle = await open(unfinished, 'wx', OWNER_ALONE)
    try {
      await handle.writeFile(lines.join(''))
      const read = Buffer.byteLength(text)
      const { size } = await stat(this.#path)
      if (size > read) await handle.writeFile(await tailOf(this.#path, read))
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, this.#path)
    const { records } = readLines(lines.join(''))
    this.#size = sizeOf(records, Buffer.byteLength(lines.join('')))
    this.#isTorn = false
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

async function tailOf(path: string, from: number): Promise<Uint8Array> {
  return (await readFile(path)).subarray(from)
}
