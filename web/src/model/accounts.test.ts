import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  PERMISSION_NAMES,
  PERMISSIONS_OF,
  type AccountRole,
} from '../../../src/wire/permissions.ts'
import {
  clientName,
  fieldOf,
  grantsFor,
  keyMay,
  may,
  nickOf,
  menuViews,
  parseView,
  screenFor,
  searchOf,
  toggled,
  UNKNOWN,
  VIEW_NAMES,
  type Who,
} from './accounts.ts'

function told(role: AccountRole, nick: string | null = role === 'guest' ? null : 'ana'): Who {
  const permissions = [...PERMISSIONS_OF[role]]
  return { kind: 'told', me: { nick, name: nick, role, permissions, groups: [] } }
}

const NOBODY: Who = { kind: 'nobody' }
const ANYONE: Who = { kind: 'anyone' }

const shownTo = (who: Who, name: (typeof VIEW_NAMES)[number]): string => {
  const screen = screenFor(who, { name })
  return screen.kind === 'view' ? screen.name : `denied: ${screen.needed}`
}

test('may() allows everything where nobody is asked, nothing to nobody, and else what was told', () => {
  for (const permission of PERMISSION_NAMES) {
    assert.equal(may(ANYONE, permission), true)
    assert.equal(may(UNKNOWN, permission), true)
    assert.equal(may(NOBODY, permission), false)
    assert.equal(may(told('member'), permission), PERMISSIONS_OF.member.has(permission))
  }
})

test('screenFor() shows nothing about accounts where there are none', () => {
  for (const name of VIEW_NAMES) {
    const shown = ['crawls', 'archive', 'copies', 'find'].includes(name) ? name : 'ring'
    assert.equal(shownTo(ANYONE, name), shown)
    assert.equal(shownTo(UNKNOWN, name), shown)
  }
})

test('screenFor() has whoever is nobody log in, and a guest for what is not for guests', () => {
  const shown = (who: Who) => VIEW_NAMES.map((name) => shownTo(who, name))
  const rest = [...Array<string>(6).fill('login'), 'register', ...Array<string>(4).fill('login')]
  assert.deepEqual(shown(NOBODY), ['login', 'login', 'login', 'login', 'login', ...rest])
  assert.deepEqual(shown(told('guest')), ['ring', 'crawls', 'archive', 'copies', 'find', ...rest])
})

test('screenFor() shows an account what it may see, and which right it lacks for the rest', () => {
  const shown = (role: AccountRole) => VIEW_NAMES.map((name) => shownTo(told(role), name))
  const [people, audit] = ['denied: accounts.manage', 'denied: audit.read']
  const files = ['files', 'shared', 'trash', 'shares', 'dweets']
  const first = [
    'ring',
    'crawls',
    'archive',
    'copies',
    'find',
    ...files,
    'ring',
    'ring',
    'feed',
    'account',
  ]
  assert.deepEqual(shown('member'), [...first, people, audit])
  assert.deepEqual(shown('operator'), [...first, people, 'audit'])
  assert.deepEqual(shown('administrator'), [...first, 'people', 'audit'])
  const menu = ['crawls', 'archive', 'copies', 'files', 'shares', 'dweets', 'account']
  assert.deepEqual(menuViews(told('member')), menu)
  assert.deepEqual(menuViews(told('operator')), [...menu, 'audit'])
  for (const who of [told('guest'), ANYONE]) {
    assert.deepEqual(menuViews(who), ['crawls', 'archive', 'copies'])
  }
  assert.deepEqual(menuViews(NOBODY), [])
})

test('nickOf() has none for a guest', () => {
  assert.equal(nickOf(told('member')), 'ana')
  assert.equal(nickOf(told('guest')), undefined)
  assert.equal(nickOf(NOBODY), undefined)
})

test('parseView() reads what searchOf() writes, and the ring from anything else', () => {
  for (const name of VIEW_NAMES) assert.deepEqual(parseView(searchOf({ name })), { name })
  const person = { name: 'people', nick: 'a&b=c' } as const
  assert.deepEqual(parseView(searchOf(person)), person)
  const crawl = { name: 'crawls', crawl: 'ab'.repeat(16) } as const
  assert.deepEqual(parseView(searchOf(crawl)), crawl)
  const folder = { name: 'files', path: '/shared/Año & más' } as const
  assert.deepEqual(parseView(searchOf(folder)), folder)
  for (const odd of ['', '?', '?view=', '?view=secrets', '?view=__proto__', '?nick=ana'])
    assert.deepEqual(parseView(odd), { name: 'ring' })
  assert.deepEqual(parseView('?view=audit&nick=ana'), { name: 'audit' })
})

test('grantsFor() offers what the role lacks and may be given, never to manage accounts', () => {
  const offered = (role: AccountRole) =>
    grantsFor(role)
      .filter(({ isOfRole }) => !isOfRole)
      .map(({ permission }) => permission)
  assert.deepEqual(offered('administrator'), [])
  assert.ok(offered('member').includes('store.write'))
  for (const role of ['member', 'operator', 'guest'] as const)
    assert.ok(!offered(role).includes('accounts.manage'))
})

test('toggled() puts in and takes out, in the order of the table', () => {
  assert.deepEqual(toggled([], 'store.read'), ['store.read'])
  assert.deepEqual(toggled(['store.read', 'audit.read'], 'ring.watch'), [
    'ring.watch',
    'store.read',
    'audit.read',
  ])
  assert.deepEqual(toggled(['ring.watch', 'store.read'], 'ring.watch'), ['store.read'])
})

test('clientName() tells browser and system, and nothing of what it does not know', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/149.0 Safari/537.36'
  assert.equal(clientName(chrome), 'Chrome, Linux')
  assert.equal(clientName(`${chrome} Edg/149.0`), 'Edge, Linux')
  assert.equal(
    clientName('Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0'),
    'Firefox, Windows',
  )
  assert.equal(
    clientName('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1'),
    'Safari, iPhone',
  )
  assert.equal(clientName('curl/8'), '')
})

test('fieldOf() knows the field of a refusal, and none for others', () => {
  assert.equal(fieldOf('NICK_TAKEN'), 'nick')
  assert.equal(fieldOf('BAD_LOGIN'), 'password')
  assert.equal(fieldOf('SLOW_DOWN'), undefined)
  assert.equal(fieldOf('toString'), undefined)
  assert.equal(fieldOf(undefined), undefined)
})

test('keyMay() offers no right that the account has only since anybody has it', () => {
  const permissions = [...PERMISSIONS_OF.member, 'ring.watch', 'store.read'] as const
  const guestMay = [...PERMISSIONS_OF.guest]
  const offered = keyMay({ permissions, role: 'member' }, guestMay)
  assert.deepEqual(offered, [
    'store.read',
    'pages.read',
    'pages.scrape',
    'pages.import',
    'files.read',
    'files.write',
    'shares.read',
    'shares.write',
    'dweets.read',
    'dweets.write',
    'account.own',
  ])
})
