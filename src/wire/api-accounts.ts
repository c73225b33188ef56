/**
 * The JSON of `/v1/auth`, `/v1/users` and `/v1/audit`: schemas for the gateway and OpenAPI, types
 * for clients and the page. Instants are ISO 8601 in UTC.
 *
 *     POST   /auth/login                 LoginRequest -> Tokens
 *     POST   /auth/refresh               RefreshRequest -> Tokens
 *     POST   /auth/logout                LogoutRequest -> 204
 *     GET    /auth/me                    Me
 *     GET    /auth/copies-key            CopiesKey
 *     GET    /auth/jwks                  public keys (RFC 7517)
 *     GET    /auth/registration          Registration
 *     POST   /users                      NewUser -> 201 User
 *     GET    /users?limit=&cursor=       UserList
 *     GET    /users/{nick}               User to itself and managers, and Profile (api-dweets.ts)
 *     PATCH  /users/{nick}               UserChange -> User
 *     DELETE /users/{nick}               UserDeletion -> 204
 *     PUT    /users/{nick}/role          RoleChange -> User
 *     PUT    /users/{nick}/state         StateChange -> User
 *     GET    /users/{nick}/sessions      SessionList
 *     DELETE /users/{nick}/sessions/{id} 204
 *     GET    /users/{nick}/keys          AccessKeyList
 *     POST   /users/{nick}/keys          NewAccessKey -> 201 MadeAccessKey
 *     DELETE /users/{nick}/keys/{id}     204
 *     GET    /audit?limit=&cursor=       AuditPage, newest first
 */
import { Type, type Static } from 'typebox'

