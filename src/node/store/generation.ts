/**
 * The generation of a member's groups, which every bundle bears: raised when its ring was recovered
 * from a lost majority, so that whoever was left out is not heard (architecture 5).
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'

const NAME = 'generation'
const FIRST = 1

/** `disk` is the member's. @throws AnilloError DATA_DAMAGED */
export async function readGeneration(disk: Disk): Promise<number> {
  const text = (await readText(disk, NAME))?.trim()
  if (text === undefined) return FIRST
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new AnilloError('DATA_DAMAGED', { path: NAME, problem: 'it is no number' })
}

export async function writeGeneration(disk: Disk, generation: number): Promise<void> {
  await writeDurably(disk, NAME, `${generation}\n`)
}
