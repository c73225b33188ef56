import assert from 'node:assert/strict'
import { test } from 'node:test'

import { CELLS_MAX, pieceCells, pieceMap } from './pieces.ts'

function base64(...pieces: readonly number[]): string {
  const bytes = Buffer.alloc(Math.floor(Math.max(...pieces) / 8) + 1)
  for (const piece of pieces) bytes[piece >> 3] = (bytes[piece >> 3] ?? 0) | (0x80 >> (piece & 7))
  return bytes.toString('base64')
}

const GOING = { state: 'downloading' } as const

test('pieceCells() has one cell a piece while there are few', () => {
  const cells = pieceCells({ ...GOING, pieces: 10, have: base64(0, 8), underWay: [1, 8] })
  assert.deepEqual(
    cells.map(({ state }) => state),
    ['have', 'underWay', ...Array.from({ length: 6 }, () => 'missing'), 'have', 'missing'],
  )
})

test('pieceCells() joins pieces of what is large, and loses none', () => {
  const pieces = CELLS_MAX * 3 + 1
  const cells = pieceCells({ ...GOING, pieces, have: base64(0, 1, 2, 3, 4), underWay: [5, 9] })
  assert.ok(cells.length <= CELLS_MAX, `${cells.length}`)
  let next = 0
  for (const { from, to } of cells) {
    assert.equal(from, next)
    next = to
  }
  assert.equal(next, pieces)
  assert.deepEqual(
    cells.slice(0, 4).map(({ state }) => state),
    ['have', 'part', 'underWay', 'missing'],
  )
})

test('pieceCells() believes that all is there of what is done, and nothing of what is no base64', () => {
  assert.deepEqual(
    pieceCells({ state: 'done', pieces: 2 }).map(({ state }) => state),
    ['have', 'have'],
  )
  assert.deepEqual(
    pieceCells({ ...GOING, pieces: 1, have: '%' }).map(({ state }) => state),
    ['missing'],
  )
  assert.deepEqual(pieceCells({ state: 'looking', pieces: 0 }), [])
})

test('pieceMap() lays cells out in rows, each once', () => {
  const cells = pieceCells({ ...GOING, pieces: 130, have: base64(64), underWay: [] })
  const { columns, paths, rows } = pieceMap(cells)
  assert.deepEqual([columns, rows], [64, 3])
  assert.match(paths.have, /^M0 1h/)
  assert.equal(paths.missing.split('M').length - 1, 129)
  assert.equal(paths.part, '')
})
