import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MIB } from '../../../base/limits.ts'
import { servicesText } from './services-text.ts'

const NONE = { bytes: 0, files: 0 }

test('servicesText() tells files always, and other services where there is any', () => {
  const files = { bytes: 3 * MIB, files: 2 }
  assert.equal(servicesText({ files, dweets: NONE, shares: NONE }), '3.0 MiB in 2 files')
  const all = { files, dweets: { bytes: 10, files: 3 }, shares: { bytes: MIB, files: 1 } }
  const said = '3.0 MiB in 2 files, 10 B in 3 attachments of dweets, 1.0 MiB in 1 share'
  assert.equal(servicesText(all), `${said} beside their files`)
})
