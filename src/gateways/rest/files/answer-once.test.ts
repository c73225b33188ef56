import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  RepeatsWorld,
  type Death,
} from '../../../services/files/repeats/repeats-world.test-helper.ts'
import { askedDoor, bearer } from '../entrance.test-helper.ts'
import { fakeDoor } from '../fakes.test-helper.ts'

const HOME = `/v1/files/${'home'}/ana`

/** A door of another member of the same ring, and Ana at it. */
async function doorIn(world: RepeatsWorld, death?: Death) {
  const { files, repeats, steps } = world.member(death)
  const { clock } = fakeDoor()
  const door = await askedDoor({ more: { files, repeats, clock } })
  const token = bearer(door.accounts.person('ana', 'administrator'))
  const at = await door.server.listen({ port: 0, host: '127.0.0.1' })
  const ask = async ({ body, headers, method, url }: Asked): Promise<Answer> => {
    const told = await fetch(at + url, {
      method,
      headers: { ...token, ...headers },
      body: body ?? null,
    })
    const text = await told.text()
    return { status: told.status, text, headers: Object.fromEntries(told.headers) }
  }
  const close = async (): Promise<void> => {
    door.server.server.closeAllConnections()
    await door[Symbol.asyncDispose]()
  }
  return { ask, files, steps, [Symbol.asyncDispose]: close }
}

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

const BYTES = { 'content-type': 'application/octet-stream' }
const JSON_BODY = { 'content-type': 'application/json' }
const PART = { 'content-range': 'bytes 0-0/2' }

const put = (name: string, text = name, headers: Asked['headers'] = {}): Asked => ({
  method: 'PUT',
  url: `${HOME}/${name}`,
  headers: { ...BYTES, ...headers },
  body: text,
})
const order = (name: string, op: string, body: object = {}): Asked => ({
  method: 'POST',
  url: `${HOME}/${name}?op=${op}`,
  headers: JSON_BODY,
  body: JSON.stringify(body),
})
const limits = (of: string, filesMax: number): Asked => ({
  method: 'PUT',
  url: `/v1/quotas${of}`,
  headers: JSON_BODY,
  body: JSON.stringify({ filesMax }),
})
const trash: Asked = { method: 'GET', url: '/v1/trash' }
const list: Asked = { method: 'GET', url: `${HOME}/` }
const away = (name: string): Asked => ({ method: 'DELETE', url: `${HOME}/${name}` })
const at = (name: string): string => `/${'home'}/ana/${name}`

interface Case {
  readonly before?: readonly Asked[]
  /** `ID`: of what lies in the trash. */
  readonly asked: Asked
  /** Another change, with the same key. */
  readonly other?: Asked
}

const CASES: Readonly<Record<string, Case>> = {
  'POST mkdir': { asked: order('a', 'mkdir'), other: order('b', 'mkdir') },
  'POST move': {
    before: [put('a'), order('f', 'mkdir')],
    asked: order('a', 'move', { to: at('f/b') }),
    other: order('a', 'move', { to: at('f/c') }),
  },
  'POST copy': {
    before: [order('f', 'mkdir'), put('f/a')],
    asked: order('f', 'copy', { to: at('g') }),
  },
  'POST touch': {
    before: [put('a')],
    asked: order('a', 'touch', { modifiedAt: '2001-02-03T04:05:06Z' }),
  },
  'POST combine': {
    before: [put('a'), put('b')],
    asked: order('c', 'combine', { parts: [at('a'), at('b')] }),
  },
  'POST grants': {
    before: [order('a', 'mkdir')],
    asked: order('a', 'grants', {
      grants: { everyone: 'read', guests: 'nothing', people: {}, groups: {} },
    }),
  },
  'PUT of a new file': {
    asked: put('a', 'a', { 'if-none-match': '*' }),
    other: put('a', 'other bytes'),
  },
  'PUT of a file that is there': { before: [put('a')], asked: put('a', 'new') },
  'PUT of a part': { asked: put('a', 'a', PART) },
  DELETE: { before: [put('a')], asked: away('a'), other: away('b') },
  'DELETE of an empty folder': {
    before: [order('a', 'mkdir')],
    asked: { method: 'DELETE', url: `${HOME}/a?emptyOnly=true` },
  },
  'POST restore': {
    before: [put('a'), away('a')],
    asked: { method: 'POST', url: '/v1/trash/ID/restore' },
  },
  'DELETE of what was thrown away': {
    before: [put('a'), away('a')],
    asked: { method: 'DELETE', url: '/v1/trash/ID' },
  },
  'PUT of limits': { asked: limits('/ana', 5), other: limits('/ana', 6) },
  'PUT of limits of everybody': { asked: limits('', 5) },
}

const KEY = { 'idempotency-key': 'of-a-test' }

function keyed(asked: Asked): Asked {
  return { ...asked, headers: { ...asked.headers, ...KEY } }
}

