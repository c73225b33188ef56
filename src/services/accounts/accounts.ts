/**
 * Accounts, put together: what doors ask (`types.ts`) over the store. What must happen at once is a
 * procedure; nothing is kept here that another member would have to know.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { foldNick } from '../../wire/account-texts.ts'
import { AccessTokens } from './access-tokens.ts'
import { Administrators } from './administrators.ts'
import { RingApps } from './apps.ts'
import { AuditLog } from './audit-log.ts'
import { Authentication } from './authentication.ts'
import { Belongings } from './belongings.ts'
import { Forgiveness } from './forgiveness.ts'
import { RingGroups } from './groups.ts'
import { KnownPasswords } from './known-passwords.ts'
import { LoggingIn } from './logging-in.ts'
import type { AccountsOptions } from './parts.ts'
import { PasswordChecks } from './password-checks.ts'
import { People } from './people.ts'
import { isKeySecret } from './secrets.ts'
import { SharedPasswords } from './shared-passwords.ts'
import { SigningKeys } from './signing-keys.ts'
import type { Accounts, Principal } from './types.ts'
import { UserList } from './user-list.ts'
import { ViewPasses } from './view-passes.ts'

export interface AccountsService extends Accounts {
  /** Of what is no account: guessed as slowly, and checked in the same turn. */
  readonly sharedPasswords: SharedPasswords
  /** What was noted for the audit log is written; nothing else is begun. */
  close(): Promise<void>
}

export function createAccounts(options: AccountsOptions): AccountsService {
  const { effects, ringId, store } = options
  const checks = new PasswordChecks(effects.passwords)
  const keys = new SigningKeys({ effects, store })
  const tokens = new AccessTokens({ effects, ringId, keys })
  const log = new AuditLog({ effects, store })
  const forgiveness = new Forgiveness(options)
  const passwords = new KnownPasswords(effects)
  const authentication = new Authentication({ options, tokens })
  const proofs = { checks, log, forgiveness, passwords }
  const logins = new LoggingIn({ options, tokens, authentication, ...proofs })
  const list = new UserList(options)
  const administrators = new Administrators({ options, list })
  const people = new People({ options, checks, logins, forgiveness, administrators })
  const belongings = new Belongings(options)
  return {
    groups: new RingGroups({ options, list }),
    apps: new RingApps({ options, logins }),
    sharedPasswords: new SharedPasswords({ store, checks }),
    authenticate: (bearer, call) => authentication.bearer(bearer, call),
    ofSession: (nick, id) => authentication.ofSession({ nick, sessionId: id, seen: undefined }),
    asOfNow: (who) => authentication.asOfNow(who),
    authenticateByPassword: async ({ nick, password }, from) => {
      if (!isKeySecret(password)) return logins.byPassword({ nick, password }, from)
      const principal = await authentication.ofKey(password)
      if (principal !== undefined && principal.nick === foldNick(nick)) return principal
      throw new AnilloError('BAD_LOGIN')
    },
    logIn: (credentials, from) => logins.logIn(credentials, from),
    refresh: (token, from) => logins.refresh(token, from),
    logOut: (who, how) => logOut(belongings, who, how?.everywhere === true),
    publicKeys: () => keys.published(),
    register: (user, from, repeatable) => people.register(user, from, repeatable),
    found: (user) => people.found(user),
    user: (nick) => people.find(nick),
    users: (page) => list.page(page),
    change: (who, nick, change, from) => people.change(who, nick, { change, from }),
    remove: (who, nick, password, from) => people.remove(who, nick, { password, from }),
    setRole: (who, nick, change) => people.setRole(who, nick, change),
    setState: (who, nick, state) => people.setState(who, nick, state),
    sessions: (who, nick) => belongings.sessions(who, nick),
    endSession: (who, nick, id) => belongings.end(who, nick, id),
    copiesKey: (who) => belongings.copiesKey(who),
    viewPasses: new ViewPasses(options),
    keys: (nick) => belongings.keys(nick),
    makeKey: (who, nick, key, repeatable) => belongings.makeKey(who, nick, { key, repeatable }),
    removeKey: (who, nick, id) => belongings.removeKey(who, nick, id),
    audit: (page) => log.page(page),
    note: (event) => log.note(event),
    close: async () => {
      await Promise.all([forgiveness.close(), log.close()])
    },
  }
}

/** Who has no session has none to end, and may end all the others. */
async function logOut(
  belongings: Belongings,
  who: Principal,
  isEverywhere: boolean,
): Promise<void> {
  if (who.nick === undefined) throw new AnilloError('LOGIN_FIRST')
  if (isEverywhere) return belongings.end(who, who.nick, undefined)
  if (who.by.kind !== 'session') return
  await belongings.end(who, who.nick, who.by.id).catch((thrown: unknown) => {
    // It has ended already.
    if (!isAnilloError(thrown, 'NOT_FOUND')) throw thrown
  })
}
