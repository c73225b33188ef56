/** Which pieces of a download are there: a square each, or a square for several. */
import { useMemo } from 'preact/hooks'

import type { Download } from '../../../../src/wire/api-shares.ts'
import { CELL_STATES, pieceCells, pieceMap } from '../../model/pieces.ts'
import { Card } from '../accounts/parts.tsx'
import { useShareWords } from './share-words.ts'

export function PieceMap({ download }: { readonly download: Download }) {
  const { bytes, number, own } = useShareWords()
  const words = own.download
  const { have, keptPieces, pieceBytes, pieces, state, underWay } = download
  const { cells, map } = useMemo(() => {
    const made = pieceCells(download)
    return { cells: made, map: pieceMap(made) }
  }, [have, pieces, state, underWay])
  const told = words.mapTold({
    have: number(state === 'done' ? pieces : keptPieces),
    all: number(pieces),
    underWay: number(underWay?.length ?? 0),
  })
  const perCell = Math.ceil(pieces / Math.max(1, cells.length))
  const shown = CELL_STATES.filter((one) => map.paths[one] !== '')
  return (
    <Card title={words.map} isWide>
      <p>{told}</p>
      <svg
        class="pieces"
        role="img"
        aria-label={told}
        viewBox={`0 0 ${map.columns} ${map.rows}`}
        style={{ maxWidth: `${map.columns}rem` }}
      >
        {shown.map((one) => (
          <path key={one} class={`piece piece--${one}`} d={map.paths[one]} />
        ))}
      </svg>
      <p class="pieces__legend quiet">
        {shown.map((one) => (
          <span key={one}>
            <svg class="pieces__key" viewBox="0 0 1 1" aria-hidden="true">
              <rect class={`piece piece--${one}`} width="1" height="1" />
            </svg>{' '}
            {words.cells[one]}
          </span>
        ))}
        <span>
          {perCell > 1 ? `${words.perCell(number(perCell))} ` : ''}
          {words.mapHint(bytes(pieceBytes))}
        </span>
      </p>
    </Card>
  )
}
