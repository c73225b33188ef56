import assert from 'node:assert/strict'
import { test } from 'node:test'

import { GROUPS_A_PERSON_MAX } from '../../src/services/accounts/limits.ts'
import type { Principal } from '../../src/services/accounts/types.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

async function lab() {
  const ring = new AccountRing()
  const admin = await ring.administrator()
  for (const nick of ['ana', 'ben', 'eva']) await ring.register(nick)
  const { groups } = ring.at(1)
  await ring.within(groups.make(admin, { name: 'Lab', title: 'The laboratory' }))
  const put = (who: Principal, nick: string, place?: 'owner' | 'member') =>
    groups.put(who, { name: 'lab', nick }, place)
  const drop = (who: Principal, nick: string) => groups.drop(who, { name: 'lab', nick })
  return { ring, admin, groups, put, drop }
}

test('put() and drop() count at every member, for sessions, keys and passwords, when they resolve', async () => {
  const { admin, drop, put, ring } = await lab()
  const session = await ring.logIn('ana')
  const ana = await ring.who(session)
  const key = await ring.within(
    ring.at(1).makeKey(ana, 'ana', { name: 'k', permissions: ['files.read'] }),
  )
  const groupsOf = async () => {
    const byPassword = { nick: 'ana', password: PASSWORD }
    const asked = ring.everywhere.flatMap((accounts) => [
      accounts.authenticate(session.accessToken),
      accounts.authenticate(key.secret),
      accounts.authenticateByPassword(byPassword, HERE),
      accounts.authenticateByPassword({ ...byPassword, password: key.secret }, HERE),
    ])
    const told = await ring.within(Promise.all(asked))
    return [...new Set(told.map(({ groups }) => groups.join()))]
  }
  assert.deepEqual(await groupsOf(), [''])
  await ring.within(put(admin, 'ana'))
  assert.deepEqual(await groupsOf(), ['lab'])
  await ring.within(drop(admin, 'ana'))
  assert.deepEqual(await groupsOf(), [''])
  await ring.within(put(admin, 'ANA'))
  assert.deepEqual(await groupsOf(), ['lab'])
  const again = await ring.within(ring.at(2).refresh(session.refreshToken, HERE))
  assert.deepEqual((await ring.who(again, 3)).groups, ['lab'])
  assert.deepEqual((await ring.who(await ring.logIn('ana'))).groups, ['lab'])
  await ring.within(ring.at(1).groups.remove(admin, 'lab'))
  assert.deepEqual(await groupsOf(), [''])
})

test('owners put people in and take them out, others leave and do nothing else', async () => {
  const { admin, drop, groups, put, ring } = await lab()
  const who = async (nick: string) => ring.who(await ring.logIn(nick))
  const [ana, ben] = [await who('ana'), await who('ben')]
  await ring.refused('FORBIDDEN', put(ana, 'ana', 'owner'))
  await ring.refused('FORBIDDEN', groups.people(ana, 'lab'))
  await ring.within(put(admin, 'ana', 'owner'))
  await ring.within(put(ana, 'ben'))
  assert.deepEqual(
    (await ring.within(groups.people(ben, 'lab'))).map(({ nick, place }) => [nick, place]),
    [
      ['ana', 'owner'],
      ['ben', 'member'],
    ],
  )
  assert.equal((await ring.within(put(ana, 'ana'))).place, 'owner', 'put again, she stays one')
  await ring.refused('FORBIDDEN', put(ben, 'eva'))
  await ring.refused('FORBIDDEN', put(ben, 'ben', 'owner'))
  await ring.refused('FORBIDDEN', drop(ben, 'ana'))
  await ring.refused('FORBIDDEN', groups.rename(ben, 'lab', 'Mine'))
  await ring.refused('PERMISSION_MISSING', groups.remove(ana, 'lab'))
  await ring.refused('PERMISSION_MISSING', groups.make(ana, { name: 'mine' }))
  assert.equal((await ring.within(groups.rename(ana, 'lab', 'Laboratory'))).title, 'Laboratory')
  await ring.within(drop(ben, 'ben'))
  await ring.refused('NOT_FOUND', drop(ana, 'ben'))
  await ring.within(put(ana, 'ben', 'owner'))
  await ring.within(drop(ben, 'ana'))
  await ring.refused('FORBIDDEN', put(ana, 'eva'))
  const { mine, people } = await ring.within(groups.find(await who('ben'), 'lab'))
  assert.deepEqual([mine, people], ['owner', 1])
  const { items } = await ring.within(ring.at(1).audit({ limit: 50 }))
  const told = items.filter(({ what }) => what.startsWith('group.'))
  assert.deepEqual(told.map(({ by, detail, to, what }) => [what, by, to, detail]).toReversed(), [
    ['group.make', 'admin', 'lab', undefined],
    ['group.join', 'admin', 'ana', 'lab'],
    ['group.owner', 'admin', 'ana', 'lab'],
    ['group.join', 'ana', 'ben', 'lab'],
    ['group.leave', 'ben', 'ben', 'lab'],
    ['group.join', 'ana', 'ben', 'lab'],
    ['group.owner', 'ana', 'ben', 'lab'],
    ['group.leave', 'ben', 'ana', 'lab'],
  ])
})

