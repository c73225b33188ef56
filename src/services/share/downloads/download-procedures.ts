/**
 * A download’s life in the log of its partition. Pieces are kept one by one, each proven by whoever
 * brings it; what two members bring at once is kept once. Its end lets go of them in bounded steps.
 */
import { Type, type Static } from 'typebox'

import { DAY_MS } from '../../../base/limits.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { isDownloadOver } from '../../../wire/download-states.ts'
import { wordOfHold, wordOfRelease } from '../../../wire/held-contents.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { partitionOf } from '../../../wire/partition.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import {
  CLEARED_PER_STEP,
  DOWNLOAD_TOLD_MS,
  LAYER_ROWS_AT_ONCE,
  PAUSED_KEPT_MS,
} from '../limits.ts'
import {
  activeKey,
  begunKey,
  DOWNLOAD_TABLES,
  downloadIn,
  downloadKey,
  DownloadRow,
  DOWNLOADS_TABLE,
  indexOf,
  LayerPart,
  LAYER_PREFIX,
  layerSk,
  LiveRow,
  PARTIAL_TABLE,
  PIECE_PREFIX,
  PieceIndex,
  PieceRow,
  pieceSk,
  putActive,
  putDownload,
  readPieceRow,
  Wanted,
} from './download-rows.ts'

const tables = DOWNLOAD_TABLES
const CLEAR = 'download.clear'

const BeginInput = Type.Object({ id: Hex32, ...Wanted })
export type BeginInput = Readonly<Static<typeof BeginInput>>

/** Under an id that is known it was begun already. */
export const beginDownload = defineProcedure({
  name: 'download.begin',
  tables,
  readInput: reader(BeginInput),
  run: (work, { id, ...wanted }: BeginInput): DownloadRow => {
    const known = downloadIn(work, id)
    if (known !== undefined) return known
    const row: DownloadRow = {
      ...wanted,
      state: 'looking',
      begunMs: work.timeMs,
      isProven: false,
      pieces: 0,
      keptBytes: 0,
    }
    putDownload(work, id, row)
    putActive(work, id, false)
    work.put(begunKey(id, row.begunMs), NOTHING)
    return row
  },
})

const LayerInput = Type.Object({
  id: Hex32,
  from: Count,
  rows: Type.Array(LayerPart, { maxItems: LAYER_ROWS_AT_ONCE }),
})

/** Of hashes that are proven; those of more rows follow. */
export const keepLayer = defineProcedure({
  name: 'download.layer',
  tables,
  readInput: reader(LayerInput),
  run: (work, { from, id, rows }: Static<typeof LayerInput>): null => {
    goingOn(work, id)
    for (const [at, part] of rows.entries()) {
      work.put(downloadKey(id, layerSk(from + at)), part.slice())
    }
    return null
  },
})

const { bytes, root, url } = DownloadRow.properties
const LearnInput = Type.Object({ id: Hex32, bytes, root, url, isProven: Type.Boolean() })
export type LearnInput = Readonly<Static<typeof LearnInput>>

/** What it is of: from then on pieces are kept, and of nothing else. */
export const learnDownload = defineProcedure({
  name: 'download.learn',
  tables,
  readInput: reader(LearnInput),
  run: (work, { id, isProven, ...found }: LearnInput): DownloadRow => {
    const before = goingOn(work, id)
    const isOther = before.pieces > 0 && (before.root !== found.root || before.url !== found.url)
    if (isOther) return before
    const state = before.state === 'paused' ? 'paused' : 'downloading'
    const row: DownloadRow = { ...before, ...given(found), isProven, state }
    putDownload(work, id, row)
    if (isProven && row.root !== undefined) tellPartial(work, { id, root: row.root, isHere: true })
    return row
  },
})

const IdInput = Type.Object({ id: Hex32 })

/**
 * What was kept without a proof goes, some of it: asked for until no more is there, since the next
 * source may have something else.
 */
export const restartDownload = defineProcedure({
  name: 'download.restart',
  tables,
  readInput: reader(IdInput),
  run: (work, { id }: Static<typeof IdInput>): { readonly isMore: boolean } => {
    const { bytes: _, ...before } = goingOn(work, id)
    if (before.isProven) return work.refuse('BAD_REQUEST', { problem: 'its pieces are proven' })
    const isMore = clearSome(work, id)
    const state = before.state === 'paused' ? 'paused' : 'looking'
    putDownload(work, id, { ...before, state, pieces: 0, keptBytes: 0 })
    return { isMore }
  },
})

