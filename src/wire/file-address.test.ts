import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { addressOf, pathIn } from './file-address.ts'

test('pathIn() reads names as they were written, whatever they hold', () => {
  const cases = [
    ['/v1/files/', '/', true],
    ['/v1/files/shared/notes.txt', '/shared/notes.txt', false],
    ['/v1/files/shared/?op=stat&x=/a', '/shared', true],
    ['/v1/files/a%20b/%C3%B1%F0%9F%8C%8A', '/a b/ñ🌊', false],
    ['/v1/files/100%25+/a?b', '/100%+/a', false],
    ['/v1/files/%3Fop%3Dmkdir', '/?op=mkdir', false],
    ['/v1/files/%252F', '/%2F', false],
    ['/v1/files/...', '/...', false],
    ['http://localhost:9100/v1/files/a', '/a', false],
    ['/v1/uploads/a/b', '/a/b', false],
  ] as const
  for (const [url, path, isFolder] of cases) {
    assert.deepEqual(pathIn(url), { path, isFolder }, url)
  }
})

test('pathIn() refuses what could mean another place than it says', () => {
  const cases = [
    ['/v1/files/a//b', 'NAME_INVALID'],
    ['/v1/files//', 'NAME_INVALID'],
    ['/v1/files/../x', 'NAME_INVALID'],
    ['/v1/files/a/./b', 'NAME_INVALID'],
    ['/v1/files/a/%2e%2e/b', 'NAME_INVALID'],
    ['/v1/files/..%2fx', 'NAME_INVALID'],
    ['/v1/files/a%2Fb', 'NAME_INVALID'],
    ['/v1/files/%ff', 'BAD_REQUEST'],
    ['/v1/files/%C3', 'BAD_REQUEST'],
    ['/v1/files/%c0%af', 'BAD_REQUEST'],
    ['/v1/files/%zz', 'BAD_REQUEST'],
    ['/v1/files/a/#b', 'BAD_REQUEST'],
    ['/v1/files/%', 'BAD_REQUEST'],
    ['/v1/files/\u00f1', 'BAD_REQUEST'],
    ['/v1/files/a%00\u00ff', 'BAD_REQUEST'],
  ] as const
  for (const [url, code] of cases) {
    assert.throws(
      () => pathIn(url),
      (thrown) => isAnilloError(thrown, code),
      url,
    )
  }
})

test('addressOf() is read back by pathIn()', () => {
  for (const path of ['/', '/a b/ñ🌊', '/100%/?x#y', '/%2F', "/it's (1)*"]) {
    assert.equal(pathIn(`/v1/files${addressOf(path)}`).path, path)
  }
})
