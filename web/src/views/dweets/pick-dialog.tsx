/** A file of the tree, chosen for a dweet: one folder at a time. */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { filesOf } from '../../files/files-of.ts'
import { homeOf, parentOf, ROOT } from '../../model/file-paths.ts'
import { useSession } from '../../state/session.ts'
import { LoadTrouble } from '../accounts/parts.tsx'
import { Dialog } from '../dialog.tsx'
import { useLoaded } from '../hooks.ts'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'

interface PickProps {
  readonly onPick: (file: FileEntry) => void
  readonly onClose: () => void
}

export function PickDialog({ onClose, onPick }: PickProps) {
  const { nick } = useDesk()
  const { texts } = useDweetWords()
  const [path, setPath] = useState(() => homeOf(nick))
  const words = texts.attach
  return (
    <Dialog title={words.pick} closeLabel={words.close} onClose={onClose}>
      <div class="stack">
        <p class="pick__path">
          <code>{path}</code>
        </p>
        <Entries key={path} path={path} onFolder={setPath} onPick={onPick} />
      </div>
    </Dialog>
  )
}

interface EntriesProps {
  readonly path: string
  readonly onFolder: (path: string) => void
  readonly onPick: (file: FileEntry) => void
}

function Entries({ onFolder, onPick, path }: EntriesProps) {
  const { files } = filesOf(useSession())
  const { bytes, texts } = useDweetWords()
  const words = texts.attach
  const { again, trouble, value } = useLoaded(() => files.list(path), path)
  const list = useRef<HTMLUListElement>(null)
  // Whoever goes about by keys goes on where the list begins.
  useEffect(() => list.current?.querySelector('button')?.focus(), [value])
  return (
    <>
      <ul ref={list} class="pick" aria-label={path}>
        {path !== ROOT && (
          <li>
            <button type="button" class="pick__one" onClick={() => onFolder(parentOf(path))}>
              {words.up}
            </button>
          </li>
        )}
        {value?.items.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              class="pick__one"
              onClick={() => (entry.kind === 'folder' ? onFolder(entry.path) : onPick(entry))}
            >
              <span>{entry.kind === 'folder' ? `${entry.name}/` : entry.name}</span>
              {entry.kind === 'file' && <span class="quiet">{bytes(entry.bytes)}</span>}
            </button>
          </li>
        ))}
      </ul>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      <p class="quiet" role="status">
        {value?.items.length === 0 && words.noFiles}
        {value?.cursor !== undefined && words.moreFiles}
      </p>
    </>
  )
}
