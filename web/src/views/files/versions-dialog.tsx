/** What a file held before: each version can be had again, as a file or in its place. */
import { useState } from 'preact/hooks'

import type { FileEntry, FileVersion } from '../../../../src/wire/api-files.ts'
import { contentAddress } from '../../api/files.ts'
import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { LoadTrouble, Outcome } from '../accounts/parts.tsx'
import { FreshLink } from '../fresh-link.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { useFileWords } from './file-words.ts'
import { Modal } from './modal.tsx'

interface VersionsDialogProps {
  readonly entry: FileEntry
  readonly onRestored: () => void
  readonly onClose: () => void
}

export function VersionsDialog({ entry, onClose, onRestored }: VersionsDialogProps) {
  const { files } = filesOf(useSession())
  const { minute, texts } = useFileWords()
  const words = texts.versions
  const { again, trouble, value } = useLoaded(() => files.versions(entry.path), entry.id)
  const restoring = useDoing<never>()
  const [restored, setRestored] = useState<string | undefined>(undefined)
  const restore = ({ number, replacedAt }: FileVersion): void =>
    restoring.run(async () => {
      setRestored(undefined)
      await files.restoreVersion(entry.path, number)
      setRestored(minute(replacedAt))
      again()
      onRestored()
      return undefined
    })
  return (
    <Modal title={words.title(entry.name)} onClose={onClose} isWide>
      <p class="quiet panel__hint">{words.hint}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value?.length === 0 && <p class="note">{words.none}</p>}
      {value !== undefined && value.length > 0 && (
        <VersionsTable
          entry={entry}
          versions={value}
          isRunning={restoring.isRunning}
          onRestore={restore}
        />
      )}
      <div role="status">
        {restored !== undefined && <p class="outcome--done">{words.restored(restored)}</p>}
      </div>
      <Outcome trouble={restoring.trouble} done={undefined} />
    </Modal>
  )
}

interface VersionsTableProps {
  readonly entry: FileEntry
  readonly versions: readonly FileVersion[]
  readonly isRunning: boolean
  readonly onRestore: (version: FileVersion) => void
}

function VersionsTable({ entry, isRunning, onRestore, versions }: VersionsTableProps) {
  const door = useCell(useSession().door)
  const { bytes, minute, texts } = useFileWords()
  const words = texts.versions
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.until}</th>
            <th scope="col">{words.modified}</th>
            <th scope="col" class="number">
              {words.size}
            </th>
            <th scope="col">{words.by}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr key={version.number}>
              <td data-title={words.until}>{minute(version.replacedAt)}</td>
              <td data-title={words.modified}>{minute(version.modifiedAt)}</td>
              <td class="number" data-title={words.size}>
                {bytes(version.bytes)}
              </td>
              <td data-title={words.by}>{version.by}</td>
              <td>
                <div class="actions">
                  {entry.access !== 'read' && (
                    <button
                      type="button"
                      class="button button--small"
                      aria-label={words.restore(minute(version.replacedAt))}
                      aria-disabled={isRunning}
                      onClick={() => onRestore(version)}
                    >
                      {words.restoreShort}
                    </button>
                  )}
                  <FreshLink
                    class="button button--small"
                    href={contentAddress(door, entry.path, {
                      version: version.number,
                      isDownload: true,
                    })}
                    label={words.download(minute(version.replacedAt))}
                    isDownload
                  >
                    {texts.actions.download}
                  </FreshLink>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
