import assert from 'node:assert/strict'
import { test } from 'node:test'

import { RingClient } from '../api/ring-client.ts'
import { Account, NO_COOKIES } from './account.ts'

const ME = { nick: 'ana', name: 'Ana', role: 'member', permissions: ['account.own'] }
const GUEST = { nick: null, name: null, role: 'guest', permissions: ['ring.watch'] }

type Answers = Readonly<Record<string, () => Response>>

const ok = (value: unknown) => () => Response.json(value)
const refused =
  (code: string, status = 401) =>
  (): Response =>
    Response.json({ code, detail: code, details: {} }, { status })

/** A window at `http://here:1`, and what it asked for. */
function windowOver(answers: Answers): {
  readonly account: Account
  readonly client: RingClient
  readonly asked: string[]
  readonly sent: RequestInit[]
  readonly told: () => number
  answers: Answers
} {
  const asked: string[] = []
  const sent: RequestInit[] = []
  let tellings = 0
  const trial = { answers }
  const client: RingClient = new RingClient({
    door: 'http://here:1',
    doors: ['http://here:2', 'http://there:1'],
    onDoor: () => undefined,
    onRefused: (trouble) => account.refused(trouble),
    fetch: async (url, init) => {
      const { origin, pathname, host } = new URL(url)
      asked.push(`${init.method} ${pathname}`)
      sent.push(init)
      const answer = trial.answers[`${host} ${pathname}`] ?? trial.answers[pathname]
      if (answer === undefined || trial.answers[origin] !== undefined) throw new TypeError('dead')
      return answer()
    },
  })
  const account: Account = new Account({
    client,
    hostname: 'here',
    userAgent: '',
    tellWindows: () => {
      tellings += 1
    },
    onLeft: () => undefined,
  })
  return Object.assign(trial, { account, client, asked, sent, told: () => tellings })
}

test('find() shows cookies only where the door asks who comes', async () => {
  const trial = windowOver({ '/v1/auth/me': refused('NOT_FOUND', 404), '/x': ok(1) })
  assert.deepEqual(await trial.account.find(), { kind: 'anyone' })
  await trial.client.json({ path: '/x' })
  assert.equal(trial.sent.at(-1)?.credentials, 'omit')
  assert.deepEqual(trial.sent.at(-1)?.headers, {})

  const asking = windowOver({ '/v1/auth/me': ok(ME), '/x': ok(1) })
  assert.deepEqual(await asking.account.find(), { kind: 'told', me: ME })
  await asking.client.json({ path: '/x' })
  assert.equal(asking.sent.at(-1)?.credentials, 'include')
  assert.deepEqual(asking.sent.at(-1)?.headers, { 'anillo-request': '1' })
})

test('find() renews a token that is too old once, and is shared by all who ask meanwhile', async () => {
  let isFresh = false
  const trial = windowOver({
    '/v1/auth/me': () => (isFresh ? ok(ME)() : refused('LOGIN_FIRST')()),
    '/v1/auth/refresh': () => {
      isFresh = true
      return Response.json({ expiresIn: 600 })
    },
  })
  const found = await Promise.all([trial.account.find(), trial.account.find()])
  assert.deepEqual(found[0], { kind: 'told', me: ME })
  assert.equal(found[0], found[1])
  assert.deepEqual(trial.asked, ['GET /v1/auth/me', 'POST /v1/auth/refresh', 'GET /v1/auth/me'])
  assert.equal(trial.account.hasEnded.get(), false)
})

test('a request is repeated once after its token was renewed', async () => {
  let isFresh = true
  const trial = windowOver({
    '/v1/auth/me': () => (isFresh ? ok(ME)() : refused('LOGIN_FIRST')()),
    '/v1/auth/refresh': () => {
      isFresh = true
      return Response.json({ expiresIn: 600 })
    },
    '/x': () => (isFresh ? ok('here')() : refused('LOGIN_FIRST')()),
  })
  await trial.account.find()
  isFresh = false
  assert.equal(await trial.client.json({ path: '/x' }), 'here')
  assert.equal(trial.asked.filter((one) => one === 'GET /x').length, 2)
})

