/** A file or a folder that was found: it opens where it lies. */
import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { parentOf } from '../../model/file-paths.ts'
import { ViewLink } from '../accounts/parts.tsx'
import type { OneRingWords } from './one-ring-words.ts'

interface FoundFileProps {
  readonly entry: FileEntry
  readonly words: OneRingWords
}

export function FoundFile({ entry, words }: FoundFileProps) {
  const { bytes, kind, modifiedAt, name, path } = entry
  return (
    <>
      <ViewLink class="found__title" view={{ name: 'files', path }}>
        {name}
      </ViewLink>
      <p class="found__address">
        {parentOf(path)} · {kind === 'folder' ? words.own.find.folder : words.bytes(bytes)} ·{' '}
        <time dateTime={modifiedAt}>{words.minute(modifiedAt)}</time>
      </p>
    </>
  )
}
