/** One file on its way, as the page shows it. */
import type { Trouble } from '../texts/texts.ts'

export type UploadState =
  /** Others go first. */
  | 'waiting'
  | 'sending'
  /** All is sent: the ring makes it durable, and hashes are compared. */
  | 'settling'
  | 'paused'
  /** The connection broke, or the ring has no time: it goes on by itself. */
  | 'broken'
  /** Something has its name: a person says what becomes of it. */
  | 'clash'
  | 'done'
  | 'failed'

export interface Upload {
  readonly id: number
  /** Where it goes. */
  readonly path: string
  /** Into which it was sent; what lies deeper came in a folder. */
  readonly folder: string
  readonly bytes: number
  /** Bytes that are on their way, or there. */
  readonly sent: number
  readonly state: UploadState
  /** Of `broken` and `failed`. */
  readonly trouble?: Trouble
}

/** A file from some byte on. */
export interface Part {
  readonly path: string
  readonly file: Blob
  /** Bytes of it that are there. */
  readonly from: number
  /** What is there by that name may be replaced. */
  readonly replaces: boolean
  /** When the file was changed where it comes from, ISO 8601. */
  readonly modifiedAt: string
  readonly signal: AbortSignal
  /** How many bytes of the file are on their way, or there. */
  readonly onSent: (bytes: number) => void
}

/** What a person has sent. */
export interface ToUpload {
  readonly path: string
  readonly file: File
}

/** What becomes of a file whose name is taken. */
export type ClashChoice = 'replace' | 'both' | 'skip'

const OVER: ReadonlySet<UploadState> = new Set(['done', 'failed'])

/** Whether nothing more happens to it by itself or by what a person says. */
export function isOver({ state }: Upload): boolean {
  return OVER.has(state)
}

const MOVING: ReadonlySet<UploadState> = new Set(['waiting', 'sending', 'settling', 'broken'])

/** Whether it would be lost were the page closed now. */
export function isGoing({ state }: Upload): boolean {
  return MOVING.has(state)
}

export interface UploadSum {
  readonly files: number
  readonly filesDone: number
  readonly bytes: number
  readonly bytesSent: number
  readonly going: number
  readonly paused: number
  readonly clashes: number
  readonly failed: number
}

export function sumOf(uploads: readonly Upload[]): UploadSum {
  const count = (...states: readonly UploadState[]): number =>
    uploads.filter(({ state }) => states.includes(state)).length
  return {
    files: uploads.length,
    filesDone: count('done'),
    bytes: uploads.reduce((sum, { bytes }) => sum + bytes, 0),
    bytesSent: uploads.reduce((sum, { sent }) => sum + sent, 0),
    going: uploads.filter(isGoing).length,
    paused: count('paused'),
    clashes: count('clash'),
    failed: count('failed'),
  }
}

/** What needs somebody first, then what moves, what waits, and what is done. */
const RANK: Readonly<Record<UploadState, number>> = {
  clash: 0,
  failed: 1,
  broken: 2,
  settling: 3,
  sending: 3,
  paused: 4,
  waiting: 5,
  done: 6,
}

/** The most telling ones, at most so many; the latest done first. */
export function mostTelling(uploads: readonly Upload[], most: number): readonly Upload[] {
  const late = ({ id, state }: Upload): number => (state === 'done' ? -id : id)
  return uploads
    .toSorted((a, b) => RANK[a.state] - RANK[b.state] || late(a) - late(b))
    .slice(0, most)
}
