/**
 * A member that bears a mark has begun its store: it has voted and acknowledged under its id. If
 * its log is gone afterwards, though the identity is there, it must not begin anew under that id,
 * since it would vote and acknowledge a second time (architecture 2.5). The log and the database
 * tell the loss of one of them, but not of both.
 *
 * The mark also says in which format the store is written: the sum of those of log, database and
 * chunks. An older build sees a greater one before it reads or changes anything, and ends.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'

/** In the member's directory, beside its identity. */
const MARK = 'stores'
/** Raised with each change that this build's files would not be understood without. */
export const DISK_FORMAT = 1
/** `begun` alone is of the first format. */
const CONTENT = /^begun(?: (\d{1,6}))?$/

/**
 * `log` is the log's directory. @throws AnilloError DATA_DAMAGED where it was begun and is gone,
 * DATA_TOO_NEW
 */
export async function refuseLostStore(disk: Disk, log: string): Promise<void> {
  const text = await readText(disk, MARK)
  if (text === undefined) return
  const format = Number(CONTENT.exec(text.trim())?.[1] ?? 1)
  if (format > DISK_FORMAT) {
    throw new AnilloError('DATA_TOO_NEW', { path: log, format, known: DISK_FORMAT })
  }
  if ((await disk.list(log)).length > 0) return
  throw new AnilloError('DATA_DAMAGED', { path: log, problem: 'it is gone' })
}

/** When the log is on the medium. */
export async function markStoreBegun(disk: Disk): Promise<void> {
  if ((await readText(disk, MARK)) !== undefined) return
  await writeDurably(disk, MARK, `begun ${DISK_FORMAT}\n`)
}
