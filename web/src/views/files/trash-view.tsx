/** What one threw away, and how to have it back, or let it go for good. */
import { useState } from 'preact/hooks'

import type { TrashedFile } from '../../../../src/wire/api-files.ts'
import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import { Frame } from '../accounts/frame.tsx'
import { Confirm, LoadTrouble, Outcome, ViewLink } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { EntryIcon } from './file-icons.tsx'
import { FileWordsProvider, useFileWords, useLoadedWords } from './file-words.ts'
import { WordsComing } from './words-coming.tsx'

import '../../styles/files.css'

/** Rows drawn at once; more on demand. */
const ROWS = 200

export function TrashView() {
  const words = useLoadedWords()
  if (words === undefined || words === 'missing')
    return <WordsComing name="trash" isMissing={words === 'missing'} />
  return (
    <FileWordsProvider value={words}>
      <Frame name="trash" title={words.texts.bin.title} hint={words.texts.bin.hint}>
        <Trash />
      </Frame>
    </FileWordsProvider>
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
          <Confirm
            label={words.empty}
            question={words.emptyQuestion}
            isRunning={restoring.isRunning}
            onConfirm={empty}
          />
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
  const [rows, setRows] = useState(ROWS)
  return (
    <>
      <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
        <table class="table table--told" id="trash">
          <caption class="unseen">{words.table}</caption>
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col">{words.from}</th>
              <th scope="col">{words.when}</th>
              <th scope="col" class="number">
                {words.size}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {items.slice(0, rows).map((item) => (
              <TrashRow key={item.id} item={item} {...doing} />
            ))}
          </tbody>
        </table>
      </div>
      {rows < items.length && (
        <button type="button" class="button button--small" onClick={() => setRows(rows + ROWS)}>
          {texts.uploads.more(String(items.length - rows))}
        </button>
      )}
    </>
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
      </td>
    </tr>
  )
}
