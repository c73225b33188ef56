import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { readSettings, SETTINGS, variableOf } from './settings.ts'

const wrong = (sources: { file?: unknown; env?: Record<string, string> }) => () =>
  readSettings({ file: sources.file, env: sources.env ?? {} })
const isInvalid = (thrown: unknown) => isAnilloError(thrown, 'SETTING_INVALID')

test('readSettings() needs nothing and tells every setting once', () => {
  const { settings, infos } = readSettings({ file: undefined, env: {} })
  assert.equal(settings.downloads, 64)
  assert.deepEqual(infos.map(({ name }) => name).toSorted(), Object.keys(SETTINGS).toSorted())
  assert.ok(infos.every(({ source, what }) => source === 'default' && what !== ''))
})

test('readSettings() lets the environment win over the file, and the file over the default', () => {
  const file = { downloads: 5, busyDownloads: '7' }
  const { settings, infos } = readSettings({ file, env: { ANILLO_DOWNLOADS: '9' } })
  assert.equal(settings.downloads, 9)
  assert.equal(settings.busyDownloads, 7)
  const sources = Object.fromEntries(infos.map(({ name, source }) => [name, source]))
  assert.deepEqual(
    [sources['downloads'], sources['busyDownloads'], sources['logLevel']],
    ['environment', 'settings.json', 'default'],
  )
})

test('readSettings() takes an empty variable for none', () => {
  assert.equal(readSettings({ file: {}, env: { ANILLO_LOG_LEVEL: '' } }).settings.logLevel, 'info')
})

test('readSettings() refuses what is out of range, of the wrong kind, or no setting', () => {
  for (const text of ['0', '-1', '1e3', '0x10', '5.5', 'many', '99999999999999999', ' 5']) {
    assert.throws(wrong({ env: { ANILLO_DOWNLOADS: text } }), isInvalid, text)
  }
  for (const file of [
    { downloads: null },
    { logLevel: 'loud' },
    { uploadKib: 15 },
    { downloadKib: -16 },
    { downlaods: 5 },
    [],
    'x',
    null,
    3,
  ]) {
    assert.throws(wrong({ file }), isInvalid, JSON.stringify(file))
  }
})

test('variableOf() writes words apart', () => {
  assert.equal(variableOf('busyDownloads'), 'ANILLO_BUSY_DOWNLOADS')
  assert.equal(variableOf('downloads'), 'ANILLO_DOWNLOADS')
})
