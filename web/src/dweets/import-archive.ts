/** Brings a chosen archive to the ring, step by step; begun again, nothing comes twice. */
import type { ImportAnswer, ImportStep } from '../../../src/wire/api-own-data.ts'
import { ImportSteps, type ImportTally } from '../../../src/wire/dweet-archive/import-steps.ts'
import type { Archived } from '../../../src/wire/dweet-archive/read-activities.ts'
import { ArchiveReading } from '../../../src/wire/dweet-archive/read-archive.ts'
import { filesOf } from './archive-file.ts'

export interface ImportProgress {
  readonly done: number
  readonly total: number
  readonly tally: ImportTally
}

export interface Importing {
  readonly nick: string
  /** People of other places are those with the same nick here. */
  readonly byNick: boolean
  readonly send: (step: ImportStep) => Promise<ImportAnswer>
  readonly onProgress: (progress: ImportProgress) => void
}

/** @throws AnilloError ARCHIVE_BROKEN; RingTrouble: what was sent before stays */
export async function importArchive(
  file: File,
  { byNick, nick, onProgress, send }: Importing,
): Promise<ImportTally> {
  const files = await filesOf(file)
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const reading = new ArchiveReading({ byNick })
  const steps = new ImportSteps(nick)
  let done = 0
  const sendStep = async (step: ImportStep | undefined): Promise<void> => {
    if (step === undefined) return
    steps.take(step, await send(step))
    onProgress({ done, total, tally: steps.tally })
  }
  const sendAll = async (all: readonly Archived[]): Promise<void> => {
    for (const archived of all) await sendStep(steps.add(archived, reading.from))
  }
  for (const { name, pieces } of files) {
    const part = reading.file(name)
    const decoder = new TextDecoder()
    for await (const bytes of pieces()) {
      await sendAll(part.push(decoder.decode(bytes, { stream: true })))
      done += bytes.length
    }
    await sendAll([...part.push(decoder.decode()), ...part.end()])
  }
  await sendStep(steps.flush(reading.from))
  return steps.tally
}