/** What is there before, and the request with ids as they are there. */
async function prepared(world: RepeatsWorld, { asked, before = [] }: Case): Promise<Asked> {
  await using door = await doorIn(world)
  await door.ask(list)
  await door.ask(trash)
  for (const each of before) {
    const { status, text } = await door.ask(each)
    assert.ok(status < 300, text)
  }
  const { items } = read<{ items: { id: string }[] }>(await door.ask(trash))
  return { ...asked, url: asked.url.replace('ID', items[0]?.id ?? 'ID') }
}

/** What of an answer is the same wherever it is given for the first time. */
function alike({ headers, status, text }: Answer): object {
  const told = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  for (const chance of ['id', 'etag', 'createdAt', 'modifiedAt']) delete told[chance]
  return { status, told, location: headers['location'], digest: headers['repr-digest'] }
}

function whole({ headers, status, text }: Answer): object {
  const { etag, location } = headers
  return { status, text, etag, location, offset: headers['upload-offset'] }
}

function read<T>({ text }: Answer): T {
  return JSON.parse(text) as T
}

async function shown(world: RepeatsWorld): Promise<unknown> {
  await using door = await doorIn(world)
  const { items } = read<{ items: { name: string; bytes: number }[] }>(await door.ask(list))
  const names = items.map(({ bytes, name }) => [name, bytes])
  const versions = await door.files
    .versions({ nick: 'ana', isManager: true, mayWrite: true, groups: [] }, at('a'))
    .catch(() => [])
  return { names, versions: versions.length }
}

for (const [name, each] of Object.entries(CASES)) {
  test(`${name}: sent again at another member it is answered as the first time`, async () => {
    const world = new RepeatsWorld()
    const asked = await prepared(world, each)
    await using one = await doorIn(world)
    await using two = await doorIn(world)
    const first = await one.ask(keyed(asked))
    assert.ok(first.status < 300, first.text)
    const after = await shown(world)
    assert.deepEqual(whole(await two.ask(keyed(asked))), whole(first))
    assert.deepEqual(await shown(world), after)
    const other = keyed(each.other ?? order('elsewhere', 'mkdir'))
    const refused = await two.ask(other)
    assert.equal(refused.status, 422)
    assert.equal(read<{ code: string }>(refused).code, 'RETRY_MISMATCH')
    assert.deepEqual(await shown(world), after)
  })

  test(`${name}: where the first member died with its answer, another one gives it`, async () => {
    const world = new RepeatsWorld()
    const asked = await prepared(world, each)
    await using one = await doorIn(world)
    const first = await one.ask(keyed(asked))
    assert.ok(first.status < 300, first.text)
    const after = await shown(world)
    const again = new RepeatsWorld()
    const same = await prepared(again, each)
    // What keeps the answer is its last step.
    await using dying = await doorIn(again, { step: one.steps(), isAfter: false })
    assert.equal((await dying.ask(keyed(same))).status, 500)
    await using two = await doorIn(again)
    const told = await two.ask(keyed(same))
    assert.deepEqual(alike(told), alike(first))
    assert.deepEqual(await shown(again), after)
  })
}

test('a further part whose answer is unknown is told how far the upload came', async () => {
  const world = new RepeatsWorld()
  await using one = await doorIn(world)
  const next = keyed(put('a', 'b', { 'content-range': 'bytes 1-1/3' }))
  await one.ask(put('a', 'a', { 'content-range': 'bytes 0-0/3' }))
  const before = one.steps()
  assert.equal((await one.ask(next)).headers['upload-offset'], '2')
  const again = new RepeatsWorld()
  await using dying = await doorIn(again, { step: one.steps(), isAfter: false })
  await dying.ask(put('a', 'a', { 'content-range': 'bytes 0-0/3' }))
  assert.equal(dying.steps(), before)
  assert.equal((await dying.ask(next)).status, 500)
  await using two = await doorIn(again)
  const told = await two.ask(next)
  assert.equal(told.status, 409)
  assert.equal(told.headers['upload-offset'], '2')
})

test('a refusal is told again, also once the way is free', async () => {
  const world = new RepeatsWorld()
  await using door = await doorIn(world)
  await door.ask(put('a'))
  const asked = keyed(order('a', 'mkdir'))
  const first = await door.ask(asked)
  assert.equal(first.status, 409)
  await door.ask(away('a'))
  assert.deepEqual(read(await door.ask(asked)), read(first))
})

for (const bad of ['', 'a b', 'ñ', 'x'.repeat(256)]) {
  test(`an Idempotency-Key such as “${bad.slice(0, 4)}” is refused, and changes nothing`, async () => {
    const world = new RepeatsWorld()
    await using door = await doorIn(world)
    for (const asked of [order('a', 'mkdir'), put('a'), away('a')]) {
      const headers = { ...asked.headers, 'idempotency-key': bad }
      const told = await door.ask({ ...asked, headers })
      assert.equal(told.status, 400)
      assert.match(read<{ detail: string }>(told).detail, /Idempotency-Key must be 1 to 255/)
    }
    assert.deepEqual(await shown(world), { names: [], versions: 0 })
  })
}
