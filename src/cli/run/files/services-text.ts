/** How much of what an account uses is of which service. Pure. */
import { sizeText } from '../../../base/size-text.ts'
import type { FileQuota } from '../../../wire/api-files.ts'
import { countText } from '../../table.ts'

/** Of the tree always, of others where there is any. What is shared counts beside its file. */
export function servicesText({ dweets, files, shares }: FileQuota['services']): string {
  const parts = [
    `${sizeText(files.bytes)} in ${countText(files.files, 'file')}`,
    // Pictures of previews are no files of theirs.
    dweets.bytes === 0
      ? ''
      : `${sizeText(dweets.bytes)} in ${countText(dweets.files, 'attachment')} of dweets`,
    shares.files === 0
      ? ''
      : `${sizeText(shares.bytes)} in ${countText(shares.files, 'share')} beside their files`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}
