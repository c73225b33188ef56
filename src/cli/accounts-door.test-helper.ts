/** A door of a few lines that asks who is there, for trying commands about accounts. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import { AnilloError, asAnilloError, ERRORS } from '../base/errors.ts'
import type { AccessKey, AuditEntry, Session, User } from '../wire/api-accounts.ts'
import { PERMISSIONS_OF } from '../wire/permissions.ts'

const AT = '2026-11-21T19:05:00.000Z'
const RING = 'ab'.repeat(16)
const NO_MEMBERS = { ringId: RING, self: 'n1', members: [], partitions: [], mayFail: 0 }

interface Account {
  user: User
  password: string
  /** By access token. */
  readonly sessions: Map<string, Session>
  readonly keys: Map<string, AccessKey>
}

export interface AccountsDoor extends AsyncDisposable {
  readonly url: string
  readonly accounts: ReadonlyMap<string, Account>
  readonly audit: AuditEntry[]
  /** `METHOD path nick` of each request; `-` for a guest. */
  readonly asked: string[]
  /** As when the time of all access tokens ran out. */
  expire(): void
}

/** With the accounts `admin` (administrator) and `ana` (member); passwords are `NICK password`. */
export async function accountsDoor(): Promise<AccountsDoor> {
  const door = new Door()
  const server = createServer((request, response) => {
    void door.answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(body === undefined ? '' : JSON.stringify(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    accounts: door.accounts,
    audit: door.audit,
    asked: door.asked,
    expire: () => door.expire(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface Told {
  readonly status: number
  readonly body?: unknown
}

interface Asked {
  readonly method: string
  readonly parts: readonly string[]
  readonly body: Readonly<Record<string, unknown>>
  readonly bearer: string | undefined
  readonly me: Account | undefined
}

class Door {
  readonly accounts = new Map<string, Account>()
  readonly audit: AuditEntry[] = []
  readonly asked: string[] = []
  readonly #refreshes = new Map<string, string>()
  #expired = new Set<string>()
  #serial = 0

  constructor() {
    this.#add('admin', 'admin password', 'administrator')
    this.#add('ana', 'ana password', 'member')
  }

  expire(): void {
    for (const { sessions } of this.accounts.values()) {
      for (const token of sessions.keys()) this.#expired.add(token)
    }
  }

  async answer(request: IncomingMessage): Promise<Told> {
    try {
      return this.#route(await this.#read(request))
    } catch (thrown) {
      const { code, details, message } = asAnilloError(thrown)
      const status = ERRORS[code].httpStatus
      return { status, body: { type: 't', title: code, status, code, detail: message, details } }
    }
  }

  async #read(request: IncomingMessage): Promise<Asked> {
    const { headers, method = '', url = '' } = request
    const text = (await request.toArray()).join('')
    const bearer = headers.authorization?.slice('Bearer '.length)
    const parts = new URL(url, 'http://x').pathname.split('/').slice(2).map(decodeURIComponent)
    const me = this.#holder(bearer)
    this.asked.push(`${method} /${parts.join('/')} ${me?.user.nick ?? '-'}`)
    if (bearer !== undefined && me === undefined) throw new AnilloError('LOGIN_FIRST')
    return { method, parts, body: text === '' ? {} : JSON.parse(text), bearer, me }
  }

  #holder(bearer: string | undefined): Account | undefined {
    if (bearer === undefined || this.#expired.has(bearer)) return undefined
    return [...this.accounts.values()].find(
      ({ keys, sessions }) => sessions.has(bearer) || keys.has(bearer.split('.').at(2) ?? ''),
    )
  }

  #route(asked: Asked): Told {
    const { body, me, method, parts } = asked
    const [head, word] = parts
    if (head === 'auth' && word === 'login') return this.#login(body)
    if (head === 'auth' && word === 'refresh') return this.#refresh(body)
    if (me === undefined) throw new AnilloError('LOGIN_FIRST')
    if (head === 'auth' && word === 'logout') return this.#logout(asked, me)
    if (head === 'auth') return { status: 200, body: meOf(me) }
    if (head === 'audit') return { status: 200, body: { items: this.audit } }
    if (head === 'ring') return { status: 200, body: NO_MEMBERS }
    if (word !== undefined) return this.#user(asked, me)
    if (method === 'POST') return { status: 201, body: this.#register(body) }
    return { status: 200, body: { items: [...this.accounts.values()].map(({ user }) => user) } }
  }

  #user({ body, method, parts: [, nick = '', what, id = ''] }: Asked, me: Account): Told {
    const one = this.accounts.get(nick)
    if (nick !== me.user.nick && me.user.role !== 'administrator') {
      throw new AnilloError('PERMISSION_MISSING', { permission: 'accounts.manage' })
    }
    if (one === undefined) throw new AnilloError('NO_USER', { nick })
    if (what === 'sessions') return this.#sessions(one, { method, id })
    if (what === 'keys') return this.#keys(one, { method, id, body })
    if (method === 'DELETE') this.accounts.delete(nick)
    if (method === 'DELETE') return { status: 204 }
    const { oldPassword, password, ...change } = body
    if (password !== undefined && nick === me.user.nick && oldPassword !== one.password) {
      throw new AnilloError('BAD_LOGIN')
    }
    if (typeof password === 'string') one.password = password
    one.user = { ...one.user, ...change }
    return { status: 200, body: one.user }
  }

  #sessions({ sessions }: Account, { id, method }: { method: string; id: string }): Told {
    if (method === 'GET') return { status: 200, body: { items: [...sessions.values()] } }
    const [token] = [...sessions].find(([, session]) => session.id === id) ?? []
    if (token === undefined) throw new AnilloError('NOT_FOUND', { what: 'such session' })
    sessions.delete(token)
    return { status: 204 }
  }

  #keys(
    { keys, user }: Account,
    asked: Pick<Asked, 'method' | 'body'> & { readonly id: string },
  ): Told {
    if (asked.method === 'GET') return { status: 200, body: { items: [...keys.values()] } }
    if (asked.method === 'DELETE') {
      if (!keys.delete(asked.id)) throw new AnilloError('NOT_FOUND', { what: 'such key' })
      return { status: 204 }
    }
    const { name, permissions, validForSeconds } = asked.body
    const id = `k${++this.#serial}`
    const expiry = validForSeconds === undefined ? {} : { expiresAt: AT }
    const key = { id, name, permissions, createdAt: AT, ...expiry } as AccessKey
    keys.set(id, key)
    return { status: 201, body: { key, secret: `anillo-k.${user.nick}.${id}.secret` } }
  }

  #register({ name, nick, password }: Asked['body']): User {
    if (this.accounts.has(String(nick))) throw new AnilloError('NICK_TAKEN', { nick: String(nick) })
    return this.#add(String(nick), String(password), 'member', String(name ?? nick))
  }

  #add(nick: string, password: string, role: User['role'], name = nick): User {
    const user: User = { nick, name, role, grants: [], state: 'active', createdAt: AT }
    this.accounts.set(nick, { user, password, sessions: new Map(), keys: new Map() })
    return user
  }

  #login({ client, nick, password }: Asked['body']): Told {
    const account = this.accounts.get(String(nick))
    if (account === undefined || account.password !== password) throw new AnilloError('BAD_LOGIN')
    return this.#begin(account, String(client))
  }

  #begin(account: Account, client: string): Told {
    const id = `s${++this.#serial}`
    const payload = Buffer.from(`{"iss":"${RING}","sid":"${id}"}`).toString('base64url')
    const accessToken = `h.${payload}.s`
    const refreshToken = `anillo-r.${account.user.nick}.${id}.secret`
    const session = { id, client, createdAt: AT, usedAt: AT, isThis: false }
    account.sessions.set(accessToken, session)
    this.#refreshes.set(refreshToken, accessToken)
    return { status: 200, body: { accessToken, refreshToken, expiresIn: 600 } }
  }

  #refresh({ refreshToken }: Asked['body']): Told {
    const before = this.#refreshes.get(String(refreshToken))
    const account = [...this.accounts.values()].find(({ sessions }) => sessions.has(before ?? ''))
    const session = account?.sessions.get(before ?? '')
    if (account === undefined || session === undefined) throw new AnilloError('LOGIN_FIRST')
    account.sessions.delete(before ?? '')
    return this.#begin(account, session.client)
  }

  #logout({ bearer = '', body }: Asked, { sessions }: Account): Told {
    if (body['everywhere'] === true) sessions.clear()
    sessions.delete(bearer)
    return { status: 204 }
  }
}

function meOf({ user: { name, nick, role } }: Account) {
  return { nick, name, role, permissions: [...PERMISSIONS_OF[role]], groups: [] }
}
