/**
 * Accounts on real processes, from the command line: what is taken away is gone at every member.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import type { AccessKey, AuditEntry, Me, User } from '../../src/wire/api-accounts.ts'
import { RealRing } from './ring.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const MEMBERS = 3
const DOORS = [0, 1, 2]

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

type Person = (words: readonly string[], input?: string) => Promise<Ended>

/** Who types commands, at a computer with a home of its own. */
async function personAt(
  t: TestContext,
  data: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Person> {
  const home = await mkdtemp(join(tmpdir(), 'anillo-person-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const known = { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: join(home, 'state') }
  const own = { ANILLO_TOKEN: '', ANILLO_NICK: '', ANILLO_PASSWORD: '', ANILLO_DATA: data }
  return async (words, input = '') => {
    const child = spawn(process.execPath, [MAIN, ...words], { env: { ...known, ...own, ...env } })
    const texts = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (texts.out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (texts.err += text))
    child.stdin.on('error', () => undefined).end(input)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, ...texts }
  }
}

async function done(ended: Promise<Ended>): Promise<string> {
  const { code, err, out } = await ended
  assert.equal(code, 0, err)
  return out
}

async function refused(ended: Promise<Ended>, code: string): Promise<void> {
  const { code: exitCode, err } = await ended
  assert.equal(exitCode, 1, err)
  assert.match(err, new RegExp(`\\[${code}\\]`))
}

async function statusAt(ring: RealRing, at: number, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${ring.door(at)}/v1/auth/me`, { headers })).status
}

async function tokenOf(ring: RealRing, nick: string, password: string): Promise<string> {
  const response = await fetch(`${ring.door(0)}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nick, password }),
  })
  assert.equal(response.status, 200)
  return ((await response.json()) as { readonly accessToken: string }).accessToken
}

interface Trial {
  readonly ring: RealRing
  readonly t: TestContext
  /** At the computer that holds DATA. */
  readonly owner: Person
  /** At another one. */
  readonly ana: Person
}

/** Where no ring is. */
const NOWHERE = join(tmpdir(), 'anillo-no-such-place')
const PUT = ['kv', 'put', 'notes', 'ana', 'a', 'milk']
const FIRST = 'first password\n'
const SECOND = 'second password\n'
const THIRD = 'once more chosen\n'

function doorsOf(ring: RealRing): readonly string[] {
  return DOORS.flatMap((at) => ['--at', ring.door(at)])
}

test('accounts from the command line: made, used, taken away, at every member at once', async (t) => {
  await using ring = await RealRing.start({ members: MEMBERS })
  const owner = await personAt(t, ring.data)
  const person = await personAt(t, NOWHERE)
  const ana: Person = (words, input) => person([...words, ...doorsOf(ring)], input)
  const trial = { ring, t, owner, ana }
  await t.test('who owns DATA is the administrator; a guest may look', () => look(trial))
  await t.test('an account is made, logs in, and may what it is granted', () => grant(trial))
  await t.test('a key may what it was made for, and nothing once removed', () => key(trial))
  await t.test('logged out everywhere, a token holds at no member', () => logOut(trial))
  await t.test('a suspended account is out at once, and in when restored', () => suspend(trial))
  await t.test('a password is changed, an account deleted, by its own', () => change(trial))
  await t.test('an administrator who lost the password is let in again', () => lose(trial))
})

async function look({ ana, owner, ring: { data } }: Trial): Promise<void> {
  assert.equal((await stat(join(data, 'admin-password'))).mode & 0o777, 0o600)
  const me = JSON.parse(await done(owner(['user', 'show', '--json']))) as User & Me
  assert.deepEqual([me.nick, me.role], ['admin', 'administrator'])
  await done(ana(['status']))
  await refused(ana(PUT), 'LOGIN_FIRST')
  await refused(ana(['user', 'list']), 'LOGIN_FIRST')
}

