/** Members that stay, by the list of them. */
import type { Crew } from '../services/scrape/crew/crew.ts'
import type { RosterKeeper } from '../store/roster/keeper.ts'

/** Whether they answer is not known. */
export function crewOf(roster: Pick<RosterKeeper, 'roster'>): Crew {
  return () => roster.roster.members.filter(({ state }) => state === 'active')
}
