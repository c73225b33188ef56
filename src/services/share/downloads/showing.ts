/** A download as it is told. Pure. */
import { errorText, parseErrorCode } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { Download, DownloadSource } from '../../../wire/api-shares.ts'
import { PIECE_BYTES, piecesIn } from '../tree/hash-tree.ts'
import type { Bitfield } from './bitfield.ts'
import type { DownloadRow, LiveRow, LiveSource } from './download-rows.ts'
import type { KeptProblem } from './problem.ts'

export interface Shown {
  readonly row: DownloadRow
  readonly live: LiveRow | undefined
  readonly have?: Bitfield | undefined
}

export function toldDownload(id: string, { have, live, row }: Shown): Download {
  const { begunMs, bytes, endedMs, keptBytes, name, path, pieces, root, share, state, who } = row
  const isDone = state === 'done'
  const received = isDone ? (bytes ?? keptBytes) : keptBytes + (live?.arrivingBytes ?? 0)
  const rate = live?.bytesPerSecond ?? 0
  const left = bytes === undefined || rate === 0 ? null : Math.ceil((bytes - received) / rate)
  return {
    id,
    name,
    state,
    root: root ?? null,
    bytes: bytes ?? null,
    verified: row.isProven || (root !== undefined && row.url === undefined),
    by: who.nick,
    path,
    pieceBytes: PIECE_BYTES,
    pieces: piecesIn(bytes ?? 0),
    ...(have === undefined ? {} : { have: Buffer.from(have.bytes).toString('base64') }),
    ...(live === undefined || have === undefined ? {} : { underWay: [...live.underWay] }),
    keptPieces: isDone ? piecesIn(bytes ?? 0) : pieces,
    receivedBytes: Math.min(received, bytes ?? received),
    bytesPerSecond: rate,
    secondsLeft: isDone ? 0 : left,
    sources: (live?.sources ?? []).map(toldSource),
    begunAt: instant(begunMs),
    endedAt: endedMs === undefined ? null : instant(endedMs),
    ...(row.problem === undefined ? {} : { problem: toldProblem(row.problem) }),
    ...(share === undefined ? {} : { share }),
    ...(row.unshared === undefined ? {} : { unshared: toldProblem(row.unshared) }),
  }
}

function toldSource({ publisher, ...source }: LiveSource): DownloadSource {
  return { ...source, publisher: publisher ?? null }
}

function toldProblem({ code, details }: KeptProblem): NonNullable<Download['problem']> {
  const known = parseErrorCode(code)
  return { code, text: known === undefined ? code : errorText(known, details), details }
}
