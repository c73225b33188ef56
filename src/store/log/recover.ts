/**
 * Reads what a log's directory holds and changes nothing. Whatever is not exactly as it was written
 * is damage, but for a torn tail: docs/spec/log.md, *Recovery*.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import { LogImage } from './image.ts'
import { decodeManifest, MANIFEST_NAME, type ListedSegment } from './manifest.ts'
import { decodeRecords } from './record-codec.ts'
import {
  batchBehind,
  decodeSegmentHeader,
  FIRST_BATCH_AT,
  openBatch,
  writtenBytes,
  type Keys,
  type SegmentHeader,
} from './segment.ts'

export interface Recovered {
  readonly image: LogImage
  /** Segments that count. */
  readonly listed: readonly ListedSegment[]
  readonly tornBytes: number
  /** No log was ever begun here, or its founding was broken off at the very start. */
  readonly isAbsent: boolean
}

interface LogPlace extends Keys {
  readonly disk: Disk
  readonly path: string
}

const SEGMENT_NAME = /^\d{10}\.log$/

export function segmentName(number: number): string {
  return `${String(number).padStart(10, '0')}.log`
}

/** @throws AnilloError DATA_DAMAGED */
export async function recover(place: LogPlace): Promise<Recovered> {
  const { disk, path } = place
  const image = new LogImage()
  const names = await disk.list(path)
  const manifest = await disk.read(`${path}/${MANIFEST_NAME}`)
  if (manifest === undefined) {
    if (names.some((name) => SEGMENT_NAME.test(name))) throw damaged(place, MANIFEST_NAME, GONE)
    return { image, listed: [], tornBytes: 0, isAbsent: true }
  }
  const listed = decodeManifest(manifest, place)
  if (typeof listed === 'string') throw damaged(place, MANIFEST_NAME, listed)
  const last = listed.at(-1)
  let tornBytes = 0
  for (const segment of listed) {
    const torn = await recoverSegment(place, { segment, isLast: segment === last }, image)
    tornBytes += torn
  }
  return { image, listed, tornBytes, isAbsent: false }
}

const GONE = 'it is missing'

interface Listed {
  readonly segment: ListedSegment
  readonly isLast: boolean
}

/** Applies its batches to the image; answers how much of it was torn. */
async function recoverSegment(
  place: LogPlace,
  { segment, isLast }: Listed,
  image: LogImage,
): Promise<number> {
  const name = segmentName(segment.number)
  const bytes = await place.disk.read(`${place.path}/${name}`)
  if (bytes === undefined) throw damaged(place, name, GONE)
  const header = decodeSegmentHeader(bytes, place)
  if (typeof header === 'string') throw damaged(place, name, header)
  if (header.number !== segment.number) throw damaged(place, name, `it is segment ${header.number}`)
  const end = replay(place, { bytes, header }, image)
  if (end < segment.endBytes) {
    throw damaged(place, name, `the batch at byte ${end} does not hold`)
  }
  if (!isLast) return 0
  const tornBytes = writtenBytes(bytes, end)
  const written = bytes.subarray(0, end + tornBytes)
  const behind = batchBehind(written, header.number, end)
  if (behind !== undefined) {
    throw damaged(place, name, `the batch at byte ${end} does not hold, but one at ${behind} does`)
  }
  return tornBytes
}

interface ReadSegment {
  readonly bytes: Uint8Array
  readonly header: SegmentHeader
}

/** Offset behind the last whole batch. */
function replay({ cipher }: LogPlace, { bytes, header }: ReadSegment, image: LogImage): number {
  const keys = { cipher, key: header.key }
  let offset = FIRST_BATCH_AT
  for (let sequence = 0; ; sequence++) {
    const batch = openBatch(bytes, { segment: header.number, sequence, offset }, keys)
    if (batch === undefined) return offset
    for (const record of decodeRecords(batch.payload)) image.apply(record)
    offset = batch.end
  }
}

function damaged({ path }: LogPlace, name: string, problem: string): AnilloError {
  return new AnilloError('DATA_DAMAGED', { path: `${path}/${name}`, problem })
}
