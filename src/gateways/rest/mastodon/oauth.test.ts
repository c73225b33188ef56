import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { linksOf, mastodonDoor, type MadeApp } from './mastodon-door.test-helper.ts'
import { OUT_OF_BAND } from './oauth-apps.ts'

type Door = Awaited<ReturnType<typeof mastodonDoor>>
type Fields = Readonly<Record<string, string>>

const CALLBACK = 'https://app.test/back?x=1'

function wish(app: MadeApp, more: Fields = {}): Fields {
  const scope = 'read write'
  const redirect = { redirect_uri: OUT_OF_BAND }
  return { response_type: 'code', client_id: app.client_id, ...redirect, scope, ...more }
}

function allow(door: Door, fields: Fields, more: Fields = {}) {
  const who = { username: 'ana', password: 'ana-password', decision: 'allow' }
  return door.ask({
    method: 'POST',
    url: '/oauth/authorize',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ ...fields, ...who, ...more }).toString(),
  })
}

function redeem(door: Door, app: MadeApp, code: string, more: Fields = {}) {
  const form = {
    ...app,
    grant_type: 'authorization_code',
    code,
    redirect_uri: OUT_OF_BAND,
    ...more,
  }
  return door.asked('POST', '/oauth/token', { form })
}

function codeIn(html: string): string {
  return /<textarea[^>]*>([^<]+)<\/textarea><\/p>/.exec(html)?.[1] ?? ''
}

test('an application makes itself known, and is refused where it asks for what there is not', async () => {
  await using door = await mastodonDoor()
  const form = { client_name: 'x', redirect_uris: `${OUT_OF_BAND}\n${CALLBACK}`, scopes: 'read' }
  const made = (await door.asked('POST', '/api/v1/apps', { form })).json()
  assert.deepEqual(made.redirect_uris, [OUT_OF_BAND, CALLBACK])
  for (const more of [
    { scopes: 'read everything' },
    { redirect_uris: 'javascript:alert(1)' },
    { redirect_uris: 'data:text/html,x' },
    { redirect_uris: 'https://a.test/#x' },
    { redirect_uris: 'https://a;b/' },
    { redirect_uris: 'back' },
    { redirect_uris: '' },
    { client_name: '' },
    { website: 'javascript:alert(1)' },
  ]) {
    const answer = await door.asked('POST', '/api/v1/apps', { form: { ...form, ...more } })
    assert.equal(answer.statusCode, 422, JSON.stringify(more))
    assert.equal(typeof answer.json().error, 'string')
  }
})

test('a code counts once, for its application, its address and its verifier', async () => {
  await using door = await mastodonDoor()
  const { app } = door
  const verifier = 'v'.repeat(50)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
  const codeOf = async (more: Fields = pkce): Promise<string> =>
    codeIn((await allow(door, wish(app, more))).payload)

  const other = await door.makeApp()
  for (const [how, by] of [
    [{ code_verifier: 'other' }, app],
    [{}, app],
    [{ code_verifier: verifier, redirect_uri: CALLBACK }, app],
    [{ code_verifier: verifier }, other],
  ] as const) {
    const answer = await redeem(door, by, await codeOf(), how)
    assert.deepEqual([answer.statusCode, answer.json().error], [400, 'invalid_grant'])
  }
  const code = await codeOf()
  const token = (await redeem(door, app, code, { code_verifier: verifier })).json()
  assert.deepEqual([token.token_type, token.scope], ['Bearer', 'read write'])
  const me = door.as(token.access_token)
  assert.equal((await me.get('/api/v1/accounts/verify_credentials')).json().acct, 'ana')
  // Shown again: somebody else has it, so that its token ends, too.
  assert.equal((await redeem(door, app, code, { code_verifier: verifier })).statusCode, 400)
  assert.equal((await me.get('/api/v1/accounts/verify_credentials')).statusCode, 401)
})

test('the page asks for nick and password, and sends on to the very address of the application', async () => {
  await using door = await mastodonDoor()
  const app = await door.makeApp('read write follow', `${CALLBACK} ${OUT_OF_BAND}`)
  const fields = wish(app, { redirect_uri: CALLBACK, state: 's"1' })
  const query = new URLSearchParams(fields).toString()
  for (const language of ['en', 'es']) {
    const page = await door.ask({
      method: 'GET',
      url: `/oauth/authorize/?${query}`,
      headers: { 'accept-language': language },
    })
    assert.equal(page.statusCode, 200)
    assert.match(page.payload, new RegExp(`<html lang="${language}">`))
    assert.match(page.payload, /name="state" value="s&quot;1"/)
    const policy = String(page.headers['content-security-policy'])
    assert.match(policy, /form-action 'self' https:\/\/app\.test;/)
    assert.equal(page.headers['referrer-policy'], 'same-origin')
  }
  const sent = await allow(door, fields)
  assert.equal(sent.statusCode, 302)
  const back = new URL(String(sent.headers['location']))
  assert.equal(`${back.origin}${back.pathname}`, 'https://app.test/back')
  assert.deepEqual([back.searchParams.get('x'), back.searchParams.get('state')], ['1', 's"1'])
  const code = back.searchParams.get('code') ?? ''
  assert.equal((await redeem(door, app, code, { redirect_uri: CALLBACK })).statusCode, 200)

  const denied = await allow(door, fields, { decision: 'deny' })
  assert.match(String(denied.headers['location']), /error=access_denied/)
  const wrong = await allow(door, fields, { password: 'wrong' })
  assert.equal(wrong.statusCode, 401)
  assert.match(wrong.payload, /role="alert"/)
  assert.match(wrong.payload, /value="ana"/)
  const plain = { code_challenge: 'x', code_challenge_method: 'plain' }
  const unfit = await allow(door, { ...fields, ...plain })
  assert.match(String(unfit.headers['location']), /error=invalid_request/)
  const wide = await allow(door, { ...fields, scope: 'push' })
  assert.match(String(wide.headers['location']), /error=invalid_scope/)
})

