/** Limits that a manager gives: who may, and what they may be. Pure. */
import { AnilloError } from '../../base/errors.ts'
import { RATE_MIN_PER_SECOND } from '../../wire/file-limits.ts'
import type { FileLimits, FileUser } from './types.ts'

/** @throws AnilloError PERMISSION_MISSING */
export function demandManager({ isManager }: FileUser): void {
  if (!isManager) throw new AnilloError('PERMISSION_MISSING', { permission: 'files.manage' })
}

/** @throws AnilloError BAD_REQUEST */
export function checkedLimits({
  bytesMax,
  downPerSecond,
  filesMax,
  upPerSecond,
}: FileLimits): FileLimits {
  const limits = {
    ...checked('bytesMax', bytesMax, 0),
    ...checked('filesMax', filesMax, 0),
    ...checked('upPerSecond', upPerSecond, RATE_MIN_PER_SECOND),
    ...checked('downPerSecond', downPerSecond, RATE_MIN_PER_SECOND),
  }
  return limits
}

function checked(
  name: keyof FileLimits,
  value: number | null | undefined,
  least: number,
): FileLimits {
  if (value === undefined) return {}
  if (value === null || (Number.isSafeInteger(value) && value >= least)) return { [name]: value }
  throw new AnilloError('BAD_REQUEST', {
    problem: `“${name}” must be null, or a whole number from ${least} on`,
  })
}
