/**
 * Log-ins. A guess is counted ring-wide before the password is looked at, and everything is done
 * for a nick that nobody has that is done for one with a wrong password.
 */
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { hexOf } from '../../base/hex.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import { SharedReads } from '../../store/shared-reads.ts'
import { foldNick } from '../../wire/account-texts.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { AuditLog } from './audit-log.ts'
import type { Authentication } from './authentication.ts'
import type { Forgiveness, Proven } from './forgiveness.ts'
import type { ShutOut } from './guess-count.ts'
import type { KnownPasswords } from './known-passwords.ts'
import { ACCESS_TOKEN_MS, READ_TIMEOUT_MS } from './limits.ts'
import { actorOf, callFor, type AccountsOptions } from './parts.ts'
import type { PasswordChecks } from './password-checks.ts'
import {
  accountKey,
  addressBlock,
  addressKey,
  guessesKey,
  partitionOfAddress,
  sessionKey,
} from './places.ts'
import { isAncestor } from './refresh-chain.ts'
import { permissionsOf, readAccount, readSession, type AccountRow } from './rows.ts'
import {
  newId,
  newSecret,
  readRefreshToken,
  secretOfSeed,
  SEED_BYTES,
  writeRefreshToken,
} from './secrets.ts'
import {
  forgetGuess,
  guessAddress,
  guessedRight,
  guessNick,
  openSession,
  refreshSession,
  type AppSession,
  type ProvenAccount,
} from './session-procedures.ts'
import { clientText, foldPassword } from './texts.ts'
import type { IssuedTokens, Origin, Principal } from './types.ts'
import { groupsOf, membershipsRange } from './work.ts'

export interface Credentials {
  readonly nick: string
  readonly password: string
}

export interface LoggingInParts {
  readonly options: AccountsOptions
  readonly tokens: AccessTokens
  readonly authentication: Pick<Authentication, 'shown'>
  readonly checks: PasswordChecks
  readonly log: AuditLog
  readonly forgiveness: Forgiveness
  readonly passwords: KnownPasswords
}

export class LoggingIn {
  readonly #parts: LoggingInParts
  /** Checks under way, by what is checked: the same credentials at once are one guess. */
  readonly #underWay = new Map<string, Promise<Proven>>()

  readonly #reads: SharedReads

  constructor(parts: LoggingInParts) {
    this.#parts = parts
    const { store } = parts.options
    this.#reads = new SharedReads((key) => store.get(key, { timeoutMs: READ_TIMEOUT_MS }))
  }

  /** @throws AnilloError BAD_LOGIN, SLOW_DOWN, BUSY, STORE_UNAVAILABLE */
  prove({ nick, password }: Credentials, from: Origin): Promise<Proven> {
    const key = sha256Hex(JSON.stringify([nick, password, from.address ?? null]))
    const known = this.#underWay.get(key)
    if (known !== undefined) return known
    const proving = this.#parts.checks
      .admitted(() => this.#prove({ nick, password }, from))
      .finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, proving)
    return proving
  }

  /** @throws AnilloError BAD_LOGIN, ACCOUNT_SUSPENDED, SLOW_DOWN, BUSY, STORE_UNAVAILABLE */
  async byPassword(credentials: Credentials, from: Origin): Promise<Principal> {
    const known = await this.#knownAccount(credentials, from)
    const { authentication, forgiveness, options, passwords } = this.#parts
    if (known !== undefined) return authentication.shown(principalOf(known), known.password)
    const proven = await this.prove(credentials, from)
    const account = await forgiveness.using(proven, () => callFor(options, guessedRight, proven))
    passwords.remember(proven, credentials.password)
    return authentication.shown(principalOf(account), proven.password)
  }

  /** @throws AnilloError as `byPassword` */
  async logIn(credentials: Credentials, from: Origin): Promise<IssuedTokens> {
    return this.#issue(await this.open(credentials, from))
  }

  /** @param more what the session of an application has. @throws AnilloError as `byPassword` */
  async open(
    credentials: Credentials,
    from: Origin,
    more: AppSession = {},
  ): Promise<{ readonly nick: string; readonly id: string; readonly secret: string }> {
    const { forgiveness, options } = this.#parts
    const { random } = options.effects
    const proven = await this.prove(credentials, from)
    const { nick } = proven
    const id = newId(random)
    const secret = newSecret(random)
    const input = {
      ...more,
      ...proven,
      id,
      client: clientText(from.client),
      secretHash: sha256Hex(secret),
      seed: hexOf(random.bytes(SEED_BYTES)),
      actor: actorOf(undefined, from),
    }
    await forgiveness.using(proven, () => callFor(options, openSession, input))
    return { nick, id, secret }
  }

