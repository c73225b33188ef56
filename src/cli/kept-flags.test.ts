import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { loadSettings } from '../node/data-directory.ts'
import { keepFlags, overrides, withFlags } from './kept-flags.ts'

const NOTHING = { httpName: [] }
const DOORS = {
  http: 9_200,
  httpHost: '10.78.0.4',
  httpName: ['a.example', 'b.example'],
  rpcHost: '10.77.0.4',
  guest: 'none',
} as const

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'anillo-kept-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

test('keepFlags() lets a bare start open the doors of the first, beside what a person wrote', async (t) => {
  const path = await directory(t)
  await writeFile(join(path, 'settings.json'), '{"contact":"me@example.org","rpcHost":"10.0.0.1"}')
  const before = await loadSettings(path, {})
  const kept = await keepFlags(path, before.infos, DOORS)
  assert.deepEqual(kept, ['httpPort', 'httpHost', 'httpNames', 'rpcHost', 'guest'])
  const after = await loadSettings(path, {})
  assert.deepEqual(withFlags(after.settings, NOTHING), withFlags(before.settings, DOORS))
  assert.equal(after.settings.contact, 'me@example.org')
  assert.equal(after.settings.rpcHost, '10.77.0.4')
  assert.deepEqual(await keepFlags(path, after.infos, DOORS), [], 'what stands there already')
  const another = await keepFlags(path, after.infos, { httpName: [], http: 9_300 })
  assert.deepEqual(another, ['httpPort'])
  assert.equal((await loadSettings(path, {})).settings.httpHost, '10.78.0.4')
})

test('keepFlags() writes no file where no flag was given, nor what the environment says', async (t) => {
  const path = await directory(t)
  const { infos } = await loadSettings(path, { ANILLO_HTTP_HOST: '0.0.0.0' })
  assert.deepEqual(await keepFlags(path, infos, NOTHING), [])
  await assert.rejects(readFile(join(path, 'settings.json')))
})

test('overrides() tells the flags that say otherwise than what is kept', async (t) => {
  const path = await directory(t)
  await keepFlags(path, (await loadSettings(path, {})).infos, DOORS)
  const { infos } = await loadSettings(path, {})
  assert.deepEqual(overrides(infos, { ...DOORS, httpHost: '0.0.0.0', httpName: [] }), [
    '--http-host 0.0.0.0 instead of 10.78.0.4',
  ])
  assert.deepEqual(overrides(infos, NOTHING), [])
})
