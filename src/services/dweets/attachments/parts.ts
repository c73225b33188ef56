/** What attachments need beside what all parts of the microblog share. */
import type { Random } from '../../../effects/random.ts'
import type { DweetParts } from '../parts.ts'
import type { AttachedBytes } from './attached-bytes.ts'

export interface AttachmentParts extends DweetParts {
  readonly random: Random
  readonly bytes: AttachedBytes
}
