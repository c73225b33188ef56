/** Sessions and keys of an account, as their owner sees them. */
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { hexOf } from '../../base/hex.ts'
import { instant } from '../../base/instant.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { AccessKey, MadeAccessKey, NewAccessKey, Session } from '../../wire/api-accounts.ts'
import { EXPIRES_IN_MS_MAX } from '../../wire/record-limits.ts'
import { keyPrefix, sessionPrefix, USERS_TABLE, userPk } from '../../wire/users.ts'
import { addAccessKey, dropAccessKey } from './key-procedures.ts'
import { KEYS_MAX, SESSIONS_MAX } from './limits.ts'
import {
  actorOf,
  callFor,
  findAccount,
  knownNick,
  requireOwnOrManager,
  type AccountsOptions,
} from './parts.ts'
import { sessionKey } from './places.ts'
import { readKey, readSession, type SessionRow } from './rows.ts'
import {
  copiesKeyOf,
  newId,
  newSecret,
  secretOfSeed,
  SEED_BYTES,
  writeKeySecret,
} from './secrets.ts'
import { endSessions } from './session-procedures.ts'
import { requireName } from './texts.ts'
import type { Principal, Repeatable } from './types.ts'
import { accessKeyOf } from './user-json.ts'

const ID = /^[\w-]{1,64}$/

export class Belongings {
  readonly #options: AccountsOptions

  constructor(options: AccountsOptions) {
    this.#options = options
  }

  async sessions(who: Principal, text: string): Promise<readonly Session[]> {
    const nick = knownNick(text)
    requireOwnOrManager(who, nick)
    await findAccount(this.#options, nick)
    const prefix = sessionPrefix(nick)
    const records = await this.#rows(nick, prefix, SESSIONS_MAX)
    const held = records.filter((record) => !isCode(readSession(record)))
    return held.map((record) => {
      const { client, createdAtMs, usedAtMs } = readSession(record)
      const id = record.sk.slice(prefix.length)
      const isThis = who.by.kind === 'session' && who.nick === nick && who.by.id === id
      return { id, client, createdAt: instant(createdAtMs), usedAt: instant(usedAtMs), isThis }
    })
  }

  /** `undefined`: all. */
  async end(who: Principal, text: string, id: string | undefined): Promise<void> {
    const nick = knownNick(text)
    requireOwnOrManager(who, nick)
    if (id !== undefined && !ID.test(id)) throw new AnilloError('NOT_FOUND', { what: SUCH_SESSION })
    const which = id === undefined ? {} : { id }
    const actor = actorOf(who)
    const { ended } = await callFor(this.#options, endSessions, { nick, ...which, actor })
    if (id !== undefined && ended === 0) {
      throw new AnilloError('NOT_FOUND', { what: SUCH_SESSION })
    }
  }

  /** Read linearizably: a session that was ended anywhere has none. */
  async copiesKey({ by, nick }: Principal): Promise<string> {
    if (nick === undefined) throw new AnilloError('LOGIN_FIRST')
    if (by.kind !== 'session') throw new AnilloError('NOT_FOUND', { what: KEY_OF_SESSION })
    const { effects, store } = this.#options
    const record = await store.get(sessionKey(nick, by.id))
    if (record === undefined) throw new AnilloError('LOGIN_FIRST')
    return copiesKeyOf(effects.crypto, readSession(record).seed)
  }

  async keys(text: string): Promise<readonly AccessKey[]> {
    const nick = knownNick(text)
    await findAccount(this.#options, nick)
    const prefix = keyPrefix(nick)
    const records = await this.#rows(nick, prefix, KEYS_MAX)
    return records.map((record) =>
      accessKeyOf(record.sk.slice(prefix.length), readKey(record), record.expiresAtMs),
    )
  }

  /**
   * The secret follows from a seed and the request's key: repeated, it is found again from the seed
   * in the first answer, and the ring keeps nothing that gives it.
   */
  async makeKey(
    who: Principal,
    text: string,
    {
      key,
      repeatable,
    }: { readonly key: NewAccessKey; readonly repeatable: Repeatable | undefined },
  ): Promise<MadeAccessKey> {
    const nick = knownNick(text)
    requireOwnOrManager(who, nick)
    const permission = key.permissions.find((name) => !who.permissions.has(name))
    // Else a key could make one that may do more than it.
    if (permission !== undefined) throw new AnilloError('PERMISSION_MISSING', { permission })
    const { crypto, random } = this.#options.effects
    const known = repeatable?.key ?? newSecret(random)
    const seed = hexOf(random.bytes(SEED_BYTES))
    const name = requireName(key.name)
    const permissions = [...new Set(key.permissions)]
    const { validForSeconds } = key
    const ends =
      validForSeconds === undefined
        ? {}
        : { validForMs: Math.min(validForSeconds * SECOND_MS, EXPIRES_IN_MS_MAX) }
    const input = {
      nick,
      id: newId(random),
      name,
      permissions,
      seed,
      hash: sha256Hex(secretOfSeed(crypto, seed, known)),
      ...ends,
      actor: actorOf(who),
    }
    const options = repeatable && { retry: repeatable.retry }
    const added = await callFor(this.#options, addAccessKey, input, options)
    const { createdAtMs, expiresAtMs, id } = added
    const told = accessKeyOf(id, { createdAtMs, name, permissions }, expiresAtMs ?? undefined)
    const secret = secretOfSeed(crypto, added.seed, known)
    return { key: told, secret: writeKeySecret({ nick, id, secret }) }
  }

  async removeKey(who: Principal, text: string, id: string): Promise<void> {
    const nick = knownNick(text)
    requireOwnOrManager(who, nick)
    if (!ID.test(id)) throw new AnilloError('NOT_FOUND', { what: 'such key' })
    await callFor(this.#options, dropAccessKey, { nick, id, actor: actorOf(who) })
  }

  async #rows(nick: string, prefix: string, limit: number) {
    const { store } = this.#options
    return (await store.list({ table: USERS_TABLE, pk: userPk(nick), prefix, limit })).items
  }
}

/** Nothing holds a token of it yet. */
function isCode({ bearer, code }: SessionRow): boolean {
  return code !== undefined && bearer === undefined
}

const SUCH_SESSION = 'such session'
const KEY_OF_SESSION = 'key for copies: sessions of people have one, keys of programs do not'
