import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import { AccountRing } from './account-ring.test-helper.ts'

const WHAT = '123/abc'

async function anasPass() {
  const ring = new AccountRing()
  await ring.register('ana')
  const tokens = await ring.logIn('ana')
  const who = await ring.who(tokens)
  const written = await ring.within(ring.at(1).viewPasses.writer(who))
  const write = present(written, 'who has a session')
  const viewer = (pass: string, what = WHAT, member = 2) =>
    ring.within(ring.at(member).viewPasses.viewer(pass, what))
  return { ring, tokens, who, write, viewer }
}

test('a pass holds at every member, for its thing alone, and says who as of now', async () => {
  const { ring, tokens, viewer, who, write } = await anasPass()
  const pass = write(WHAT)
  for (const member of [1, 2, 3]) assert.equal((await viewer(pass, WHAT, member))?.nick, 'ana')
  assert.equal(await viewer(pass, '123/abd'), undefined)
  assert.notEqual(write('123/abd'), pass)
  const again = await ring.within(ring.at(3).viewPasses.writer(who))
  assert.equal(again?.(WHAT), pass, 'the same for a day')
  // It is no credential.
  await ring.refused('LOGIN_FIRST', ring.at(1).authenticate(pass))
  assert.ok(tokens)
})

test('a pass of which any letter is another one is none', async () => {
  const { viewer, write } = await anasPass()
  const pass = write(WHAT)
  for (let at = 0; at < pass.length; at++) {
    const other = pass[at] === 'b' ? 'c' : 'b'
    const changed = pass.slice(0, at) + other + pass.slice(at + 1)
    assert.equal(await viewer(changed), undefined, changed)
  }
  const [nick, id, day, mac] = pass.split('.')
  for (const none of [
    '',
    '...',
    `${nick}.${id}.${Number(day) + 1}.${mac}`,
    `${nick}.${id}.0${day}.${mac}`,
    `${nick}.${id}.${day}.${mac}A`,
    `${pass}.`,
    `${pass}\n`,
  ]) {
    assert.equal(await viewer(none), undefined, none)
  }
})

test('a pass of another session of the same person is not made by this one', async () => {
  const { ring, viewer, write } = await anasPass()
  const other = await ring.who(await ring.logIn('ana'))
  const theirs = await ring.within(ring.at(1).viewPasses.writer(other))
  const [nick, , day, mac] = write(WHAT).split('.')
  const [, id] = present(theirs, 'a session')(WHAT).split('.')
  assert.equal(await viewer(`${nick}.${id}.${day}.${mac}`), undefined)
})

test('a pass ends by itself after a day or two, and with its session at once', async () => {
  const { ring, viewer, who, write } = await anasPass()
  const pass = write(WHAT)
  await ring.pass(DAY_MS)
  assert.equal((await viewer(pass))?.nick, 'ana')
  await ring.pass(DAY_MS)
  assert.equal(await viewer(pass), undefined)
  const anew = await ring.within(ring.at(1).viewPasses.writer(who))
  const next = present(anew, 'the session goes on')(WHAT)
  assert.equal((await viewer(next))?.nick, 'ana')
  await ring.within(ring.at(1).logOut(who))
  for (const member of [1, 2, 3]) assert.equal(await viewer(next, WHAT, member), undefined)
  assert.equal(await ring.within(ring.at(3).viewPasses.writer(who)), undefined)
})

test('who has no session has no passes', async () => {
  const { ring } = await anasPass()
  const guest = { nick: undefined, role: 'guest', groups: [], permissions: new Set<never>() }
  const none = await ring.within(
    ring.at(1).viewPasses.writer({ ...guest, role: 'guest', by: { kind: 'guest' } }),
  )
  assert.equal(none, undefined)
})
