/**
 * Rows of accounts, as JSON. Where they stand says `places.ts`. Of passwords, refresh tokens and
 * keys they hold hashes alone.
 */
import { Type, type Static, type TSchema } from 'typebox'

import { assert } from '../../base/assert.ts'
import { tryText, utf8 } from '../../base/bytes.ts'
import type { StoredRecord } from '../../store/partition/procedure.ts'
import { RoleOfAccount } from '../../wire/api-accounts.ts'
import { reader } from '../../wire/method.ts'
import { isPermission, PERMISSIONS_OF, type Permission } from '../../wire/permissions.ts'
import { Hex64 } from '../../wire/shapes.ts'

const Text = Type.String()
const TimeMs = Type.Integer({ minimum: 0 })

/** Names of a later version are kept, and give nothing here. */
export const Grants = Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 })

/** `deleted`: the nick stays taken. */
const AccountState = Type.Union([
  Type.Literal('active'),
  Type.Literal('suspended'),
  Type.Literal('deleted'),
])

/** What an account is to others. */
export const PublicAccount = Type.Object({
  nick: Text,
  name: Text,
  role: RoleOfAccount,
  grants: Grants,
  state: AccountState,
  createdAtMs: TimeMs,
})
export type PublicAccount = Readonly<Static<typeof PublicAccount>>

/** `password`: a PHC text; empty of a deleted one. */
const AccountRow = Type.Object({ ...PublicAccount.properties, password: Text })
export type AccountRow = Readonly<Static<typeof AccountRow>>

/** Names of groups; absent: none. */
const InGroups = Type.Optional(Type.Array(Type.String({ maxLength: 64 })))

/** An application that somebody let in, and with which rights. */
export const AppOfSession = Type.Object({
  id: Text,
  name: Text,
  website: Type.Optional(Text),
  scopes: Type.Array(Text),
})

/** By which it is let in; `hash`: SHA-256 of its secret. */
export const AppCode = Type.Object({
  hash: Hex64,
  redirectUri: Text,
  challenge: Type.Optional(Text),
})

const SessionRow = Type.Object({
  role: RoleOfAccount,
  grants: Grants,
  groups: InGroups,
  client: Text,
  createdAtMs: TimeMs,
  usedAtMs: TimeMs,
  /** SHA-256 of the refresh token’s secret. */
  current: Hex64,
  /** Of the one before, and when it was used. */
  before: Type.Optional(Hex64),
  rotatedAtMs: Type.Optional(TimeMs),
  /** From it and a secret the next one follows. */
  seed: Hex64,
  /** Of an application. */
  app: Type.Optional(AppOfSession),
  /** With which the application shows the code; kept, so that it counts once. */
  code: Type.Optional(AppCode),
  /** SHA-256 of the secret of a token that is never changed. */
  bearer: Type.Optional(Hex64),
})
export type SessionRow = Readonly<Static<typeof SessionRow>>

const KeyRow = Type.Object({
  name: Text,
  permissions: Grants,
  role: RoleOfAccount,
  grants: Grants,
  groups: InGroups,
  isSuspended: Type.Boolean(),
  /** SHA-256 of the secret, which is 256 bits of chance. */
  hash: Hex64,
  createdAtMs: TimeMs,
})
export type KeyRow = Readonly<Static<typeof KeyRow>>

/** `deleted`: the name stays taken, as that of what may still be shared with it. */
const GroupRow = Type.Object({
  title: Text,
  people: Type.Integer({ minimum: 0 }),
  state: Type.Union([Type.Literal('active'), Type.Literal('deleted')]),
  createdAtMs: TimeMs,
})
export type GroupRow = Readonly<Static<typeof GroupRow>>

const GroupPersonRow = Type.Object({ isOwner: Type.Boolean(), sinceMs: TimeMs })
export type GroupPersonRow = Readonly<Static<typeof GroupPersonRow>>

/** Whether the account is in the group; `at`: of the entry of the groups’ log that says so. */
const MembershipRow = Type.Object({ isIn: Type.Boolean(), at: TimeMs })
export type MembershipRow = Readonly<Static<typeof MembershipRow>>

/** Of a nick or an address; goes by itself. */
const GuessesRow = Type.Object({
  count: Type.Integer({ minimum: 1 }),
  shutUntilMs: Type.Optional(TimeMs),
  /** The audit log has that somebody was refused for it. */
  isTold: Type.Optional(Type.Boolean()),
})
export type GuessesRow = Readonly<Static<typeof GuessesRow>>

/** Whether an administrator counts as one that is left; as of the account’s row of that number. */
const AdministratorRow = Type.Object({ counts: Type.Boolean(), at: TimeMs })
export type AdministratorRow = Readonly<Static<typeof AdministratorRow>>

const SigningKeyRow = Type.Object({
  createdAtMs: TimeMs,
  privateKey: Hex64,
  publicKey: Hex64,
})
export type SigningKeyRow = Readonly<Static<typeof SigningKeyRow>>

export const AuditRow = Type.Object({
  atMs: TimeMs,
  by: Type.Union([Text, Type.Null()]),
  what: Text,
  to: Type.Optional(Text),
  detail: Type.Optional(Text),
  refused: Type.Optional(Text),
  address: Type.Optional(Text),
})
export type AuditRow = Readonly<Static<typeof AuditRow>>

export const readAccount = rowReader(AccountRow)
export const readPublicAccount = rowReader(PublicAccount)
export const readSession = rowReader(SessionRow)
export const readKey = rowReader(KeyRow)
export const readGroup = rowReader(GroupRow)
export const readGroupPerson = rowReader(GroupPersonRow)
export const readMembership = rowReader(MembershipRow)
export const readGuesses = rowReader(GuessesRow)
export const readAdministrator = rowReader(AdministratorRow)
export const readSigningKey = rowReader(SigningKeyRow)
export const readAudit = rowReader(AuditRow)

export function rowBytes(row: object): Uint8Array {
  return utf8(JSON.stringify(row))
}

/** Procedures alone write these tables: what is there is of the shape. */
function rowReader<S extends TSchema>(schema: S): (record: StoredRecord) => Static<S> {
  const read = reader(schema)
  return ({ sk, value }) => {
    const row = read(JSON.parse(tryText(value) ?? 'null'))
    assert(row !== undefined, `the row ${sk} is of its shape`)
    return row
  }
}

export function publicOf(account: AccountRow): PublicAccount {
  const { createdAtMs, grants, name, nick, role, state } = account
  return { nick, name, role, grants, state, createdAtMs }
}

/** What somebody with that role and those grants may do. */
export function permissionsOf({
  role,
  grants,
}: Pick<AccountRow, 'role' | 'grants'>): ReadonlySet<Permission> {
  const ofRole = PERMISSIONS_OF[role]
  return grants.length === 0 ? ofRole : new Set([...ofRole, ...grants.filter(isPermission)])
}

/** Of a key: those it was made for that the account still has. */
export function permissionsOfKey(key: KeyRow): ReadonlySet<Permission> {
  const ofAccount = permissionsOf(key)
  return new Set(key.permissions.filter(isPermission).filter((name) => ofAccount.has(name)))
}
