import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { findSession, latestSession, sessionFile, statePathOf } from './session-files.ts'

test('latestSession() is that of the last log-in, whichever was renewed since', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'anillo-state-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const env = { XDG_STATE_HOME: home }
  assert.equal(await latestSession(env), undefined)
  const kept = (name: string, begunAt?: string) => {
    const path = join(statePathOf(env), 'sessions', `${name}.json`)
    const place = sessionFile(path, { doors: [`http://${name}`], begunAt })
    return place.write({ nick: 'ana', accessToken: name, refreshToken: name })
  }
  await kept('a-before-dates')
  await kept('b-new', '2026-11-22T10:00:00.000Z')
  await kept('c-old', '2026-11-21T10:00:00.000Z')
  const found = await latestSession(env)
  assert.deepEqual(found?.doors, ['http://b-new'])
  assert.equal(found.begunAt, '2026-11-22T10:00:00.000Z')
})

test('a log-in that ended is none, but the doors of the last one are known still', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'anillo-state-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const env = { XDG_STATE_HOME: home }
  const doors = ['http://ring.example:9300']
  const path = join(statePathOf(env), 'sessions', 'a.json')
  const begunAt = '2026-11-22T10:00:00.000Z'
  const place = sessionFile(path, { doors, begunAt })
  await place.write({ nick: 'ana', accessToken: 'a', refreshToken: 'r' })
  const found = await findSession(env, doors)
  assert.equal(found?.session.nick, 'ana')
  // As the console does, which took it.
  await sessionFile(found.path, found).write(undefined)
  assert.equal(await findSession(env, doors), undefined)
  assert.equal(await sessionFile(path, { doors }).read(), undefined)
  assert.deepEqual((await latestSession(env))?.doors, doors)
  assert.doesNotMatch(await readFile(path, 'utf8'), /ana|"[ar]"/)
})
