import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { HOUR_MS } from '../../../base/limits.ts'
import { ANA, HOME } from '../../../services/files/links/links.test-helper.ts'
import { ASK_AGAIN_MS, LINK_MISS_COST, LINK_REQUESTS_MAX } from '../limits.ts'
import { BROWSER, linksDoor, STRANGER } from './links-door.test-helper.ts'

const FILE = `${HOME}/a <b>&"c.txt`
const PASSWORD = 'open sesame'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

async function doorWithFile() {
  const door = await linksDoor()
  await door.world.write(FILE, 'some words')
  return door
}

async function doorWithFolder() {
  const door = await linksDoor()
  const { files } = door.world
  await files.makeFolder(door.world.users.get('ana') ?? never(), `${HOME}/pub/inner`, {
    parents: true,
  })
  await door.world.write(`${HOME}/pub/one.txt`, 'one')
  await door.world.write(`${HOME}/pub/evil.html`, '<script>alert(1)</script>')
  await door.world.write(`${HOME}/pub/inner/deep.bin`, 'deep down')
  await door.world.write(`${HOME}/secret.txt`, 'not for you')
  return { ...door, pub: await door.link({ path: `${HOME}/pub` }) }
}

function never(): never {
  throw new Error('not reached')
}

test('a link is made, listed, told, changed and revoked by its maker alone', async () => {
  await using door = await doorWithFile()
  const made = await door.asAna({ method: 'POST', url: '/v1/links', payload: { path: FILE } })
  assert.equal(made.statusCode, 201)
  const link = made.json()
  assert.match(link.address, /^\/s\/[A-Za-z0-9]{27}$/)
  assert.equal(link.url, `http://localhost:9100${link.address}`)
  assert.deepEqual([link.path, link.state, link.by, link.downloads], [FILE, 'open', 'ana', 0])
  const listed = await door.asAna({ url: '/v1/links' })
  assert.deepEqual(listed.json(), { items: [link] })
  assert.deepEqual((await door.asBen({ url: '/v1/links' })).json(), { items: [] })
  const url = `/v1/links/${link.id}`
  assert.equal((await door.asBen({ url })).statusCode, 404)
  assert.equal((await door.asBen({ url, method: 'DELETE' })).statusCode, 404)
  const expiresAt = new Date(door.world.store.nowMs + HOUR_MS).toISOString()
  const changed = await door.asAna({ method: 'PATCH', url, payload: { expiresAt } })
  assert.equal(changed.json().expiresAt, expiresAt)
  const open = await door.asAna({ method: 'PATCH', url, payload: { expiresAt: null } })
  assert.equal(open.json().expiresAt, undefined)
  assert.equal((await door.asAna({ method: 'DELETE', url })).statusCode, 204)
  assert.equal((await door.asAna({ url })).json().code, 'LINK_UNKNOWN')
  const whats = door.accounts.noted.map(({ detail, to, what }) => [what, to, detail])
  const of = ['ana', FILE]
  assert.deepEqual(whats, [
    ['link.make', ...of],
    ['link.change', ...of],
    ['link.change', ...of],
    ['link.revoke', ...of],
  ])
})

test('a link that is asked for twice under one key is made once, whatever its password', async () => {
  await using door = await doorWithFile()
  const ask = (payload: object, key = 'k') =>
    door.asAna({ method: 'POST', url: '/v1/links', payload, headers: { 'idempotency-key': key } })
  const first = await ask({ path: FILE, password: PASSWORD })
  const again = await ask({ path: FILE, password: PASSWORD })
  assert.deepEqual([again.statusCode, again.json()], [201, first.json()])
  assert.equal((await ask({ path: FILE })).json().code, 'RETRY_MISMATCH')
  await ask({ path: FILE }, 'other')
  assert.equal((await door.asAna({ url: '/v1/links' })).json().items.length, 2)
})

test('guests and whoever may not write make no links; what is no ask for one is refused', async () => {
  await using door = await doorWithFile()
  const ask = { method: 'POST', url: '/v1/links' } as const
  assert.equal((await door.ask({ ...ask, payload: { path: FILE } })).json().code, 'LOGIN_FIRST')
  const codes = await Promise.all(
    [
      { path: `${HOME}/absent` },
      { path: FILE, password: 'short' },
      { path: FILE, downloadsMax: 0 },
      { path: FILE, expiresAt: 'soon' },
      { path: FILE, expiresAt: '2001-01-01T00:00:00Z' },
      { path: FILE, other: 1 },
      {},
    ].map(async (payload) => (await door.asAna({ ...ask, payload })).statusCode),
  )
  assert.deepEqual(codes, [404, 422, 400, 400, 400, 400, 400])
  assert.deepEqual((await door.asAna({ url: '/v1/links' })).json(), { items: [] })
  assert.equal((await door.asAna({ url: '/v1/links?everybody=true' })).statusCode, 403)
})

