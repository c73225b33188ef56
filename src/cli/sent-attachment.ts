/** A file of this computer, sent to be shown with a dweet. */
import { basename } from 'node:path'

import { AnilloError } from '../base/errors.ts'
import { sizeText } from '../base/size-text.ts'
import type { Dweets } from '../client/dweets.ts'
import type { Attachment } from '../wire/api-attachments.ts'
import { ATTACHED_BYTES_MAX } from '../wire/dweet-limits.ts'
import { localFile, localSource } from './run/files/local-files.ts'

/** @throws AnilloError USAGE, ATTACHMENT_LARGE, and as `Dweets.attach` */
export async function sendAttachment(
  dweets: Pick<Dweets, 'attach'>,
  path: string,
  said: { readonly description?: string },
): Promise<Attachment> {
  const file = await localFile(path)
  if (file === 'folder') {
    throw new AnilloError('USAGE', { problem: `${path} is a directory, not a file.` })
  }
  if (file.bytes > ATTACHED_BYTES_MAX) {
    const limit = sizeText(ATTACHED_BYTES_MAX)
    throw new AnilloError('ATTACHMENT_LARGE', { name: basename(path), limit })
  }
  const source = localSource(file)
  return dweets.attach({ name: basename(path), ...said, open: () => source.open(0) })
}
