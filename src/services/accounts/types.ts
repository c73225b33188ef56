/**
 * Accounts as doors see them. What is thrown is an AnilloError; NICK_UNFIT and its like are 422.
 */
import type { CallOptions, WriteOptions } from '../../store/types.ts'
import type {
  AccessKey,
  AuditPage,
  MadeAccessKey,
  NewAccessKey,
  NewUser,
  RoleChange,
  Session,
  User,
  UserChange,
  UserList,
  UserState,
} from '../../wire/api-accounts.ts'
import type {
  Group,
  GroupList,
  GroupPerson,
  GroupPlaceName,
  Named,
  NewGroup,
} from '../../wire/api-groups.ts'
import type { AuditWhat } from '../../wire/audit.ts'
import type { AccountRole, Permission } from '../../wire/permissions.ts'
import type { Apps } from './app-types.ts'
import type { Origin } from './origin.ts'

export type { Origin } from './origin.ts'

/** An application, with what it was let in for. */
export interface LetInApp {
  readonly id: string
  readonly name: string
  readonly website?: string
  readonly scopes: readonly string[]
}

/** Who asks, as a door found out. Made by `authenticate`, or by a door for a guest. */
export interface Principal {
  /** Folded; `undefined`: a guest. */
  readonly nick: string | undefined
  readonly role: AccountRole
  /** Of role, grants and, with a key, of what the key was made for. */
  readonly permissions: ReadonlySet<Permission>
  /** Names of those that the account is in. */
  readonly groups: readonly string[]
  readonly by:
    | { readonly kind: 'guest' }
    | { readonly kind: 'session'; readonly id: string; readonly app?: LetInApp }
    /** An application, for itself. */
    | { readonly kind: 'app'; readonly app: LetInApp }
    | { readonly kind: 'key'; readonly id: string }
    /** Shown with the request itself. */
    | { readonly kind: 'password' }
    /** The key of a member's directory. */
    | { readonly kind: 'owner' }
}

/** Who makes an account: whoever it is for, where nobody else is named. */
export interface Registrant extends Origin {
  readonly by?: string
}

/** A request that may come again, and is then answered as it was. */
export interface Repeatable {
  /** Its `Idempotency-Key`, which no member keeps. */
  readonly key: string
  /** By which the ring knows it: hashes of that key and of the request. */
  readonly retry: NonNullable<WriteOptions['retry']>
}

export interface IssuedTokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
}

/** A public key as RFC 7517 and RFC 8037 have it. */
export interface PublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly alg: 'EdDSA'
  readonly use: 'sig'
  readonly kid: string
  readonly x: string
}

/** What stands in an address in place of a credential, for one thing, for a day or two. */
export interface ViewPasses {
  /**
   * Writes those of who asks; `undefined`: they have no session, which alone gives some.
   * @throws AnilloError STORE_UNAVAILABLE
   */
  writer(who: Principal): Promise<((what: string) => string) | undefined>
  /**
   * To whom it was given, as of now; `undefined`: it is none, is another thing's, has expired, or
   * its session has ended. @throws AnilloError STORE_UNAVAILABLE
   */
  viewer(pass: string, what: string): Promise<Principal | undefined>
}

export interface Accounts {
  readonly groups: Groups
  readonly apps: Apps
  readonly viewPasses: ViewPasses
  /**
   * The row of the session or key is read linearizably: what was revoked before is refused.
   * @param bearer an access token, the secret of a key, or the token of an application
   * @throws AnilloError LOGIN_FIRST for whatever does not hold, without saying why;
   * STORE_UNAVAILABLE
   */
  authenticate(bearer: string, options?: CallOptions): Promise<Principal>
  /** Whoever that session is of, as of now; `undefined`: it has ended, wherever that was. */
  ofSession(nick: string, id: string): Promise<Principal | undefined>
  /**
   * Whoever showed a password, or a key, as of now: for doors whose connections outlive a request.
   * @returns `undefined`: what they showed counts no more, or the account does not.
   */
  asOfNow(who: Principal): Promise<Principal | undefined>
  /**
   * With a password, or the secret of a key of that account (as FTP and WebDAV clients do).
   * @throws AnilloError BAD_LOGIN, ACCOUNT_SUSPENDED, SLOW_DOWN, BUSY, STORE_UNAVAILABLE
   */
  authenticateByPassword(
    credentials: { readonly nick: string; readonly password: string },
    from: Origin,
  ): Promise<Principal>

  /** @throws AnilloError BAD_LOGIN, ACCOUNT_SUSPENDED, SLOW_DOWN, BUSY */
  logIn(
    credentials: { readonly nick: string; readonly password: string },
    from: Origin,
  ): Promise<IssuedTokens>
  /** A token used twice ends its session. @throws AnilloError LOGIN_FIRST */
  refresh(refreshToken: string, from: Origin): Promise<IssuedTokens>
  /** Counts at every member before it resolves. `everywhere`: all sessions of the account. */
  logOut(who: Principal, options?: { readonly everywhere?: boolean }): Promise<void>
  publicKeys(): Promise<readonly PublicJwk[]>