const KeepInput = Type.Object({
  id: Hex32,
  index: PieceIndex,
  bytes: Count,
  ...PieceRow.properties,
})
type KeepInput = Readonly<Static<typeof KeepInput>>

/** Kept by another member already, it is kept once. */
export const keepPiece = defineProcedure({
  name: 'download.keep',
  tables,
  readInput: reader(KeepInput),
  run: (work, { bytes: more, id, index, ...piece }: KeepInput): null => {
    const before = goingOn(work, id)
    const key = downloadKey(id, pieceSk(index))
    if (work.has(key)) return null
    const { content } = piece
    if (content !== undefined) work.send(wordOfHold({ content, holder: holderOf(id, index) }))
    work.put(key, rowBytes(piece satisfies PieceRow))
    const row = { ...before, pieces: before.pieces + 1, keptBytes: before.keptBytes + more }
    putDownload(work, id, row)
    return null
  },
})

const LiveInput = Type.Object({ id: Hex32, live: LiveRow })

export const noteLive = defineProcedure({
  name: 'download.live',
  tables,
  readInput: reader(LiveInput),
  run: (work, { id, live }: Static<typeof LiveInput>): null => {
    if (goingOn(work, id).state !== 'paused') work.put(downloadKey(id, 'live'), rowBytes(live))
    return null
  },
})

/** All pieces are there; paused, it waits with that. */
export const joinDownload = defineProcedure({
  name: 'download.join',
  tables,
  readInput: reader(IdInput),
  run: (work, { id }: Static<typeof IdInput>): { readonly isJoining: boolean } => {
    const before = goingOn(work, id)
    if (before.state === 'paused') return { isJoining: false }
    putDownload(work, id, { ...before, state: 'joining' })
    return { isJoining: true }
  },
})

const { path, problem, share, unshared } = DownloadRow.properties
const EndInput = Type.Object({
  id: Hex32,
  state: Type.Union([Type.Literal('done'), Type.Literal('failed'), Type.Literal('cancelled')]),
  path: Type.Optional(path),
  root,
  problem,
  share,
  unshared,
})
export type EndInput = Readonly<Static<typeof EndInput>>

/** Repeated, it changes nothing. */
export const endDownload = defineProcedure({
  name: 'download.end',
  tables,
  readInput: reader(EndInput),
  freesRoom: () => true,
  run: (work, input: EndInput): null => {
    endIn(work, input)
    return null
  },
})

function endIn(work: PartitionWork, { id, state, ...found }: EndInput): void {
  const known = downloadIn(work, id)
  if (known === undefined || isDownloadOver(known.state)) return
  const { pausedMs: _, problem: _why, ...before } = known
  const endMs = work.timeMs + DOWNLOAD_TOLD_MS
  putDownload(work, id, { ...before, ...given(found), state, endedMs: work.timeMs }, endMs)
  work.put(begunKey(id, before.begunMs), NOTHING, endMs)
  work.delete(activeKey(id))
  clear(work, id)
  const { isProven, root: of } = before
  if (isProven && of !== undefined) tellPartial(work, { id, root: of, isHere: false })
}

const PauseInput = Type.Object({ id: Hex32, problem })

/**
 * Nothing more is asked for; what is there stays, and is served on. With a problem its owner may
 * not download for now; who asks for a pause of such a one leaves it as it is.
 */
export const pauseDownload = defineProcedure({
  name: 'download.pause',
  tables,
  readInput: reader(PauseInput),
  freesRoom: () => true,
  run: (work, { id, problem: why }: Static<typeof PauseInput>): null => {
    const before = goingOn(work, id)
    if (before.state === 'paused') return null
    const told = why === undefined ? {} : { problem: why }
    putDownload(work, id, { ...before, ...told, state: 'paused', pausedMs: work.timeMs })
    putActive(work, id, true)
    work.delete(downloadKey(id, 'live'))
    return null
  },
})

const ResumeInput = Type.Object({
  id: Hex32,
  /** Its owner may download again: one that somebody paused stays so. */
  isHeldOnly: Type.Boolean(),
})

/** What goes on already goes on. */
export const resumeDownload = defineProcedure({
  name: 'download.resume',
  tables,
  readInput: reader(ResumeInput),
  run: (work, { id, isHeldOnly }: Static<typeof ResumeInput>): null => {
    const { pausedMs: _, problem: held, ...before } = goingOn(work, id)
    if (before.state !== 'paused' || (isHeldOnly && held === undefined)) return null
    const isBegun = before.isProven || before.pieces > 0
    putDownload(work, id, { ...before, state: isBegun ? 'downloading' : 'looking' })
    putActive(work, id, false)
    return null
  },
})

