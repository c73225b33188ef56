/** What one threw away, and how to have it back, or let it go for good. */
import { useState } from 'preact/hooks'

import type { TrashedFile } from '../../../../src/wire/api-files.ts'
import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import { Confirm, LoadTrouble, Outcome, ViewLink } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { FileFrame } from './file-frame.tsx'
import { EntryIcon } from './file-icons.tsx'
import { useFileWords } from './file-words.ts'
import { ToldTable } from './told-table.tsx'

export function TrashView() {
  return (
    <FileFrame name="trash" head={(texts) => texts.bin}>
      <Trash />
    </FileFrame>
  )
}

function Trash() {
  const { files } = filesOf(useSession())
  const { texts } = useFileWords()
  const words = texts.bin
  const { again, trouble, value } = useLoaded(() => files.trash(), '')
  const restoring = useDoing<never>()
  const [restored, setRestored] = useState('')
  const remove = ({ id, name }: TrashedFile): void =>
    restoring.run(async () => {
      await files.removeTrashed(id)
      setRestored(words.removed(name))
      again()
      return undefined
    })
  const empty = (): void =>
    restoring.run(async () => {
      await files.emptyTrash()
      setRestored(words.emptied)
      again()
      return undefined
    })
  const restore = ({ id }: TrashedFile): void =>
    restoring.run(async () => {
      const { path } = await files.restore(id)
      setRestored(texts.told.restored(path))
      again()
      return undefined
    })
  return (
    <div class="files">
      <p>
        <ViewLink view={{ name: 'files' }}>{texts.toFiles}</ViewLink>
      </p>
      <p role="status" class="outcome--done">
        {restored}
      </p>
      <Outcome trouble={restoring.trouble} done={undefined} />
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value?.length === 0 && <p class="note">{words.none}</p>}
      {value !== undefined && value.length > 0 && (
        <>
          <div class="actions">
            <Confirm
              label={words.empty}
              question={words.emptyQuestion}
              isRunning={restoring.isRunning}
              onConfirm={empty}
            />
          </div>
          <TrashTable
            items={value}
            isRunning={restoring.isRunning}
            onRestore={restore}
            onRemove={remove}
          />
        </>
      )}
    </div>
  )
}

interface TrashTableProps {
  readonly items: readonly TrashedFile[]
  readonly isRunning: boolean
  readonly onRestore: (item: TrashedFile) => void
  readonly onRemove: (item: TrashedFile) => void
}

function TrashTable({ items, ...doing }: TrashTableProps) {
  const { texts } = useFileWords()
  const words = texts.bin
  const head = (
    <>
      <th scope="col">{words.name}</th>
      <th scope="col">{words.from}</th>
      <th scope="col">{words.when}</th>
      <th scope="col" class="number">
        {words.size}
      </th>
      <td />
    </>
  )
  return (
    <ToldTable id="trash" label={words.table} head={head} items={items}>
      {(item) => <TrashRow key={item.id} item={item} {...doing} />}
    </ToldTable>
  )
}

interface TrashRowProps extends Omit<TrashTableProps, 'items'> {
  readonly item: TrashedFile
}

function TrashRow({ isRunning, item, onRemove, onRestore }: TrashRowProps) {
  const { bytes, minute, texts } = useFileWords()
  const words = texts.bin
  return (
    <tr>
      <td class="trash__name" title={item.name}>
        <EntryIcon {...item} /> {item.name}
      </td>
      <td data-title={words.from} class="trash__from" title={item.from}>
        {item.from}
      </td>
      <td data-title={words.when}>{minute(item.trashedAt)}</td>
      <td class="number" data-title={words.size}>
        {item.kind === 'folder' ? '' : bytes(item.bytes)}
      </td>
      <td>
        <div class="actions trash__actions">
          <button
            type="button"
            class="button button--small"
            aria-label={words.restore(item.name)}
            aria-disabled={isRunning}
            onClick={() => onRestore(item)}
          >
            {words.restoreShort}
          </button>
          <Confirm
            label={words.remove}
            name={words.removeName(item.name)}
            question={words.removeQuestion(item.name)}
            isSmall
            isRunning={isRunning}
            onConfirm={() => onRemove(item)}
          />
        </div>
      </td>
    </tr>
  )
}