import { NAME_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from './account-texts.ts'
import {
  ACCOUNT_ROLE_NAMES,
  ACCOUNT_ROLES,
  PERMISSION_NAMES,
  type AccountRoleName,
} from './permissions.ts'

const Text = Type.String()
const Instant = Type.String({ format: 'date-time' })
const CLOSED = { additionalProperties: false } as const

/** Longer than any nick, so that what is no nick is told as such and not as a malformed body. */
const Nick = Type.String({ minLength: 1, maxLength: 120 })
const Password = Type.String({ maxLength: 4 * PASSWORD_CHARS_MAX })
const Name = Type.String({ maxLength: 4 * NAME_CHARS_MAX })

export const PermissionName = Type.Unsafe<(typeof PERMISSION_NAMES)[number]>(
  Type.Union(PERMISSION_NAMES.map((name) => Type.Literal(name))),
)
const AnyRole = Type.Unsafe<(typeof ACCOUNT_ROLES)[number]>(
  Type.Union(ACCOUNT_ROLES.map((name) => Type.Literal(name))),
)
export const RoleOfAccount = Type.Unsafe<AccountRoleName>(
  Type.Union(ACCOUNT_ROLE_NAMES.map((name) => Type.Literal(name))),
)

export const LoginRequest = Type.Object(
  {
    nick: Nick,
    password: Password,
    /** What the session is listed as; else what the client calls itself. */
    client: Type.Optional(Type.String({ maxLength: 200 })),
    /** The tokens go into cookies that scripts cannot read, and not into the answer. */
    cookie: Type.Optional(Type.Boolean()),
  },
  CLOSED,
)
export type LoginRequest = Static<typeof LoginRequest>

/** With cookies both tokens are absent. */
export const Tokens = Type.Object({
  accessToken: Type.Optional(Text),
  refreshToken: Type.Optional(Text),
  /** Seconds for which the access token holds. */
  expiresIn: Type.Integer({ minimum: 1 }),
})
export type Tokens = Static<typeof Tokens>

/** Without a token in it the cookie's counts. */
export const RefreshRequest = Type.Object({ refreshToken: Type.Optional(Text) }, CLOSED)
export type RefreshRequest = Static<typeof RefreshRequest>

export const LogoutRequest = Type.Object({ everywhere: Type.Optional(Type.Boolean()) }, CLOSED)
export type LogoutRequest = Static<typeof LogoutRequest>

/** `GET /v1/auth/me`: who the door takes the asker for. */
export const Me = Type.Object({
  nick: Type.Union([Text, Type.Null()]),
  name: Type.Union([Text, Type.Null()]),
  role: AnyRole,
  permissions: Type.Array(PermissionName),
  /** Names of the groups that the account is in. */
  groups: Type.Array(Text),
})
export type Me = Static<typeof Me>

/** `GET /v1/auth/copies-key`: for what a browser keeps (docs/decisions/0025). */
export const CopiesKey = Type.Object({
  /** 32 bytes in base64url; another one for each session, and none when it has ended. */
  key: Type.String({ pattern: '^[\\w-]{43}$' }),
})
export type CopiesKey = Static<typeof CopiesKey>

/** Whether people make their accounts themselves, as the ring’s `registrationOpen` says. */
export const Registration = Type.Object({
  isOpen: Type.Boolean(),
  /** What whoever comes to this door may without an account. */
  guestMay: Type.Array(PermissionName),
})
export type Registration = Static<typeof Registration>

export const NewUser = Type.Object(
  {
    nick: Nick,
    name: Type.Optional(Name),
    password: Type.String({
      maxLength: 4 * PASSWORD_CHARS_MAX,
      description: `${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters`,
    }),
  },
  CLOSED,
)
export type NewUser = Static<typeof NewUser>

export const UserState = Type.Union([Type.Literal('active'), Type.Literal('suspended')])
export type UserState = Static<typeof UserState>

export const User = Type.Object({
  nick: Text,
  name: Text,
  role: RoleOfAccount,
  grants: Type.Array(PermissionName),
  state: UserState,
  createdAt: Instant,
  /** Too many wrong passwords: nobody logs in before. Told of one account that is asked for. */
  shutUntil: Type.Optional(Instant),
})
export type User = Static<typeof User>

export const UserList = Type.Object({ items: Type.Array(User), cursor: Type.Optional(Text) })
export type UserList = Static<typeof UserList>

/** `password` needs `oldPassword`, but of who manages accounts and changes another's. */
export const UserChange = Type.Object(
  {
    name: Type.Optional(Name),
    password: Type.Optional(Password),
    oldPassword: Type.Optional(Password),
  },
  CLOSED,
)
export type UserChange = Static<typeof UserChange>

/** Who deletes the own account shows that it is them. */
export const UserDeletion = Type.Object({ password: Type.Optional(Password) }, CLOSED)
export type UserDeletion = Static<typeof UserDeletion>

export const RoleChange = Type.Object(
  { role: RoleOfAccount, grants: Type.Optional(Type.Array(PermissionName)) },
  CLOSED,
)
export type RoleChange = Static<typeof RoleChange>

export const StateChange = Type.Object({ state: UserState }, CLOSED)
export type StateChange = Static<typeof StateChange>

export const Session = Type.Object({
  id: Text,
  client: Text,
  createdAt: Instant,
  /** To the hour or so. */
  usedAt: Instant,
  /** It is the one that asks. */
  isThis: Type.Boolean(),
})
export type Session = Static<typeof Session>

export const SessionList = Type.Object({ items: Type.Array(Session) })
export type SessionList = Static<typeof SessionList>

/** An API key, or a password for one application: shown as a bearer token or as a password. */
export const AccessKey = Type.Object({
  id: Text,
  name: Text,
  permissions: Type.Array(PermissionName),
  createdAt: Instant,
  expiresAt: Type.Optional(Instant),
})
export type AccessKey = Static<typeof AccessKey>

export const AccessKeyList = Type.Object({ items: Type.Array(AccessKey) })
export type AccessKeyList = Static<typeof AccessKeyList>

export const NewAccessKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: NAME_CHARS_MAX }),
    /** None that the account has not. */
    permissions: Type.Array(PermissionName, { minItems: 1 }),
    validForSeconds: Type.Optional(Type.Integer({ minimum: 60 })),
  },
  CLOSED,
)
export type NewAccessKey = Static<typeof NewAccessKey>

/** The secret is told with this answer alone, and again to the same request sent again. */
export const MadeAccessKey = Type.Object({ key: AccessKey, secret: Text })
export type MadeAccessKey = Static<typeof MadeAccessKey>

export const AuditEntry = Type.Object({
  at: Instant,
  /** `null`: nobody was logged in; `@owner`: whoever owns the directory of a member. */
  by: Type.Union([Text, Type.Null()]),
  /** `subject.verb`: `session.begin`, `user.role`, `member.remove`, ... */
  what: Text,
  /** Nick, member, setting that it was done to. */
  to: Type.Optional(Text),
  /** What it is from then on: the value of a setting, the rights that changed. */
  detail: Type.Optional(Text),
  /** The code of the error where it was refused. */
  refused: Type.Optional(Text),
  address: Type.Optional(Text),
})
export type AuditEntry = Static<typeof AuditEntry>

export const AuditPage = Type.Object({
  items: Type.Array(AuditEntry),
  cursor: Type.Optional(Text),
})
export type AuditPage = Static<typeof AuditPage>
