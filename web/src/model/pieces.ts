/** Which pieces of a download are there, as they are drawn. Pure. */
import type { Download } from '../../../src/wire/api-shares.ts'

/** So many squares are drawn at most; of a larger file each stands for several pieces. */
export const CELLS_MAX = 2_048

/** Of pieces `from` to `to`, without `to`. */
export interface PieceCell {
  readonly from: number
  readonly to: number
  readonly state: CellState
}

export const CELL_STATES = ['have', 'part', 'underWay', 'missing'] as const
/** `part`: some of several pieces are there; `underWay` only while none is. */
export type CellState = (typeof CELL_STATES)[number]

type Told = Pick<Download, 'pieces' | 'have' | 'underWay' | 'state'>

export function pieceCells(told: Told, cellsMax = CELLS_MAX): readonly PieceCell[] {
  const { pieces } = told
  const has = pieceTest(told)
  const underWay = new Set(told.underWay)
  const perCell = Math.max(1, Math.ceil(pieces / cellsMax))
  const cells: PieceCell[] = []
  for (let from = 0; from < pieces; from += perCell) {
    const to = Math.min(pieces, from + perCell)
    let there = 0
    let isUnderWay = false
    for (let piece = from; piece < to; piece += 1) {
      if (has(piece)) there += 1
      else if (underWay.has(piece)) isUnderWay = true
    }
    cells.push({ from, to, state: stateOf({ there, of: to - from, isUnderWay }) })
  }
  return cells
}

interface Counted {
  readonly there: number
  readonly of: number
  readonly isUnderWay: boolean
}

function stateOf({ isUnderWay, of, there }: Counted): CellState {
  if (there === of) return 'have'
  if (there > 0) return 'part'
  return isUnderWay ? 'underWay' : 'missing'
}

/** One bit a piece, the first the highest. What is no base64 says that none is there. */
function pieceTest({ have, state }: Told): (piece: number) => boolean {
  if (state === 'done' || state === 'joining') return () => true
  const bits = bitsOf(have ?? '')
  return (piece) => (((bits[piece >> 3] ?? 0) >> (7 - (piece & 7))) & 1) === 1
}

function bitsOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

export interface PieceMap {
  readonly columns: number
  readonly rows: number
  /** Of each state the path of its squares, in units of one square; empty: it has none. */
  readonly paths: Readonly<Record<CellState, string>>
}

/** Squares in a row at most: they stay a few pixels wide on a phone. */
const COLUMNS_MAX = 64
/** Of the unit; the rest is what lies between two squares. */
const SIDE = 0.86

export function pieceMap(cells: readonly PieceCell[]): PieceMap {
  const columns = Math.max(1, Math.min(COLUMNS_MAX, cells.length))
  const paths = { have: '', part: '', underWay: '', missing: '' }
  cells.forEach(({ state }, index) => {
    const x = index % columns
    const y = Math.floor(index / columns)
    paths[state] += `M${x} ${y}h${SIDE}v${SIDE}h-${SIDE}z`
  })
  return { columns, rows: Math.max(1, Math.ceil(cells.length / columns)), paths }
}
