/** Groups of people: made, told of, changed, taken away. */
import { AnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import type { StoredRecord } from '../../store/partition/procedure.ts'
import { foldGroup } from '../../wire/account-texts.ts'
import type {
  Group,
  GroupList,
  GroupPerson,
  GroupPlaceName,
  Named,
  NewGroup,
} from '../../wire/api-groups.ts'
import {
  dropGroupPerson,
  makeGroup,
  putGroupPerson,
  removeGroup,
  titleGroup,
} from './group-procedures.ts'
import { GROUP_PEOPLE_MAX, GROUPS_MAX } from './limits.ts'
import {
  actorOf,
  callFor,
  findAccount,
  knownNick,
  requireManager,
  type AccountsOptions,
} from './parts.ts'
import {
  GROUP_PREFIX,
  groupKey,
  groupPeoplePrefix,
  groupPersonKey,
  GROUPS_PARTITION,
  GROUPS_PK,
  GROUPS_TABLE,
} from './places.ts'
import { readGroup, readGroupPerson, type GroupPersonRow, type GroupRow } from './rows.ts'
import { requireGroup, requireName } from './texts.ts'
import type { GroupPageOf, Groups, Principal } from './types.ts'
import type { UserList } from './user-list.ts'
import { setMembership, type MembershipInput } from './user-procedures.ts'

/** Of a group that is removed. */
const TOLD_AT_ONCE = 32

interface InGroup {
  readonly name: string
  readonly nick: string
}

export interface GroupParts {
  readonly options: AccountsOptions
  readonly list: UserList
}

export class RingGroups implements Groups {
  readonly #options: AccountsOptions
  readonly #users: UserList

  constructor({ list, options }: GroupParts) {
    this.#options = options
    this.#users = list
  }

  async list(who: Principal, { cursor, limit, prefix = '' }: GroupPageOf): Promise<GroupList> {
    const all = await this.#active(prefix)
    const after = all.filter(({ name }) => cursor === undefined || name > cursor)
    const shown = after.slice(0, limit)
    const items = await Promise.all(shown.map(({ group, name }) => this.#told(who, name, group)))
    const last = items.at(-1)
    return after.length > limit && last !== undefined ? { items, cursor: last.name } : { items }
  }

  /** All of them are few, so that those that are gone are passed over here. */
  async #active(prefix: string): Promise<{ readonly name: string; readonly group: GroupRow }[]> {
    const records = await this.#rows(GROUP_PREFIX + foldedPart(prefix), GROUPS_MAX)
    return records
      .map((record) => ({ name: record.sk.slice(GROUP_PREFIX.length), group: readGroup(record) }))
      .filter(({ group }) => group.state === 'active')
  }

  async #rows(prefix: string, limit: number): Promise<readonly StoredRecord[]> {
    const range = { table: GROUPS_TABLE, pk: GROUPS_PK, prefix, limit }
    return (await this.#options.store.list(range)).items
  }

  async find(who: Principal, text: string): Promise<Group> {
    const { group, name } = await this.#find(text)
    return this.#told(who, name, group)
  }

  async #find(text: string): Promise<{ readonly name: string; readonly group: GroupRow }> {
    const name = knownGroup(text)
    const record = await this.#options.store.get(groupKey(name))
    const group = record === undefined ? undefined : readGroup(record)
    if (group?.state !== 'active') throw new AnilloError('NO_GROUP', { name })
    return { name, group }
  }

  /** Only of those that who asks is in it is looked whether they own it. */
  async #told(who: Principal, name: string, { createdAtMs, people, title }: GroupRow) {
    const person = who.groups.includes(name) ? await this.#person(name, who.nick) : undefined
    const mine = person === undefined ? {} : { mine: placeOf(person) }
    return { name, title, people, createdAt: instant(createdAtMs), ...mine }
  }

  async #person(name: string, nick: string | undefined): Promise<GroupPersonRow | undefined> {
    if (nick === undefined) return undefined
    const record = await this.#options.store.get(groupPersonKey(name, nick))
    return record === undefined ? undefined : readGroupPerson(record)
  }

  async make(who: Principal, { name: text, title }: NewGroup): Promise<Group> {
    requireManager(who)
    const name = requireGroup(text)
    const shown = title === undefined ? name : requireName(title)
    const input = { name, title: shown, actor: actorOf(who) }
    const { group } = await this.#options.store.call(GROUPS_PARTITION, makeGroup, input)
    return this.#told(who, name, group)
  }

  async rename(who: Principal, text: string, title: string): Promise<Group> {
    const name = knownGroup(text)
    const input = { name, title: requireName(title), ...askedBy(who) }
    const { group } = await this.#options.store.call(GROUPS_PARTITION, titleGroup, input)
    return this.#told(who, name, group)
  }

  async remove(who: Principal, text: string): Promise<void> {
    requireManager(who)
    const group = knownGroup(text)
    const input = { name: group, actor: actorOf(who) }
    const left = await this.#options.store.call(GROUPS_PARTITION, removeGroup, input)
    const { at, nicks } = left
    for (let from = 0; from < nicks.length; from += TOLD_AT_ONCE) {
      const some = nicks.slice(from, from + TOLD_AT_ONCE)
      await Promise.all(some.map((nick) => this.#tell({ nick, group, isIn: false, at })))
    }
  }

  async people(who: Principal, text: string): Promise<readonly GroupPerson[]> {
    const { name } = await this.#find(text)
    const mayAll = who.permissions.has('accounts.manage')
    if (!mayAll && (await this.#person(name, who.nick)) === undefined) {
      throw new AnilloError('FORBIDDEN', { problem: 'it is for those who are in the group' })
    }
    const prefix = groupPeoplePrefix(name)
    const records = await this.#rows(prefix, GROUP_PEOPLE_MAX)
    return records.map((record) =>
      personOf(record.sk.slice(prefix.length), readGroupPerson(record)),
    )
  }

  async put(who: Principal, named: InGroup, place?: GroupPlaceName): Promise<GroupPerson> {
    const name = knownGroup(named.name)
    const nick = knownNick(named.nick)
    await findAccount(this.#options, nick)
    const is = place === undefined ? {} : { isOwner: place === 'owner' }
    const input = { name, nick, ...is, ...askedBy(who), actor: actorOf(who) }
    const put = await this.#options.store.call(GROUPS_PARTITION, putGroupPerson, input)
    await this.#tell({ nick, group: name, isIn: true, at: put.at })
    return personOf(nick, put.person)
  }

  async drop(who: Principal, named: InGroup): Promise<void> {
    const name = knownGroup(named.name)
    const nick = knownNick(named.nick)
    const input = { name, nick, ...askedBy(who), actor: actorOf(who) }
    const { at } = await this.#options.store.call(GROUPS_PARTITION, dropGroupPerson, input)
    await this.#tell({ nick, group: name, isIn: false, at })
  }

  async #tell(membership: MembershipInput): Promise<void> {
    await callFor(this.#options, setMembership, membership)
  }

  async named(prefix: string, limit: number): Promise<readonly Named[]> {
    const part = foldedPart(prefix)
    const [groups, people] = await Promise.all([
      this.#active(part),
      this.#users.accounts({ prefix: part, limit }),
    ])
    const named: Named[] = [
      ...groups.map(({ group, name }) => ({ kind: 'group' as const, name, title: group.title })),
      ...people
        .filter(({ state }) => state === 'active')
        .map(({ name: title, nick }) => ({ kind: 'person' as const, name: nick, title })),
    ]
    return named.slice(0, limit)
  }
}

/** @throws AnilloError NO_GROUP */
function knownGroup(text: string): string {
  const name = foldGroup(text)
  if (name === undefined) throw new AnilloError('NO_GROUP', { name: text })
  return name
}

/** The beginning of a name, as names are compared. */
function foldedPart(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** Who manages accounts needs no place in the group. */
function askedBy(who: Principal): { readonly by?: string } {
  if (who.permissions.has('accounts.manage')) return {}
  if (who.nick === undefined) throw new AnilloError('LOGIN_FIRST')
  return { by: who.nick }
}

function personOf(nick: string, row: GroupPersonRow): GroupPerson {
  return { nick, place: placeOf(row), since: instant(row.sinceMs) }
}

function placeOf({ isOwner }: GroupPersonRow): GroupPlaceName {
  return isOwner ? 'owner' : 'member'
}