test('a session that ended leaves a guest, who is told that it ended', async () => {
  const trial = windowOver({ '/v1/auth/me': ok(ME) })
  await trial.account.find()
  let isCleared = false
  trial.answers = {
    '/v1/auth/me': () => (isCleared ? ok(GUEST)() : refused('LOGIN_FIRST')()),
    '/v1/auth/refresh': () => {
      isCleared = true
      return refused('LOGIN_FIRST')()
    },
    '/v1/ring': () => (isCleared ? ok('the ring')() : refused('LOGIN_FIRST')()),
  }
  assert.equal(await trial.client.json({ path: '/v1/ring' }), 'the ring')
  assert.deepEqual(trial.account.who.get(), { kind: 'told', me: GUEST })
  assert.equal(trial.account.hasEnded.get(), true)
})

test('whoever is nobody is refused without asking again and again', async () => {
  const trial = windowOver({
    '/v1/auth/me': refused('LOGIN_FIRST'),
    '/v1/auth/refresh': refused('LOGIN_FIRST'),
    '/x': refused('LOGIN_FIRST'),
  })
  assert.deepEqual(await trial.account.find(), { kind: 'nobody' })
  assert.equal(trial.account.hasEnded.get(), false)
  const before = trial.asked.length
  await assert.rejects(trial.client.json({ path: '/x' }), { code: 'LOGIN_FIRST' })
  assert.equal(trial.asked.length, before + 1)
})

test('a right that was taken away is found out with the first refusal', async () => {
  const trial = windowOver({ '/v1/auth/me': ok(ME) })
  await trial.account.find()
  const fewer = { ...ME, permissions: [] }
  trial.answers = { '/v1/auth/me': ok(fewer), '/x': refused('PERMISSION_MISSING', 403) }
  const changed = Promise.withResolvers<void>()
  trial.account.who.watch(() => changed.resolve())
  await assert.rejects(trial.client.json({ path: '/x' }), { code: 'PERMISSION_MISSING' })
  await changed.promise
  assert.deepEqual(trial.account.who.get(), { kind: 'told', me: fewer })
})

test('at a door on another host nobody is told that a session ended', async () => {
  const trial = windowOver({ '/v1/auth/me': ok(ME) })
  await trial.account.find()
  trial.answers = {
    'http://here:1': ok(0),
    'http://here:2': ok(0),
    '/v1/auth/me': refused('LOGIN_FIRST'),
    '/v1/auth/refresh': refused('LOGIN_FIRST'),
  }
  assert.deepEqual(await trial.account.find(), { kind: 'nobody' })
  assert.equal(trial.account.isElsewhere, true)
  assert.equal(trial.account.hasEnded.get(), false)
  assert.equal(trial.sent.at(-1)?.credentials, 'omit', 'cookies are not for that host')
})

test('a guest shows no cookies, which doors take from pages of the ring alone', async () => {
  const trial = windowOver({ '/v1/auth/me': ok(GUEST), '/x': ok(1) })
  await trial.account.find()
  await trial.client.json({ path: '/x' })
  assert.equal(trial.sent.at(-1)?.credentials, 'omit')
})

test('logIn() says that the browser keeps no cookies, and tells other windows where it does', async () => {
  const trial = windowOver({ '/v1/auth/login': ok({ expiresIn: 600 }), '/v1/auth/me': ok(GUEST) })
  const credentials = { nick: 'ana', password: 'secret-secret' }
  await assert.rejects(trial.account.logIn(credentials), { code: NO_COOKIES })
  assert.equal(trial.told(), 0)
  trial.answers = { ...trial.answers, '/v1/auth/me': ok(ME) }
  await trial.account.logIn(credentials)
  assert.equal(trial.told(), 1)
  assert.equal(
    trial.sent.find((init) => init.method === 'POST')?.body,
    JSON.stringify({ ...credentials, cookie: true }),
  )
})

test('logOut() takes a session that is over for logged out, and tells nobody that it ended', async () => {
  const trial = windowOver({ '/v1/auth/me': ok(ME) })
  await trial.account.find()
  let isCleared = false
  trial.answers = {
    '/v1/auth/logout': refused('LOGIN_FIRST'),
    '/v1/auth/me': () => (isCleared ? ok(GUEST)() : refused('LOGIN_FIRST')()),
    '/v1/auth/refresh': () => {
      isCleared = true
      return refused('LOGIN_FIRST')()
    },
  }
  await trial.account.logOut(false)
  assert.deepEqual(trial.account.who.get(), { kind: 'told', me: GUEST })
  assert.equal(trial.account.hasEnded.get(), false)
})