test('what cannot be is refused, and changes nothing', async () => {
  const { admin, groups, put, ring } = await lab()
  const make = (name: string, title?: string) =>
    groups.make(admin, { name, ...(title === undefined ? {} : { title }) })
  for (const name of ['', ' ', '-x', '_x', 'a b', 'ä', 'x/y', 'a'.repeat(31), 'l\u0430b', 'a\n']) {
    await ring.refused('GROUP_UNFIT', make(name))
  }
  await ring.refused('NAME_UNFIT', make('x', '\u0007'))
  await ring.refused('GROUP_TAKEN', make('LAB'))
  await ring.refused('NO_USER', put(admin, 'nobody'))
  await ring.refused('NO_USER', put(admin, 'ana/x'))
  for (const name of ['x', 'no such', '../lab']) {
    await ring.refused('NO_GROUP', groups.find(admin, name))
    await ring.refused('NO_GROUP', groups.rename(admin, name, 'X'))
    await ring.refused('NO_GROUP', groups.remove(admin, name))
    await ring.refused('NO_GROUP', groups.people(admin, name))
    await ring.refused('NO_GROUP', groups.put(admin, { name, nick: 'ana' }))
    await ring.refused('NO_GROUP', groups.drop(admin, { name, nick: 'ana' }))
  }
  const { items } = await ring.within(groups.list(admin, { limit: 10 }))
  assert.deepEqual(
    items.map(({ name, people, title }) => [name, title, people]),
    [['lab', 'The laboratory', 0]],
  )
})

test('a name is given once, and a deleted group is gone from lists', async () => {
  const { admin, groups, put, ring } = await lab()
  await ring.within(put(admin, 'ana'))
  await ring.within(groups.remove(admin, 'lab'))
  await ring.refused('GROUP_TAKEN', groups.make(admin, { name: 'lab' }))
  await ring.refused('NO_GROUP', put(admin, 'ana'))
  assert.deepEqual((await ring.within(groups.list(admin, { limit: 10 }))).items, [])
  assert.deepEqual(await ring.within(groups.named('la', 10)), [])
})

test('list() goes on by its cursor; named() tells groups and people by their beginning', async () => {
  const { admin, groups, ring } = await lab()
  for (const name of ['anemone', 'bench', 'an-other']) {
    await ring.within(groups.make(admin, { name }))
  }
  const names = async (page: { cursor?: string; prefix?: string; limit: number }) => {
    const { cursor, items } = await ring.within(groups.list(admin, page))
    return [items.map(({ name }) => name).join(), cursor]
  }
  assert.deepEqual(await names({ limit: 2 }), ['an-other,anemone', 'anemone'])
  assert.deepEqual(await names({ limit: 2, cursor: 'anemone' }), ['bench,lab', undefined])
  assert.deepEqual(await names({ limit: 9, prefix: 'An' }), ['an-other,anemone', undefined])
  const named = async (prefix: string, limit = 10) =>
    (await ring.within(groups.named(prefix, limit))).map(({ kind, name }) => `${kind} ${name}`)
  assert.deepEqual(await named('AN'), ['group an-other', 'group anemone', 'person ana'])
  assert.deepEqual(await named('an', 2), ['group an-other', 'group anemone'])
  await ring.within(ring.at(1).setState(admin, 'ana', 'suspended'))
  assert.deepEqual(await named('ana'), [])
  assert.deepEqual(await named('zz'), [])
})

