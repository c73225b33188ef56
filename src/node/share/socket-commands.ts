/** What the shares of a member have to say to its socket, as whoever owns its directory. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Effects } from '../../effects/effects.ts'
import type { SocketCommands } from '../../gateways/socket/commands.ts'
import { shareCommands } from '../../gateways/socket/share-commands.ts'
import type { Files, FileUser } from '../../services/files/types.ts'
import type { ShareService } from '../../services/share/share-service.ts'
import { ADMIN_NICK } from '../admin-password.ts'

const OWNER: FileUser = { nick: ADMIN_NICK, isManager: true, mayWrite: true, groups: [] }
const DOOR = 'socket'
const FOLDER = `/home/${ADMIN_NICK}/Shared`
const READ_BYTES = 256 * 1_024

export interface SocketMember {
  readonly files: Files
  readonly share: ShareService
}

export function memberShareCommands(
  { clock }: Pick<Effects, 'clock'>,
  member: SocketMember,
): SocketCommands {
  return shareCommands({
    clock,
    service: member.share,
    who: {
      nick: ADMIN_NICK,
      isManager: true,
      groups: [],
      door: { name: DOOR, address: undefined },
    },
    put: (path, signal) => put(member.files, path, signal),
  })
}

/** In place of what has that name there. @throws AnilloError NOT_FOUND, QUOTA_FULL */
async function put(files: Files, from: string, signal: AbortSignal): Promise<string> {
  const found = await stat(from).catch(() => undefined)
  if (found?.isFile() !== true) throw new AnilloError('NOT_FOUND', { what: 'such file here' })
  await makeFolder(files)
  const path = `${FOLDER}/${basename(from).normalize('NFC')}`
  const upload = await files.write(OWNER, path, {
    how: 'replace',
    expectedBytes: found.size,
    modifiedMs: Math.floor(found.mtimeMs),
    signal,
  })
  try {
    const pieces: AsyncIterable<Uint8Array> = createReadStream(from, { highWaterMark: READ_BYTES })
    for await (const piece of pieces) await upload.push(piece)
    return (await upload.commit()).path
  } catch (thrown) {
    await upload.discard().catch(() => undefined)
    throw thrown
  }
}

async function makeFolder(files: Files): Promise<void> {
  try {
    await files.makeFolder(OWNER, FOLDER, { parents: true })
  } catch (thrown) {
    if (!isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
  }
}
