/** How far all members of a ring are with their builds. */
import { FIRST_LEVELS } from '../../wire/levels.ts'
import type { Roster } from './types.ts'

/** The newest level that all who belong to the ring know. */
export function commonLevel(members: Roster['members']): number {
  const belong = members.filter(({ state }) => state === 'active' || state === 'draining')
  const newest = belong.map(({ levels = FIRST_LEVELS }) => levels.to)
  return newest.length === 0 ? FIRST_LEVELS.to : Math.min(...newest)
}