  /** @throws AnilloError LOGIN_FIRST, STORE_UNAVAILABLE, OUTCOME_UNKNOWN */
  async refresh(token: string, from: Origin): Promise<IssuedTokens> {
    const { options } = this.#parts
    const { crypto } = options.effects
    const named = readRefreshToken(token)
    if (named === undefined) throw new AnilloError('LOGIN_FIRST')
    const { id, nick, secret } = named
    const record = await options.store.get(sessionKey(nick, id))
    if (record === undefined) throw new AnilloError('LOGIN_FIRST')
    const row = readSession(record)
    const next = secretOfSeed(crypto, row.seed, secret)
    const presented = sha256Hex(secret)
    const isKnown = presented === row.current || presented === row.before
    const { kind } = await callFor(options, refreshSession, {
      nick,
      id,
      presented,
      next: sha256Hex(next),
      isAncestor: !isKnown && isAncestor(crypto, row, secret),
      actor: actorOf(undefined, from),
    })
    if (kind === 'stolen' || kind === 'unknown') throw new AnilloError('LOGIN_FIRST')
    return this.#issue({ nick, id, secret: next })
  }

  async #issue(named: { nick: string; id: string; secret: string }): Promise<IssuedTokens> {
    const { nick, id: sessionId } = named
    return {
      accessToken: await this.#parts.tokens.issue({ nick, sessionId }),
      refreshToken: writeRefreshToken(named),
      expiresInSeconds: ACCESS_TOKEN_MS / SECOND_MS,
    }
  }

  async #prove(shown: Credentials, from: Origin): Promise<Proven> {
    const block = from.address === undefined ? undefined : addressBlock(from.address)
    const { forgiveness, options } = this.#parts
    const { store } = options
    if (block !== undefined) {
      refuseShut(await store.call(partitionOfAddress(block), guessAddress, { block }))
    }
    const nick = foldNick(shown.nick)
    const password = nick === undefined ? undefined : await this.#passwordOf(nick, from)
    const isRight = await this.#parts.checks.verify(foldPassword(shown.password), password)
    if (!isRight || nick === undefined || password === undefined) {
      if (nick !== undefined && password !== undefined) this.#noteWrong(nick, from)
      throw new AnilloError('BAD_LOGIN')
    }
    const proven = { nick, password }
    if (block === undefined) return proven
    const partition = partitionOfAddress(block)
    await forgiveness.using(proven, () => store.call(partition, forgetGuess, { block }))
    return proven
  }

  /**
   * Whose password was right here a short while ago, and still is. Where anybody guessed at the
   * nick, or from the address, it is looked at as if it were not known, and counted.
   */
  async #knownAccount(
    shown: Credentials,
    from: Origin,
  ): Promise<(ProvenAccount & Pick<AccountRow, 'password'>) | undefined> {
    const { options, passwords } = this.#parts
    const nick = foldNick(shown.nick)
    const stretched = nick && passwords.stretchedOf(nick, shown.password)
    if (nick === undefined || stretched === undefined) return undefined
    const { address } = from
    const [memberships, record, ...guesses] = await Promise.all([
      options.store.list(membershipsRange(nick), { timeoutMs: READ_TIMEOUT_MS }),
      this.#reads.get(accountKey(nick)),
      this.#reads.get(guessesKey(nick)),
      address === undefined ? undefined : this.#reads.get(addressKey(addressBlock(address))),
    ])
    const account = record && readAccount(record)
    const isSound = account?.state === 'active' && account.password === stretched
    if (isSound && guesses.every((row) => row === undefined)) {
      return { ...account, groups: groupsOf(memberships.items, nick) }
    }
    passwords.forget(nick)
    return undefined
  }

  /** Counts the guess. */
  async #passwordOf(nick: string, from: Origin): Promise<string | undefined> {
    const actor = actorOf(undefined, from)
    const known = refuseShut(await callFor(this.#parts.options, guessNick, { nick, actor }))
    return known.password ?? undefined
  }

  /** Of nicks that are there: what strangers type would fill the log. */
  #noteWrong(nick: string, { address }: Origin): void {
    const from = address === undefined ? {} : { address }
    this.#parts.log.note({
      by: undefined,
      what: 'session.begin',
      to: nick,
      refused: 'BAD_LOGIN',
      ...from,
    })
  }
}

/** Without a session of its own: it has the account’s rights for this one request. */
function principalOf({ grants, groups, nick, role }: ProvenAccount): Principal {
  const permissions = permissionsOf({ role, grants })
  return { nick, role, permissions, groups, by: { kind: 'password' } }
}

/** @throws AnilloError SLOW_DOWN */
export function refuseShut<T extends object | null>(answer: ShutOut | T): T {
  if (!isShut(answer)) return answer
  const minutes = Math.max(1, Math.ceil(answer.shutForMs / MINUTE_MS))
  throw new AnilloError('SLOW_DOWN', { minutes })
}

function isShut(answer: ShutOut | object | null): answer is ShutOut {
  return answer !== null && 'shutForMs' in answer
}
