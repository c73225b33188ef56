import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../../base/errors.ts'
import { DAY_MS, HOUR_MS } from '../../../base/limits.ts'
import { partitionOfMaker } from '../../../wire/file-people.ts'
import { EXPIRED_TOLD_MS, GOES_ON_MS, LINKS_MAX, PROOF_MS } from './limits.ts'
import { ADMIN, ANA, BEN, FROM, HOME, LinkWorld, refuses } from './links.test-helper.ts'
import { forgetLinks, makeLink } from './procedures.ts'
import { idOfToken, partitionOfLink } from './rows.ts'

const FILE = `${HOME}/notes.txt`
const PASSWORD = 'open sesame'

async function worldWithFile(): Promise<LinkWorld> {
  const world = new LinkWorld()
  await world.write(FILE, 'some words')
  return world
}

test('make() gives a token that opens what it was made of, with the rights of its maker', async () => {
  const { links } = await worldWithFile()
  const made = await links.make(ANA, { path: FILE })
  assert.match(made.token, /^[A-Za-z0-9]{27}$/)
  assert.deepEqual([made.path, made.by, made.state, made.kind], [FILE, 'ana', 'open', 'file'])
  assert.deepEqual([made.hasPassword, made.downloads, made.expiresMs], [false, 0, undefined])
  const open = await links.open(made.token)
  assert.deepEqual([open.entry.path, open.as, open.id], [FILE, ANA, made.id])
})

test('no key of the store tells a token, nor a nick, nor a name', async () => {
  const { links, store } = await worldWithFile()
  const { token } = await links.make(ANA, { path: FILE, password: PASSWORD })
  const keys = (JSON.parse(store.contents) as [string, string][]).map(([key]) => key).join('\n')
  assert.ok(keys.includes(idOfToken(token) ?? 'no id'))
  for (const hidden of [token, 'ana', 'notes', PASSWORD]) assert.ok(!keys.includes(hidden), hidden)
})

test('all links of one maker lie in the partition of the nick, and no two tokens are the same', async () => {
  const { links } = await worldWithFile()
  const tokens = new Set<string>()
  for (let count = 0; count < 20; count++) {
    const { id, token } = await links.make(ANA, { path: FILE })
    assert.equal(partitionOfLink(id), partitionOfMaker('ana'))
    tokens.add(token)
  }
  assert.equal(tokens.size, 20)
})

test('links of an account that was deleted are gone, in no list, and those of others stay', async () => {
  const world = await worldWithFile()
  const { links, store } = world
  await world.write('/shared/x', 'x')
  const [first, second] = [
    await links.make(ANA, { path: FILE }),
    await links.make(ANA, { path: FILE }),
  ]
  const other = await links.make(ADMIN, { path: '/shared/x' })
  await store.call(partitionOfMaker('ana'), forgetLinks, { nick: 'ana' })
  for (const { token } of [first, second]) await refuses(links.open(token), 'LINK_UNKNOWN')
  const listed = await links.list(ADMIN, { everybody: true })
  assert.deepEqual(
    listed.links.map(({ id }) => id),
    [other.id],
  )
})

test('who neither owns a path nor may give rights on it makes no link of it, nor do guests', async () => {
  const world = await worldWithFile()
  const { files, links } = world
  await refuses(links.make(BEN, { path: FILE }), 'NO_ENTRY')
  await world.write('/shared/of-ana', 'x')
  await refuses(links.make(BEN, { path: '/shared/of-ana' }), 'NO_ACCESS')
  assert.equal((await links.make(ANA, { path: '/shared/of-ana' })).state, 'open', 'it is hers')
  assert.equal((await links.make(ADMIN, { path: FILE })).by, 'admin')
  await refuses(links.make({ ...ANA, nick: undefined }, { path: FILE }), 'LOGIN_FIRST')
  await refuses(links.make({ ...ANA, mayWrite: false }, { path: FILE }), 'NO_ACCESS')
  await files.makeFolder(ANA, `${HOME}/in`)
  await refuses(links.make(ANA, { path: `${HOME}/absent` }), 'NO_ENTRY')
})

test('a link follows its file, rests while that is in the trash, and is there when it is back', async () => {
  const { files, links } = await worldWithFile()
  const { token, id } = await links.make(ANA, { path: FILE })
  await files.move(ANA, FILE, `${HOME}/renamed.txt`)
  assert.equal((await links.open(token)).entry.path, `${HOME}/renamed.txt`)
  await files.remove(ANA, `${HOME}/renamed.txt`)
  await refuses(links.open(token), 'LINK_GONE')
  const gone = await links.find(ANA, id)
  assert.deepEqual([gone.state, gone.path, gone.name], ['gone', undefined, 'notes.txt'])
  const [trashed] = await files.trash(ANA)
  await files.restore(ANA, trashed?.id ?? '')
  assert.equal((await links.open(token)).entry.path, `${HOME}/renamed.txt`)
})

