/**
 * Every cell of `docs/permissions.md` against the doors for HTTP: each request, with each role,
 * with each grant, with keys, and without a credential.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { accountIdOf } from '../../wire/account-ids.ts'
import { isPermission, type Permission } from '../../wire/permissions.ts'
import { askedDoor, bearer, OWNER_KEY } from './entrance.test-helper.ts'
import { fakeDoor, PAGE_ID } from './fakes.test-helper.ts'
import { Gate } from './gate.ts'
import { bareServer } from './gateway.ts'

const PAGE = readFileSync(new URL('../../../docs/permissions.md', import.meta.url), 'utf8')
const ROLES = ['administrator', 'operator', 'moderator', 'member', 'guest'] as const
type Role = (typeof ROLES)[number]

/** As the page has them. */
const rights = [
  ...PAGE.matchAll(/^\| `([\w.]+)` \|[^|]+\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|/gm),
]
const roleHas = (role: Role, permission: string): boolean => {
  const row = present(
    rights.find(([, name]) => name === permission),
    permission,
  )
  return row[2 + ROLES.indexOf(role)]?.trim() === 'yes'
}
const permissions = rights.flatMap(([, name = '']) => (isPermission(name) ? [name] : []))
const grantable = permissions.filter((name) => name !== 'accounts.manage')

interface Request {
  readonly route: string
  readonly method: (typeof METHODS)[number]
  readonly needs: string
}
const METHODS = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
] as const
const requests = [...PAGE.matchAll(/^\| `(([A-Z]+) [^`]+)` \| (.+) \|$/gm)].map(
  ([, route = '', verb, needs = '']): Request => ({
    route,
    method: present(
      METHODS.find((method) => method === verb),
      route,
    ),
    needs,
  }),
)

const ADDRESSES: Readonly<Record<string, string>> = {
  ':nick': 'ana',
  ':code': '123456',
  ':order': 'drain',
  ':holder': 'a'.repeat(32),
  ':hash': 'b'.repeat(64),
  ':table': 't',
  ':pk': 'p',
  ':sk': 's',
  ':name': 'n',
  ':instant': '20261121000000',
  ':format': 'link',
  ':file': 'replay.css',
}
const BODIES: Readonly<Record<string, object>> = {
  'POST /v1/auth/login': { nick: 'ana', password: 'ana-password' },
  'POST /v1/auth/refresh': { refreshToken: 'x' },
  'POST /v1/users': { nick: 'new', password: 'new-password' },
  'PATCH /v1/users/:nick': { name: 'Ana' },
  'PUT /v1/users/:nick/role': { role: 'member' },
  'PUT /v1/users/:nick/state': { state: 'active' },
  'POST /v1/users/:nick/keys': { name: 'k', permissions: ['account.own'] },
  'PUT /v1/ring/settings/:name': { value: 1 },
  'POST /v1/ring/backups': { known: [] },
  'PUT /v1/ring/backups/holds/:holder': { seconds: 1 },
  'POST /v1/scrapes': { url: 'http://a/' },
  'POST /v1/feed/seen': { until: '2026-11-21T00:00:00.000Z' },
  'POST /v1/pages/kept': { urls: ['http://a/'] },
  'POST /v1/crawls': { seeds: ['http://a/'] },
}
/** They answer whoever asks with a refusal of their own. */
const OWN_REFUSALS: Readonly<Record<string, string>> = {
  // Of an application; these have none.
  'GET /api/v1/apps/verify_credentials': 'LOGIN_FIRST',
  'POST /api/v1/accounts': 'LOGIN_FIRST',
  'POST /oauth/token': 'LOGIN_FIRST',
  'POST /oauth/revoke': 'LOGIN_FIRST',
  'POST /v1/auth/refresh': 'LOGIN_FIRST',
  'GET /p/:pass/:instant/*': 'LOGIN_FIRST',
}

const STREAMS: readonly string[] = [
  'GET /v1/ring/events',
  'GET /v1/dweets/events',
  'GET /api/v1/streaming/public',
  'GET /api/v1/streaming/public/local',
  'GET /api/v1/streaming/user',
  'GET /api/v1/streaming/user/notification',
]

interface Someone {
  readonly name: string
  readonly nick: string | undefined
  readonly has: (permission: string) => boolean
  readonly headers: Readonly<Record<string, string>>
}

type Door = Awaited<ReturnType<typeof askedDoor>>

/** A fresh one for each request: some end what they ask with. */
function someone({ accounts }: Door, who: string): Someone {
  const [kind = '', ...rest] = who.split(' ')
  const detail = rest.join(' ')
  if (kind === 'nobody') return { name: who, nick: undefined, has: () => false, headers: {} }
  if (kind === 'guest') {
    return { name: who, nick: undefined, has: (name) => roleHas('guest', name), headers: {} }
  }
  if (kind === 'owner') {
    const has = (name: string): boolean => ['ring.backup', 'accounts.manage'].includes(name)
    return { name: who, nick: undefined, has, headers: bearer(OWNER_KEY) }
  }
  if (kind === 'key') {
    accounts.person('ana', 'administrator')
    const permission = permissions.filter((name) => name === detail)
    const has = (name: string): boolean => name === detail
    return { name: who, nick: 'ana', has, headers: bearer(accounts.key('ana', permission)) }
  }
  const [role, grant] = rest
  const known = present(
    ROLES.find((one) => one === role),
    who,
  )
  const grants = permissions.filter((name): name is Permission => name === grant)
  const token = accounts.person(kind, known === 'guest' ? 'member' : known, grants)
  const has = (name: string): boolean => roleHas(known, name) || name === grant
  return { name: who, nick: kind, has, headers: bearer(token) }
}

/** By the page. */
function expected({ needs, route }: Request, { has, name, nick }: Someone): string | undefined {
  if (needs === 'nothing' || needs === 'anybody') return undefined
  const refused = nick === undefined ? 'LOGIN_FIRST' : 'PERMISSION_MISSING'
  if (name === 'nobody') return 'LOGIN_FIRST'
  if (needs === 'somebody') return undefined
  // WebDAV and the Mastodon API know neither guests nor the key of a directory.
  if (/ \/(?:dav|api|\.well-known)/.test(route) && nick === undefined) return 'LOGIN_FIRST'
  const [first = '', second, third] = needs.replaceAll('`', '').split(', ')
  if (third !== undefined && has(third.replace('in part ', ''))) return undefined
  if (second === undefined || nick === 'ana') return has(first) ? undefined : refused
  if (second !== 'own account alone') return has(second) ? undefined : refused
  return nick === undefined ? 'LOGIN_FIRST' : 'FORBIDDEN'
}