  /**
   * The first account that registers is nobody special: administrators are made by `found`. Whether
   * who asks may register is the door’s to say. Repeated with another password it is another
   * request.
   * @throws AnilloError NICK_TAKEN, NICK_UNFIT, PASSWORD_UNFIT, NAME_UNFIT, BUSY, RETRY_MISMATCH
   */
  register(user: NewUser, from: Registrant, repeatable?: Repeatable): Promise<User>
  /** The administrator of a ring that has none yet; does nothing where the nick is there. */
  found(user: NewUser): Promise<void>
  /** @throws AnilloError NO_USER */
  user(nick: string): Promise<User>
  users(page: { readonly cursor?: string; readonly limit: number }): Promise<UserList>
  /** @throws AnilloError NO_USER, BAD_LOGIN (old password), PASSWORD_UNFIT, NAME_UNFIT */
  change(who: Principal, nick: string, change: UserChange, from: Origin): Promise<User>
  /** The nick stays taken. @throws AnilloError NO_USER, BAD_LOGIN */
  remove(who: Principal, nick: string, password: string | undefined, from: Origin): Promise<void>
  /**
   * Counts for sessions that are open; without grants it keeps those it has.
   * @throws AnilloError NO_USER, LAST_ADMINISTRATOR
   */
  setRole(who: Principal, nick: string, change: RoleChange): Promise<User>
  /** A suspended account has no session and gets none. @throws AnilloError NO_USER */
  setState(who: Principal, nick: string, state: UserState): Promise<User>

  sessions(who: Principal, nick: string): Promise<readonly Session[]>
  /** @throws AnilloError NOT_FOUND */
  endSession(who: Principal, nick: string, id: string): Promise<void>
  /**
   * For what a browser keeps: 32 bytes in base64url, the same as long as the session goes on. The
   * ring keeps nothing that gives it once the session has ended.
   * @throws AnilloError LOGIN_FIRST, NOT_FOUND where who asks has no session
   */
  copiesKey(who: Principal): Promise<string>
  keys(nick: string): Promise<readonly AccessKey[]>
  /**
   * Repeated, it tells the same key.
   * @throws AnilloError PERMISSION_MISSING where who asks may not do that itself; KEYS_FULL,
   * RETRY_MISMATCH
   */
  makeKey(
    who: Principal,
    nick: string,
    key: NewAccessKey,
    repeatable?: Repeatable,
  ): Promise<MadeAccessKey>
  /** @throws AnilloError NOT_FOUND */
  removeKey(who: Principal, nick: string, id: string): Promise<void>

  /** Newest first. */
  audit(page: { readonly cursor?: string; readonly limit: number }): Promise<AuditPage>
  /** What other doors and services did that concerns security. Never throws. */
  note(event: AuditEvent): void
}

export interface AuditEvent {
  readonly by: string | undefined
  readonly what: AuditWhat
  readonly to?: string
  readonly detail?: string
  readonly refused?: string
  readonly address?: string
}

export interface GroupPageOf {
  /** Names that begin so. */
  readonly prefix?: string
  /** The last name of the page before. */
  readonly cursor?: string
  readonly limit: number
}

/**
 * What one is a member of counts for sessions and keys that are there, at every member, when the
 * method resolves that says so.
 */
export interface Groups {
  /** In the order of their names: all may name them. */
  list(who: Principal, page: GroupPageOf): Promise<GroupList>
  /** @throws AnilloError NO_GROUP */
  find(who: Principal, name: string): Promise<Group>
  /** @throws AnilloError PERMISSION_MISSING, GROUP_UNFIT, GROUP_TAKEN, NAME_UNFIT, GROUPS_FULL */
  make(who: Principal, group: NewGroup): Promise<Group>
  /** Its name stays. @throws AnilloError NO_GROUP, NAME_UNFIT, FORBIDDEN (no owner of it) */
  rename(who: Principal, name: string, title: string): Promise<Group>
  /** Its name stays taken. @throws AnilloError PERMISSION_MISSING, NO_GROUP */
  remove(who: Principal, name: string): Promise<void>
  /** Told to who is in it. @throws AnilloError NO_GROUP, FORBIDDEN */
  people(who: Principal, name: string): Promise<readonly GroupPerson[]>
  /**
   * `place`: absent, whoever is in it stays what they are.
   * @throws AnilloError NO_GROUP, NO_USER, FORBIDDEN (no owner of it), GROUPS_FULL
   */
  put(
    who: Principal,
    named: { readonly name: string; readonly nick: string },
    place?: GroupPlaceName,
  ): Promise<GroupPerson>
  /** Everybody may leave. @throws AnilloError NO_GROUP, NOT_FOUND, FORBIDDEN */
  drop(who: Principal, named: { readonly name: string; readonly nick: string }): Promise<void>
  /** Groups, then people whose names begin so, active ones. */
  named(prefix: string, limit: number): Promise<readonly Named[]>
}
