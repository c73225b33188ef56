/** What the parts of the microblog share: store, people, and how one person stands to another. */
import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { CallOptions, Store } from '../../store/types.ts'
import { foldNick } from '../../wire/account-texts.ts'
import type { DweetPerson } from '../../wire/api-dweets.ts'
import type { People, Person } from './people.ts'
import { ownKey, type OwnKind } from './places.ts'
import type { Previews } from './previews/previews.ts'

export interface DweetParts {
  readonly store: Pick<Store, 'get' | 'list' | 'read' | 'call'>
  readonly people: People
  /** Of links; absent: none are shown. */
  readonly previews?: Previews
  /** Publications of one account within `DWEETS_PERIOD_MS`. */
  readonly dweetsPerPeriod?: number
}

export interface TimedParts extends DweetParts {
  readonly clock: Pick<Clock, 'wallMs'>
}

/** @param text as a person typed it. @throws AnilloError NO_USER */
export async function findPerson({ people }: DweetParts, text: string): Promise<Person> {
  const nick = foldNick(text)
  const person = nick === undefined ? undefined : await people.find(nick)
  if (person === undefined) throw new AnilloError('NO_USER', { nick: nick ?? text })
  return person
}

/** Somebody whose account is gone is called by their nick. */
export async function personOf({ people }: DweetParts, nick: string): Promise<DweetPerson> {
  const { name } = (await people.find(nick)) ?? { name: nick }
  return { nick, name }
}

/** Whether `nick` has a row of that kind about `name`. */
export async function hasOwn(
  { store }: DweetParts,
  { kind, name, nick }: { readonly nick: string; readonly kind: OwnKind; readonly name: string },
  options?: CallOptions,
): Promise<boolean> {
  return (await store.get(ownKey(nick, kind, name), options)) !== undefined
}

/** One of them has blocked the other. */
export async function areApart(
  parts: DweetParts,
  nick: string,
  name: string,
  options?: CallOptions,
): Promise<boolean> {
  const [hasBlocked, isBlocked] = await Promise.all([
    hasOwn(parts, { nick, kind: 'block', name }, options),
    hasOwn(parts, { nick, kind: 'blocked', name }, options),
  ])
  return hasBlocked || isBlocked
}
