/** An archive as whoever brings it sends it: read, and imported step by step. */
import { concat } from '../../../base/bytes.ts'
import {
  zipDataOf,
  zipDirectoryAt,
  zipEntriesIn,
  ZIP_HEAD_BYTES,
} from '../../../base/zip-directory.ts'
import type { ImportStep } from '../../../wire/api-own-data.ts'
import { ImportSteps, type ImportTally } from '../../../wire/dweet-archive/import-steps.ts'
import { ARCHIVE_FILES, ArchiveReading } from '../../../wire/dweet-archive/read-archive.ts'
import type { Dweeter } from '../types.ts'
import type { OwnData } from './types.ts'

export async function exported(data: OwnData, who: Dweeter): Promise<Map<string, string>> {
  const pieces: Uint8Array[] = []
  for await (const piece of data.export(who)) pieces.push(piece)
  return filesIn(concat(pieces))
}

/** Of a ZIP of stored files. */
export function filesIn(zip: Uint8Array): Map<string, string> {
  const { bytes, offset } = zipDirectoryAt(zip, zip.length)
  const entries = zipEntriesIn(zip.subarray(offset, offset + bytes))
  return new Map(
    entries.map((entry) => {
      const head = zip.subarray(entry.headAt, entry.headAt + ZIP_HEAD_BYTES)
      const data = zipDataOf(entry, head, zip.length)
      const text = new TextDecoder().decode(zip.subarray(data.offset, data.offset + data.bytes))
      return [entry.name, text]
    }),
  )
}

/** What is to be sent; the answers are given to `steps` by whoever sends it. */
export function* stepsOf(
  files: ReadonlyMap<string, string>,
  steps: ImportSteps,
): Generator<ImportStep> {
  const reading = new ArchiveReading({ byNick: false })
  for (const name of ARCHIVE_FILES) {
    const file = reading.file(name)
    for (const archived of [...file.push(files.get(name) ?? ''), ...file.end()]) {
      const step = steps.add(archived, reading.from)
      if (step !== undefined) yield step
    }
  }
  const last = steps.flush(reading.from)
  if (last !== undefined) yield last
}

export async function imported(
  data: OwnData,
  who: Dweeter,
  files: ReadonlyMap<string, string>,
): Promise<ImportTally> {
  const steps = new ImportSteps(who.nick)
  for (const step of stepsOf(files, steps)) steps.take(step, await data.import(who, step))
  return steps.tally
}
