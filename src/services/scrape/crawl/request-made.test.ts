import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Scrape } from '../../../wire/api.ts'
import { NO_REQUEST, requestMade } from './request-made.ts'

const SCRAPE: Scrape = {
  id: 'a'.repeat(64),
  url: 'http://site.example/page',
  state: 'failed',
  how: 'fetched',
  owner: { name: 'n1', id: '1', address: '127.0.0.1:1', position: '0' },
  hops: [],
}

function failed(code: string, host: string, phase = 'connect'): Scrape {
  const at = '2026-11-22T00:00:00.000Z'
  return { ...SCRAPE, failure: { code, text: code, details: { host, phase }, at } }
}

test('requestMade() tells a page that was held from one that came', () => {
  assert.deepEqual(requestMade({ ...SCRAPE, how: 'hit', state: 'done' }), { kind: 'unmade' })
})

test('requestMade() tells silence of the host, and not what another host or one page did', () => {
  const silent = { kind: 'failed' }
  for (const code of ['HOST_UNKNOWN', 'FETCH_REFUSED', 'FETCH_TIMEOUT', 'FETCH_TLS']) {
    assert.deepEqual(requestMade(failed(code, 'site.example')), silent, code)
    assert.equal(requestMade(failed(code, 'other.example')), NO_REQUEST, `${code} elsewhere`)
  }
  for (const phase of ['headers', 'idle', 'whole']) {
    assert.equal(requestMade(failed('FETCH_TIMEOUT', 'site.example', phase)), NO_REQUEST, phase)
  }
  for (const code of ['FETCH_BROKEN', 'FETCH_TOO_LARGE', 'FETCH_BOMB', 'ADDRESS_FORBIDDEN']) {
    assert.equal(requestMade(failed(code, 'site.example')), NO_REQUEST, code)
  }
})
