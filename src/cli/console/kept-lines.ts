/**
 * The file of what a console keeps, a record a line:
 *
 *     CRC32 JSON\n      8 hex digits over the bytes of the JSON
 *
 * Lines are only ever added. One that was torn or damaged is passed over, and says nothing about
 * the others. A file that has grown is written anew, shorter. Pure.
 */
import { crc32 } from '../../base/crc32.ts'
import { MIB } from '../../base/limits.ts'
import {
  KEPT_PROFILES_MAX,
  KEPT_PUBLICATIONS_MAX,
  recordsOf,
  type Kept,
  type KeptRecord,
} from './kept.ts'

/** A longer file is written anew. */
export const FILE_BYTES_MAX = 5 * MIB
/** What is left then, of each bound: some time must pass before it is done again. */
const LEFT = 0.8

const LINE = /^([0-9a-f]{8}) (\{.*\})$/
const encoder = new TextEncoder()

export function lineOf(record: KeptRecord): string {
  const json = JSON.stringify(record)
  return `${checkOf(json)} ${json}\n`
}

export interface LinesRead {
  readonly records: readonly KeptRecord[]
  /** Lines that were damaged, or of a newer version. */
  readonly damaged: number
  /** The last line has no end: what is added must not go on with it. */
  readonly isTorn: boolean
}

export function readLines(text: string): LinesRead {
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  const records = lines.map(recordIn).filter((record) => record !== undefined)
  const isTorn = rest !== ''
  return { records, damaged: lines.length - records.length + Number(isTorn), isTorn }
}

function recordIn(line: string): KeptRecord | undefined {
  const [, check, json = ''] = LINE.exec(line) ?? []
  if (check === undefined || check !== checkOf(json)) return undefined
  const record = JSON.parse(json) as { readonly kind?: unknown }
  // The check holds: a version of anillo wrote it.
  return KINDS.has(String(record.kind)) ? (record as KeptRecord) : undefined
}

const KINDS: ReadonlySet<string> = new Set<KeptRecord['kind']>([
  'ring',
  'publication',
  'gone',
  'profile',
  'saved',
  'unsent',
  'tried',
  'settled',
  'draft',
  'undraft',
  'noted',
])

function checkOf(json: string): string {
  return crc32(encoder.encode(json)).toString(16).padStart(8, '0')
}

/** How much a file holds: what it is measured by. */
export interface FileSize {
  readonly bytes: number
  readonly publications: number
  readonly profiles: number
}

export function isGrown({ bytes, profiles, publications }: FileSize): boolean {
  return (
    bytes > FILE_BYTES_MAX || publications > KEPT_PUBLICATIONS_MAX || profiles > KEPT_PROFILES_MAX
  )
}

export function sizeOf(records: readonly KeptRecord[], bytes: number): FileSize {
  const count = (kind: KeptRecord['kind']): number =>
    records.filter((record) => record.kind === kind).length
  return { bytes, publications: count('publication'), profiles: count('profile') }
}

/** All lines of a file that holds this; of publications and profiles those saved last. */
export function compactLines(kept: Kept): readonly string[] {
  const lines = recordsOf(kept).map(lineOf)
  let left = LEFT * FILE_BYTES_MAX - bytesOf(lines)
  const lastOf = (records: readonly KeptRecord[], count: number): readonly string[] => {
    const found: string[] = []
    for (const record of records.slice(-LEFT * count).toReversed()) {
      const line = lineOf(record)
      left -= bytesOf([line])
      if (left < 0) break
      found.push(line)
    }
    return found.toReversed()
  }
  const profiles = [...kept.profiles.values()].map(
    (profile) => ({ kind: 'profile', profile }) as const,
  )
  const publications = [...kept.publications.values()].map(
    (publication) => ({ kind: 'publication', publication }) as const,
  )
  return [
    ...lines,
    ...lastOf(profiles, KEPT_PROFILES_MAX),
    ...lastOf(publications, KEPT_PUBLICATIONS_MAX),
  ]
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + encoder.encode(line).length, 0)
}
