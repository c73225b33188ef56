import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../src/base/errors.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import type { Principal } from '../../src/services/accounts/types.ts'
import type { RecordStore } from '../../src/store/store.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

async function ringOfAna() {
  const ring = new AccountRing()
  const admin = await ring.administrator()
  await ring.register('ana')
  return { ring, admin, tokens: await ring.logIn('ana') }
}

test('setRole() counts for open sessions and keys at each member as soon as it resolves', async () => {
  const { admin, ring, tokens } = await ringOfAna()
  const wanted = { name: 'watch', permissions: ['pages.read', 'account.own'] } as const
  const ana = await ring.who(tokens)
  const made = ring.at(1).makeKey(ana, 'ana', { ...wanted, permissions: [...wanted.permissions] })
  const { secret } = await ring.within(made)
  const grants = ['store.read' as const]
  await ring.within(ring.at(2).setRole(admin, 'ana', { role: 'member', grants }))
  for (const number of [1, 2, 3]) {
    assert.ok((await ring.who(tokens, number)).permissions.has('store.read'))
  }
  await ring.within(ring.at(3).setRole(admin, 'ana', { role: 'operator' }))
  for (const number of [1, 2, 3]) {
    const { permissions, role } = await ring.who(tokens, number)
    assert.equal(role, 'operator')
    assert.ok(permissions.has('ring.operate') && !permissions.has('accounts.manage'))
    assert.ok(permissions.has('store.read'))
    const byKey = await ring.within(ring.at(number).authenticate(secret))
    assert.deepEqual([...byKey.permissions].toSorted(), ['account.own', 'pages.read'])
    assert.equal(byKey.role, 'operator')
  }
  await ring.within(ring.at(1).setRole(admin, 'ana', { role: 'member', grants: [] }))
  for (const number of [1, 2, 3]) {
    const { permissions } = await ring.who(tokens, number)
    assert.ok(!permissions.has('ring.operate') && !permissions.has('store.read'))
  }
})

test('setRole() gives none of what roles alone bring', async () => {
  const { admin, ring } = await ringOfAna()
  const change = { role: 'member', grants: ['accounts.manage'] } as const
  const refused = ring.at(1).setRole(admin, 'ana', { ...change, grants: [...change.grants] })
  await ring.refused('BAD_REQUEST', refused)
})

test('setState() ends the sessions and stops the keys of who is suspended', async () => {
  const { admin, ring, tokens } = await ringOfAna()
  const ana = await ring.who(tokens)
  const wanted = { name: 'k', permissions: ['pages.read' as const] }
  const { secret } = await ring.within(ring.at(1).makeKey(ana, 'ana', wanted))
  const user = await ring.within(ring.at(2).setState(admin, 'ana', 'suspended'))
  assert.equal(user.state, 'suspended')
  await ring.isNobody(tokens)
  await ring.isNobody({ accessToken: secret })
  await ring.refused('LOGIN_FIRST', ring.at(3).refresh(tokens.refreshToken, HERE))
  const credentials = { nick: 'ana', password: PASSWORD }
  await ring.refused('ACCOUNT_SUSPENDED', ring.at(3).logIn(credentials, HERE))
  await ring.refused('ACCOUNT_SUSPENDED', ring.at(3).authenticateByPassword(credentials, HERE))
  const wrong = ring.at(3).logIn({ nick: 'ana', password: 'wrong horse' }, HERE)
  await ring.refused('BAD_LOGIN', wrong)
  await ring.within(ring.at(1).setState(admin, 'ana', 'active'))
  await ring.isNobody(tokens)
  assert.equal((await ring.within(ring.at(2).authenticate(secret))).nick, 'ana')
  assert.ok(await ring.logIn('ana'))
})

test('found() makes one administrator, once', async () => {
  const ring = new AccountRing()
  const foundings = ring.everywhere.map((accounts) =>
    accounts.found({ nick: 'admin', password: PASSWORD }),
  )
  await ring.within(Promise.all(foundings))
  const { items } = await ring.within(ring.at(1).users({ limit: 10 }))
  assert.deepEqual(
    items.map(({ nick, role }) => [nick, role]),
    [['admin', 'administrator']],
  )
  await ring.within(ring.at(2).found({ nick: 'another', password: PASSWORD }))
  await ring.refused('NO_USER', ring.at(1).user('another'))
  await ring.within(ring.at(2).found({ nick: 'admin', password: 'another horse' }))
  assert.ok(await ring.logIn('admin'))
})

