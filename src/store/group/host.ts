/** The door of the folder: all groups of one member over its log, its state and its peers. */
import type { Effects } from '../../effects/effects.ts'
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
  throw new Error(`${options.path} at ${effects.clock.nowMs()}`)
}