test('a program gets the bytes of a link without an account, with Range, and a browser a page', async () => {
  await using door = await doorWithFile()
  const { address } = await door.link({ path: FILE })
  const got = await door.visit(address)
  assert.deepEqual([got.statusCode, got.body], [200, 'some words'])
  assert.match(got.headers['content-disposition'] ?? '', /filename\*=UTF-8''a%20%3Cb%3E/)
  assert.match(String(got.headers['content-security-policy']), /^sandbox; default-src 'none'/)
  assert.equal(got.headers.link, undefined, 'no address of the tree')
  const part = await door.visit(address, { headers: { range: 'bytes=5-' } })
  assert.deepEqual([part.statusCode, part.body], [206, 'words'])
  assert.equal(part.headers['content-range'], 'bytes 5-9/10')
  const same = await door.visit(address, { headers: { 'if-none-match': String(got.headers.etag) } })
  assert.equal(same.statusCode, 304)
  const head = await door.visit(address, { method: 'HEAD' })
  assert.deepEqual([head.statusCode, head.body, head.headers['content-length']], [200, '', '10'])
  const json = await door.visit(address, { headers: { accept: 'application/json' } })
  const { name, ...told } = json.json()
  assert.equal(name, 'a <b>&"c.txt')
  assert.deepEqual(Object.keys(told).toSorted(), ['bytes', 'kind', 'modifiedAt', 'sha256'])
  const page = await door.visit(address, { headers: BROWSER })
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8')
  assert.match(page.body, /<h1>a &lt;b&gt;&amp;&quot;c\.txt<\/h1>/)
  assert.ok(!page.body.includes('<b>') && !page.body.includes(HOME))
  assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; style-src/)
  const href = /class="button" href="([^"]+)"/.exec(page.body)?.[1] ?? never()
  const saved = await door.visit(href.replaceAll('&#39;', "'"), { headers: BROWSER })
  assert.match(String(saved.headers['content-disposition']), /^attachment/)
  assert.equal(saved.body, 'some words')
  assert.equal((await door.visit(`${address}/other`)).statusCode, 404)
  assert.equal((await door.visit(`${address}/`)).statusCode, 200)
})

test('a page speaks the language that is wanted', async () => {
  await using door = await doorWithFile()
  const { address } = await door.link({ path: FILE, downloadsMax: 3 })
  const ask = (language: string, url = address) =>
    door.visit(url, { headers: { ...BROWSER, 'accept-language': language } })
  assert.match((await ask('es-ES,es;q=0.9')).body, /lang="es".*Descargar.*Quedan 3 descargas/s)
  assert.match((await ask('en')).body, /lang="en".*Download.*3 downloads are left/s)
  assert.match((await ask('es', '/s/nothing')).body, /No hay tal enlace/)
})

test('a linked folder shows what is in it and below, and nothing above or beside it', async () => {
  await using door = await doorWithFolder()
  const { address } = door.pub
  const to = await door.visit(address, { headers: BROWSER })
  assert.deepEqual([to.statusCode, to.headers.location], [302, `${address}/`])
  const page = await door.visit(`${address}/`, { headers: BROWSER })
  for (const href of ['./evil.html', './inner/', './one.txt']) {
    assert.ok(page.body.includes(`href="${href}"`), href)
  }
  assert.ok(!page.body.includes(HOME) && !page.body.includes('secret'))
  const json = (await door.visit(`${address}/`)).json()
  assert.deepEqual([json.path, json.name], ['/', 'pub'])
  assert.deepEqual(
    json.items.map(({ name }: { name: string }) => name),
    ['evil.html', 'inner', 'one.txt'],
  )
  const inner = await door.visit(`${address}/inner`, { headers: BROWSER })
  assert.deepEqual([inner.statusCode, inner.headers.location], [302, `${address}/inner/`])
  assert.equal(inner.headers['etag'], undefined)
  const below = await door.visit(`${address}/inner/`, { headers: BROWSER })
  assert.match(below.body, /<a href="\.\.\/">pub<\/a>.*deep\.bin/s)
  assert.equal((await door.visit(`${address}/inner/deep.bin`)).body, 'deep down')
  const escapes = [
    '../secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
    'inner/../../secret.txt',
  ]
  for (const path of [...escapes, '/secret.txt', '%2fx%2fsecret.txt', 'a%00b', '%ff']) {
    for (const headers of [BROWSER, {}]) {
      const escaped = await door.visit(`${address}/${path}`, { headers })
      assert.ok(escaped.statusCode === 400 || escaped.statusCode === 404, path)
      assert.ok(!escaped.body.includes('not for you') && !escaped.body.includes('/pub'), path)
    }
  }
})

