/** What others share with one, and the way to it. */
import { useState } from 'preact/hooks'

import type { FileEntry, SharedFile } from '../../../../src/wire/api-files.ts'
import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import { LoadTrouble, ViewLink } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { FileFrame } from './file-frame.tsx'
import { EntryIcon } from './file-icons.tsx'
import { useFileWords } from './file-words.ts'
import { PreviewDialog } from './preview-dialog.tsx'
import { ToldTable } from './told-table.tsx'

export function SharedView() {
  return (
    <FileFrame name="shared" head={(texts) => texts.shared}>
      <Shared />
    </FileFrame>
  )
}

function Shared() {
  const { files } = filesOf(useSession())
  const { texts } = useFileWords()
  const { again, trouble, value } = useLoaded(() => files.shared(), '')
  const [looked, setLooked] = useState<FileEntry | undefined>(undefined)
  return (
    <div class="files">
      <p>
        <ViewLink view={{ name: 'files' }}>{texts.toFiles}</ViewLink>
      </p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value === undefined && trouble === undefined && (
        <p class="quiet" role="status">
          {texts.preview.loading}
        </p>
      )}
      {value?.length === 0 && <p class="note">{texts.shared.none}</p>}
      {value !== undefined && value.length > 0 && <SharedTable items={value} onLook={setLooked} />}
      {looked !== undefined && (
        <PreviewDialog
          entry={looked}
          entries={value?.filter(({ kind }) => kind === 'file') ?? []}
          onEntry={setLooked}
          onClose={() => setLooked(undefined)}
        />
      )}
    </div>
  )
}

interface SharedTableProps {
  readonly items: readonly SharedFile[]
  readonly onLook: (item: SharedFile) => void
}

function SharedTable({ items, onLook }: SharedTableProps) {
  const { texts } = useFileWords()
  const words = texts.shared
  const head = (
    <>
      <th scope="col">{words.name}</th>
      <th scope="col">{words.owner}</th>
      <th scope="col">{words.forWhom}</th>
      <th scope="col">{words.right}</th>
      <th scope="col">{words.since}</th>
      <th scope="col" class="number">
        {words.size}
      </th>
    </>
  )
  return (
    <ToldTable id="shared" label={words.title} head={head} items={items}>
      {(item) => <SharedRow key={item.id} item={item} onLook={onLook} />}
    </ToldTable>
  )
}

interface SharedRowProps {
  readonly item: SharedFile
  readonly onLook: SharedTableProps['onLook']
}

function SharedRow({ item, onLook }: SharedRowProps) {
  const { bytes, minute, texts } = useFileWords()
  const words = texts.shared
  const { access, group, kind, name, owner, path, sharedAt } = item
  return (
    <tr>
      <td class="shared__name" title={name}>
        <EntryIcon {...item} />{' '}
        {kind === 'folder' ? (
          <ViewLink view={{ name: 'files', path }}>{name}</ViewLink>
        ) : (
          <button
            type="button"
            class="link-button"
            aria-label={words.look(name)}
            onClick={() => onLook(item)}
          >
            {name}
          </button>
        )}
      </td>
      <td data-title={words.owner}>{owner}</td>
      <td data-title={words.forWhom}>{group === undefined ? words.you : words.group(group)}</td>
      <td data-title={words.right}>{texts.share.rights[access]}</td>
      <td data-title={words.since}>{minute(sharedAt)}</td>
      <td class="number" data-title={words.size}>
        {kind === 'folder' ? '' : bytes(item.bytes)}
      </td>
    </tr>
  )
}
