/** Applications over real partitions: codes once, tokens that count or not at every member. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { DAY_MS, MINUTE_MS } from '../../src/base/limits.ts'
import type { AppGrant, NewApp } from '../../src/services/accounts/app-types.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

const REDIRECT = 'urn:ietf:wg:oauth:2.0:oob'
const APP: NewApp = { name: 'trial', redirectUris: [REDIRECT], scopes: ['read', 'write'] }
const ANA = { nick: 'ana', password: PASSWORD }

class Trial {
  readonly ring = new AccountRing()

  static async withAna(): Promise<Trial> {
    const trial = new Trial()
    await trial.ring.register('ana')
    return trial
  }

  async grant(app = APP): Promise<AppGrant & { readonly secret: string }> {
    const { secret, ...made } = await this.ring.within(this.ring.at(1).apps.make(app))
    return { app: made, scopes: app.scopes, secret }
  }

  async token(grant: AppGrant): Promise<string> {
    return (await this.ring.within(this.ring.at(2).apps.logIn(ANA, HERE, grant))).token
  }

  async code(grant: AppGrant, challenge?: string): Promise<string> {
    const how = { redirectUri: REDIRECT, ...(challenge === undefined ? {} : { challenge }) }
    return this.ring.within(this.ring.at(1).apps.grantCode(ANA, HERE, { ...grant, ...how }))
  }

  redeem(code: string, { app }: AppGrant, verifier?: string) {
    const proof = { app, redirectUri: REDIRECT, ...(verifier === undefined ? {} : { verifier }) }
    return this.ring.within(this.ring.at(3).apps.redeem(code, proof))
  }
}

test('an application made at one member is known to all, by its secret alone', async () => {
  const trial = new Trial()
  const { app, secret } = await trial.grant()
  for (const { apps } of trial.ring.everywhere) {
    assert.deepEqual(await trial.ring.within(apps.prove(app.id, secret)), app)
    assert.equal(await trial.ring.within(apps.prove(app.id, `${secret}x`)), undefined)
    assert.equal(await trial.ring.within(apps.find('nothing')), undefined)
  }
  await trial.ring.refused('NAME_UNFIT', trial.ring.at(1).apps.make({ ...APP, name: ' ' }))
})

test('a token is a session with the rights of its scopes, until it is ended anywhere', async () => {
  const trial = await Trial.withAna()
  const { ring } = trial
  const grant = await trial.grant({ ...APP, scopes: ['read'] })
  const token = await trial.token(grant)
  const who = await ring.who({ accessToken: token }, 3)
  assert.equal(who.nick, 'ana')
  assert.deepEqual([...who.permissions], ['dweets.read'])
  assert.equal(who.by.kind === 'session' && who.by.app?.name, 'trial')
  const self = await ring.who(await ring.logIn('ana'))
  const listed = await ring.within(ring.at(1).sessions(self, 'ana'))
  const session = listed.find(({ client }) => client === 'trial')
  assert.ok(session !== undefined)
  await ring.within(ring.at(1).endSession(self, 'ana', session.id))
  await ring.isNobody({ accessToken: token })
})

test('what the application revokes, log-out everywhere and a new password end its token', async () => {
  const trial = await Trial.withAna()
  const { ring } = trial
  const grant = await trial.grant()
  const other = await trial.grant()
  const first = await trial.token(grant)
  await ring.within(ring.at(1).apps.revoke(first, other.app))
  assert.equal((await ring.who({ accessToken: first })).nick, 'ana')
  await ring.within(ring.at(1).apps.revoke(first, grant.app))
  await ring.isNobody({ accessToken: first })

  const second = await trial.token(grant)
  const self = await ring.who(await ring.logIn('ana'))
  await ring.within(ring.at(2).logOut(self, { everywhere: true }))
  await ring.isNobody({ accessToken: second })

  const third = await trial.token(grant)
  const again = await ring.who(await ring.logIn('ana'))
  const change = { password: 'another password', oldPassword: PASSWORD }
  await ring.within(ring.at(1).change(again, 'ana', change, HERE))
  await ring.isNobody({ accessToken: third })
})

test('a code counts once, for ten minutes, and is no token', async () => {
  const trial = await Trial.withAna()
  const { ring } = trial
  const grant = await trial.grant()
  const code = await trial.code(grant)
  await ring.isNobody({ accessToken: code })
  const self = await ring.who(await ring.logIn('ana'))
  const before = await ring.within(ring.at(1).sessions(self, 'ana'))
  assert.equal(before.filter(({ client }) => client === 'trial').length, 0, 'nobody holds it yet')
  assert.equal(await trial.redeem(code, await trial.grant()), undefined)
  const token = await trial.redeem(code, grant)
  assert.ok(token !== undefined)
  assert.equal((await ring.who({ accessToken: token.token })).nick, 'ana')
  // Two at once: one gets it, and for the other's sake nobody keeps it.
  assert.equal(await trial.redeem(code, grant), undefined)
  await ring.isNobody({ accessToken: token.token })

  const late = await trial.code(grant)
  await ring.pass(11 * MINUTE_MS)
  assert.equal(await trial.redeem(late, grant), undefined)
})

test('a code that was asked for with a challenge needs its verifier', async () => {
  const trial = await Trial.withAna()
  const grant = await trial.grant()
  const verifier = 'v'.repeat(43)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  assert.equal(await trial.redeem(await trial.code(grant, challenge), grant), undefined)
  assert.equal(await trial.redeem(await trial.code(grant, challenge), grant, 'other'), undefined)
  const token = await trial.redeem(await trial.code(grant, challenge), grant, verifier)
  assert.ok(token !== undefined)
  // One without a challenge is refused with a verifier: it is of another request.
  assert.equal(await trial.redeem(await trial.code(grant), grant, verifier), undefined)
})

test('an application’s own token is nobody’s, and ends when it is revoked', async () => {
  const trial = new Trial()
  const { ring } = trial
  const grant = await trial.grant()
  const { token } = await ring.within(ring.at(1).apps.tokenOf(grant))
  const who = await ring.who({ accessToken: token }, 2)
  assert.deepEqual([who.nick, who.permissions.size, who.by.kind], [undefined, 0, 'app'])
  const wider = token.replace('read_write', 'read_write_follow')
  assert.notEqual(wider, token)
  await ring.isNobody({ accessToken: wider })
  await ring.within(ring.at(3).apps.revoke(token, grant.app))
  await ring.isNobody({ accessToken: token })
})

test('a token that is used goes on, one that is not ends after thirty days', async () => {
  const trial = await Trial.withAna()
  const { ring } = trial
  const grant = await trial.grant()
  const token = await trial.token(grant)
  const idle = await trial.token(grant)
  for (let days = 0; days < 45; days += 15) {
    await ring.pass(15 * DAY_MS)
    assert.equal((await ring.who({ accessToken: token })).nick, 'ana')
    // The use is noted behind the answer.
    await ring.pass(1_000)
  }
  await ring.isNobody({ accessToken: idle })
})

test('one that nobody lets in is forgotten, and makes room for others', async () => {
  const trial = await Trial.withAna()
  const { ring } = trial
  const unused = await trial.grant()
  const used = await trial.grant()
  await trial.token(used)
  await ring.pass(40 * DAY_MS)
  const { apps } = ring.at(1)
  assert.equal(await ring.within(apps.find(unused.app.id)), undefined)
  assert.equal((await ring.within(apps.find(used.app.id)))?.name, 'trial')
})
