import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Download } from '../../../wire/api-shares.ts'
import { progressText } from './download.ts'

const MIB = 2 ** 20
type Source = Download['sources'][number]

function going(state: Download['state'], some: Partial<Source>[]): Download {
  const each = { url: 'u', publisher: null, pieces: 0, bytes: 0, bytesPerSecond: 0 }
  return {
    id: 'd0',
    name: 'my film',
    state,
    root: null,
    bytes: state === 'looking' ? null : 4 * MIB,
    verified: true,
    by: 'ana',
    path: '/x',
    pieceBytes: MIB,
    pieces: 4,
    keptPieces: 1,
    receivedBytes: MIB,
    bytesPerSecond: 0,
    secondsLeft: null,
    sources: some.map((source) => ({ ...each, state: 'resting', ...source })),
    begunAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
  }
}

test('a download that gets nothing says what it waits for', () => {
  const forbidden = { state: 'dropped', why: 'forbidden' } as const
  assert.match(
    progressText(going('looking', [forbidden])),
    /only addresses are in private networks/,
  )
  assert.equal(progressText(going('looking', [forbidden, {}])), 'looking for who has it')
  assert.equal(progressText(going('looking', [])), 'looking for who has it')
  const nobody = '1.0 MiB of 4.0 MiB: nobody who can be reached has the rest; waiting for somebody'
  assert.equal(progressText(going('downloading', [{ why: 'gone', state: 'dropped' }, {}])), nobody)
  const one = '1.0 MiB of 4.0 MiB from 1 source'
  assert.equal(progressText(going('downloading', [{ state: 'active' }, {}])), one)
})

test('one that is paused says how it goes on, by its name', () => {
  const told = "paused: npx anillo share resume 'my film' goes on with it"
  assert.equal(progressText(going('paused', [])), told)
})
