/**
 * Secrets are brought into a ring through every door, and then looked for in all that it left on
 * the disk: data directories with their logs, backups, caches of clients; also after kill -9.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { startSite } from '../fixtures/site.ts'
import { RealRing } from './ring.ts'
import { Secrets } from './secrets.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const run = promisify(execFile)
const MEMBERS = 3

/** What is in clear by design is not looked at: docs/at-rest.md says what it is, and why. */
const IN_CLEAR = ['admin-password', 'admin-session']

test('Secrets finds each of them however it is written', async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'anillo-scan-'))
  t.after(() => rm(place, { recursive: true, force: true }))
  const secrets = new Secrets()
  const secret = secrets.text('planted')
  assert.deepEqual((await secrets.findIn([place])).found, [])
  const around = (text: string): string => `before ${text} behind`
  const forms: readonly (readonly [string, Buffer])[] = [
    ['text', Buffer.from(around(secret))],
    ['utf16', Buffer.from(around(secret), 'utf16le')],
    ['hex', Buffer.from(Buffer.from(around(secret)).toString('hex'))],
    ['bytes', Buffer.concat([Buffer.from('x'), Buffer.from(secret, 'hex'), Buffer.from('y')])],
    ...['', 'a', 'ab'].map(
      (before) =>
        [
          `base64${before}`,
          Buffer.from(Buffer.from(`${before}${secret}z`).toString('base64')),
        ] as const,
    ),
    ['key', Buffer.from('-----BEGIN PRIVATE KEY-----')],
  ]
  for (const [name, content] of forms) {
    const file = join(place, name)
    await writeFile(file, content)
    const { found } = await secrets.findIn([place])
    assert.ok(found.length > 0, name)
    await rm(file)
  }
})

test('nothing planted in a ring is found on the disk, nor in backups and caches, nor after a crash', async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'anillo-secrets-'))
  t.after(() => rm(place, { recursive: true, force: true }))
  const secrets = new Secrets()
  const state = join(place, 'state')
  const backups = join(place, 'backups')
  const env = {
    ANILLO_PASSPHRASE: secrets.text('passphrase'),
    XDG_STATE_HOME: state,
  }
  await using ring = await RealRing.start({ members: MEMBERS, env })
  const adminPath = join(ring.data, 'admin-password')
  secrets.keep('administrator’s password', (await readFile(adminPath, 'utf8')).trim())
  const places = [place]
  const check = async (when: string): Promise<void> => {
    const { found, files, bytes } = await secrets.findIn([...places, ring.data])
    const hidden = found.filter((text) => !IN_CLEAR.some((name) => text.endsWith(`/${name}`)))
    assert.deepEqual(hidden, [], when)
    assert.ok(files > 20 && bytes > 1_000_000, `${files} files, ${bytes} bytes`)
    t.diagnostic(`${when}: ${secrets.count} secrets, ${files} files, ${bytes} bytes`)
  }

  await plantRecords(ring, secrets)
  await plantPages(ring, secrets)
  await plantFiles(ring, secrets)
  await plantLink(ring, secrets)
  await plantWebhook(ring, secrets)
  await plantAccounts(ring, secrets)
  await knock(ring, secrets)
  await run(
    process.execPath,
    [MAIN, 'backup', '--to', backups, '--data', ring.data, '--key-file', join(place, 'backup.key')],
    { env: { ...process.env, ...env } },
  )
  await check('while it runs')

  // All of them, in the middle of writes.
  const writes = Array.from({ length: 40 }, (_, at) => {
    const url = `${ring.door(at % MEMBERS)}/v1/kv/things/late/${at}`
    return ring
      .fetch(url, { method: 'PUT', body: secrets.text('a late value') })
      .catch(() => undefined)
  })
  ring.supervisor.kill('SIGSTOP')
  for (const name of ['n1', 'n2', 'n3']) await ring.signal(name, 'SIGKILL')
  await Promise.all(writes)
  await check('after kill -9 of all members')

  const from = ring.said.length
  ring.bringBack()
  for (const name of ['n1', 'n2', 'n3']) await ring.says(new RegExp(`${name} is ready`), from)
  const url = `${ring.door(1)}/v1/kv/things/kept/short`
  assert.equal(await (await ring.fetch(url)).text(), secrets.text('a short value'))
  await check('after it came back')
  await ring.stop()
  await check('after it was stopped')
})

