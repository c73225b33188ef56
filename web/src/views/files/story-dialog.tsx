/** Who changed a file, or a folder and what is in it: for those who may see it. */
import type { FileAct, FileEntry } from '../../../../src/wire/api-files.ts'
import { isFileAct } from '../../../../src/wire/file-acts.ts'
import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import { useLoaded } from '../hooks.ts'
import { cursorOf, PagedList, useRest } from '../paged-list.tsx'
import { useFileWords } from './file-words.ts'
import { Modal } from './modal.tsx'

interface StoryDialogProps {
  readonly entry: FileEntry
  readonly onClose: () => void
}

export function StoryDialog({ entry, onClose }: StoryDialogProps) {
  const { files } = filesOf(useSession())
  const { texts } = useFileWords()
  const words = texts.story
  const first = useLoaded(() => files.acts(entry.path), entry.id)
  const rest = useRest((cursor) => files.acts(entry.path, cursor))
  const isWhole = cursorOf(first.value, rest) === undefined
  return (
    <Modal title={words.title(entry.name)} onClose={onClose} isWide>
      <p class="quiet panel__hint">{entry.kind === 'folder' ? words.folderHint : words.hint}</p>
      <PagedList first={first} rest={rest} more={words.older}>
        {(items) => <StoryTable items={items} isWhole={isWhole} />}
      </PagedList>
    </Modal>
  )
}

interface StoryTableProps {
  readonly items: readonly FileAct[]
  readonly isWhole: boolean
}

function StoryTable({ isWhole, items }: StoryTableProps) {
  const { texts } = useFileWords()
  const words = texts.story
  if (items.length === 0) return isWhole ? <p class="note">{words.none}</p> : null
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.by}</th>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.path}</th>
            <th scope="col">{words.door}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((act, index) => (
            <StoryRow key={`${act.at} ${index}`} act={act} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function StoryRow({ act }: { readonly act: FileAct }) {
  const { bytes, minute, texts } = useFileWords()
  const words = texts.story
  return (
    <tr>
      <td>{minute(act.at)}</td>
      <td data-title={words.by}>{act.by ?? <span class="quiet">{words.guest}</span>}</td>
      <td data-title={words.what}>
        {/* A newer member may tell of what this page has no words for. */}
        {isFileAct(act.what) ? words.whats[act.what] : <code>{act.what}</code>}
        {act.bytes === undefined ? '' : `, ${bytes(act.bytes)}`}
      </td>
      <td class="breakable" data-title={words.path}>
        {act.path}
        {act.to !== undefined && <span class="quiet"> → {act.to}</span>}
      </td>
      <td data-title={words.door}>
        {act.door}
        {act.address === undefined ? '' : ` · ${act.address}`}
      </td>
    </tr>
  )
}