test('to an address that is not the application’s nobody is sent', async () => {
  await using door = await mastodonDoor()
  const { app } = door
  for (const more of [
    { redirect_uri: 'https://evil.test/' },
    { redirect_uri: `${OUT_OF_BAND}x` },
    { client_id: 'nothing' },
  ]) {
    const query = new URLSearchParams(wish(app, more)).toString()
    const page = await door.asked('GET', `/oauth/authorize?${query}`)
    assert.equal(page.statusCode, 400)
    assert.equal(page.headers['location'], undefined)
    assert.equal((await allow(door, wish(app, more))).headers['location'], undefined)
  }
})

test('a token does what its scopes say, and no other thing of the ring', async () => {
  await using door = await mastodonDoor()
  const reader = door.as(await door.logIn('ana', 'read'))
  assert.equal((await reader.get('/api/v1/timelines/home')).statusCode, 200)
  const refused = await reader.post('/api/v1/statuses', { status: 'x' })
  assert.deepEqual([refused.statusCode, typeof refused.json().error], [403, 'string'])
  const narrow = await door.makeApp('read:accounts write:follows')
  const some = door.as(await door.logIn('ana', 'read:accounts write:follows', narrow))
  assert.equal((await some.get('/api/v1/accounts/verify_credentials')).statusCode, 200)
  for (const url of ['timelines/home', 'notifications', 'bookmarks', 'streaming/user']) {
    const answer = await some.get(`/api/v1/${url}`)
    assert.equal(answer.statusCode, 403, url)
    assert.match(answer.json().error, /outside the authorized scopes/)
  }
  const moderator = door.as(await door.logIn('eva', 'read write follow'))
  for (const url of [
    '/v1/files/home/',
    '/v1/users/eva/sessions',
    '/v1/ring',
    '/v1/kv/t/p',
    '/v1/crawls',
  ]) {
    const { statusCode } = await moderator.get(url)
    assert.ok(statusCode === 403, `${url} ${statusCode}`)
  }
  const form = { ...narrow, grant_type: 'password', username: 'ana', password: 'ana-password' }
  const wide = await door.asked('POST', '/oauth/token', { form: { ...form, scope: 'read' } })
  assert.deepEqual([wide.statusCode, wide.json().error], [400, 'invalid_scope'])
})

test('wrong passwords, secrets and grants are refused in the words of OAuth', async () => {
  await using door = await mastodonDoor()
  const { app, asked } = door
  const who = { username: 'ana', password: 'ana-password' }
  const tried = async (form: Fields, headers: object = {}): Promise<unknown[]> => {
    const answer = await asked('POST', '/oauth/token', { form, headers })
    return [answer.statusCode, answer.json().error]
  }
  const sound = { ...app, grant_type: 'password', ...who }
  assert.deepEqual(await tried({ ...sound, password: 'x' }), [400, 'invalid_grant'])
  assert.deepEqual(await tried({ ...sound, username: 'nobody' }), [400, 'invalid_grant'])
  assert.deepEqual(await tried({ ...sound, client_secret: 'x' }), [401, 'invalid_client'])
  assert.deepEqual(await tried({ ...who }), [401, 'invalid_client'])
  assert.deepEqual(await tried({ ...sound, grant_type: 'x' }), [400, 'unsupported_grant_type'])
  const evil = { origin: 'https://evil.test' }
  assert.deepEqual(await tried(sound, evil), [403, 'unauthorized_client'])
  const { client_id: id, client_secret: secret } = app
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  const answer = await asked('POST', '/oauth/token', {
    form: { grant_type: 'password', ...who },
    headers: { authorization: basic },
  })
  assert.equal(answer.statusCode, 200)
})

