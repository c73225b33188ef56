/**
 * `anillo restore`: a ring of its own, with fresh ids and keys, that holds what a backup holds. It
 * is made beside the data directory and takes its name when it is whole: a restore that was broken
 * off leaves nothing that could be started.
 */
import { rename, rm } from 'node:fs/promises'

import { AnilloError } from '../../base/errors.ts'
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

/** @throws AnilloError DATA_NOT_EMPTY, BACKUP_DAMAGED, DISK_FULL */
export async function restoreRing(restoring: Restoring): Promise<Restored> {
  const { dataPath } = restoring
  await refuseUsed(restoring)
  const unfinished = dataPath + UNFINISHED
  await rm(unfinished, { recursive: true, force: true })
  try {
    const restored = await makeRing({ ...restoring, dataPath: unfinished })
    await rm(dataPath, { recursive: true, force: true })
    await rename(unfinished, dataPath)
    return restored
  } catch (thrown) {
    await rm(unfinished, { recursive: true, force: true })
    throw thrown
  }
}

/** A backup is never restored over data. */
async function refuseUsed({ dataPath, logLevel }: Restoring): Promise<void> {
  const { effects, close } = platformEffects({ path: dataPath, logLevel })
  try {
    const names = await effects.disk.list('')
    if (names.length > 0) throw new AnilloError('DATA_NOT_EMPTY', { path: dataPath })
  } finally {
    await close()
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
