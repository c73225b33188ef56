import assert from 'node:assert/strict'
import { test } from 'node:test'

import { metalinkOf } from './metalink.ts'
import type { Entry } from './types.ts'

const ENTRY: Entry = {
  id: 'a'.repeat(32),
  name: 'a "b" & c\u0001.iso',
  path: '/shared/ñ/a "b" & c\u0001.iso',
  kind: 'file',
  bytes: 5,
  modifiedMs: Date.parse('2026-11-21T10:00:00Z'),
  createdMs: 0,
  owner: 'ana',
  mode: 0o644,
  etag: '1',
  sha256: 'cd'.repeat(32),
  access: 'read',
}

const PATH = '/shared/%C3%B1/a%20%22b%22%20%26%20c%01.iso'

test('metalinkOf() has each door of each member that is up, HTTP before FTP', () => {
  const text = metalinkOf(ENTRY, [
    { url: 'http://localhost:9100', ftp: 'ftp://localhost:2121', state: 'up' },
    { url: '', ftp: 'ftps://[fd00::2]:2121/', state: 'up' },
    { url: 'https://anillo.test:9100/', ftp: null, state: 'up' },
    { url: '', ftp: '', state: 'up' },
    { url: 'http://localhost:9104', ftp: null, state: 'down' },
  ])
  const urls = Array.from(text.matchAll(/<url priority="1">(.*)<\/url>/g), ([, url]) => url)
  assert.deepEqual(urls, [
    `http://localhost:9100/v1/files${PATH}`,
    `https://anillo.test:9100/v1/files${PATH}`,
    `ftp://localhost:2121/%2F${PATH.slice(1)}`,
    `ftps://[fd00::2]:2121/%2F${PATH.slice(1)}`,
  ])
})

test('metalinkOf() is XML whatever a name holds', () => {
  const text = metalinkOf({ ...ENTRY, sha256: undefined }, [])
  assert.match(text, /<file name="a &quot;b&quot; &amp; c_\.iso">/)
  assert.doesNotMatch(text, /[\u0000-\u0008]|<hash|<url/)
  assert.match(text, /<updated>2026-11-21T10:00:00\.000Z<\/updated>/)
})