function addressOf({ route }: Request): string {
  const path = route.split(' ')[1] ?? ''
  if (/(crawls|downloads)\/:id\/:order$/.test(path)) {
    return path.replace(':id', idFor(path)).replace(':order', 'pause')
  }
  if (path.startsWith('/api/')) return mastodonAddressOf(path)
  // Nobody mutes or blocks themselves.
  if (/\/(mute|block)$/.test(path)) return path.replace(':nick', 'nobody')
  // What of the tree itself may be read or written, its grants say.
  if (/^\/(v1\/(files|uploads)|dav)\//.test(path)) return path.replace('*', 'shared/none')
  const filled = path.replaceAll(/:\w+/g, (part) => ADDRESSES[part] ?? idFor(path))
  if (path === '/v1/ring/lookup') return `${filled}?key=a`
  if (path === '/v1/pages') return `${filled}?url=a`
  if (path.endsWith('/export')) return `${filled}?format=csv`
  if (path === '/docs/*') return '/docs/'
  if (/instant|timegate|timemap/.test(path)) return filled.replace('*', 'http://localhost/')
  return path.endsWith('/*') ? filled.replace('*', '') : filled
}

/** Of somebody whom nobody knows: that is told to who may ask. */
function mastodonAddressOf(path: string): string {
  const id = path.includes('/accounts/') ? accountIdOf('nobody') : '1'
  return path.replace(':id', id).replace(':file', 'ana.png').replace('*', 'nothing')
}

function idFor(path: string): string {
  return /members|crawls/.test(path) ? 'a'.repeat(32) : PAGE_ID
}

async function tried(door: Door, request: Request, who: Someone): Promise<string | undefined> {
  const { method, route } = request
  const payload = BODIES[route]
  const url = route.split(' ')[1] ?? ''
  const isPage = door.replay.hasRoute({ method, url })
  const asked = {
    method,
    url: addressOf(request),
    headers: who.headers,
    ...(payload === undefined ? {} : { payload }),
  }
  const answer = await (isPage ? door.askReplay(asked) : door.ask(asked))
  // What WebDAV itself refuses was let in before, and is told as XML.
  const isRefused = /json/.test(String(answer.headers['content-type']))
  return isRefused && (answer.statusCode === 401 || answer.statusCode === 403)
    ? codeOf(url, answer)
    : undefined
}

/** The Mastodon API has no codes. */
function codeOf(
  url: string,
  answer: { readonly statusCode: number; readonly json: () => { readonly code?: string } },
): string {
  if (!/^\/(?:api|oauth|\.well-known)\//.test(url)) return String(answer.json().code)
  return answer.statusCode === 401 ? 'LOGIN_FIRST' : 'PERMISSION_MISSING'
}

const PEOPLE = [
  'nobody',
  'guest',
  'owner',
  'ana administrator',
  'ana operator',
  'ana moderator',
  'ana member',
  'beto administrator',
  'beto operator',
  'beto member',
  ...grantable.map((grant) => `beto member ${grant}`),
  ...permissions.map((permission) => `key ${permission}`),
]

test('the page of permissions has every permission, and every request of every door', async () => {
  await using door = await askedDoor()
  assert.ok(permissions.length > 10 && requests.length > 50)
  for (const { method, route } of requests) {
    const url = route.split(' ')[1] ?? ''
    const isThere = [door.server, door.replay].some((server) => server.hasRoute({ method, url }))
    // Files of the page and of the description are not there without them.
    assert.ok(isThere || url.endsWith('/*'), route)
  }
})

test('a route without a row in the table of demands does not start', async () => {
  const server = bareServer(fakeDoor(), { gate: new Gate({}) })
  assert.throws(() => server.get('/v1/surprise', () => 'hello'), /GET \/v1\/surprise says in/)
  assert.throws(() => server.patch('/v1/ring', () => 'hello'), /PATCH \/v1\/ring says in/)
  server.get('/v1/ring', () => 'hello')
  await server.close()
})

for (const who of PEOPLE) {
  test(`each request lets in or refuses ${who} as the page of permissions says`, async () => {
    await using door = await askedDoor({ hasGuests: who === 'guest' })
    for (const request of requests) {
      if (!who.startsWith('ana') && !who.startsWith('key')) door.accounts.person('ana', 'member')
      const asker = someone(door, who)
      const wanted = OWN_REFUSALS[request.route] ?? expected(request, asker)
      // A stream that stays open is tried where it is refused; who may have it is tried elsewhere.
      if (wanted === undefined && STREAMS.includes(request.route)) continue
      assert.equal(await tried(door, request, asker), wanted, `${request.route} for ${who}`)
    }
  })
}
