/** Dweets over HTTP. How they behave is tried where they are kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Check } from 'typebox/value'

import { AnilloError } from '../../../base/errors.ts'
import { User } from '../../../wire/api-accounts.ts'
import {
  Dweet,
  DweetHistory,
  DweetThread,
  NewDweets,
  NotificationPage,
  PeoplePage,
  Profile,
  PublicationPage,
  Redweet,
  Relationship,
} from '../../../wire/api-dweets.ts'
import { OWNER_KEY, bearer } from '../entrance.test-helper.ts'
import { EVENT_STREAMS_OF_ONE_MAX } from '../limits.ts'
import { dweetsDoor } from './dweets-door.test-helper.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const MARKS = [
  ['like', 'liked'],
  ['bookmark', 'bookmarked'],
] as const

test('each of the eight actions is a request, and answers what its schema says', async () => {
  await using door = await dweetsDoor()
  const { asAna, asBen } = door
  const followed = await asAna({ method: 'PUT', url: '/v1/users/BEN/follow' })
  assert.equal(followed.statusCode, 200)
  assert.ok(Check(Relationship, followed.json()) && followed.json().following)
  const made = await asBen({ method: 'POST', url: '/v1/dweets', payload: { text: 'hi @ana' } })
  const { id } = made.json()
  assert.deepEqual([made.statusCode, made.headers.location], [201, `/v1/dweets/${id}`])
  assert.ok(Check(Dweet, made.json()))
  const fresh = await asAna({ url: '/v1/dweets/new' })
  assert.ok(Check(NewDweets, fresh.json()), fresh.body)
  assert.deepEqual([fresh.json().unseen, fresh.json().dweets[0].id], [1, id])
  assert.equal(fresh.headers['cache-control'], 'no-store')
  const { token } = fresh.json()
  const seen = await asAna({ method: 'POST', url: '/v1/dweets/new/ack', payload: { token } })
  assert.deepEqual([seen.statusCode, seen.body], [204, ''])
  assert.equal((await asAna({ url: '/v1/dweets/new' })).json().unseen, 0)
  const redweet = await asAna({ method: 'POST', url: `/v1/dweets/${id}/redweet` })
  assert.ok(Check(Redweet, redweet.json()) && redweet.json().of?.id === id)
  const profile = await asBen({ url: '/v1/users/ana/profile' })
  assert.ok(Check(Profile, profile.json()))
  assert.deepEqual([profile.json().dweets, profile.json().following], [1, 1])
  const theirs = await asBen({ url: '/v1/users/ana/dweets' })
  assert.ok(Check(PublicationPage, theirs.json()))
  assert.equal(theirs.json().items[0].id, redweet.json().id)
  const undone = await asAna({ method: 'DELETE', url: `/v1/dweets/${id}/redweet` })
  assert.equal(undone.statusCode, 204)
  const gone = await asBen({ method: 'DELETE', url: `/v1/dweets/${id}` })
  assert.equal(gone.statusCode, 204)
  assert.equal((await asBen({ method: 'DELETE', url: `/v1/dweets/${id}` })).statusCode, 204)
  assert.equal((await asAna({ url: `/v1/dweets/${id}` })).json().code, 'DWEET_GONE')
})

test('what else is done with dweets and people, each answers what its schema says', async () => {
  await using door = await dweetsDoor()
  const { asAna, asBen, published } = door
  const { id } = await published('one #tag')
  const changed = await asBen({
    method: 'PATCH',
    url: `/v1/dweets/${id}`,
    payload: { text: 'two #tag' },
  })
  assert.ok(Check(Dweet, changed.json()) && changed.json().text === 'two #tag')
  const history = (await asAna({ url: `/v1/dweets/${id}/history` })).json()
  assert.ok(Check(DweetHistory, history) && history.items.length === 2)
  const answer = { text: 'three', replyTo: id, visibility: 'followers', warning: 'w' }
  const answered = await asAna({ method: 'POST', url: '/v1/dweets', payload: answer })
  assert.equal(answered.json().replyTo.nick, 'ben')
  const thread = (await asAna({ url: `/v1/dweets/${id}/thread` })).json()
  assert.ok(Check(DweetThread, thread) && thread.below.length === 1)
  for (const [mark, name] of MARKS) {
    const done = await asAna({ method: 'PUT', url: `/v1/dweets/${id}/${mark}` })
    assert.ok(Check(Dweet, done.json()) && done.json().mine[name], mark)
  }
  assert.equal((await asAna({ url: '/v1/dweets/bookmarks' })).json().items.length, 1)
  for (const [mark, name] of MARKS) {
    const undone = await asAna({ method: 'DELETE', url: `/v1/dweets/${id}/${mark}` })
    assert.equal(undone.json().mine[name], false)
  }
  for (const url of ['/v1/dweets/tags/TAG', '/v1/dweets/local', '/v1/dweets/search?q=TWO']) {
    const page = (await asBen({ url })).json()
    assert.ok(Check(PublicationPage, page) && page.items.length === 1, url)
  }
  await asAna({ method: 'PUT', url: '/v1/users/ben/follow', payload: { redweets: false } })
  for (const [url, nick] of [
    ['/v1/users/ben/followers', 'ana'],
    ['/v1/users/ana/following', 'ben'],
  ] as const) {
    const page = (await asBen({ url })).json()
    assert.ok(Check(PeoplePage, page) && page.items[0]?.nick === nick, url)
  }
  const told = (await asBen({ url: '/v1/notifications' })).json()
  assert.ok(Check(NotificationPage, told))
  assert.deepEqual(
    told.items.map(({ kind }) => kind),
    ['follow', 'reply'],
    'a like that is taken back takes its notification along',
  )
  assert.equal((await asBen({ method: 'DELETE', url: '/v1/notifications' })).statusCode, 204)
  assert.deepEqual((await asBen({ url: '/v1/notifications' })).json().items, [])
  for (const what of ['mute', 'block']) {
    const done = (await asBen({ method: 'PUT', url: `/v1/users/ana/${what}` })).json()
    assert.ok(Check(Relationship, done) && done[what === 'mute' ? 'muted' : 'blocked'])
    await asBen({ method: 'DELETE', url: `/v1/users/ana/${what}` })
  }
  const unfollowed = await asAna({ method: 'DELETE', url: '/v1/users/ben/follow' })
  assert.equal(unfollowed.json().following, false)
  const bio = { method: 'PATCH', url: '/v1/users/ana/profile', payload: { bio: 'me' } } as const
  assert.equal((await asAna(bio)).json().bio, 'me')
  assert.equal((await asBen(bio)).json().code, 'FORBIDDEN')
  const caught = await asAna({ method: 'POST', url: '/v1/dweets/new/catch-up' })
  assert.equal(caught.statusCode, 204)
})

test('a dweet that is sent again under its key is published once', async () => {
  await using door = await dweetsDoor()
  const send = (text: string) =>
    door.asAna({
      method: 'POST',
      url: '/v1/dweets',
      headers: { 'idempotency-key': 'one' },
      payload: { text },
    })
  const [first, second] = [await send('hi'), await send('hi')]
  assert.deepEqual([second.statusCode, second.json().id], [201, first.json().id])
  assert.equal((await send('ho')).json().code, 'RETRY_MISMATCH')
  assert.equal((await door.asAna({ url: '/v1/users/ana/dweets' })).json().items.length, 1)
})

test('who is not logged in, or may not, is told so; a guest reads no dweet', async () => {
  await using door = await dweetsDoor()
  const { id } = await door.published('hi')
  const nobodies = [{}, bearer('access.ana.gone'), bearer(OWNER_KEY)]
  for (const headers of nobodies) {
    for (const asked of [
      { method: 'POST', url: '/v1/dweets', payload: { text: 'hi' } },
      { method: 'PUT', url: '/v1/users/ben/follow' },
      { method: 'POST', url: `/v1/dweets/${id}/redweet` },
      { method: 'GET', url: '/v1/users/ben/profile' },
      { method: 'GET', url: '/v1/dweets/new' },
      { method: 'GET', url: '/v1/dweets/local' },
    ] as const) {
      const refused = await door.ask({ ...asked, headers })
      assert.deepEqual([refused.statusCode, refused.json().code], [401, 'LOGIN_FIRST'], asked.url)
    }
  }
  const key = bearer(door.accounts.key('ana', ['dweets.read']))
  const reads = await door.ask({ url: '/v1/dweets/new', headers: key })
  assert.equal(reads.statusCode, 200)
  const writes = await door.ask({ method: 'POST', url: '/v1/dweets', headers: key, payload: {} })
  assert.equal(writes.json().code, 'PERMISSION_MISSING')
  const delete_ = { method: 'DELETE', url: `/v1/dweets/${id}` } as const
  assert.equal((await door.asAna(delete_)).json().code, 'FORBIDDEN')
  assert.equal((await door.asEva(delete_)).statusCode, 204)
})

test('bad input is refused as it says, and changes nothing', async () => {
  await using door = await dweetsDoor()
  const { id } = await door.published('hi')
  const cases = [
    [{ text: 'ñ'.repeat(226) }, 422, 'DWEET_TOO_LONG'],
    [{ text: '' }, 422, 'DWEET_EMPTY'],
    [{ text: ' \n ' }, 422, 'DWEET_EMPTY'],
    [{ text: 'a\u001b[2Jb' }, 422, 'DWEET_UNFIT'],
    [{ text: 'a\u202eb' }, 422, 'DWEET_UNFIT'],
    [{ text: 'a'.repeat(4_000) }, 400, 'BAD_REQUEST'],
    [{ text: 'a', replyTo: '123' }, 404, 'DWEET_GONE'],
    [{ text: 'a', replyTo: 'x' }, 404, 'DWEET_GONE'],
    [{ text: 'a', visibility: 'secret' }, 400, 'BAD_REQUEST'],
    [{ text: 'a', more: 1 }, 400, 'BAD_REQUEST'],
    [{}, 400, 'BAD_REQUEST'],
  ] as const
  for (const [payload, status, code] of cases) {
    const refused = await door.asAna({ method: 'POST', url: '/v1/dweets', payload })
    assert.deepEqual([refused.statusCode, refused.json().code], [status, code], refused.body)
    assert.equal(refused.headers['anillo-applied'], 'no')
  }
  const huge = await door.asAna({
    method: 'POST',
    url: '/v1/dweets',
    headers: JSON_TYPE,
    payload: JSON.stringify({ text: 'a'.repeat(70_000) }),
  })
  assert.equal(huge.statusCode, 413)
  for (const forged of ['1', '0', '-1', 'new', '9'.repeat(33), '9'.repeat(64), '%00', `${id}0`]) {
    for (const method of ['GET', 'DELETE'] as const) {
      const { statusCode } = await door.asAna({ method, url: `/v1/dweets/${forged}/redweet` })
      assert.ok(statusCode < 500, `${method} ${forged}`)
    }
    const liked = await door.asAna({ method: 'PUT', url: `/v1/dweets/${forged}/like` })
    assert.equal(liked.json().code, 'DWEET_GONE', forged)
  }
  for (const url of ['/v1/dweets/home?cursor=x', '/v1/dweets/home?limit=41', '/v1/dweets/search']) {
    assert.equal((await door.asAna({ url })).json().code, 'BAD_REQUEST', url)
  }
  const ack = { method: 'POST', url: '/v1/dweets/new/ack', payload: { token: 'x' } } as const
  assert.equal((await door.asAna(ack)).json().code, 'BAD_REQUEST')
  for (const [nick, code] of [
    ['nobody', 'NO_USER'],
    ['ana', 'DWEET_SELF_FOLLOW'],
    ['No!', 'NO_USER'],
  ]) {
    const url = `/v1/users/${nick}/follow`
    assert.equal((await door.asAna({ method: 'PUT', url })).json().code, code)
  }
  assert.deepEqual((await door.asAna({ url: '/v1/users/ana/dweets' })).json().items, [])
})

test('no answer names a member, not even to who may watch the ring', async () => {
  await using door = await dweetsDoor()
  door.dweets.before = async () => {
    throw new AnilloError('OUTCOME_UNKNOWN', { partition: 7, problem: 'n3 at 10.0.0.3 is silent' })
  }
  for (const asked of [
    { method: 'POST', url: '/v1/dweets', payload: { text: 'hi' } },
    { method: 'GET', url: '/v1/dweets/home' },
    { method: 'GET', url: '/v1/users/ana/profile' },
    { method: 'GET', url: '/v1/notifications' },
  ] as const) {
    const refused = await door.asEva(asked)
    assert.equal(refused.statusCode, 504)
    assert.doesNotMatch(refused.body, /n3|10\.0\.0\.3/)
  }
})

test('a refusal speaks the language that is asked for', async () => {
  await using door = await dweetsDoor()
  const said = async (payload: object, language: string) => {
    const headers = { 'accept-language': language }
    const refused = await door.asAna({ method: 'POST', url: '/v1/dweets', headers, payload })
    assert.equal(refused.headers['content-language'], language.slice(0, 2))
    assert.match(String(refused.headers['content-type']), /^application\/problem\+json/)
    return refused.json().detail as string
  }
  const long = { text: 'ñ'.repeat(231) }
  assert.equal(
    await said(long, 'es-ES, en;q=0.5'),
    'Un dweet tiene como máximo 225 caracteres; este tiene 231.',
  )
  assert.equal(await said(long, 'en'), 'A dweet has at most 225 characters; this one has 231.')
  assert.equal(await said({}, 'es'), 'La petición está mal formada: falta text.')
})

async function streamAt({ server }: Awaited<ReturnType<typeof dweetsDoor>>): Promise<string> {
  await server.listen({ port: 0, host: '127.0.0.1' })
  const address = server.server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return `http://localhost:${address.port}/v1/dweets/events`
}

test('one account has only so many streams, and takes none from others', async () => {
  await using door = await dweetsDoor()
  const url = await streamAt(door)
  const opened = async (token: string) => {
    const stop = new AbortController()
    const { status } = await fetch(url, { headers: bearer(token), signal: stop.signal })
    return { status, stop }
  }
  const all = Array.from({ length: EVENT_STREAMS_OF_ONE_MAX }, () => opened(door.tokens.ben))
  const [first, ...others] = await Promise.all(all)
  assert.deepEqual(new Set([first, ...others].map((one) => one?.status)), new Set([200]))
  assert.equal((await opened(door.tokens.ben)).status, 503)
  const ana = await opened(door.tokens.ana)
  assert.equal(ana.status, 200)
  first?.stop.abort()
  let again = await opened(door.tokens.ben)
  // Until the door has seen that its reader is gone.
  while (again.status === 503) again = await opened(door.tokens.ben)
  assert.equal(again.status, 200)
  for (const { stop } of [...others, ana, again]) stop.abort()
})

test('the stream tells what happens, and ends with what its reader may', async () => {
  await using door = await dweetsDoor()
  const url = await streamAt(door)
  const response = await fetch(url, { headers: bearer(door.tokens.ben) })
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  await door.published('live')
  let text = ''
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  while (!text.includes('live')) text += decoder.decode((await reader?.read())?.value)
  assert.match(text, /^retry: 500\n\ndata: \{"kind":"published","publication":\{"kind":"dweet"/)
  door.accounts.people.get('ben')?.sessions.clear()
  door.clock.advance(10_000)
  for (;;) {
    const piece = await reader?.read()
    if (piece?.done !== false) break
  }
})

test('an account is told to itself and to who manages accounts, its profile to everybody', async () => {
  await using door = await dweetsDoor()
  const url = '/v1/users/BEN'
  const theirs = await door.asAna({ url })
  assert.ok(theirs.statusCode === 200 && Check(Profile, theirs.json()), theirs.body)
  assert.ok(!('role' in theirs.json()))
  const own = (await door.asBen({ url })).json()
  assert.ok(Check(User, own) && Check(Profile, own))
  assert.equal((await door.asAna({ url: '/v1/users/nobody' })).json().code, 'NO_USER')
  assert.equal((await door.ask({ url })).json().code, 'LOGIN_FIRST')
  const headers = bearer(door.accounts.key('ben', ['account.own']))
  const account = (await door.ask({ url, headers })).json()
  assert.ok(Check(User, account) && !Check(Profile, account))
})
