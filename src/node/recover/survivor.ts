/** A member that is left, opened without its ring: its log and its state, and nobody else. */
import { asAnilloError, type AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { DiskLock } from '../../effects/disk.ts'
import type { Effects } from '../../effects/effects.ts'
import { platformEffects } from '../../platform/effects.ts'
import { recoverGroups, type RecoveredGroup } from '../../store/group/recovery.ts'
import { openLog } from '../../store/log/log.ts'
import type { WriteAheadLog } from '../../store/log/types.ts'
import { openState } from '../../store/state/state.ts'
import type { MemberState } from '../../store/state/types.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { openMemberKey } from '../at-rest/member-key.ts'
import { memberPath } from '../data-directory.ts'
import { readCard } from '../enrolment/ring-files.ts'
import { refuseGivenUp } from '../store/given-up.ts'
import { STORE_PATH } from '../store/member-store.ts'
import { refuseLostStore } from '../store/store-mark.ts'

export type SurvivorEffects = Pick<
  Effects,
  'clock' | 'random' | 'disk' | 'databases' | 'cipher' | 'log'
>

export interface Survivor {
  readonly name: string
  readonly id: MemberId
  readonly effects: SurvivorEffects
  readonly log: WriteAheadLog
  readonly state: MemberState
  readonly groups: ReadonlyMap<PartitionId, RecoveredGroup>
  /** Throws what went wrong on the disk. */
  check(): void
  close(): Promise<void>
}

export interface OpeningSurvivor {
  readonly dataPath: string
  readonly name: string
  readonly passphrase: string | undefined
}

/** @throws AnilloError DATA_IN_USE while it runs, DATA_GIVEN_UP, DATA_DAMAGED, PASSPHRASE_NEEDED */
export async function openSurvivor(opening: OpeningSurvivor): Promise<Survivor> {
  const { dataPath, name, passphrase } = opening
  const { effects, close } = platformEffects({
    path: memberPath(dataPath, name),
    logLevel: 'error',
  })
  let lock: DiskLock | undefined
  try {
    lock = await effects.disk.lock('')
    await refuseGivenUp(effects.disk)
    await refuseLostStore(effects.disk, `${STORE_PATH}/log`)
    const { identity } = await readCard(effects.disk)
    const key = await openMemberKey(effects, passphrase)
    const held = lock
    return await openStored({ name, id: identity.memberId, effects, key }, async () => {
      await held.release()
      await close()
    })
  } catch (thrown) {
    await lock?.release()
    await close()
    throw thrown
  }
}

export interface Opened {
  readonly name: string
  readonly id: MemberId
  readonly effects: SurvivorEffects
  readonly key: Uint8Array
}

/** Its log and state; `closed` is called when they are. @throws AnilloError DATA_DAMAGED */
export async function openStored(
  { name, id, effects, key }: Opened,
  closed: () => Promise<void>,
): Promise<Survivor> {
  let failure: AnilloError | undefined
  const onFailure = (error: unknown): void => {
    failure ??= asAnilloError(error)
  }
  const opened = await openLog(effects, { path: `${STORE_PATH}/log`, key, onFailure })
  const { log } = opened
  try {
    const state = await openState(effects, { path: `${STORE_PATH}/state`, key, onFailure })
    const recovered = recoverGroups({ self: id, images: opened.groups, state })
    return {
      name,
      id,
      effects,
      log,
      state,
      groups: new Map(recovered.groups.map((group) => [group.id, group])),
      check: () => {
        if (failure !== undefined) throw failure
      },
      close: async () => {
        await log.close()
        await state.close()
        await closed()
      },
    }
  } catch (thrown) {
    await log.close()
    throw thrown
  }
}
