import assert from 'node:assert/strict'
import { test } from 'node:test'

import { refusalFor, type Asker, type Demand } from './demands.ts'
import { PERMISSIONS_OF, type Permission } from './permissions.ts'

const guest: Asker = { nick: undefined, role: 'guest', permissions: PERMISSIONS_OF.guest }
const ana: Asker = { nick: 'ana', role: 'member', permissions: PERMISSIONS_OF.member }
const admin: Asker = {
  nick: 'admin',
  role: 'administrator',
  permissions: PERMISSIONS_OF.administrator,
}
const key: Asker = { ...ana, permissions: new Set<Permission>(['pages.read']) }

const MINE: Demand = { own: 'account.own', others: 'accounts.manage' }
const PARTLY: Demand = { ...MINE, partly: 'dweets.read' }
const ALONE: Demand = { own: 'account.own' }

const CASES: readonly (readonly [
  Asker | undefined,
  Demand,
  string | undefined,
  string | undefined,
])[] = [
  [undefined, 'nothing', undefined, undefined],
  [undefined, 'anybody', undefined, undefined],
  [undefined, 'somebody', undefined, 'LOGIN_FIRST'],
  [undefined, 'pages.read', undefined, 'LOGIN_FIRST'],
  [undefined, MINE, 'ana', 'LOGIN_FIRST'],
  [guest, 'somebody', undefined, undefined],
  [guest, 'pages.read', undefined, undefined],
  [guest, 'store.read', undefined, 'LOGIN_FIRST'],
  [guest, MINE, 'ana', 'LOGIN_FIRST'],
  [guest, MINE, undefined, 'LOGIN_FIRST'],
  [guest, ALONE, undefined, 'LOGIN_FIRST'],
  [ana, 'store.read', undefined, 'PERMISSION_MISSING'],
  [ana, MINE, 'ana', undefined],
  [ana, MINE, 'beto', 'PERMISSION_MISSING'],
  [ana, MINE, undefined, 'PERMISSION_MISSING'],
  [ana, PARTLY, 'beto', undefined],
  [guest, PARTLY, 'ana', 'LOGIN_FIRST'],
  [key, PARTLY, 'ana', 'PERMISSION_MISSING'],
  [ana, ALONE, 'ana', undefined],
  [ana, ALONE, 'beto', 'FORBIDDEN'],
  [admin, MINE, 'ana', undefined],
  [admin, ALONE, 'ana', 'FORBIDDEN'],
  [admin, 'audit.read', undefined, undefined],
  [key, MINE, 'ana', 'PERMISSION_MISSING'],
  [key, ALONE, 'ana', 'PERMISSION_MISSING'],
  [key, 'pages.read', undefined, undefined],
]

test('refusalFor() lets in who has the permission, and tells the others what helps', () => {
  for (const [asker, demand, owner, code] of CASES) {
    const said = `${asker?.nick ?? asker?.role} ${JSON.stringify(demand)} ${owner}`
    assert.equal(refusalFor(asker, demand, owner)?.code, code, said)
  }
})
