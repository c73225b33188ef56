/** Groups in memory, for trying doors without a ring. */
import { AnilloError } from '../../base/errors.ts'
import { foldGroup, foldNick, NICK_CHARS_MAX } from '../../wire/account-texts.ts'
import type { User } from '../../wire/api-accounts.ts'
import type { Group, GroupPerson, GroupPlaceName, Named, NewGroup } from '../../wire/api-groups.ts'
import type { GroupPageOf, Groups, Principal } from './types.ts'

const AT = '2026-11-21T00:00:00.000Z'

interface Held {
  title: string
  readonly people: Map<string, GroupPlaceName>
  isGone: boolean
}

export class MemoryGroups implements Groups {
  readonly #held = new Map<string, Held>()
  readonly #userOf: (nick: string) => User | undefined
  readonly #everybody: () => readonly User[]

  constructor(
    userOf: (nick: string) => User | undefined,
    everybody: () => readonly User[] = () => [],
  ) {
    this.#userOf = userOf
    this.#everybody = everybody
  }

  /** Names of those that this account is in. */
  of(nick: string): readonly string[] {
    return this.#active()
      .filter(([, { people }]) => people.has(nick))
      .map(([name]) => name)
  }

  async list(who: Principal, { cursor = '', limit, prefix = '' }: GroupPageOf) {
    const all = this.#active()
      .filter(([name]) => name.startsWith(prefix) && name > cursor)
      .map(([name, held]) => told(who, name, held))
    const items = all.slice(0, limit)
    const last = items.at(-1)
    return all.length > limit && last !== undefined ? { items, cursor: last.name } : { items }
  }

  async find(who: Principal, text: string): Promise<Group> {
    return told(who, text, this.#of(text))
  }

  async make(who: Principal, { name: text, title }: NewGroup): Promise<Group> {
    requireManager(who)
    const name = foldGroup(text)
    if (name === undefined) throw new AnilloError('GROUP_UNFIT', { max: NICK_CHARS_MAX })
    if (this.#held.has(name)) throw new AnilloError('GROUP_TAKEN', { name })
    const held = { title: title ?? name, people: new Map(), isGone: false }
    this.#held.set(name, held)
    return told(who, name, held)
  }

  async rename(who: Principal, name: string, title: string): Promise<Group> {
    const held = this.#owned(who, name)
    held.title = title
    return told(who, name, held)
  }

  async remove(who: Principal, name: string): Promise<void> {
    requireManager(who)
    this.#of(name).isGone = true
  }

  async people(who: Principal, name: string): Promise<readonly GroupPerson[]> {
    const { people } = this.#of(name)
    if (!mayManage(who) && !people.has(who.nick ?? '')) {
      throw new AnilloError('FORBIDDEN', { problem: 'it is for those who are in the group' })
    }
    return [...people]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([nick, place]) => ({ nick, place, since: AT }))
  }

  async put(
    who: Principal,
    named: { readonly name: string; readonly nick: string },
    place?: GroupPlaceName,
  ): Promise<GroupPerson> {
    const { people } = this.#owned(who, named.name)
    const nick = foldNick(named.nick)
    if (nick === undefined || this.#userOf(nick) === undefined) {
      throw new AnilloError('NO_USER', { nick: named.nick })
    }
    const is = place ?? people.get(nick) ?? 'member'
    people.set(nick, is)
    return { nick, place: is, since: AT }
  }

  async drop(
    who: Principal,
    { name, nick }: { readonly name: string; readonly nick: string },
  ): Promise<void> {
    const { people } = who.nick === nick ? this.#of(name) : this.#owned(who, name)
    if (people.delete(nick)) return
    throw new AnilloError('NOT_FOUND', { what: 'such person in the group' })
  }

  async named(prefix: string, limit: number): Promise<readonly Named[]> {
    const groups = this.#active().map(
      ([name, { title }]) => ({ kind: 'group', name, title }) as const,
    )
    const people = this.#everybody().map(
      ({ name, nick }) => ({ kind: 'person', name: nick, title: name }) as const,
    )
    return [...groups, ...people].filter(({ name }) => name.startsWith(prefix)).slice(0, limit)
  }

  #active(): (readonly [string, Held])[] {
    return [...this.#held]
      .filter(([, { isGone }]) => !isGone)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  }

  #of(name: string): Held {
    const held = this.#held.get(name)
    if (held === undefined || held.isGone) throw new AnilloError('NO_GROUP', { name })
    return held
  }

  #owned(who: Principal, name: string): Held {
    const held = this.#of(name)
    if (mayManage(who) || held.people.get(who.nick ?? '') === 'owner') return held
    throw new AnilloError('FORBIDDEN', { problem: 'it is for owners of the group' })
  }
}

function told(who: Principal, name: string, { people, title }: Held): Group {
  const mine = people.get(who.nick ?? '')
  return {
    name,
    title,
    people: people.size,
    createdAt: AT,
    ...(mine === undefined ? {} : { mine }),
  }
}

function mayManage({ permissions }: Principal): boolean {
  return permissions.has('accounts.manage')
}

function requireManager(who: Principal): void {
  if (mayManage(who)) return
  throw new AnilloError('PERMISSION_MISSING', { permission: 'accounts.manage' })
}
