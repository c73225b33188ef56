/** What is said of an attachment that is not there. */
import { AnilloError } from '../../../base/errors.ts'
import { HOUR_MS } from '../../../base/limits.ts'
import { UNUSED_KEPT_MS } from '../../../wire/dweet-limits.ts'

export function gone(): AnilloError {
  return new AnilloError('ATTACHMENT_GONE', { hours: UNUSED_KEPT_MS / HOUR_MS })
}