test('found() leaves a member who has the nick what they are', async () => {
  const ring = new AccountRing()
  await ring.register('admin')
  await ring.within(ring.at(1).found({ nick: 'admin', password: 'another horse' }))
  assert.equal((await ring.within(ring.at(1).user('admin'))).role, 'member')
})

test('the last administrator stays one', async () => {
  const { admin, ring } = await ringOfAna()
  const last = 'LAST_ADMINISTRATOR'
  await ring.refused(last, ring.at(1).setRole(admin, 'admin', { role: 'operator' }))
  await ring.refused(last, ring.at(2).setState(admin, 'admin', 'suspended'))
  await ring.refused(last, ring.at(3).remove(admin, 'admin', PASSWORD, HERE))
  await ring.within(ring.at(1).setRole(admin, 'ana', { role: 'administrator' }))
  await ring.within(ring.at(1).setState(admin, 'ana', 'suspended'))
  await ring.refused(last, ring.at(1).setRole(admin, 'admin', { role: 'member' }))
  await ring.within(ring.at(1).setState(admin, 'ana', 'active'))
  await ring.within(ring.at(2).setRole(admin, 'admin', { role: 'member' }))
  const ana = await ring.who(await ring.logIn('ana'))
  await ring.refused(last, ring.at(2).setState(ana, 'ana', 'suspended'))
})

test('of administrators that unmake one another at once, one is left', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const ring = new AccountRing(seed)
    const admin = await ring.administrator()
    const nicks = ['ana', 'eva', 'luz']
    for (const nick of nicks) {
      await ring.register(nick)
      await ring.within(ring.at(1).setRole(admin, nick, { role: 'administrator' }))
    }
    const all = ['admin', ...nicks]
    const unmaking = all.flatMap((nick, place) => [
      ring.at((place % 3) + 1).setRole(admin, nick, { role: 'member' }),
      ring.at(((place + 1) % 3) + 1).setState(admin, nick, 'suspended'),
    ])
    const settled = await ring.within(Promise.allSettled(unmaking))
    for (const outcome of settled) {
      if (outcome.status === 'fulfilled') continue
      const { reason } = outcome
      assert.ok(isAnilloError(reason, 'LAST_ADMINISTRATOR') || isAnilloError(reason, 'BUSY'))
    }
    const { items } = await ring.within(ring.at(2).users({ limit: 10 }))
    const left = items.filter(({ role, state }) => role === 'administrator' && state === 'active')
    assert.ok(left.length >= 1, `seed ${seed}: nobody is left`)
  }
})

test('an administrator that a broken-off step left uncounted is counted when it matters', async () => {
  let isBroken = false
  const breaking = (store: RecordStore): RecordStore => ({
    ...store,
    call: (partition, procedure, ...rest) => {
      if (isBroken && procedure.name === 'users.rights') return new Promise(() => {})
      return store.call(partition, procedure, ...rest)
    },
  })
  const ring = new AccountRing(1, breaking)
  const admin = await ring.administrator()
  await ring.register('ana')
  await ring.within(ring.at(1).setRole(admin, 'ana', { role: 'administrator' }))
  isBroken = true
  void ring.at(2).setRole(admin, 'ana', { role: 'member' })
  await ring.pass(DAY_MS / 24)
  isBroken = false
  // `ana` left, and is still an administrator.
  await ring.within(ring.at(3).setRole(admin, 'admin', { role: 'member' }))
  assert.equal((await ring.within(ring.at(1).user('ana'))).role, 'administrator')
  await ring.refused('LAST_ADMINISTRATOR', ring.at(3).setRole(admin, 'ana', { role: 'member' }))
})

test('nobody acts on another’s account but who manages accounts', async () => {
  const { ring, tokens } = await ringOfAna()
  await ring.register('eva')
  const ana: Principal = await ring.who(tokens)
  const key = { name: 'k', permissions: ['pages.read' as const] }
  const attempts = [
    () => ring.at(1).change(ana, 'eva', { name: 'Evil' }, HERE),
    () => ring.at(1).remove(ana, 'eva', PASSWORD, HERE),
    () => ring.at(1).sessions(ana, 'eva'),
    () => ring.at(1).endSession(ana, 'eva', 'x'),
    () => ring.at(1).makeKey(ana, 'eva', key),
    () => ring.at(1).removeKey(ana, 'eva', 'x'),
    () => ring.at(1).setRole(ana, 'ana', { role: 'administrator' }),
    () => ring.at(1).setState(ana, 'eva', 'suspended'),
  ]
  for (const attempt of attempts) await ring.refused('PERMISSION_MISSING', attempt())
})
