import assert from 'node:assert/strict'
import { readFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { accountsDoor, type AccountsDoor } from '../accounts-door.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly typed?: string
}

/** Commands of one person with a home of their own. */
async function personAt(t: TestContext, { url }: AccountsDoor) {
  const home = await mkdtemp(join(tmpdir(), 'anillo-home-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const data = join(home, 'data')
  const base = { XDG_STATE_HOME: join(home, 'state'), ANILLO_DATA: data }
  const run = async (words: readonly string[], given: Given = {}): Promise<Ran> => {
    const { env = {}, ...rest } = given
    const io = keptIo({ env: { ...base, ...env }, ...rest })
    const code = await runProgram([...words, '--at', url], io)
    return { code, out: io.outText(), err: io.errText() }
  }
  /** As the machine where a member of the ring has its directory. */
  const own = async (password: string): Promise<void> => {
    await mkdir(join(data, 'members', 'n1'), { recursive: true })
    await writeFile(join(data, 'members', 'n1', 'door'), `${url}\n`)
    await writeFile(join(data, 'admin-password'), `${password}\n`, { mode: 0o600 })
  }
  return { run, own, data, sessions: join(home, 'state', 'anillo', 'sessions') }
}

test('login keeps a session that only its owner can read, and commands are that account', async (t) => {
  await using door = await accountsDoor()
  const { run, sessions } = await personAt(t, door)
  const refused = await run(['user', 'show'])
  assert.equal(refused.code, EXIT.failed)
  assert.match(refused.err, /^anillo: Log in first: .* does not hold\. \[LOGIN_FIRST\]\n/)
  assert.ok(refused.err.includes(`“npx anillo login NICK --at ${door.url}” does`), refused.err)
  const done = await run(['login', 'ana'], { secrets: ['ana password'] })
  assert.deepEqual(done, { code: EXIT.done, out: 'logged in as ana (member)\n', err: '' })
  const [name = ''] = await readdir(sessions)
  assert.equal(name, `${'ab'.repeat(16)}.json`)
  assert.equal((await stat(join(sessions, name))).mode & 0o777, 0o600)
  assert.equal((await stat(sessions)).mode & 0o777, 0o700)
  const shown = JSON.parse((await run(['user', 'show', '--json'])).out)
  assert.equal(shown.nick, 'ana')
  assert.match(shown.sessions[0].client, /^anillo on ./)
  door.expire()
  assert.equal((await run(['user', 'show'])).code, EXIT.done)
  assert.equal(door.asked.filter((asked) => asked.startsWith('POST /auth/login')).length, 1)
})

test('commands go to the ring of the last login where nothing names another', async (t) => {
  await using door = await accountsDoor()
  const home = await mkdtemp(join(tmpdir(), 'anillo-home-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const base = { HOME: home, XDG_STATE_HOME: join(home, 'state'), XDG_DATA_HOME: home }
  const run = async (words: readonly string[], given: Given = {}): Promise<Ran> => {
    const { env = {}, ...rest } = given
    const io = keptIo({ env: { ...base, ...env }, ...rest })
    const code = await runProgram(words, io)
    return { code, out: io.outText(), err: io.errText() }
  }
  await run(['login', 'ana', '--at', door.url], { secrets: ['ana password'] })
  const shown = await run(['user', 'show', '--json'])
  assert.equal(shown.code, EXIT.done, shown.err)
  assert.equal(JSON.parse(shown.out).nick, 'ana')
  const asked = door.asked.length
  // A key may be for another ring.
  await run(['user', 'show'], { env: { ANILLO_TOKEN: 'key' } })
  const named = await run(['user', 'show', '--data', join(home, 'none')])
  assert.match(named.err, /DATA_WITHOUT_MEMBERS/)
  assert.equal(door.asked.length, asked)
})

test('login refuses a wrong password, and no password, and keeps nothing', async (t) => {
  await using door = await accountsDoor()
  const { run, sessions } = await personAt(t, door)
  const wrong = await run(['login', 'ana'], { secrets: ['wrong'] })
  const unknown = await run(['login', 'nobody'], { secrets: ['wrong'] })
  assert.deepEqual(wrong, unknown)
  assert.equal(wrong.code, EXIT.failed)
  assert.match(wrong.err, /Incorrect nick\/password combination\. \[BAD_LOGIN\]/)
  for (const words of [['login', 'ana'], ['login']]) {
    const { code, err } = await run(words)
    assert.equal(code, EXIT.usedWrongly, err)
  }
  await assert.rejects(readdir(sessions))
})

test('logout ends the session at the door and here; another login ends the one before', async (t) => {
  await using door = await accountsDoor()
  const { run, sessions } = await personAt(t, door)
  await run(['login', 'admin'], { secrets: ['admin password'] })
  await run(['login', 'ana'], { secrets: ['ana password'] })
  assert.equal(door.accounts.get('admin')?.sessions.size, 0)
  assert.equal(door.accounts.get('ana')?.sessions.size, 1)
  assert.equal((await readdir(sessions)).length, 1)
  door.expire()
  assert.deepEqual(await run(['logout']), { code: EXIT.done, out: 'logged out ana\n', err: '' })
  assert.equal(door.accounts.get('ana')?.sessions.size, 0)
  // Which ring was meant is known still, and nothing else.
  const [left = ''] = await readdir(sessions)
  const { begunAt, doors, ...others } = JSON.parse(await readFile(join(sessions, left), 'utf8'))
  assert.ok(begunAt !== undefined && doors.length > 0)
  assert.deepEqual(others, { nick: '', accessToken: '', refreshToken: '' })
  const again = await run(['logout'])
  assert.equal(again.code, EXIT.failed)
  assert.match(again.err, /LOGIN_FIRST/)
})

test('logout --everywhere ends all sessions, and a session that ended is told once', async (t) => {
  await using door = await accountsDoor()
  const [one, two] = [await personAt(t, door), await personAt(t, door)]
  await one.run(['login', 'ana'], { secrets: ['ana password'] })
  await two.run(['login', 'ana'], { secrets: ['ana password'] })
  const out = await one.run(['logout', '--everywhere', '--json'])
  assert.deepEqual(JSON.parse(out.out), { nick: 'ana', everywhere: true })
  assert.equal(door.accounts.get('ana')?.sessions.size, 0)
  const ended = await two.run(['user', 'show'])
  assert.match(ended.err, /the session of ana has ended.*\n.*LOGIN_FIRST/)
  assert.doesNotMatch((await two.run(['user', 'show'])).err, /has ended/)
})

test('a key in ANILLO_TOKEN comes first, and one that does not hold is told as such', async (t) => {
  await using door = await accountsDoor()
  const { run } = await personAt(t, door)
  await run(['login', 'ana'], { secrets: ['ana password'] })
  const may = ['--may', 'pages.read, pages.scrape', '--may', 'account.own']
  const made = await run(['key', 'add', 'nightly', ...may, '--valid-for', '90'])
  assert.match(made.out, /^anillo-k\.ana\.k\d+\.secret\n$/)
  assert.match(made.err, /Key k\d+ of ana, until 2026-.*: keep it/)
  await run(['logout'])
  const env = { ANILLO_TOKEN: made.out.trim() }
  const listed = await run(['key', 'list', '--json'], { env })
  assert.equal(JSON.parse(listed.out).name, 'nightly')
  const all = ['pages.read', 'pages.scrape', 'account.own']
  assert.deepEqual(JSON.parse(listed.out).permissions, all)
  const removed = await run(['key', 'remove', JSON.parse(listed.out).id], { env })
  assert.equal(removed.code, EXIT.done, removed.err)
  const refused = await run(['key', 'list'], { env })
  assert.match(refused.err, /LOGIN_FIRST\]\n {2}The key in ANILLO_TOKEN does not hold here/)
  for (const unfit of ['anillo-k.ana\nk', 'anillo-k.año.k', '\u0001', ' ']) {
    const { err } = await run(['key', 'list'], { env: { ANILLO_TOKEN: unfit } })
    assert.match(err, /LOGIN_FIRST\]\n {2}The key in ANILLO_TOKEN does not hold here/)
    assert.doesNotMatch(err, /anillo-k\./)
  }
})

test('whoami tells who commands are, and by what; who became somebody is told once', async (t) => {
  await using door = await accountsDoor()
  const { data, own, run } = await personAt(t, door)
  assert.match((await run(['whoami'])).err, /LOGIN_FIRST/)
  await run(['login', 'ana'], { secrets: ['ana password'] })
  const ana = await run(['whoami'])
  assert.match(ana.out, /^ana \(member\), by the session of “npx anillo login”\nmay .+\n$/)
  const env = { ANILLO_NICK: 'admin', ANILLO_PASSWORD: 'admin password' }
  assert.equal(JSON.parse((await run(['whoami', '--json'], { env })).out).by, 'session')
  await run(['logout'])
  const first = await run(['user', 'show'], { env })
  assert.match(first.err, /^anillo: logged in as admin, by ANILLO_NICK and ANILLO_PASSWORD; .*\n$/)
  assert.equal((await run(['user', 'show'], { env })).err, '')
  assert.equal(JSON.parse((await run(['whoami', '--json'], { env })).out).by, 'environment')
  await own('admin password')
  const path = join(data, 'admin-password')
  assert.equal((await run(['whoami'])).out.split('\n')[0], `admin (administrator), by ${path}`)
  await run(['logout'])
  const owner = await run(['user', 'show'])
  assert.equal(
    owner.err,
    `anillo: logged in as admin, by ${path}; “npx anillo whoami” tells who commands are\n`,
  )
  await run(['logout'])
  assert.equal((await run(['user', 'show', '--json'])).err, '')
})

test('who owns DATA is the administrator of its ring, before a session', async (t) => {
  await using door = await accountsDoor()
  const { data, own, run } = await personAt(t, door)
  await own('admin password')
  assert.equal(JSON.parse((await run(['user', 'show', '--json'])).out).nick, 'admin')
  const file = await stat(join(data, 'admin-session'))
  assert.equal(file.mode & 0o777, 0o600)
  await run(['user', 'show'])
  assert.equal(door.asked.filter((asked) => asked.startsWith('POST /auth/login')).length, 1)
  const login = await run(['login', 'ana'], { secrets: ['ana password'] })
  assert.match(login.err, /commands here go on with .*admin-password, which comes before a session/)
  assert.equal(JSON.parse((await run(['user', 'show', '--json'])).out).nick, 'admin')
  assert.match((await run(['logout'])).out, /logged out ana/)
  assert.match((await run(['logout'])).out, /logged out admin/)
  assert.match((await run(['logout', '--everywhere'])).out, /logged out everywhere/)
})

test('the password in DATA is sent to no door but those of DATA', async (t) => {
  await using door = await accountsDoor()
  await using other = await accountsDoor()
  const { data, own } = await personAt(t, door)
  await own('admin password')
  const io = keptIo({ env: { ANILLO_DATA: data, XDG_STATE_HOME: join(data, 'state') } })
  const words = ['user', 'show', '--at', door.url, '--at', other.url]
  assert.equal(await runProgram(words, io), EXIT.failed)
  assert.match(io.errText(), /LOGIN_FIRST/)
  for (const { asked } of [door, other]) {
    assert.ok(
      asked.every((one) => !one.includes('/auth/login')),
      asked.join(),
    )
  }
})

test('a password in DATA that does not hold any more is tried once, and the next is taken', async (t) => {
  await using door = await accountsDoor()
  const { own, run } = await personAt(t, door)
  await own('of another ring')
  const login = await run(['login', 'ana'], { secrets: ['ana password'] })
  assert.match(login.err, /the password in .*admin-password is not that of admin any more/)
  assert.doesNotMatch(login.err, /comes before a session/)
  const first = await run(['user', 'show', '--json'])
  assert.equal(JSON.parse(first.out).nick, 'ana')
  const second = await run(['user', 'show', '--json'])
  assert.equal(second.err, '')
  const tries = door.asked.filter((asked) => asked.startsWith('POST /auth/login'))
  assert.equal(tries.length, 2, 'of ana, and one of admin')
})

test('login tells that the password in DATA is stale, and not that commands go on with it', async (t) => {
  await using door = await accountsDoor()
  const { own, run } = await personAt(t, door)
  await own('of another ring')
  const first = await run(['login', 'admin'], { secrets: ['admin password'] })
  assert.match(first.err, /admin-password is not that of admin any more: take that file away/)
  assert.doesNotMatch(first.err, /comes before a session/)
  assert.equal((await run(['login', 'ana'], { secrets: ['ana password'] })).err, '')
  assert.equal(JSON.parse((await run(['user', 'show', '--json'])).out).nick, 'ana')
  const tries = door.asked.filter((asked) => asked.startsWith('POST /auth/login'))
  assert.equal(tries.length, 2, 'none of them a guess')
  await own('admin password')
  assert.match(
    (await run(['login', 'ana'], { secrets: ['ana password'] })).err,
    /comes before a session/,
    'a file that was written anew is tried',
  )
})

test('ANILLO_NICK and ANILLO_PASSWORD log in once, and a wrong password never does', async (t) => {
  await using door = await accountsDoor()
  const { run } = await personAt(t, door)
  const env = { ANILLO_NICK: 'ana', ANILLO_PASSWORD: 'ana password' }
  assert.equal((await run(['user', 'show'], { env })).code, EXIT.done)
  assert.equal((await run(['user', 'show'], { env })).code, EXIT.done)
  assert.equal(door.asked.filter((asked) => asked.startsWith('POST /auth/login')).length, 1)
  const wrong = await run(['user', 'show'], { env: { ...env, ANILLO_PASSWORD: 'other' } })
  assert.match(wrong.err, /BAD_LOGIN/)
  assert.equal((await run(['login'], { env })).out, 'logged in as ana (member)\n')
})
