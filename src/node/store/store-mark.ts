/**
 * A member that bears a mark has begun its store: it has voted and acknowledged under its id. If
 * its log is gone afterwards, though the identity is there, it must not begin anew under that id,
 * since it would vote and acknowledge a second time (architecture 2.5). The log and the database
 * tell the loss of one of them, but not of both.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'

/** In the member's directory, beside its identity. */
const MARK = 'stores'
const BEGUN = 'begun\n'

/** `log` is the log's directory. @throws AnilloError DATA_DAMAGED where it was begun and is gone */
export async function refuseLostStore(disk: Disk, log: string): Promise<void> {
  if ((await readText(disk, MARK)) === undefined) return
  if ((await disk.list(log)).length > 0) return
  throw new AnilloError('DATA_DAMAGED', { path: log, problem: 'it is gone' })
}

/** When the log is on the medium. */
export async function markStoreBegun(disk: Disk): Promise<void> {
  if ((await readText(disk, MARK)) === undefined) await writeDurably(disk, MARK, BEGUN)
}
