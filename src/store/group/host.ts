/** The door of the folder: opens the log and the state of a member, and its groups over them. */
import { Beats } from '../../consensus/beats.ts'
import type { Effects } from '../../effects/effects.ts'
import { openLog } from '../log/log.ts'
import type { OpenedLog } from '../log/types.ts'
import { openState } from '../state/state.ts'
import type { MemberState } from '../state/types.ts'
import { Core } from './core.ts'
import { noCounts } from './counting.ts'
import { GROUP_SETTINGS } from './limits.ts'
import { MemberGroups } from './member-groups.ts'
import { recoverGroups } from './recovery.ts'
import type { GroupHost, GroupHostOptions } from './types.ts'

/**
 * Opens what the member has on its disk and takes part in its groups from then on.
 * @throws AnilloError DATA_DAMAGED: this member's data must be given up, it becomes a new member
 * (architecture 2.5); DATA_NOT_WRITABLE, DISK_FULL
 */
export async function createGroupHost(
  effects: Effects,
  options: GroupHostOptions,
): Promise<GroupHost> {
  const { key, path } = options
  const settings = { ...GROUP_SETTINGS, ...options.settings }
  const failure = { told: options.onFailure }
  const onFailure = (error: unknown): void => failure.told(error)
  const segmentBytes = settings.checkpointBytes / 2
  const opened = await openLog(effects, { path: `${path}/log`, key, onFailure, segmentBytes })
  const { log } = opened
  let state: MemberState | undefined
  try {
    state = await openState(effects, { path: `${path}/state`, key, onFailure })
    const beats = new Beats({ chance: effects.random })
    const core = new Core({ effects, options, settings, counting: noCounts(), log, state, beats })
    failure.told = (error) => core.fail(error)
    return await openGroups(core, opened)
  } catch (error) {
    await log.close()
    await state?.close()
    throw error
  }
}

async function openGroups(core: Core, { groups: images }: OpenedLog): Promise<GroupHost> {
  const { log, state, self } = core
  const { groups, records, dropped, left } = recoverGroups({ self, images, state })
  if (records.length > 0) await log.append(records)
  for (const group of dropped) await state.drop(group)
  const host = new MemberGroups(core)
  for (const [group, hardState] of left) host.replicas.hasLeft(group, hardState)
  try {
    for (const { id, state: held, restored } of groups) host.replicas.open(id, held, restored)
  } catch (error) {
    core.isStopped = true
    throw error
  }
  return host
}