/** Nobody resumed it for so long. */
export const lapseDownload = defineProcedure({
  name: 'download.lapse',
  tables,
  readInput: reader(IdInput),
  freesRoom: () => true,
  run: (work, { id }: Static<typeof IdInput>): null => {
    const { pausedMs, state } = goingOn(work, id)
    if (state !== 'paused' || work.timeMs - (pausedMs ?? 0) < PAUSED_KEPT_MS) return null
    const details = { days: PAUSED_KEPT_MS / DAY_MS }
    endIn(work, { id, state: 'failed', problem: { code: 'DOWNLOAD_FORGOTTEN', details } })
    return null
  },
})

/** What is over is told no more. */
export const forgetDownload = defineProcedure({
  name: 'download.forget',
  tables,
  readInput: reader(IdInput),
  freesRoom: () => true,
  run: (work, { id }: Static<typeof IdInput>): null => {
    const row = downloadIn(work, id)
    if (row === undefined || !isDownloadOver(row.state)) return null
    work.delete(downloadKey(id))
    work.delete(begunKey(id, row.begunMs))
    return null
  },
})

/** The next step of letting go; a message to itself. */
export const clearDownload = defineProcedure({
  name: CLEAR,
  tables,
  readInput: reader(IdInput),
  freesRoom: () => true,
  run: (work, { id }: Static<typeof IdInput>): null => {
    const row = downloadIn(work, id)
    if (row === undefined || isDownloadOver(row.state)) clear(work, id)
    return null
  },
})

const PartialInput = Type.Object({ id: Hex32, root: Hex64, isHere: Type.Boolean() })
type PartialInput = Readonly<Static<typeof PartialInput>>

/** A message: some of the content is here, and can be served on; or not any more. */
export const notePartial = defineProcedure({
  name: 'download.partial',
  tables: [PARTIAL_TABLE],
  readInput: reader(PartialInput),
  freesRoom: ({ isHere }: PartialInput) => !isHere,
  run: (work, { id, isHere, root: of }: PartialInput): null => {
    const key = { table: PARTIAL_TABLE, pk: of, sk: id }
    if (isHere) work.put(key, NOTHING)
    else work.delete(key)
    return null
  },
})

function tellPartial(work: PartitionWork, input: PartialInput): void {
  const to = partitionOf(PARTIAL_TABLE, input.root)
  work.send({ to, procedure: notePartial.name, input })
}

export const DOWNLOAD_PROCEDURES = [
  notePartial,
  beginDownload,
  keepLayer,
  learnDownload,
  restartDownload,
  keepPiece,
  noteLive,
  joinDownload,
  pauseDownload,
  resumeDownload,
  lapseDownload,
  endDownload,
  forgetDownload,
  clearDownload,
]

const NOTHING = new Uint8Array(0)

/** Refuses what is over: DOWNLOAD_OVER. */
function goingOn(work: PartitionWork, id: string): DownloadRow {
  const row = downloadIn(work, id)
  if (row === undefined || isDownloadOver(row.state)) return work.refuse('DOWNLOAD_OVER')
  return row
}

function clear(work: PartitionWork, id: string): void {
  if (clearSome(work, id)) work.send({ to: work.partition, procedure: CLEAR, input: { id } })
}

/** @returns whether more is left */
function clearSome(work: PartitionWork, id: string): boolean {
  work.delete(downloadKey(id, 'live'))
  const range = { table: DOWNLOADS_TABLE, pk: id, limit: CLEARED_PER_STEP }
  const pieces = work.list({ ...range, prefix: PIECE_PREFIX })
  const layers = work.list({ ...range, prefix: LAYER_PREFIX })
  for (const record of pieces) {
    const { content } = readPieceRow(record)
    const holder = holderOf(id, indexOf(record.sk))
    if (content !== undefined) work.send(wordOfRelease({ content, holder }))
    work.delete(downloadKey(id, record.sk))
  }
  for (const { sk } of layers) work.delete(downloadKey(id, sk))
  return pieces.length === CLEARED_PER_STEP || layers.length === CLEARED_PER_STEP
}

function holderOf(id: string, index: number): string {
  return `download/${id}/${index}`
}

/** Without what is not told: it stays as it was. */
function given<T extends object>(found: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(found).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
