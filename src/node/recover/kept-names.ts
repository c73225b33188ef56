/** How people call the members of a ring that is looked at without running. */
import type { MemberId } from '../../base/ids.ts'
import type { Roster } from '../../store/placement/types.ts'
import { readKeptRoster } from '../../store/roster/keeper.ts'
import { readText } from '../enrolment/durable-files.ts'
import { ROSTER_FILE } from '../store/member-store.ts'
import type { Survivor } from './survivor.ts'

/** By the newest list of members that those who are left have kept. */
export async function keptNames(
  survivors: readonly Pick<Survivor, 'effects'>[],
): Promise<ReadonlyMap<MemberId, string>> {
  let newest: Roster | undefined
  for (const { effects } of survivors) {
    const text = await readText(effects.disk, ROSTER_FILE)
    const roster = text === undefined ? undefined : readKeptRoster(text)
    if (roster !== undefined && roster.index > (newest?.index ?? -1)) newest = roster
  }
  return new Map((newest?.members ?? []).map(({ id, name }) => [id, name]))
}
