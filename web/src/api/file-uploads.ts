/**
 * Bytes of files on their way to the tree: `PUT /v1/files/{path}` from the first byte on, `PATCH
 * /v1/uploads/{path}` from where an upload broke off (draft-ietf-httpbis-resumable-upload).
 */
import type { FileEntry, FileUploadState } from '../../../src/wire/api-files.ts'
import type { Part } from '../files/upload-item.ts'
import { addressOf } from '../model/file-paths.ts'
import { hexIn } from '../model/repr-digest.ts'
import { sound } from './answers.ts'
import { isTrouble } from './files.ts'
import type { RingClient } from './ring-client.ts'
import { sendBytes } from './upload.ts'

const STATE = { offset: 'number' }

export class FileUploadsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** How far an upload came, asked of whichever member answers; `undefined`: there is none. */
  async offset(path: string): Promise<number | undefined> {
    try {
      const answer = await this.#client.json({ path: `/v1/uploads${addressOf(path)}` })
      return sound<FileUploadState>(answer, STATE).offset
    } catch (thrown) {
      if (isTrouble(thrown, 'NOT_FOUND')) return undefined
      throw thrown
    }
  }

  /** SHA-256 of the file that is there, hex; `undefined`: there is none. */
  async hashAt(path: string): Promise<string | undefined> {
    try {
      const answer = await this.#client.json({ path: `/v1/files${addressOf(path)}?op=stat` })
      return sound<FileEntry>(answer, { kind: 'string' }).sha256
    } catch (thrown) {
      if (isTrouble(thrown, 'NO_ENTRY')) return undefined
      throw thrown
    }
  }

  /** What came of an upload goes. */
  async discard(path: string): Promise<void> {
    try {
      await this.#client.json({ path: `/v1/uploads${addressOf(path)}`, method: 'DELETE' })
    } catch (thrown) {
      if (!isTrouble(thrown, 'NOT_FOUND')) throw thrown
    }
  }

  /**
   * Sends all from there on.
   * @returns SHA-256 of the file as the ring has it, hex; `undefined` where it does not tell
   * @throws RingTrouble; RING_NOT_REACHABLE where it breaks off; AbortError
   */
  async send(part: Part): Promise<string | undefined> {
    const { file, from, modifiedAt, path, replaces, signal } = part
    const query = new URLSearchParams({ modifiedAt }).toString()
    const isBegin = from === 0
    const address = `/v1/${isBegin ? 'files' : 'uploads'}${addressOf(path)}?${query}`
    const { digest } = await this.#client.send(address, (way) =>
      sendBytes(file.slice(from), {
        way: {
          ...way,
          headers: { ...way.headers, ...(isBegin ? beginHeaders(replaces) : onHeaders(from)) },
        },
        method: isBegin ? 'PUT' : 'PATCH',
        signal,
        onSent: (bytes) => part.onSent(from + bytes),
      }),
    )
    signal.throwIfAborted()
    return digest === undefined ? undefined : hexIn(digest)
  }
}

function beginHeaders(replaces: boolean): Readonly<Record<string, string>> {
  const type = { 'content-type': 'application/octet-stream' }
  return replaces ? type : { ...type, 'if-none-match': '*' }
}

function onHeaders(from: number): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/partial-upload',
    'upload-offset': String(from),
    'upload-complete': '?1',
  }
}
