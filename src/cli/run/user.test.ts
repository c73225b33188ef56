import assert from 'node:assert/strict'
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { accountsDoor, type AccountsDoor } from '../accounts-door.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

type Given = Omit<NonNullable<Parameters<typeof keptIo>[0]>, 'env'>

/** Commands as this account, by its password in the environment. */
async function commandsAs(t: TestContext, { url }: AccountsDoor, nick: string) {
  const home = await mkdtemp(join(tmpdir(), 'anillo-home-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const env = {
    ANILLO_DATA: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
    ANILLO_NICK: nick,
    ANILLO_PASSWORD: `${nick} password`,
  }
  const run = async (words: readonly string[], given: Given = {}) => {
    const io = keptIo({ env, ...given })
    const code = await runProgram([...words, '--at', url], io)
    return { code, out: io.outText(), err: io.errText() }
  }
  return { run, data: env.ANILLO_DATA }
}

/** A directory as on the computer that founded the ring, with this password in it. */
async function founder(t: TestContext, { url }: AccountsDoor, password: string) {
  const home = await mkdtemp(join(tmpdir(), 'anillo-home-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  await mkdir(join(home, 'members', 'n1'), { recursive: true })
  await writeFile(join(home, 'members', 'n1', 'door'), url)
  await writeFile(join(home, 'admin-password'), password)
  return { home, env: { ANILLO_DATA: home, XDG_STATE_HOME: join(home, 'state') } }
}

test('user add, list, show, role, suspend, restore, name and delete work on one account', async (t) => {
  await using door = await accountsDoor()
  const { run } = await commandsAs(t, door, 'admin')
  const made = await run(['user', 'add', 'eva', '--name', 'Eva'], { secrets: ['long enough'] })
  assert.deepEqual([made.code, made.out], [EXIT.done, 'eva is made: member\n'])
  assert.match(made.err, /^anillo: logged in as admin, by ANILLO_NICK and .*\n$/)
  const taken = await run(['user', 'add', 'eva'], { secrets: ['long enough'] })
  assert.equal(taken.code, EXIT.failed)
  assert.match(taken.err, /The nick "eva" is taken\. Choose another\. \[NICK_TAKEN\]/)
  const lines = (await run(['user', 'list'])).out.split('\n')
  assert.match(lines[0] ?? '', /^NICK +NAME +ROLE +STATE +SINCE +MAY ALSO$/)
  assert.match(lines[3] ?? '', /^eva +Eva +member +active +2026-11-21 19:05$/)
  const grants = ['--grant', 'store.read', '--grant', 'store.write']
  const role = await run(['user', 'role', 'eva', 'member', ...grants])
  assert.equal(role.out, 'eva is member, and may store.read, store.write\n')
  assert.deepEqual(door.accounts.get('eva')?.user.grants, ['store.read', 'store.write'])
  await run(['user', 'role', 'eva', 'operator'])
  assert.equal(door.accounts.get('eva')?.user.grants.length, 2, 'they stay')
  await run(['user', 'role', 'eva', 'member', '--no-grants'])
  assert.deepEqual(door.accounts.get('eva')?.user.grants, [])
  assert.equal((await run(['user', 'suspend', 'eva'])).out, 'eva is suspended\n')
  const restored = JSON.parse((await run(['user', 'restore', 'eva', '--json'])).out)
  assert.equal(restored.state, 'active')
  assert.equal((await run(['user', 'name', 'eva', 'Eva B'])).out, 'eva is called Eva B\n')
  assert.match((await run(['user', 'show', 'eva'])).out, /^nick +eva\nname +Eva B\nrole +member\n/)
  const unsure = await run(['user', 'delete', 'eva'])
  assert.equal(unsure.code, EXIT.failed)
  assert.match(unsure.err, /Nothing was done.*npx anillo user delete eva --yes/)
  assert.equal((await run(['user', 'delete', 'eva'], { typed: 'eva' })).code, EXIT.done)
  const gone = await run(['user', 'show', 'eva'])
  assert.match(gone.err, /There is no user "eva"\. \[NO_USER\]/)
})

test('user sessions shows those of an account, and ends one of them', async (t) => {
  await using door = await accountsDoor()
  const ana = await commandsAs(t, door, 'ana')
  const { run } = await commandsAs(t, door, 'admin')
  assert.match((await ana.run(['user', 'sessions'])).out, /^SESSION +BEGUN +USED +BY\ns1 /)
  const [told] = (await run(['user', 'sessions', 'ana', '--json'])).out.split('\n')
  assert.equal(JSON.parse(told ?? '').id, 's1')
  const ended = await run(['user', 'sessions', 'ana', '--end', 's1'])
  assert.equal(ended.out, 's1 is ended; it is refused at every member\n')
  assert.equal(door.accounts.get('ana')?.sessions.size, 0)
  const none = await run(['user', 'sessions', 'ana'])
  assert.deepEqual([none.out, none.err], ['', 'no session\n'])
  const again = await run(['user', 'sessions', 'ana', '--end', 's1'])
  assert.match(again.err, /such session.*NOT_FOUND/)
  const others = await ana.run(['user', 'sessions', 'admin'])
  assert.match(others.err, /PERMISSION_MISSING/)
})

test('user add gives a role at once, and tells where it could not', async (t) => {
  await using door = await accountsDoor()
  const admin = await commandsAs(t, door, 'admin')
  const made = await admin.run(['user', 'add', 'op', '--role', 'operator'], {
    secrets: ['long enough'],
  })
  assert.equal(made.out, 'op is made: operator\n')
  const ana = await commandsAs(t, door, 'ana')
  const half = await ana.run(['user', 'add', 'b', '--role', 'operator'], {
    secrets: ['long enough'],
  })
  assert.equal(half.code, EXIT.failed)
  assert.match(half.err, /b is made, but is member and not operator: .*accounts\.manage/)
})

test('user add refuses a password that is too short before it asks for it again', async (t) => {
  await using door = await accountsDoor()
  const { run } = await commandsAs(t, door, 'admin')
  const short = await run(['user', 'add', 'eva'], { secrets: ['short'], isTerminal: true })
  assert.equal(short.code, EXIT.usedWrongly)
  assert.match(short.err, /PASSWORD_UNFIT/)
  const nick = await run(['user', 'add', 'No Nick'], { secrets: ['long enough'] })
  assert.match(nick.err, /NICK_UNFIT/)
  assert.ok(door.asked.every((asked) => !asked.startsWith('POST /users')))
})

test('user password asks for the present one of the own account alone, and twice for the new', async (t) => {
  await using door = await accountsDoor()
  const { run } = await commandsAs(t, door, 'ana')
  const typed = { secrets: ['ana password', 'number one', 'typo', 'number two', 'number two'] }
  const changed = await run(['user', 'password'], { ...typed, isTerminal: true })
  assert.equal(changed.code, EXIT.done, changed.err)
  assert.match(changed.err, /They differ\./)
  assert.equal(door.accounts.get('ana')?.password, 'number two')
  const wrong = await run(['user', 'password'], { secrets: ['no', 'number three'] })
  assert.match(wrong.err, /BAD_LOGIN/)
  const tries = door.asked.filter((asked) => asked.startsWith('PATCH'))
  assert.equal(tries.length, 2, 'a wrong one is tried once: guesses are counted')
  const admin = await commandsAs(t, door, 'admin')
  assert.equal((await admin.run(['user', 'password', 'ana'], { secrets: ['of admin'] })).code, 0)
  assert.equal(door.accounts.get('ana')?.password, 'of admin')
})

test('user password of the administrator takes the old one out of DATA, and goes on', async (t) => {
  await using door = await accountsDoor()
  const { env, home } = await founder(t, door, 'admin password\n')
  const io = keptIo({ env, secrets: ['my own choice'] })
  assert.equal(await runProgram(['user', 'password'], io), EXIT.done, io.errText())
  assert.match(io.errText(), /admin-password is removed; commands here go on with a session/)
  await assert.rejects(access(join(home, 'admin-password')))
  const after = keptIo({ env })
  assert.equal(await runProgram(['user', 'show', '--json'], after), EXIT.done, after.errText())
  assert.equal(JSON.parse(after.outText()).nick, 'admin')
})

test('user password takes no stale password of DATA for the present one, and asks', async (t) => {
  await using door = await accountsDoor()
  const { env } = await founder(t, door, 'of some time ago\n')
  const login = keptIo({ env, secrets: ['admin password'] })
  assert.equal(await runProgram(['login', 'admin'], login), EXIT.done, login.errText())
  const io = keptIo({ env, secrets: ['admin password', 'my own choice'] })
  assert.equal(await runProgram(['user', 'password'], io), EXIT.done, io.errText())
  assert.equal(door.accounts.get('admin')?.password, 'my own choice')
  assert.match(io.errText(), /admin-password is removed; commands here go on with a session/)
  const after = keptIo({ env })
  assert.equal(await runProgram(['user', 'show', '--json'], after), EXIT.done, after.errText())
})

test('user password asks where the session goes on though its file was overwritten', async (t) => {
  await using door = await accountsDoor()
  const { env, home } = await founder(t, door, 'admin password\n')
  const show = keptIo({ env })
  assert.equal(await runProgram(['user', 'show'], show), EXIT.done, show.errText())
  await writeFile(join(home, 'admin-password'), 'something else\n')
  const io = keptIo({ env, secrets: ['my own choice', 'admin password'] })
  assert.equal(await runProgram(['user', 'password'], io), EXIT.done, io.errText())
  assert.match(io.errText(), /is not that of admin any more[^]*admin-password is removed/)
  assert.equal(door.accounts.get('admin')?.password, 'my own choice')
})

test('user delete of the own account asks for its password', async (t) => {
  await using door = await accountsDoor()
  const { run } = await commandsAs(t, door, 'ana')
  assert.equal((await run(['user', 'delete', 'ana'])).code, EXIT.usedWrongly)
  assert.equal((await run(['user', 'delete', 'ana'], { secrets: ['ana password'] })).code, 0)
  assert.equal(door.accounts.has('ana'), false)
})

test('key refuses what is no permission before it asks anybody; audit is told newest first', async (t) => {
  await using door = await accountsDoor()
  const { run } = await commandsAs(t, door, 'admin')
  const refused = await run(['key', 'add', 'x', '--may', 'everything'])
  assert.equal(refused.code, EXIT.usedWrongly)
  assert.deepEqual(door.asked, [])
  const by = { by: 'ana', what: 'session.begin', address: '192.0.2.7' }
  door.audit.push({ at: '2026-11-21T19:06:00.000Z', ...by, refused: 'BAD_LOGIN' })
  door.audit.push({ at: '2026-11-21T19:05:00.000Z', by: null, what: 'user.role', to: 'ana' })
  const told = (await run(['audit'])).out
  assert.match(
    told,
    /^AT \(UTC\) +BY +WHAT .*\n2026-11-21 19:06 +ana +session\.begin +BAD_LOGIN +192/,
  )
  assert.match(told, /\n2026-11-21 19:05 +- +user\.role +ana\n$/)
  const one = (await run(['audit', '--last', '1', '--json'])).out
  assert.equal(JSON.parse(one).refused, 'BAD_LOGIN')
})

test('every word of user and key has its own help with an example', async () => {
  const user = ['add', 'list', 'show', 'role', 'suspend', 'restore', 'name', 'password', 'delete']
  const words = [...user.map((word) => `user ${word}`), 'key add', 'key list', 'key remove']
  for (const word of words) {
    const io = keptIo()
    assert.equal(await runProgram([...word.split(' '), '--help'], io), EXIT.done)
    assert.match(io.outText(), new RegExp(`\\$ .*anillo ${word}`), word)
  }
})
