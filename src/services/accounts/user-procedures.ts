/** How accounts come, change and go: each with all that must change with it, in one entry. */
import { Type, type Static } from 'typebox'

import { fenceOf } from '../../store/locks/lock-value.ts'
import type { PartitionWork } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { RoleOfAccount } from '../../wire/api-accounts.ts'
import { wordOfGone } from '../../wire/file-people.ts'
import { reader } from '../../wire/method.ts'
import { wordOfSharerGone } from '../../wire/outside-shares.ts'
import { FORGET_DWEETS, USERS_INDEX_TABLE, USERS_TABLE, userPk } from '../../wire/users.ts'
import { defined } from './defined.ts'
import { forgetGroupPerson } from './group-procedures.ts'
import { MEMBERSHIP_GONE_KEPT_MS } from './limits.ts'
import { accountKey, AUDIT_TABLE, GROUPS_PARTITION, guessesKey, membershipKey } from './places.ts'
import {
  Grants,
  publicOf,
  readKey,
  readMembership,
  readSession,
  rowBytes,
  type AccountRow,
  type MembershipRow,
  type PublicAccount,
} from './rows.ts'
import {
  accountIn,
  Actor,
  dropRows,
  groupsIn,
  keysIn,
  membershipsIn,
  noteIn,
  putAccount,
  requireAccount,
  sessionsIn,
  versionHere,
} from './work.ts'

export const USER_TABLES = [USERS_TABLE, USERS_INDEX_TABLE, AUDIT_TABLE]

const Nick = Type.String({ pattern: '^[a-z0-9_]{1,30}$' })
const Name = Type.String({ minLength: 1, maxLength: 240 })
/** A PHC text. */
const Hashed = Type.String({ minLength: 1, maxLength: 300 })
const Version = Type.Integer({ minimum: 0 })

const RegisterInput = Type.Object({
  nick: Nick,
  name: Name,
  role: RoleOfAccount,
  password: Hashed,
  actor: Actor,
})

export interface Written {
  readonly user: PublicAccount
  /** Of the account’s row. */
  readonly version: number
}

/** One winner, whoever asks where. The nick of a deleted account stays taken. */
export const registerUser = defineProcedure({
  name: 'users.register',
  tables: USER_TABLES,
  readInput: reader(RegisterInput),
  run: (work, { actor, ...user }: Static<typeof RegisterInput>): Written => {
    const { nick } = user
    if (work.has(accountKey(nick))) work.refuse('NICK_TAKEN', { nick })
    const account: AccountRow = { ...user, grants: [], state: 'active', createdAtMs: work.timeMs }
    noteIn(work, { ...actor, what: 'user.register', to: nick })
    return written(work, account)
  },
})

const ChangeInput = Type.Object({
  nick: Nick,
  name: Type.Optional(Name),
  password: Type.Optional(Hashed),
  /** The password’s hash that was shown to be known. */
  ifPassword: Type.Optional(Hashed),
  /** The session that goes on when the password is another. */
  keptSession: Type.Optional(Type.String()),
  actor: Actor,
})

/**
 * With another password all sessions end but one: whoever knew the old one is out. What was guessed
 * so far was guessed at the old one: whom it shut out is let in.
 */
export const changeUser = defineProcedure({
  name: 'users.change',
  tables: USER_TABLES,
  readInput: reader(ChangeInput),
  run: (work, input: Static<typeof ChangeInput>): Written => {
    const { actor, ifPassword, keptSession, name, nick, password } = input
    const before = requireAccount(work, nick)
    requirePassword(work, before, ifPassword)
    if (password !== undefined) {
      const kept = keptSession === undefined ? undefined : `/${keptSession}`
      const others = sessionsIn(work, nick).filter(({ sk }) => !(kept && sk.endsWith(kept)))
      dropRows(work, nick, others)
      work.delete(guessesKey(nick))
      noteIn(work, { ...actor, what: 'user.password', to: nick })
    }
    return written(work, { ...before, ...defined({ name, password }) })
  },
})

const RemoveInput = Type.Object({
  nick: Nick,
  ifPassword: Type.Optional(Hashed),
  ifVersion: Version,
  actor: Actor,
})

/** Another change came first: it is to be looked at again. */
export interface Moved {
  readonly kind: 'moved'
}

export const removeUser = defineProcedure({
  name: 'users.remove',
  tables: USER_TABLES,
  readInput: reader(RemoveInput),
  freesRoom: () => true,
  run: (work, input: Static<typeof RemoveInput>): Moved | { readonly kind: 'done' } => {
    const { actor, ifPassword, ifVersion, nick } = input
    const before = requireAccount(work, nick)
    requirePassword(work, before, ifPassword)
    if (versionIn(work, nick) !== ifVersion) return { kind: 'moved' }
    const rows = [...sessionsIn(work, nick), ...keysIn(work, nick), ...membershipsIn(work, nick)]
    dropRows(work, nick, rows)
    work.send({ to: GROUPS_PARTITION, procedure: forgetGroupPerson.name, input: { nick } })
    for (const word of wordOfGone({ kind: 'person', name: nick })) work.send(word)
    work.send(wordOfSharerGone(nick))
    work.send({ to: work.partition, procedure: FORGET_DWEETS, input: { nick } })
    const { createdAtMs } = before
    const nobody = {
      name: '',
      role: 'member',
      grants: [],
      password: '',
    } satisfies Partial<AccountRow>
    putAccount(work, { nick, ...nobody, state: 'deleted', createdAtMs })
    noteIn(work, { ...actor, what: 'user.remove', to: nick })
    return { kind: 'done' }
  },
})