test('a link is gone when its maker is suspended, or may not give the path on any more', async () => {
  const world = new LinkWorld()
  const { files, links, users } = world
  await files.makeFolder(ADMIN, '/shared/plans')
  const rights = { everyone: 'nothing', guests: 'nothing', groups: {} } as const
  await files.setGrants(ADMIN, '/shared/plans', { ...rights, people: { ana: 'own', ben: 'own' } })
  await world.write('/shared/plans/of-ben', 'x', BEN)
  const { token } = await links.make(ANA, { path: '/shared/plans/of-ben' })
  const own = await links.make(BEN, { path: '/shared/plans' })
  await links.open(token)
  await files.setGrants(ADMIN, '/shared/plans', { ...rights, people: { ana: 'write', ben: 'own' } })
  await refuses(links.open(token), 'LINK_GONE')
  await files.setGrants(ADMIN, '/shared/plans', { ...rights, people: { ana: 'own', ben: 'own' } })
  assert.equal((await links.open(token)).entry.path, '/shared/plans/of-ben')
  users.delete('ana')
  await refuses(links.open(token), 'LINK_GONE')
  await links.open(own.token)
  users.set('ben', { ...BEN, mayWrite: false })
  await refuses(links.open(own.token), 'LINK_GONE')
})

test('a link that was revoked is told from one that never was by nothing', async () => {
  const { links } = await worldWithFile()
  const { id, token } = await links.make(ANA, { path: FILE, password: PASSWORD })
  await links.revoke(ANA, id)
  const told = async (work: Promise<unknown>): Promise<unknown> =>
    work.catch((thrown: unknown) => isAnilloError(thrown) && [thrown.code, thrown.message])
  for (const shown of ['A'.repeat(27), 'x', '', '../../etc', `${token}x`, 'a'.repeat(10_000)]) {
    assert.deepEqual(await told(links.open(shown)), await told(links.open(token)), shown)
    assert.deepEqual(
      await told(links.unlock(shown, PASSWORD, FROM)),
      await told(links.unlock(token, PASSWORD, FROM)),
    )
  }
  await refuses(links.open(token), 'LINK_UNKNOWN')
  await refuses(links.revoke(ANA, id), 'LINK_UNKNOWN')
  await refuses(links.revoke(ANA, 'no id'), 'LINK_UNKNOWN')
})

test('only its maker and managers list, change and revoke a link', async () => {
  const { links } = await worldWithFile()
  const made = await links.make(ANA, { path: FILE })
  assert.deepEqual((await links.list(BEN)).links, [])
  await refuses(links.find(BEN, made.id), 'LINK_UNKNOWN')
  await refuses(links.change(BEN, made.id, { expiresMs: null }), 'LINK_UNKNOWN')
  await refuses(links.revoke(BEN, made.id), 'LINK_UNKNOWN')
  await refuses(links.list(BEN, { everybody: true }), 'PERMISSION_MISSING')
  assert.deepEqual(await links.list(ANA), { links: [made], cursor: undefined })
  assert.deepEqual((await links.list(ADMIN, { everybody: true })).links, [made])
  assert.equal((await links.change(ADMIN, made.id, { downloadsMore: 3 })).downloadsMax, 3)
  await links.revoke(ADMIN, made.id)
  assert.deepEqual((await links.list(ANA)).links, [])
})

test('lists come in pages that leave nothing out, of one maker and of all', async () => {
  const world = await worldWithFile()
  const { links } = world
  await world.write('/shared/of-ben', 'x', BEN)
  const of = new Map<string, Set<string>>([
    ['ana', new Set()],
    ['ben', new Set()],
  ])
  for (let count = 0; count < 7; count++) {
    of.get('ana')?.add((await links.make(ANA, { path: FILE })).id)
    of.get('ben')?.add((await links.make(BEN, { path: '/shared/of-ben' })).id)
  }
  const all = async (who: typeof ANA, everybody: boolean): Promise<Set<string>> => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const ask = { everybody, limit: 3, ...(cursor === undefined ? {} : { cursor }) }
      const page = await links.list(who, ask)
      assert.ok(page.links.length <= 3)
      ids.push(...page.links.map(({ id }) => id))
      cursor = page.cursor
    } while (cursor !== undefined)
    assert.equal(new Set(ids).size, ids.length)
    return new Set(ids)
  }
  assert.deepEqual(await all(ANA, false), of.get('ana'))
  assert.deepEqual(await all(BEN, false), of.get('ben'))
  assert.equal((await all(ADMIN, true)).size, 14)
  await refuses(links.list(ANA, { cursor: '../x' }), 'CURSOR_STALE')
  assert.deepEqual((await links.list(ANA, { path: FILE })).links.length, 7)
  assert.deepEqual((await links.list(ANA, { path: '/shared/of-ben' })).links, [])
})

