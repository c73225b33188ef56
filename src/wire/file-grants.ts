/** Who may do what by grants, while they are looked at or changed. Pure, for pages too. */
import type { FileGrants } from './api-files.ts'

export const RIGHTS = ['read', 'write', 'own'] as const
export type Right = (typeof RIGHTS)[number]

export const RIGHTS_OR_NOTHING = ['nothing', ...RIGHTS] as const
export type RightOrNothing = (typeof RIGHTS_OR_NOTHING)[number]

/** `people`: by nick; `groups`: by name. */
export type NamedKind = 'people' | 'groups'

/** @param nick folded */
export function onlyFor(nick: string | undefined): FileGrants {
  const people = nick === undefined ? {} : { [nick]: 'own' as const }
  return { everyone: 'nothing', guests: 'nothing', people, groups: {} }
}

/** As the tree counts it: a person before groups, of which the most, and those before everyone. */
export function rightOf(
  grants: FileGrants,
  { groups, nick }: { readonly nick: string | undefined; readonly groups: readonly string[] },
): RightOrNothing {
  if (nick === undefined) return grants.guests
  if (Object.hasOwn(grants.people, nick)) return grants.people[nick] ?? 'nothing'
  const ofGroups = groups
    .filter((name) => Object.hasOwn(grants.groups, name))
    .map((name) => grants.groups[name])
  return RIGHTS.findLast((right) => ofGroups.includes(right)) ?? grants.everyone
}

export function parseRight(text: string): RightOrNothing | undefined {
  return RIGHTS_OR_NOTHING.find((right) => right === text)
}

/** @param right `undefined`: nothing is said of them any more */
export function withRight(
  grants: FileGrants,
  { kind, name }: { readonly kind: NamedKind; readonly name: string },
  right: Right | undefined,
): FileGrants {
  const others = Object.fromEntries(
    Object.entries(grants[kind]).filter(([known]) => known !== name),
  )
  return { ...grants, [kind]: right === undefined ? others : { ...others, [name]: right } }
}

/** In the order of their names. */
export function listedRights(
  rights: Readonly<Record<string, Right>>,
): readonly (readonly [string, Right])[] {
  return Object.entries(rights).toSorted(([a], [b]) => Number(a > b) - Number(a < b))
}

/**
 * Where grants of a path may stand, itself first, then the folders above up to the root: the first
 * that has some counts. Who sees what is there sees each folder up to that one.
 */
export function upwards(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '')
  return [...names.keys(), names.length]
    .toReversed()
    .map((count) => `/${names.slice(0, count).join('/')}`)
}

/** Those that count at a path. */
export interface CountingGrants {
  readonly grants: FileGrants
  /** Whose they are: the path itself, or that of the nearest folder above that has some. */
  readonly from: string
}