test('what is revoked is refused at once, and only by its own application', async () => {
  await using door = await mastodonDoor()
  const { app, asked } = door
  const token = await door.logIn('ana')
  const me = door.as(token)
  const other = await door.makeApp()
  await asked('POST', '/oauth/revoke', { form: { ...other, token } })
  assert.equal((await me.get('/api/v1/timelines/home')).statusCode, 200)
  assert.equal((await asked('POST', '/oauth/revoke', { form: { ...app, token } })).statusCode, 200)
  const refused = await me.get('/api/v1/timelines/home')
  assert.equal(refused.statusCode, 401)
  assert.match(String(refused.headers['www-authenticate']), /Bearer/)
  assert.equal((await asked('GET', '/api/v1/timelines/home')).statusCode, 401)
})

test('people register through an application, each nick once', async () => {
  await using door = await mastodonDoor()
  const { app, asked } = door
  const client = { ...app, grant_type: 'client_credentials', scope: 'read write' }
  const token = (await asked('POST', '/oauth/token', { form: client })).json().access_token
  const known = await asked('GET', '/api/v1/apps/verify_credentials', { token })
  assert.equal(known.json().name, 'trial')
  const person = { username: 'zoe', password: 'zoe-password', agreement: 'true', email: 'z@a.test' }
  const register = (form: Fields, headers = {}) =>
    asked('POST', '/api/v1/accounts', { form, headers, token })
  const made = await register(person)
  assert.equal(made.statusCode, 200)
  const zoe = door.as(made.json().access_token)
  assert.equal((await zoe.get('/api/v1/timelines/home')).statusCode, 200)
  const taken = await register(person)
  assert.equal(taken.statusCode, 422)
  assert.match(taken.json().error, /"zoe" is taken/)
  assert.equal(taken.json().details.username[0].error, 'ERR_TAKEN')
  assert.equal((await register({ ...person, agreement: 'false' })).statusCode, 422)
  assert.equal((await asked('POST', '/api/v1/accounts', { form: person })).statusCode, 401)
  const foreign = await register({ ...person, username: 'eve' }, { origin: 'https://evil.test' })
  assert.equal(foreign.statusCode, 403)
  // However the address is written that leads there.
  for (const url of ['/api/v1/accounts/', '/api/v1/%61ccounts', '/api/v1/accounts//?x']) {
    const form = { ...person, username: 'eve' }
    const headers = { origin: 'https://evil.test' }
    assert.equal((await asked('POST', url, { form, headers, token })).statusCode, 403, url)
  }
  // For itself an application reads nobody's.
  assert.equal((await asked('GET', '/api/v1/timelines/public', { token })).statusCode, 401)
})

test('pages of any origin may ask with a token, and no cookie counts for them', async () => {
  await using door = await mastodonDoor()
  const headers = { origin: 'https://phone.test' }
  const preflight = await door.asked('OPTIONS', '/api/v1/statuses', { headers })
  assert.equal(preflight.statusCode, 204)
  assert.equal(preflight.headers['access-control-allow-origin'], '*')
  assert.match(String(preflight.headers['access-control-allow-headers']), /idempotency-key/)
  const { token } = door.ana
  const read = await door.asked('GET', '/api/v1/timelines/home', { headers, token })
  assert.deepEqual([read.statusCode, read.headers['access-control-allow-origin']], [200, '*'])
  assert.match(String(read.headers['access-control-expose-headers']), /Link/)
  assert.equal(read.headers['access-control-allow-credentials'], undefined)
  const cookie = `anillo-access-01234567=${door.tokens.ana}`
  const byCookie = await door.asked('GET', '/api/v1/timelines/home', { headers: { cookie } })
  assert.equal(byCookie.statusCode, 401)
  assert.equal((await door.asked('GET', '/v1/dweets/home', { headers, token })).statusCode, 403)
  assert.deepEqual(linksOf(read), {})
})

test('a way to a token that there is not is told, whatever it is called', async () => {
  await using door = await mastodonDoor()
  for (const grant_type of ['', 'implicit', 'constructor', 'toString', '__proto__']) {
    const answer = await door.asked('POST', '/oauth/token', { form: { ...door.app, grant_type } })
    assert.deepEqual([answer.statusCode, answer.json().error], [400, 'unsupported_grant_type'])
  }
})

test('with a part of a scope an application does nothing beside the API of Mastodon', async () => {
  await using door = await mastodonDoor()
  const payload = { text: 'not in my name', visibility: 'public' } as const
  const tried = async (scope: string): Promise<readonly number[]> => {
    const by = await door.makeApp(scope)
    const headers = { authorization: `Bearer ${await door.logIn('ana', scope, by)}` }
    const read = await door.ask({ method: 'GET', url: '/v1/dweets/home', headers })
    const wrote = await door.ask({ method: 'POST', url: '/v1/dweets', headers, payload })
    return [read.statusCode, wrote.statusCode]
  }
  assert.deepEqual(await tried('read write'), [200, 201])
  assert.deepEqual(await tried('read'), [200, 403])
  assert.deepEqual(await tried('write'), [403, 201])
  for (const scope of ['follow', 'profile', 'read:accounts', 'write:media', 'push']) {
    assert.deepEqual(await tried(scope), [403, 403], scope)
  }
})