test('what stands in a linked file is never carried out in the origin of the door', async () => {
  await using door = await doorWithFolder()
  const evil = await door.visit(`${door.pub.address}/evil.html`, { headers: BROWSER })
  assert.match(String(evil.headers['content-security-policy']), /^sandbox; default-src 'none'/)
  assert.match(String(evil.headers['content-disposition']), /^attachment/)
  assert.equal(evil.headers['x-content-type-options'], 'nosniff')
  assert.equal(evil.headers['access-control-allow-origin'], undefined)
})

test('a folder with many entries comes page by page, until the link expires in the middle', async () => {
  await using door = await doorWithFolder()
  const expiresAt = new Date(door.world.store.nowMs + HOUR_MS).toISOString()
  const link = await door.link({ path: `${HOME}/pub`, expiresAt })
  const first = await door.visit(`${link.address}/?limit=2`, { headers: BROWSER })
  const next = /rel="next" href="\.\/([^"]+)"/.exec(first.body)?.[1] ?? never()
  const second = await door.visit(`${link.address}/${next}`, { headers: BROWSER })
  assert.match(second.body, /one\.txt/)
  assert.ok(!second.body.includes('evil.html'))
  door.world.pass(HOUR_MS)
  const late = await door.visit(`${link.address}/${next}`, { headers: BROWSER })
  assert.equal(late.statusCode, 410)
  assert.match(late.body, /This link has expired/)
  assert.equal((await door.visit(`${link.address}/one.txt`)).json().code, 'LINK_EXPIRED')
})

test('a link that was revoked looks as one that never was', async () => {
  await using door = await doorWithFile()
  const { address, id } = await door.link({ path: FILE, password: PASSWORD })
  await door.asAna({ method: 'DELETE', url: `/v1/links/${id}` })
  const shown = async (url: string, headers = {}) => {
    const { body, headers: told, statusCode } = await door.visit(url, { headers })
    const { date: _, ...standing } = told
    return { statusCode, body, standing }
  }
  const never = '/s/AAAAAAAAAAAAAAAAAAAAAAAAAAA'
  for (const headers of [{}, BROWSER]) {
    assert.deepEqual(await shown(address, headers), await shown(never, headers))
    assert.deepEqual(await shown(`${address}/x`, headers), await shown(`${never}/x`, headers))
  }
  assert.equal((await shown(address)).statusCode, 404)
})

test('the password is asked for by a form, and by programs with each request', async () => {
  await using door = await doorWithFile()
  const { address } = await door.link({ path: FILE, password: PASSWORD })
  const page = await door.visit(address, { headers: BROWSER })
  assert.equal(page.statusCode, 401)
  assert.equal(page.headers['www-authenticate'], undefined)
  assert.equal(page.headers['referrer-policy'], 'same-origin')
  assert.ok(page.body.includes(`<form method="post" action="${address}">`))
  assert.ok(!page.body.includes('c.txt'))
  const bare = await door.visit(address)
  assert.deepEqual([bare.statusCode, bare.json().code], [401, 'LINK_LOCKED'])
  assert.match(String(bare.headers['www-authenticate']), /^Basic/)
  const post = (password: string) =>
    door.visit(address, {
      method: 'POST',
      headers: { ...BROWSER, ...FORM, origin: 'http://localhost:9100' },
      payload: `password=${encodeURIComponent(password)}`,
    })
  const wrong = await post('wrong one')
  assert.equal(wrong.statusCode, 401)
  assert.match(wrong.body, /That is not the password/)
  const right = await post(PASSWORD)
  assert.deepEqual([right.statusCode, right.headers.location], [303, address])
  const [cookie = ''] = String(right.headers['set-cookie']).split(';')
  assert.match(
    String(right.headers['set-cookie']),
    new RegExp(`Path=${address};.*HttpOnly; SameSite=Lax$`),
  )
  assert.equal((await door.visit(address, { headers: { cookie } })).body, 'some words')
  const basic = (text: string) => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  })
  assert.equal((await door.visit(address, { headers: basic(`:${PASSWORD}`) })).body, 'some words')
  assert.equal((await door.visit(address, { headers: basic('any:wrong') })).statusCode, 401)
  const foreign = await door.visit(address, {
    method: 'POST',
    headers: { ...FORM, origin: 'https://elsewhere.example' },
    payload: `password=${PASSWORD}`,
  })
  assert.equal(foreign.statusCode, 403)
})

