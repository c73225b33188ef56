import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { dataPathOf, loadSettings } from './data-directory.ts'

test('dataPathOf() prefers the flag, then ANILLO_DATA, then XDG, then the home', () => {
  const env = { ANILLO_DATA: '/a', XDG_DATA_HOME: '/x', HOME: '/h' }
  assert.equal(dataPathOf('/f', env), '/f')
  assert.equal(dataPathOf(undefined, env), '/a')
  assert.equal(dataPathOf(undefined, { ...env, ANILLO_DATA: '' }), '/x/anillo')
  assert.equal(dataPathOf(undefined, { HOME: '/h' }), '/h/.local/share/anillo')
})

test('loadSettings() reads the file where there is one and tells what is wrong with it', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'anillo-settings-'))
  t.after(() => rm(data, { recursive: true }))
  assert.equal((await loadSettings(data, {})).settings.downloads, 64)
  await writeFile(join(data, 'settings.json'), '{"downloads": 3}')
  assert.equal((await loadSettings(data, {})).settings.downloads, 3)
  await writeFile(join(data, 'settings.json'), '{"downloads": ')
  await assert.rejects(loadSettings(data, {}), (thrown) => isAnilloError(thrown, 'SETTING_INVALID'))
})
