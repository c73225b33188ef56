/**
 * `anillo restore`: a ring of its own, with fresh ids and keys, that holds what a backup holds. It
 * is made beside the data directory and takes its name when it is whole: a restore that was broken
 * off leaves nothing that could be started.
 */
import { rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { DiskLock } from '../../effects/disk.ts'
import { systemCode } from '../../platform/disk-errors.ts'
import { LOCK_FILES, platformDisk } from '../../platform/disk.ts'
import { platformEffects } from '../../platform/effects.ts'
import { CHUNK_TABLES } from '../../store/chunks/rows.ts'
import { audit } from '../../store/partition/audit.ts'
import { openState } from '../../store/state/state.ts'
import { openMemberKey } from '../at-rest/member-key.ts'
import { memberPath } from '../data-directory.ts'
import { issueMember, markFounded, openOrFoundRing } from '../enrolment/found.ts'
import type { NewMember } from '../enrolment/found.ts'
import { memberDirectory } from '../enrolment/ring-files.ts'
import type { Settings } from '../settings.ts'
import { markGroupsFounded } from '../store/founding-mark.ts'
import { STORE_PATH } from '../store/member-store.ts'
import { markStoreBegun } from '../store/store-mark.ts'
import type { Manifest } from './manifest.ts'
import { restoreStore } from './restore-store.ts'
import type { Vault } from './sealed-parts.ts'

export interface Restoring {
  readonly vault: Vault
  readonly manifest: Manifest
  /** Where the ring is to be: absent, or an empty directory. */
  readonly dataPath: string
  /** The one that holds everything; others join it and are given copies. */
  readonly member: NewMember
  readonly passphrase: string | undefined
  readonly logLevel: Settings['logLevel']
  readonly onProgress: (partitions: number, bytes: number) => void
}

export interface Restored {
  readonly ringId: string
  readonly contentHash: string
}

const UNFINISHED = '.restoring'

/**
 * By one process at a time: two would take away what the other has made.
 * @throws AnilloError DATA_NOT_EMPTY, DATA_IN_USE, DATA_NOT_WRITABLE, BACKUP_DAMAGED, DISK_FULL
 */
export async function restoreRing(restoring: Restoring): Promise<Restored> {
  const { dataPath } = restoring
  await refuseUsed(dataPath)
  await refuseMounted(dataPath)
  const unfinished = dataPath + UNFINISHED
  const lock = await lockUnfinished(unfinished)
  try {
    await clear(unfinished)
    const restored = await makeRing({ ...restoring, dataPath: unfinished })
    await takePlace(unfinished, dataPath)
    return restored
  } catch (thrown) {
    await rm(unfinished, { recursive: true, force: true })
    throw thrown
  } finally {
    await lock.release()
  }
}

/** A backup is never restored over data. */
async function refuseUsed(dataPath: string): Promise<void> {
  const names = await platformDisk(dataPath).list('')
  if (names.length > 0) throw new AnilloError('DATA_NOT_EMPTY', { path: dataPath })
}

/** No directory takes the place of one on which a disk is mounted. */
async function refuseMounted(dataPath: string): Promise<void> {
  const here = await stat(dataPath).catch(() => undefined)
  if (here === undefined || here.dev === (await stat(dirname(dataPath))).dev) return
  const problem = 'a disk is mounted there, and its root cannot be replaced: name a directory in it'
  throw new AnilloError('DATA_NOT_WRITABLE', { path: dataPath, problem })
}

/** @throws AnilloError DATA_IN_USE, with the whole path */
async function lockUnfinished(unfinished: string): Promise<DiskLock> {
  try {
    return await platformDisk(unfinished).lock('')
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    throw new AnilloError(thrown.code, { ...thrown.details, path: unfinished }, { cause: thrown })
  }
}

/** Of what a restore that was broken off has left. */
async function clear(unfinished: string): Promise<void> {
  const disk = platformDisk(unfinished)
  for (const name of await disk.list('')) {
    if (!LOCK_FILES.includes(name)) await disk.remove(name)
  }
}

/** Of an empty directory alone: what began there meanwhile stays as it is. */
async function takePlace(unfinished: string, dataPath: string): Promise<void> {
  try {
    await rename(unfinished, dataPath)
  } catch (cause) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(cause))) throw cause
    throw new AnilloError('DATA_NOT_EMPTY', { path: dataPath }, { cause })
  }
}

async function makeRing(restoring: Restoring): Promise<Restored> {
  const { dataPath, logLevel, member, passphrase } = restoring
  const whole = platformEffects({ path: dataPath, logLevel })
  const own = platformEffects({ path: memberPath(dataPath, member.name), logLevel })
  try {
    const ring = await openOrFoundRing(whole.effects)
    const secret = passphrase === undefined ? {} : { passphrase }
    const files = await issueMember({ ...whole.effects, ...secret }, ring, member)
    const key = await openMemberKey(own.effects, passphrase)
    const self = files.identity.memberId
    const contentHash = await restoreStore(own.effects, {
      ...restoring,
      self,
      key,
      path: STORE_PATH,
    })
    await markStoreBegun(own.effects.disk)
    await markGroupsFounded(whole.effects.disk, memberDirectory(member.name))
    await markFounded(whole.effects.disk, ring.ringId)
    return { ringId: ring.ringId, contentHash }
  } finally {
    await own.close()
    await whole.close()
  }
}

/**
 * The trial: restores into a directory that is thrown away, and holds every partition against the
 * invariants of docs/spec/partition.md. @returns what does not hold
 */
export async function tryRestore(restoring: Restoring): Promise<readonly string[]> {
  const { dataPath, logLevel, member, passphrase } = restoring
  try {
    await makeRing(restoring)
    const path = memberPath(dataPath, member.name)
    const { effects, close } = platformEffects({ path, logLevel })
    const key = await openMemberKey(effects, passphrase)
    const onFailure = (): void => undefined
    const state = await openState(effects, { path: `${STORE_PATH}/state`, key, onFailure })
    try {
      return [...state.groups].flatMap(([group, held]) => audit(group, held, CHUNK_TABLES))
    } finally {
      await state.close()
      await close()
    }
  } finally {
    await rm(dataPath, { recursive: true, force: true })
  }
}
