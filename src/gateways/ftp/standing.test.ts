import assert from 'node:assert/strict'
import { test } from 'node:test'

import { platformClock } from '../../platform/clock.ts'
import type { Principal } from '../../services/accounts/types.ts'
import { ANA, authenticated, testDoor } from './door.test-helper.ts'
import { STANDING_MS } from './limits.ts'

const PATH = `/home/${ANA.nick}/plan.txt`

async function doorWithTime(t: Parameters<typeof testDoor>[0]) {
  const clock = platformClock()
  const state = {
    nowMs: 0,
    looks: 0,
    now: (who: Principal): Principal | undefined => who,
  }
  const door = await testDoor(t, {
    clock: Object.assign(Object.create(clock) as typeof clock, { nowMs: () => state.nowMs }),
    accounts: {
      authenticateByPassword: async (shown) => ({ ...authenticated(shown), groups: ['lab'] }),
      asOfNow: async (who) => {
        state.looks++
        return state.now(who)
      },
    },
  })
  await door.put(PATH, 'one')
  const nothing = { everyone: 'nothing', guests: 'nothing' } as const
  const grants = { ...nothing, people: { ana: 'own' as const }, groups: { lab: 'read' as const } }
  await door.files.setGrants(ANA, PATH, grants)
  const ftp = await door.client()
  await ftp.answer()
  await ftp.code('USER ben')
  assert.equal(await ftp.code('PASS right'), 230)
  await ftp.code('TYPE I')
  return { ftp, state }
}

test('what a file is shared with counts over FTP, and what is taken away, within ten seconds', async (t) => {
  const { ftp, state } = await doorWithTime(t)
  assert.equal((await ftp.download(`RETR ${PATH}`)).data.toString(), 'one')
  assert.equal((await ftp.upload(`STOR ${PATH}`, 'two')).end.code, 550)
  state.now = (who) => ({ ...who, groups: [] })
  state.nowMs = STANDING_MS - 1
  assert.equal(await ftp.code(`SIZE ${PATH}`), 213)
  assert.equal(state.looks, 0)
  state.nowMs = STANDING_MS
  assert.equal(await ftp.code(`SIZE ${PATH}`), 550)
  assert.equal(await ftp.code(`RETR ${PATH}`), 425, 'there is no data connection yet')
  assert.equal((await ftp.download(`RETR ${PATH}`)).end.code, 550)
  assert.equal(state.looks, 1)
  state.now = (who) => ({ ...who, groups: ['lab'] })
  state.nowMs += STANDING_MS
  assert.equal((await ftp.download(`RETR ${PATH}`)).data.toString(), 'one')
})

test('a session ends with 421 when what was shown at its log-in counts no more', async (t) => {
  const { ftp, state } = await doorWithTime(t)
  state.now = () => undefined
  state.nowMs = STANDING_MS
  assert.equal(await ftp.code('NOOP'), 200)
  assert.equal(await ftp.code('SIZE x'), 421)
  await ftp.closed()
})