test('a link for one download gives it once, whoever asks at the same time, and lets it go on', async () => {
  await using door = await doorWithFile()
  const { address, id } = await door.link({ path: FILE, downloadsMax: 1 })
  await door.visit(address, { headers: BROWSER })
  await door.visit(address, { method: 'HEAD' })
  const from = (remoteAddress: string, headers = {}) =>
    door.visit(address, { remoteAddress, headers })
  const race = await Promise.all([from('203.0.113.1'), from('203.0.113.2')])
  assert.deepEqual(new Set(race.map(({ statusCode }) => statusCode)), new Set([200, 410]))
  const winner = race[0]?.statusCode === 200 ? '203.0.113.1' : '203.0.113.2'
  const loser = race[0]?.statusCode === 200 ? '203.0.113.2' : '203.0.113.1'
  const range = { range: 'bytes=5-' }
  assert.equal((await from(winner, range)).body, 'words')
  const late = await from(loser, range)
  assert.deepEqual([late.statusCode, late.json().code], [410, 'LINK_SPENT'])
  assert.equal(late.headers['etag'], undefined)
  assert.equal((await from(winner)).statusCode, 410)
  const page = await door.visit(address, { headers: BROWSER })
  assert.equal(page.statusCode, 410)
  assert.match(page.body, /used up/)
  const more = { method: 'PATCH', url: `/v1/links/${id}`, payload: { downloadsMore: 1 } } as const
  assert.equal((await door.asAna(more)).json().downloadsMax, 2)
  assert.equal((await from(loser)).body, 'some words')
})

test('a link whose maker lost the path, or whose file is in the trash, says so and no more', async () => {
  await using door = await doorWithFile()
  const { address } = await door.link({ path: FILE })
  const ana = door.world.users.get('ana') ?? never()
  await door.world.files.remove(ana, FILE)
  for (const headers of [{}, BROWSER]) {
    const gone = await door.visit(address, { headers })
    assert.equal(gone.statusCode, 410)
    assert.ok(!gone.body.includes('c.txt') && !gone.body.includes(HOME))
  }
  const [trashed] = await door.world.files.trash(ana)
  await door.world.files.restore(ana, trashed?.id ?? '')
  assert.equal((await door.visit(address)).statusCode, 200)
  door.world.users.delete('ana')
  assert.equal((await door.visit(address)).json().code, 'LINK_GONE')
})

test('who tries tokens is told to slow down, and others are not; it is over after a while', async () => {
  await using door = await doorWithFile()
  const { address } = await door.link({ path: FILE })
  const codes: number[] = []
  const tries = Math.ceil(LINK_REQUESTS_MAX / (LINK_MISS_COST + 1)) + 2
  for (let count = 0; count < tries; count++) {
    const token = String(count).padStart(27, 'x')
    codes.push((await door.visit(`/s/${token}`, { remoteAddress: STRANGER })).statusCode)
  }
  assert.deepEqual([codes[0], codes.at(-1)], [404, 429])
  const right = { remoteAddress: STRANGER, headers: BROWSER }
  const refused = await door.visit(address, right)
  assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [429, '60'])
  assert.match(refused.body, /Too many requests/)
  assert.equal((await door.visit(address, { remoteAddress: '203.0.113.8' })).statusCode, 200)
  door.world.pass(60_000)
  assert.equal((await door.visit(address, right)).statusCode, 200)
})

test('the style of pages comes from the door, and forms that are too large are refused', async () => {
  await using door = await doorWithFile()
  const style = await door.visit('/s/link.css')
  assert.equal(style.headers['content-type'], 'text/css; charset=utf-8')
  const { address } = await door.link({ path: FILE, password: PASSWORD })
  const large = { method: 'POST', headers: FORM, payload: `password=${'x'.repeat(5_000)}` } as const
  assert.equal((await door.visit(address, large)).statusCode, 413)
  const other = { method: 'POST', headers: FORM, payload: 'x=%ff' } as const
  assert.equal((await door.visit(address, other)).statusCode, 400)
})

test('a download that is under way ends soon after its link was revoked', async () => {
  await using door = await linksDoor()
  const { files, links } = door.world
  await door.world.write(FILE, 'x'.repeat(600_000))
  const { address, id } = await door.link({ path: FILE })
  const open = files.open.bind(files)
  files.open = async (...asked) => {
    const file = await open(...asked)
    return {
      entry: file.entry,
      async *read(range) {
        let pieces = 0
        for await (const piece of file.read(range)) {
          yield piece
          pieces++
          if (pieces !== 2) continue
          await links.revoke(ANA, id)
          door.world.pass(ASK_AGAIN_MS)
        }
      },
    }
  }
  await door.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.server.server.address() as AddressInfo
  const answer = await fetch(`http://localhost:${String(port)}${address}`)
  assert.equal(answer.status, 200)
  await assert.rejects(answer.arrayBuffer())
  door.server.server.closeAllConnections()
})
