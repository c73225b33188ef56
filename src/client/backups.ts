/** Everything a ring keeps, from one of its members. */
import { MINUTE_MS } from '../base/limits.ts'
import { readPieces, type BackupPiece, type BackupRequest } from '../wire/backup.ts'
import { Doors } from './doors.ts'
import { requestAnywhere, type ClientWorld } from './request.ts'

/** Until the first piece: all partitions are brought to one moment, and known ones compared. */
const BEGIN_MS_MAX = 10 * MINUTE_MS

export interface BackupDoor {
  readonly url: string
  /** What the owner of the member's directory shows. */
  readonly key: string
}

/**
 * Pieces until `end`; `undefined` among them is none. Ends early where the member broke off.
 * @throws AnilloError RING_NOT_REACHABLE, FORBIDDEN, BACKUP_MISSED, STORE_UNAVAILABLE
 */
export async function* fetchBackup(
  world: ClientWorld,
  door: BackupDoor,
  request: BackupRequest,
): AsyncGenerator<BackupPiece | undefined> {
  const response = await requestAnywhere(
    { world, doors: new Doors([door.url]) },
    {
      method: 'POST',
      path: '/v1/ring/backups',
      body: request,
      headers: { authorization: `Bearer ${door.key}` },
      timeoutMs: BEGIN_MS_MAX,
    },
    async (answer) => answer,
  )
  if (response.body !== null) yield* readPieces(bytesOf(response.body))
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
