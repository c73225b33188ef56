/** Line drawings of what entries are. */
import type { ComponentChildren } from 'preact'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { previewKind, type PreviewKind } from '../../model/file-kinds.ts'

function Drawing({ children, kind }: { readonly children: ComponentChildren; kind: string }) {
  return (
    <svg class={`icon file-icon file-icon--${kind}`} viewBox="0 0 20 20" aria-hidden="true">
      {children}
    </svg>
  )
}

const SHEET = 'M5 2.5h6.5L15.5 6.5v11H5zM11.5 2.5v4h4'

const INSIDE: Readonly<Record<PreviewKind | 'other', string>> = {
  picture: 'M6.5 15.5l3-4 2 2 1.5-1.5 1.5 3.5zM8 8.6v.1',
  text: 'M7.5 9.5h5.5M7.5 12h5.5M7.5 14.5h3.5',
  pdf: 'M7.5 10h5.5v4.5h-5.5z',
  audio: 'M8.5 14.5v-5l4-1v5M8.5 14.5a1 1 0 1 1-1-1h1M12.5 13.5a1 1 0 1 1-1-1h1',
  video: 'M8 9.5l5 3-5 3z',
  other: '',
}

export function EntryIcon({ kind, name }: Pick<FileEntry, 'kind' | 'name'>) {
  if (kind === 'folder')
    return (
      <Drawing kind="folder">
        <path d="M2.5 5.5v10h15v-8.5h-8l-2-2.5h-5z" />
      </Drawing>
    )
  const inside = INSIDE[previewKind(name) ?? 'other']
  return (
    <Drawing kind="file">
      <path d={SHEET} />
      {inside !== '' && <path d={inside} />}
    </Drawing>
  )
}