test('a link expires, says so for a month, and then is as if it had never been', async () => {
  const world = await worldWithFile()
  const { links, store } = world
  const expiresMs = store.nowMs + DAY_MS
  const { id, token } = await links.make(ANA, { path: FILE, expiresMs })
  world.pass(DAY_MS - 1)
  await links.open(token)
  world.pass(1)
  await refuses(links.open(token), 'LINK_EXPIRED')
  await refuses(
    links.count({ id }, { address: 'a', entry: { id: 'f' }, isStart: true }),
    'LINK_EXPIRED',
  )
  assert.equal((await links.find(ANA, id)).state, 'expired')
  await links.change(ANA, id, { expiresMs: store.nowMs + HOUR_MS })
  await links.open(token)
  world.pass(HOUR_MS + EXPIRED_TOLD_MS)
  await refuses(links.open(token), 'LINK_UNKNOWN')
  assert.deepEqual((await links.list(ANA)).links, [])
  await refuses(links.make(ANA, { path: FILE, expiresMs: store.nowMs }), 'BAD_REQUEST')
  const other = await links.make(ANA, { path: FILE })
  const past = links.change(ANA, other.id, { expiresMs: store.nowMs - 1 })
  await refuses(past, 'BAD_REQUEST')
  assert.equal((await links.find(ANA, other.id)).expiresMs, undefined)
})

test('a password opens for a day, at every member, and with another one nobody is in', async () => {
  const world = await worldWithFile()
  const { links, passwords } = world
  const { id, token } = await links.make(ANA, { path: FILE, password: PASSWORD })
  await refuses(links.open(token), 'LINK_LOCKED')
  await refuses(links.open(token, 'no proof'), 'LINK_LOCKED')
  await refuses(links.unlock(token, 'wrong', FROM), 'LINK_PASSWORD_WRONG')
  const proof = await links.unlock(token, PASSWORD, FROM)
  const elsewhere = world.at(world.files)
  assert.equal((await elsewhere.open(token, proof)).hasPassword, true)
  assert.equal(passwords.asked, 2)
  const [until = '', mac = ''] = proof.split('.')
  await refuses(links.open(token, `${Number(until) + 1}.${mac}`), 'LINK_LOCKED')
  const other = await links.make(ANA, { path: FILE, password: PASSWORD })
  await refuses(links.open(other.token, proof), 'LINK_LOCKED')
  await links.change(ANA, id, { password: 'another one' })
  await refuses(links.open(token, proof), 'LINK_LOCKED')
  const again = await links.unlock(token, 'another one', FROM)
  await links.change(ANA, id, { downloadsMore: 5 })
  await links.open(token, again)
  world.pass(PROOF_MS)
  await refuses(links.open(token, again), 'LINK_LOCKED')
  assert.equal((await links.change(ANA, id, { password: null })).hasPassword, false)
  await links.open(token)
})

test('of two that race for the last download one gets it, and who has it goes on', async () => {
  const world = await worldWithFile()
  const { links } = world
  const { id, token } = await links.make(ANA, { path: FILE, downloadsMax: 2 })
  const { entry } = await links.open(token)
  const start = (address: string) => links.count({ id }, { address, entry, isStart: true })
  await start('a')
  const race = await Promise.allSettled([start('b'), start('c')])
  assert.deepEqual(race.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  await refuses(links.open(token), 'LINK_SPENT')
  await links.open(token, '', { goesOn: true })
  const goesOn = (address: string) => links.count({ id }, { address, entry, isStart: false })
  await goesOn('a')
  await refuses(goesOn('d'), 'LINK_SPENT')
  const other = { id: 'another file' }
  await refuses(links.count({ id }, { address: 'a', entry: other, isStart: false }), 'LINK_SPENT')
  assert.deepEqual(
    [(await links.find(ANA, id)).state, (await links.find(ANA, id)).downloads],
    ['spent', 2],
  )
  world.pass(GOES_ON_MS)
  await refuses(goesOn('a'), 'LINK_SPENT')
  assert.equal((await links.change(ANA, id, { downloadsMore: 1 })).downloadsMax, 3)
  await goesOn('a')
  await refuses(goesOn('e'), 'LINK_SPENT')
  await links.change(ANA, id, { downloadsMore: null })
  await start('e')
})

test('an account has so many links, and one that is revoked makes room', async () => {
  const { links, store } = await worldWithFile()
  const { id } = await links.make(ANA, { path: FILE })
  const at = partitionOfLink(id)
  const bare = { by: 'ana', handle: '', kind: 'file', name: '', seed: '0'.repeat(64) } as const
  for (let count = 1; count < LINKS_MAX; count++) {
    const drawn = id.slice(0, 2) + String(count).padStart(30, '0')
    await store.call(at, makeLink, { id: drawn, link: { ...bare, token: drawn } })
  }
  await refuses(links.make(ANA, { path: FILE }), 'LINKS_FULL')
  await links.revoke(ANA, id)
  await links.make(ANA, { path: FILE })
})
