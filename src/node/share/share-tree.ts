/** The tree of files, as the service of shares needs it. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { FileService } from '../../services/files/file-service.ts'
import type { FileUser } from '../../services/files/types.ts'
import type { ShareTree, ShareUser } from '../../services/share/parts.ts'
import type { CallOptions } from '../../store/types.ts'

export function shareTreeOf(sealed: FileService['sealed']): ShareTree {
  return {
    async at(who, path, options) {
      const { body, entry } = await sealed.sealedAt(userOf(who), path, options)
      return { path: entry.path, name: entry.name, access: entry.access, body }
    },
    async put(who, path, body, options) {
      await madeFolder(sealed, who, path)
      return (await sealed.putSealed(userOf(who), path, body, options)).path
    },
    async mayPut(who, path, options) {
      const found = await unlessMissing(sealed.stat(userOf(who), path, options))
      if (found !== undefined) throw new AnilloError('ENTRY_EXISTS', { path })
      const folder = await folderAbove(sealed, { who, path }, options)
      if (folder?.kind === 'file') throw new AnilloError('NOT_A_FOLDER', { path: folder.path })
      if (folder?.access === 'write' || folder?.access === 'own') return
      throw new AnilloError('NO_ACCESS', { action: 'write to', path: folderOf(path) })
    },
  }
}

/** One that is there need not be theirs to make: that of their home is not. */
async function madeFolder(
  sealed: FileService['sealed'],
  who: ShareUser,
  path: string,
): Promise<void> {
  const user = userOf(who)
  const folder = folderOf(path)
  if ((await unlessMissing(sealed.stat(user, folder)))?.kind === 'folder') return
  try {
    await sealed.makeFolder(user, folder, { parents: true })
  } catch (thrown) {
    if (!isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
  }
}

/** The nearest that is there, or may be seen: in it those that lack are made. */
async function folderAbove(
  sealed: FileService['sealed'],
  { path, who }: { readonly who: ShareUser; readonly path: string },
  options?: CallOptions,
) {
  for (let at = folderOf(path); ; at = folderOf(at)) {
    const found = await unlessMissing(sealed.stat(userOf(who), at, options))
    if (found !== undefined || at === '/') return found
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (thrown) {
    if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
    throw thrown
  }
}

/** Who may download from outside may write what is theirs to write. */
function userOf({ groups, isManager, nick }: ShareUser): FileUser {
  return { nick, isManager, groups, mayWrite: true }
}
