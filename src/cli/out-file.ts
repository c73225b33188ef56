/** A file that a command writes, or that it cannot. */
import { open, type FileHandle } from 'node:fs/promises'

import { AnilloError } from '../base/errors.ts'
import { systemCode } from '../platform/disk-errors.ts'

export class OutFile implements AsyncDisposable {
  readonly path: string
  readonly #file: FileHandle
  #bytes = 0

  private constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  /** What stands there goes. @throws AnilloError OUTPUT_NOT_WRITABLE */
  static async create(path: string): Promise<OutFile> {
    const file = await open(path, 'w').catch((thrown: unknown) => {
      throw outputError(path, thrown)
    })
    return new OutFile(path, file)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @throws AnilloError OUTPUT_NOT_WRITABLE */
  async write(piece: Uint8Array): Promise<void> {
    for (let done = 0; done < piece.length;) {
      const { bytesWritten } = await this.#file
        .write(piece, done, piece.length - done, this.#bytes)
        .catch((thrown: unknown) => {
          throw outputError(this.path, thrown)
        })
      done += bytesWritten
      this.#bytes += bytesWritten
    }
  }

  /** Forgets what was written. */
  async restart(): Promise<void> {
    this.#bytes = 0
    await this.#file.truncate(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'its directory does not exist'],
  ['ENOTDIR', 'its directory is a file'],
  ['EISDIR', 'it is a directory'],
  ['EACCES', 'this account may not'],
  ['EROFS', 'the disk is read-only'],
  ['ENOSPC', 'the disk is full'],
])

export function outputError(path: string, thrown: unknown): AnilloError {
  const code = systemCode(thrown)
  const problem = PROBLEMS.get(code) ?? code
  return new AnilloError('OUTPUT_NOT_WRITABLE', { path, problem }, { cause: thrown })
}
