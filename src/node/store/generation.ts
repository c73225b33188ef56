/**
 * The generation of a member's groups, which every bundle bears: raised when its ring was recovered
 * from a lost majority, so that whoever was left out is not heard (architecture 5). While a
 * recovery is under way the file says so, and the member does not start: some of its groups are of
 * the one history, some of the other.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'

const NAME = 'generation'
const FIRST = 1
const RECOVERING = 'recovering'
const CONTENT = /^([1-9]\d{0,8})( recovering)?$/

export interface Generation {
  readonly number: number
  /** `anillo recover` was broken off. */
  readonly isRecovering: boolean
}

/** `disk` is the member's. @throws AnilloError DATA_DAMAGED, RECOVERY_UNFINISHED */
export async function readGeneration(disk: Disk): Promise<number> {
  const { number, isRecovering } = await lookAtGeneration(disk)
  if (isRecovering) throw new AnilloError('RECOVERY_UNFINISHED')
  return number
}

/** @throws AnilloError DATA_DAMAGED */
export async function lookAtGeneration(disk: Disk): Promise<Generation> {
  const text = (await readText(disk, NAME))?.trim()
  if (text === undefined) return { number: FIRST, isRecovering: false }
  const found = CONTENT.exec(text)
  if (found !== null) return { number: Number(found[1]), isRecovering: found[2] !== undefined }
  throw new AnilloError('DATA_DAMAGED', { path: NAME, problem: 'it is no number' })
}

export async function writeGeneration(disk: Disk, number: number): Promise<void> {
  await writeDurably(disk, NAME, `${number}\n`)
}

/** Until `writeGeneration` the member does not start. */
export async function beginGeneration(disk: Disk, number: number): Promise<void> {
  await writeDurably(disk, NAME, `${number} ${RECOVERING}\n`)
}