const RightsInput = Type.Object({
  nick: Nick,
  role: Type.Optional(RoleOfAccount),
  grants: Type.Optional(Grants),
  state: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('suspended')])),
  ifVersion: Version,
  actor: Actor,
})
export type RightsInput = Static<typeof RightsInput>

/**
 * Role, grants, state: what sessions and keys carry changes with them. The sessions of a suspended
 * account end; its keys wait.
 */
export const setRights = defineProcedure({
  name: 'users.rights',
  tables: USER_TABLES,
  readInput: reader(RightsInput),
  freesRoom: ({ state }: RightsInput) => state === 'suspended',
  run: (work, input: RightsInput): Moved | ({ readonly kind: 'done' } & Written) => {
    const { actor, grants, ifVersion, nick, role, state } = input
    const before = requireAccount(work, nick)
    if (versionIn(work, nick) !== ifVersion) return { kind: 'moved' }
    const account = { ...before, ...defined({ role, grants, state }) }
    carryOver(work, account)
    const to = nick
    if (account.role !== before.role) {
      noteIn(work, { ...actor, what: `user.role.${account.role}`, to })
    }
    const detail = grantsText(before.grants, account.grants)
    if (detail !== '') noteIn(work, { ...actor, what: 'user.rights', to, detail })
    if (state !== undefined) noteIn(work, { ...actor, what: `user.${state}`, to })
    return { kind: 'done', ...written(work, account) }
  },
})

const MembershipInput = Type.Object({
  nick: Nick,
  group: Type.String({ minLength: 1, maxLength: 64 }),
  isIn: Type.Boolean(),
  /** Of the entry of the groups’ log that says so. */
  at: Version,
})
export type MembershipInput = Static<typeof MembershipInput>

/**
 * As the groups’ log says, in whatever order it is told: by whoever changed the group, who waits
 * for it, and by a message, should they die. What a later entry said stays.
 */
export const setMembership = defineProcedure({
  name: 'users.membership',
  tables: USER_TABLES,
  readInput: reader(MembershipInput),
  freesRoom: ({ isIn }: MembershipInput) => !isIn,
  run: (work, { at, group, isIn, nick }: MembershipInput): null => {
    const key = membershipKey(nick, group)
    const account = accountIn(work, nick)
    const before = work.get(key)
    if (account === undefined || (before && readMembership(before).at >= at)) return null
    const endMs = isIn ? undefined : work.timeMs + MEMBERSHIP_GONE_KEPT_MS
    work.put(key, rowBytes({ isIn, at } satisfies MembershipRow), endMs)
    carryOver(work, account)
    return null
  },
})

export const USER_PROCEDURES = [registerUser, changeUser, removeUser, setRights, setMembership]

/** `+store.read -store.write`: given, taken. */
function grantsText(before: readonly string[], after: readonly string[]): string {
  const given = after.filter((one) => !before.includes(one)).map((one) => `+${one}`)
  const taken = before.filter((one) => !after.includes(one)).map((one) => `-${one}`)
  return [...given, ...taken].join(' ')
}

/** Sessions and keys carry what the account is from now on. */
function carryOver(work: PartitionWork, { grants, nick, role, state }: AccountRow): void {
  const pk = userPk(nick)
  const groups = [...groupsIn(work, nick)]
  const isSuspended = state === 'suspended'
  const sessions = sessionsIn(work, nick)
  if (isSuspended) dropRows(work, nick, sessions)
  else {
    for (const record of sessions) {
      const row = { ...readSession(record), role, grants, groups }
      work.put({ table: USERS_TABLE, pk, sk: record.sk }, rowBytes(row), record.expiresAtMs)
    }
  }
  for (const record of keysIn(work, nick)) {
    const row = { ...readKey(record), role, grants, groups, isSuspended }
    work.put({ table: USERS_TABLE, pk, sk: record.sk }, rowBytes(row), record.expiresAtMs)
  }
}

function written(work: PartitionWork, account: AccountRow): Written {
  putAccount(work, account)
  return { user: publicOf(account), version: versionHere(work) }
}

/** Of the row before this entry. */
function versionIn(work: PartitionWork, nick: string): number | undefined {
  const record = work.get(accountKey(nick))
  return record === undefined ? undefined : fenceOf(record.etag)
}

/** It was checked against what stood there a moment ago, and was no wrong guess. */
export function requirePassword(
  work: PartitionWork,
  account: AccountRow,
  ifPassword: string | undefined,
): void {
  if (ifPassword === undefined) return
  if (account.password !== ifPassword) work.refuse('BAD_LOGIN')
  work.delete(guessesKey(account.nick))
}
