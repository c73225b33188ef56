/** Everything a ring keeps, from one of its members. */
import { isAnilloError } from '../base/errors.ts'
import { MINUTE_MS, SECOND_MS } from '../base/limits.ts'
import { PieceReader, type BackupPiece, type BackupRequest } from '../wire/backup.ts'
import { Doors } from './doors.ts'
import { requestAnywhere, type ClientWorld, type RequestOptions } from './request.ts'

/** Until the first piece: all partitions are brought to one moment, and known ones compared. */
const BEGIN_MS_MAX = 10 * MINUTE_MS
const CHUNK_MS_MAX = MINUTE_MS
const HOLD_MS_MAX = 30 * SECOND_MS

export interface BackupDoor {
  readonly url: string
  /** What the owner of the member's directory shows. */
  readonly key: string
}

export class BackupClient {
  readonly #world: ClientWorld
  readonly #door: BackupDoor
  readonly #doors: Doors

  constructor(world: ClientWorld, door: BackupDoor) {
    this.#world = world
    this.#door = door
    this.#doors = new Doors([door.url])
  }

  /**
   * Pieces until `end`; `undefined` among them is none. Ends early where the member broke off.
   * @throws AnilloError RING_NOT_REACHABLE, FORBIDDEN, BACKUP_MISSED, STORE_UNAVAILABLE
   */
  async *pieces(request: BackupRequest): AsyncGenerator<BackupPiece | undefined> {
    const path = '/v1/ring/backups'
    const asked = { method: 'POST', path, body: request, timeoutMs: BEGIN_MS_MAX } as const
    const { body } = await this.#ask(asked, async (answer) => answer)
    if (body === null) return
    const reader = new PieceReader()
    for await (const bytes of bytesOf(body)) yield* reader.push(bytes)
  }

  /** No chunk is collected for so long; 0: any more. */
  async hold(holder: string, seconds: number): Promise<void> {
    const path = `/v1/ring/backups/holds/${holder}`
    const asked = { method: 'PUT', path, body: { seconds }, timeoutMs: HOLD_MS_MAX } as const
    await this.#ask(asked, async (answer) => answer)
  }

  /** `undefined`: nobody has it. @throws AnilloError STORE_UNAVAILABLE */
  async chunk(hash: string): Promise<Uint8Array | undefined> {
    const path = `/v1/ring/backups/chunks/${hash}`
    try {
      const asked = { method: 'GET', path, timeoutMs: CHUNK_MS_MAX } as const
      return await this.#ask(asked, (answer) => answer.bytes().catch(() => undefined))
    } catch (thrown) {
      if (isAnilloError(thrown, 'NOT_FOUND') || isAnilloError(thrown, 'CHUNK_LOST'))
        return undefined
      throw thrown
    }
  }

  #ask<T>(options: RequestOptions, read: (answer: Response) => Promise<T | undefined>): Promise<T> {
    const headers = { authorization: `Bearer ${this.#door.key}` }
    const way = { world: this.#world, doors: this.#doors }
    return requestAnywhere(way, { ...options, headers }, read)
  }
}

/** Its end, whether it is one or the connection broke, is told by the pieces. */
async function* bytesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }))
      if (done || value === undefined) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