async function plantRecords(ring: RealRing, secrets: Secrets): Promise<void> {
  const long = `${'x'.repeat(30_000)}${secrets.text('a long value')}${'y'.repeat(30_000)}`
  const values = {
    short: secrets.text('a short value'),
    long,
    gone: secrets.text('a deleted value'),
  }
  for (const [at, [name, body]] of Object.entries(values).entries()) {
    const url = `${ring.door(at % MEMBERS)}/v1/kv/things/kept/${name}`
    const put = await ring.fetch(url, {
      method: 'PUT',
      body,
      headers: { 'idempotency-key': secrets.text('an idempotency key') },
    })
    assert.ok(put.ok || put.status === 422, `${put.status}`)
    if (put.status === 422) assert.ok((await ring.fetch(url, { method: 'PUT', body })).ok)
  }
  await ring.fetch(`${ring.door(0)}/v1/kv/things/kept/gone`, { method: 'DELETE' })
}

/** Their names and what is in them: beside their entries and in chunks, moved, thrown away. */
async function plantFiles(ring: RealRing, secrets: Secrets): Promise<void> {
  for (const [at, length] of [100, 300_000].entries()) {
    const path = (name: string): string =>
      `${ring.door(at)}/v1/files/shared/${encodeURIComponent(secrets.text(name))}`
    const body = `${'words '.repeat(length / 6)}${secrets.text(`content of a file of ${length}`)}`
    const kept = path(`name of a file of ${length}`)
    const thrown = path(`name of a file of ${length} that is thrown away`)
    for (const [number, url] of [kept, thrown, kept].entries()) {
      const headers = {
        'idempotency-key': secrets.text(`the key of upload ${number} of ${length}`),
      }
      assert.ok((await ring.fetch(url, { method: 'PUT', body, headers })).ok, url)
    }
    const headers = { 'idempotency-key': secrets.text(`the key of a removal after ${length}`) }
    assert.ok((await ring.fetch(thrown, { method: 'DELETE', headers })).ok)
  }
}

/** What opens a link, its password, and the name of what it leads to. */
async function plantLink(ring: RealRing, secrets: Secrets): Promise<void> {
  const path = `/shared/${secrets.text('name of a file with a link')}`
  assert.ok((await ring.fetch(`${ring.door(0)}/v1/files${path}`, { method: 'PUT', body: 'x' })).ok)
  const password = secrets.text('the password of a link')
  const made = await ring.fetch(`${ring.door(0)}/v1/links`, {
    method: 'POST',
    body: JSON.stringify({ path, password }),
    headers: {
      'content-type': 'application/json',
      'idempotency-key': secrets.text('the key of a link'),
    },
  })
  assert.equal(made.status, 201)
  const { address } = (await made.json()) as { readonly address: string }
  secrets.keep('the token of a link', address.slice('/s/'.length))
  const basic = Buffer.from(`:${password}`).toString('base64')
  const url = `${ring.door(1)}${address}`
  const got = await fetch(url, { headers: { authorization: `Basic ${basic}` } })
  assert.equal(await got.text(), 'x')
  const form = {
    method: 'POST',
    body: new URLSearchParams({ password }),
    redirect: 'manual',
  } as const
  const opened = await fetch(url, form)
  assert.equal(opened.status, 303)
  const [, proof = ''] = /anillo-link=([^;]+)/.exec(opened.headers.get('set-cookie') ?? '') ?? []
  secrets.keep('what shows that the password was known', proof)
}

