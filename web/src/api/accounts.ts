/** Questions about accounts, and their answers read with care. */
import type {
  AccessKey,
  AuditEntry,
  AuditPage,
  LoginRequest,
  MadeAccessKey,
  Me,
  NewAccessKey,
  NewUser,
  Registration,
  RoleChange,
  Session,
  User,
  UserChange,
  UserDeletion,
  UserList,
  UserState,
} from '../../../src/wire/api-accounts.ts'
import type { FileLimits, PersonQuota, QuotaList } from '../../../src/wire/api-files.ts'
import { listOf, pageQuery, sound } from './answers.ts'
import { RingTrouble, type Question, type RingClient } from './ring-client.ts'

/** A member hashes two passwords at once and lets many wait. */
const HASHING_SECONDS = 20

const ME = { role: 'string', permissions: 'array' }
const QUOTA = { nick: 'string', bytes: 'number', files: 'number', limits: 'object' }
const USER = { nick: 'string', name: 'string', role: 'string', grants: 'array', state: 'string' }
const SESSION = { id: 'string', client: 'string', createdAt: 'string', usedAt: 'string' }
const KEY = { id: 'string', name: 'string', permissions: 'array', createdAt: 'string' }
const AUDIT_ENTRY = { at: 'string', what: 'string' }

/** What the page does about accounts, by whichever door answers. */
export class AccountsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** @returns `undefined` where the door asks nobody who they are */
  async me(): Promise<Me | undefined> {
    try {
      const answer = await this.#client.json({ path: '/v1/auth/me', isAboutAsker: true })
      return sound<Me>(answer, ME)
    } catch (thrown) {
      if (thrown instanceof RingTrouble && thrown.code === 'NOT_FOUND') return undefined
      throw thrown
    }
  }

  async logIn(request: LoginRequest): Promise<void> {
    await this.#client.json({
      path: '/v1/auth/login',
      method: 'POST',
      body: request,
      isAboutAsker: true,
      patienceSeconds: HASHING_SECONDS,
    })
  }

  async refresh(): Promise<void> {
    const path = '/v1/auth/refresh'
    await this.#client.json({ path, method: 'POST', body: {}, isAboutAsker: true })
  }

  async logOut(everywhere: boolean): Promise<void> {
    const path = '/v1/auth/logout'
    // An ended session is what was wanted.
    await orGone('LOGIN_FIRST', this.#client.json({ path, method: 'POST', body: { everywhere } }))
  }

  /** Whether people make their accounts themselves, and what they may without one. */
  async registration(): Promise<Registration> {
    const answer = await this.#client.json({ path: '/v1/auth/registration', isAboutAsker: true })
    return sound<Registration>(answer, { isOpen: 'boolean', guestMay: 'array' })
  }

  async register(user: NewUser): Promise<User> {
    return sound(
      await this.#client.json({
        path: '/v1/users',
        method: 'POST',
        body: user,
        patienceSeconds: HASHING_SECONDS,
      }),
      USER,
    )
  }

  async users(cursor?: string): Promise<UserList> {
    const answer = await this.#client.json({ path: `/v1/users?${pageQuery(cursor)}` })
    return listOf<User>(answer, USER)
  }

  /** What somebody has stored, and may. */
  async quotaOf(nick: string): Promise<PersonQuota> {
    return sound(await this.#client.json({ path: quotaPath(nick) }), QUOTA)
  }

  async setLimits(nick: string, body: FileLimits): Promise<PersonQuota> {
    return sound(await this.#client.json({ path: quotaPath(nick), method: 'PUT', body }), QUOTA)
  }

  /** Of all of whom nothing else is said. */
  async usualLimits(): Promise<FileLimits> {
    const answer = await this.#client.json({ path: '/v1/quotas?limit=1' })
    return sound<QuotaList>(answer, { everybody: 'object' }).everybody
  }

  async setUsualLimits(body: FileLimits): Promise<void> {
    await this.#client.json({ path: '/v1/quotas', method: 'PUT', body })
  }

  async user(nick: string): Promise<User> {
    return sound(await this.#client.json({ path: pathOf(nick) }), USER)
  }

  async changeUser(nick: string, body: UserChange): Promise<User> {
    const isPassword = body.password !== undefined
    return sound(
      await this.#client.json({
        path: pathOf(nick),
        method: 'PATCH',
        body,
        ...(isPassword ? { patienceSeconds: HASHING_SECONDS } : {}),
      }),
      USER,
    )
  }

  async removeUser(nick: string, body: UserDeletion): Promise<void> {
    await this.#remove({ path: pathOf(nick), body, patienceSeconds: HASHING_SECONDS })
  }

  async setRole(nick: string, body: RoleChange): Promise<User> {
    const path = pathOf(nick, 'role')
    return sound(await this.#client.json({ path, method: 'PUT', body }), USER)
  }

  async setState(nick: string, state: UserState): Promise<User> {
    const path = pathOf(nick, 'state')
    return sound(await this.#client.json({ path, method: 'PUT', body: { state } }), USER)
  }

  async sessions(nick: string): Promise<readonly Session[]> {
    const answer = await this.#client.json({ path: pathOf(nick, 'sessions') })
    return listOf<Session>(answer, SESSION).items
  }

  async endSession(nick: string, id: string): Promise<void> {
    await this.#remove({ path: pathOf(nick, 'sessions', id) })
  }

  async keys(nick: string): Promise<readonly AccessKey[]> {
    return listOf<AccessKey>(await this.#client.json({ path: pathOf(nick, 'keys') }), KEY).items
  }

  async makeKey(nick: string, body: NewAccessKey): Promise<MadeAccessKey> {
    const answer = await this.#client.json({
      path: pathOf(nick, 'keys'),
      method: 'POST',
      body,
    })
    const made = sound<MadeAccessKey>(answer, { key: 'object', secret: 'string' })
    return { ...made, key: sound(made.key, KEY) }
  }

  async removeKey(nick: string, id: string): Promise<void> {
    await this.#remove({ path: pathOf(nick, 'keys', id) })
  }

  async audit(cursor?: string): Promise<AuditPage> {
    const answer = await this.#client.json({ path: `/v1/audit?${pageQuery(cursor)}` })
    return listOf<AuditEntry>(answer, AUDIT_ENTRY)
  }

  async #remove(question: Question): Promise<void> {
    await orGone('NOT_FOUND', this.#client.json({ ...question, method: 'DELETE' }))
  }
}

/** A door that died after it had done so leaves nothing for the next one. */
async function orGone(code: string, change: Promise<unknown>): Promise<void> {
  try {
    await change
  } catch (thrown) {
    if (!(thrown instanceof RingTrouble) || thrown.code !== code) throw thrown
  }
}

function quotaPath(nick: string): string {
  return `/v1/quotas/${encodeURIComponent(nick)}`
}

function pathOf(nick: string, ...rest: readonly string[]): string {
  return ['/v1/users', ...[nick, ...rest].map((part) => encodeURIComponent(part))].join('/')
}
