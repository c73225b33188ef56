import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  COPIES_BYTES_MAX,
  COPIES_MAX,
  fileNameOf,
  listedCopies,
  readCopy,
  roomFor,
  type Copy,
} from './copies.ts'

const COPY: Copy = {
  id: 'a',
  url: 'https://bay.example/tides',
  finalUrl: 'https://bay.example/tides',
  title: null,
  status: 200,
  contentType: 'text/html',
  charset: null,
  bytes: 100,
  hash: 'h',
  fetchedAt: '2026-11-22T10:00:00.000Z',
  keptAt: '2026-11-22T11:00:00.000Z',
}

test('readCopy() reads what was written, and nothing else', () => {
  assert.deepEqual(readCopy(JSON.stringify(COPY)), COPY)
  assert.equal(readCopy('null'), undefined)
  assert.equal(readCopy('{}'), undefined)
  assert.equal(readCopy(JSON.stringify({ ...COPY, bytes: '100' })), undefined)
  assert.equal(readCopy(JSON.stringify({ ...COPY, title: 1 })), undefined)
})

test('roomFor() is what the bounds leave, and no more than the browser grants', () => {
  assert.deepEqual(roomFor([], undefined), { copies: COPIES_MAX, bytes: COPIES_BYTES_MAX })
  assert.deepEqual(roomFor([COPY], 50), { copies: COPIES_MAX - 1, bytes: 50 })
  const much = { ...COPY, bytes: 2 * COPIES_BYTES_MAX }
  assert.equal(roomFor([much], undefined).bytes, 0)
})

test('listedCopies() has the newest first, of those with what was typed', () => {
  const later = { ...COPY, id: 'b', keptAt: '2026-11-22T12:00:00.000Z', title: 'The High Hill' }
  const ids = (typed: string) => listedCopies([COPY, later], typed).map(({ id }) => id)
  assert.deepEqual(ids(''), ['b', 'a'])
  assert.deepEqual(ids(' high hill '), ['b'])
  assert.deepEqual(ids('/TIDES'), ['b', 'a'])
  assert.deepEqual(ids('nothing'), [])
})

test('fileNameOf() is the end of the address without what no file name may have', () => {
  const named = (url: string, contentType = 'text/html; charset=utf-8') =>
    fileNameOf({ url, contentType })
  assert.equal(named('https://bay.example/a/tides'), 'tides.html')
  assert.equal(named('https://bay.example/tides.html?x=1'), 'tides.html')
  assert.equal(named('https://bay.example/'), 'bay.example.html')
  assert.equal(named('https://bay.example/a%2F..%2Fb', 'image/png'), 'a_2F.._2Fb')
  assert.equal(named(`https://bay.example/${'x'.repeat(300)}`, 'image/png').length, 100)
})