async function grant({ ana, owner }: Trial): Promise<void> {
  await done(owner(['user', 'add', 'ana', '--name', 'Ana'], FIRST))
  await refused(owner(['user', 'add', 'ANA'], FIRST), 'NICK_TAKEN')
  await refused(ana(['login', 'ana'], 'wrong password\n'), 'BAD_LOGIN')
  await done(ana(['login', 'ana'], FIRST))
  await refused(ana(PUT), 'PERMISSION_MISSING')
  const grants = ['--grant', 'store.read', '--grant', 'store.write']
  await done(owner(['user', 'role', 'ana', 'member', ...grants]))
  await done(ana(PUT))
  assert.equal(await done(ana(['kv', 'get', 'notes', 'ana', 'a'])), 'milk')
  await refused(ana(['user', 'role', 'ana', 'administrator']), 'PERMISSION_MISSING')
  await refused(ana(['audit']), 'PERMISSION_MISSING')
}

async function key({ ana, ring, t }: Trial): Promise<void> {
  const secret = (await done(ana(['key', 'add', 'reader', '--may', 'store.read']))).trim()
  const program = await personAt(t, NOWHERE, { ANILLO_TOKEN: secret })
  const get = ['kv', 'get', 'notes', 'ana', 'a', ...doorsOf(ring)]
  assert.equal(await done(program(get)), 'milk')
  await refused(program([...PUT, ...doorsOf(ring)]), 'PERMISSION_MISSING')
  const [listed = ''] = (await done(ana(['key', 'list', '--json']))).trim().split('\n')
  await done(ana(['key', 'remove', (JSON.parse(listed) as AccessKey).id]))
  await refused(program(get), 'LOGIN_FIRST')
  for (const at of DOORS) assert.equal(await statusAt(ring, at, secret), 401)
}

async function logOut({ ana, ring }: Trial): Promise<void> {
  const token = await tokenOf(ring, 'ana', FIRST.trim())
  for (const at of DOORS) assert.equal(await statusAt(ring, at, token), 200)
  await done(ana(['logout', '--everywhere']))
  for (const at of DOORS) assert.equal(await statusAt(ring, at, token), 401)
  await refused(ana(PUT), 'LOGIN_FIRST')
}

async function suspend({ ana, owner, ring }: Trial): Promise<void> {
  const token = await tokenOf(ring, 'ana', FIRST.trim())
  await done(owner(['user', 'suspend', 'ana']))
  for (const at of DOORS) assert.notEqual(await statusAt(ring, at, token), 200)
  assert.equal((await ana(['login', 'ana'], FIRST)).code, 1)
  await done(owner(['user', 'restore', 'ana']))
  await done(ana(['login', 'ana'], FIRST))
}

async function change({ ana, owner }: Trial): Promise<void> {
  await refused(ana(['user', 'password'], `not it\n${SECOND}`), 'BAD_LOGIN')
  await done(ana(['user', 'password'], FIRST + SECOND))
  await done(ana(PUT))
  await refused(ana(['login', 'ana'], FIRST), 'BAD_LOGIN')
  await done(ana(['user', 'delete', 'ana'], SECOND))
  await refused(ana(['login', 'ana'], SECOND), 'BAD_LOGIN')
  await refused(owner(['user', 'add', 'ana'], SECOND), 'NICK_TAKEN')
}

async function lose({ owner, ring: { data }, t }: Trial): Promise<void> {
  await done(owner(['user', 'password'], 'of my own choice\n'))
  await assert.rejects(access(join(data, 'admin-password')))
  await done(owner(['user', 'list']))
  const stranger = await personAt(t, data)
  await refused(stranger(['user', 'list']), 'LOGIN_FIRST')
  await done(stranger(['user', 'password', 'admin', '--as-owner'], THIRD))
  await done(stranger(['login', 'admin'], THIRD))
  await refused(stranger(['user', 'delete', 'admin'], THIRD), 'LAST_ADMINISTRATOR')
  const lines = (await done(stranger(['audit', '--json']))).trim().split('\n')
  const entries = lines.map((text) => JSON.parse(text) as AuditEntry)
  assert.ok(entries.some(({ refused: code }) => code === 'BAD_LOGIN'))
  assert.ok(entries.every(({ at }, index) => at <= (entries[index - 1]?.at ?? at)))
  t.diagnostic(entries.map(({ by, to, what }) => `${by ?? '-'} ${what} ${to ?? ''}`).join('; '))
}