test('an account that is deleted leaves its groups, and one is in so many at most', async () => {
  const { admin, groups, put, ring } = await lab()
  await ring.within(put(admin, 'ana', 'owner'))
  for (let count = 1; count < GROUPS_A_PERSON_MAX; count++) {
    await ring.within(groups.make(admin, { name: `g${count}` }))
    await ring.within(groups.put(admin, { name: `g${count}`, nick: 'ana' }))
  }
  await ring.within(groups.make(admin, { name: 'more' }))
  await ring.refused('GROUPS_FULL', groups.put(admin, { name: 'more', nick: 'ana' }))
  await ring.within(ring.at(1).remove(admin, 'ana', undefined, HERE))
  ring.ring.deliver()
  assert.deepEqual(await ring.within(groups.people(admin, 'lab')), [])
  assert.equal((await ring.within(groups.find(admin, 'g1'))).people, 0)
})

test('what a caller that dies does not tell an account, a message does, and a late one changes nothing', async () => {
  let isBroken = false
  const ring = new AccountRing(1, (store) => ({
    ...store,
    call: (partition, procedure, input, options) =>
      isBroken && procedure.name === 'users.membership'
        ? new Promise(() => {})
        : store.call(partition, procedure, input, options),
  }))
  const admin = await ring.administrator()
  await ring.register('ana')
  const session = await ring.logIn('ana')
  const { groups } = ring.at(1)
  const named = { name: 'lab', nick: 'ana' }
  const groupsOfAna = async () => (await ring.who(session, 2)).groups
  await ring.within(groups.make(admin, { name: 'lab' }))
  await ring.within(groups.put(admin, named))
  await ring.within(groups.drop(admin, named))
  ring.ring.deliver()
  assert.deepEqual(await groupsOfAna(), [], 'that she came is told after she left')
  isBroken = true
  void groups.put(admin, named)
  await ring.pass(1_000)
  assert.deepEqual(await groupsOfAna(), [])
  ring.ring.deliver()
  assert.deepEqual(await groupsOfAna(), ['lab'])
  void groups.remove(admin, 'lab')
  await ring.pass(1_000)
  ring.ring.deliver()
  assert.deepEqual(await groupsOfAna(), [])
})

test('asOfNow() tells of passwords and keys what they count for now, and nothing once they do not', async () => {
  const { admin, drop, put, ring } = await lab()
  const ana = await ring.who(await ring.logIn('ana'))
  const { key, secret } = await ring.within(
    ring.at(1).makeKey(ana, 'ana', { name: 'k', permissions: ['files.read'] }),
  )
  const shown = (password: string) =>
    ring.within(ring.at(2).authenticateByPassword({ nick: 'ana', password }, HERE))
  const both = [await shown(PASSWORD), await shown(secret)]
  const now = async () =>
    Promise.all(both.map((who) => ring.within(ring.at(2).asOfNow(who)))).then((all) =>
      all.map((who) => who?.groups.join()),
    )
  assert.deepEqual(await now(), ['', ''])
  await ring.within(put(admin, 'ana'))
  assert.deepEqual(await now(), ['lab', 'lab'])
  const [byPassword] = both
  const later = byPassword && (await ring.within(ring.at(2).asOfNow(byPassword)))
  await ring.within(drop(admin, 'ana'))
  assert.deepEqual(await now(), ['', ''])
  await ring.within(ring.at(1).setState(admin, 'ana', 'suspended'))
  assert.deepEqual(await now(), [undefined, undefined])
  await ring.within(ring.at(1).setState(admin, 'ana', 'active'))
  assert.deepEqual(await now(), ['', ''])
  await ring.within(ring.at(1).removeKey(ana, 'ana', key.id))
  assert.deepEqual(await now(), ['', undefined])
  await ring.within(ring.at(1).change(admin, 'ana', { password: 'another secret' }, HERE))
  assert.deepEqual(await now(), [undefined, undefined])
  assert.equal(later && (await ring.within(ring.at(2).asOfNow(later))), undefined)
  const session = await ring.logIn('ana', 'another secret')
  const who = await ring.who(session)
  assert.equal((await ring.within(ring.at(3).asOfNow(who)))?.nick, 'ana')
  await ring.within(ring.at(1).logOut(who))
  assert.equal(await ring.within(ring.at(3).asOfNow(who)), undefined)
})
