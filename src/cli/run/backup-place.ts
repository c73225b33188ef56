/** Where a backup lies and what locks it, as a person names them. */
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

import { utf8 } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { CIPHER_KEY_BYTES } from '../../effects/cipher.ts'
import type { Disk, DiskFile } from '../../effects/disk.ts'
import { FileArchive, FolderArchive, type Archive } from '../../node/backup/archive.ts'
import { openBackupKey, type BackupLock } from '../../node/backup/backup-key.ts'
import type { Vault } from '../../node/backup/sealed-parts.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { platformDisk } from '../../platform/disk.ts'
import { platformRandom } from '../../platform/random.ts'
import type { Io } from '../io.ts'

/** Of a name that is to be one file. */
export const FILE_SUFFIX = '.anillo'
const KEY_FILE = 'backup.key'

export interface LockFlags {
  readonly dataPath: string
  readonly keyFile: string | undefined
}

export interface Lock {
  readonly lock: BackupLock
  /** Of the key file; `undefined` with a passphrase. */
  readonly path: string | undefined
}

/** ANILLO_BACKUP_PASSPHRASE, else the key file. @throws AnilloError BACKUP_LOCKED, DISK_EXISTS */
export async function lockOf(io: Io, flags: LockFlags, mayMake: boolean): Promise<Lock> {
  const { ANILLO_BACKUP_PASSPHRASE: passphrase = '' } = io.env
  if (passphrase !== '' && flags.keyFile === undefined) {
    return { lock: { kind: 'passphrase', passphrase }, path: undefined }
  }
  const path = resolve(flags.keyFile ?? join(flags.dataPath, KEY_FILE))
  if (mayMake) await makeKeyFile(path)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) throw new AnilloError('BACKUP_LOCKED', { problem: `no file ${path}` })
  if (/^[0-9a-f]{64}\s*$/.test(text)) {
    const key = new Uint8Array(Buffer.from(text.trim(), 'hex'))
    return { lock: { kind: 'file', key }, path }
  }
  throw new AnilloError('BACKUP_LOCKED', { problem: `${path} is no key file` })
}

/**
 * On the medium before it locks anything, where there is none yet: without it nothing opens the
 * backup.
 */
async function makeKeyFile(path: string): Promise<void> {
  const disk = platformDisk(dirname(path))
  await disk.makeDirectory('')
  const file = await createdHere(disk, basename(path))
  if (file === undefined) return
  const key = platformRandom().bytes(CIPHER_KEY_BYTES)
  try {
    await file.write(0, utf8(`${Buffer.from(key).toString('hex')}\n`))
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.syncDirectory('')
}

/** `undefined` where there is one, which another backup may have made a moment ago. */
async function createdHere(disk: Disk, name: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(name, 'create')
  } catch (thrown) {
    if (isAnilloError(thrown, 'DISK_EXISTS')) return undefined
    throw thrown
  }
}

/** To be written. @throws AnilloError BACKUP_IN_USE, BACKUP_LOCKED, BACKUP_DAMAGED, DISK_EXISTS */
export async function vaultAt(to: string, lock: BackupLock): Promise<Vault> {
  const path = resolve(to)
  const kind = await kindOf(path)
  const isFile = kind === 'file' || (kind === undefined && path.endsWith(FILE_SUFFIX))
  if (kind === 'file') throw new AnilloError('DISK_EXISTS', { path })
  return unlocked(await archiveAt(path, isFile), async () => lock)
}

async function archiveAt(path: string, isFile: boolean): Promise<Archive> {
  try {
    return isFile
      ? await FileArchive.create(platformDisk(dirname(path)), basename(path))
      : await FolderArchive.create(platformDisk(path))
  } catch (thrown) {
    if (isAnilloError(thrown, 'DATA_IN_USE')) throw new AnilloError('BACKUP_IN_USE', { path })
    throw thrown
  }
}

/**
 * To be read. Whether there is one is told before what would open it.
 * @throws AnilloError BACKUP_ABSENT, BACKUP_LOCKED, BACKUP_DAMAGED
 */
export async function vaultFrom(io: Io, from: string, flags: LockFlags): Promise<Vault> {
  const path = resolve(from)
  const kind = await kindOf(path)
  if (kind === undefined) throw new AnilloError('BACKUP_ABSENT', { path })
  const archive =
    kind === 'file'
      ? await FileArchive.open(platformDisk(dirname(path)), basename(path))
      : new FolderArchive(platformDisk(path))
  return unlocked(archive, async () => {
    if ((await archive.readHeader()) === undefined) throw new AnilloError('BACKUP_ABSENT', { path })
    return (await lockOf(io, flags, false)).lock
  })
}

async function unlocked(archive: Archive, findLock: () => Promise<BackupLock>): Promise<Vault> {
  const cipher = platformCipher()
  try {
    const lock = await findLock()
    const key = await openBackupKey({ cipher, random: platformRandom() }, archive, { lock })
    return { archive, cipher, key }
  } catch (thrown) {
    await archive.close()
    throw thrown
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  return found.isDirectory() ? 'folder' : 'file'
}
