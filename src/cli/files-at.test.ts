import assert from 'node:assert/strict'
import { test } from 'node:test'

import { filesAt } from './files-at.ts'

test('filesAt() tells the addresses for FTP and for network drives', () => {
  assert.equal(
    filesAt({ url: 'http://localhost:9100', ftp: 'ftps://localhost:2121' }),
    'files for other programs: ftps://localhost:2121 (FTP), http://localhost:9100/dav/ (WebDAV)',
  )
})
