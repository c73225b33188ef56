/** Who may do what in a folder, while it is being changed. Pure. */
import type { FileGrants } from '../../../src/wire/api-files.ts'

export const RIGHTS = ['read', 'write', 'own'] as const
export type Right = (typeof RIGHTS)[number]

export const RIGHTS_OR_NOTHING = ['nothing', ...RIGHTS] as const
export type RightOrNothing = (typeof RIGHTS_OR_NOTHING)[number]

/** Whoever says so for the first time begins with themselves. @param nick folded */
export function onlyFor(nick: string | undefined): FileGrants {
  const people = nick === undefined ? {} : { [nick]: 'own' as const }
  return { everyone: 'nothing', guests: 'nothing', people, groups: {} }
}

/** Whether they leave somebody without a way to change them again. */
export function shutsOut(grants: FileGrants, nick: string | undefined): boolean {
  const named = nick === undefined ? undefined : grants.people[nick]
  return (named ?? grants.everyone) !== 'own'
}

export function parseRight(text: string): RightOrNothing | undefined {
  return RIGHTS_OR_NOTHING.find((right) => right === text)
}

/** @param right `undefined`: nobody says anything of this person any more */
export function withRight(grants: FileGrants, nick: string, right: Right | undefined): FileGrants {
  const others = Object.fromEntries(
    Object.entries(grants.people).filter(([known]) => known !== nick),
  )
  return { ...grants, people: right === undefined ? others : { ...others, [nick]: right } }
}

/** In the order of their names. */
export function listed(
  rights: Readonly<Record<string, Right>>,
): readonly (readonly [string, Right])[] {
  return Object.entries(rights).toSorted(([a], [b]) => Number(a > b) - Number(a < b))
}