/** Its secret, its address, and the error that refuses another: none is kept in clear. */
async function plantWebhook(ring: RealRing, secrets: Secrets): Promise<void> {
  const key = Buffer.from(secrets.text('a secret of a webhook')).subarray(0, 64)
  const webhook = {
    url: `http://127.0.0.1:9/${secrets.text('an address of a webhook')}`,
    secret: `whsec_${key.toString('base64')}`,
  }
  const seeds = ['http://127.0.0.1:9/']
  const schedule = { cron: '@daily', begin: true }
  const asked = (body: object) =>
    ring.fetch(`${ring.door(0)}/v1/crawls`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  assert.equal((await asked({ seeds, schedule, webhook })).status, 201)
  assert.equal((await asked({ seeds, webhook })).status, 201)
  const wrong = { ...webhook, secret: secrets.text('what is no secret of a webhook') }
  assert.equal((await asked({ seeds, webhook: wrong })).status, 400)
}

/** One that stays in its record, and one in chunks; the address has a secret of its own. */
async function plantPages(ring: RealRing, secrets: Secrets): Promise<void> {
  await using site = await startSite()
  const lengths = [100, 300_000]
  for (const length of lengths) {
    const name = `content of a page of ${length}`
    site.text = `${'words '.repeat(length / 6)}${secrets.text(name)}`
    const url = `${site.origin}/text?${length}&token=${secrets.text('an address')}`
    const { page } = await ring.scrape(1, url)
    assert.ok((page?.bytes ?? 0) > length, name)
  }
}

async function plantAccounts(ring: RealRing, secrets: Secrets): Promise<void> {
  const door = ring.door(0)
  const json = { 'content-type': 'application/json' }
  const password = secrets.text('a password')
  const ask = async (path: string, body: object, headers: object = {}): Promise<unknown> => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { ...json, ...headers } }
    const answer = await fetch(`${door}${path}`, init)
    assert.ok(answer.ok, `${path}: ${answer.status}`)
    return answer.status === 204 ? undefined : answer.json()
  }
  await ask('/v1/users', { nick: 'ana', name: secrets.text('a person’s name'), password })
  const login = { nick: 'ana', password, client: secrets.text('a client’s name') }
  const tokens = (await ask('/v1/auth/login', login)) as Record<string, string>
  const bearer = { authorization: `Bearer ${tokens['accessToken']}` }
  const key = { name: secrets.text('a key’s name'), permissions: ['pages.read'] }
  const made = (await ask('/v1/users/ana/keys', key, bearer)) as { readonly secret: string }
  secrets.keep('an API key', made.secret.split('.').at(-1) ?? made.secret)
  const { refreshToken = '', accessToken = '' } = tokens
  secrets.keep('a refresh token', refreshToken.split('.').at(-1) ?? refreshToken)
  secrets.keep('an access token', accessToken)
  const next = { ...login, oldPassword: password, password: secrets.text('the next password') }
  const change = { password: next.password, oldPassword: next.oldPassword }
  const changed = await fetch(`${door}/v1/users/ana`, {
    method: 'PATCH',
    body: JSON.stringify(change),
    headers: { ...json, ...bearer },
  })
  assert.ok(changed.ok, `${changed.status}`)
}

/** What is refused must not be kept either, in a log above all. */
async function knock(ring: RealRing, secrets: Secrets): Promise<void> {
  const door = ring.door(2)
  const json = { 'content-type': 'application/json' }
  const login = { nick: 'ana', password: secrets.text('a wrong password') }
  await fetch(`${door}/v1/auth/login`, {
    method: 'POST',
    body: JSON.stringify(login),
    headers: json,
  })
  const wrong = secrets.text('what was shown as a token')
  const shown: readonly Readonly<Record<string, string>>[] = [
    { authorization: `Bearer ${wrong}` },
    { authorization: `Basic ${Buffer.from(`ana:${wrong}`).toString('base64')}` },
    { cookie: `anillo=${wrong}` },
    { 'x-anything': wrong },
  ]
  for (const headers of shown) await fetch(`${door}/v1/ring`, { headers })
  await fetch(`${door}/v1/kv/things/kept/${secrets.text('a key that nobody wrote')}`)
  await fetch(`${door}/${secrets.text('a path that leads nowhere')}`)
  await fetch(`${door}/v1/scrapes`, {
    method: 'POST',
    headers: json,
    body: `{"url": "${secrets.text('a body that is no JSON')}`,
  })
  const url = `http://user:${secrets.text('a password in an address')}@127.0.0.1:1/`
  await fetch(`${door}/v1/scrapes`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ url }),
  })
}
