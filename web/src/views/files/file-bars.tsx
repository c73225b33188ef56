/** What can be done in the folder, and with what is chosen in it. */
import { useRef } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { may } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { useFileWords } from './file-words.ts'
import type { Folder } from './use-folder.ts'

export type Action =
  | 'open'
  | 'download'
  | 'zip'
  | 'rename'
  | 'move'
  | 'copy'
  | 'share'
  | 'everybody'
  | 'link'
  | 'versions'
  | 'story'
  | 'remove'

interface FolderBarProps {
  readonly mayWrite: boolean
  readonly onFiles: (files: FileList) => void
  readonly onFolder: () => void
  /** Absent: there is nothing that could be downloaded. */
  readonly onZip: (() => void) | undefined
  readonly onRefresh: () => void
  /** Absent: the person may have none. */
  readonly onLinks: (() => void) | undefined
}

export function FolderBar(props: FolderBarProps) {
  const { mayWrite, onFiles, onFolder, onLinks, onRefresh, onZip } = props
  const { texts } = useFileWords()
  const words = texts.actions
  const files = useRef<HTMLInputElement>(null)
  const folders = useRef<HTMLInputElement>(null)
  const take = (event: Event): void => {
    const input = event.currentTarget
    if (!(input instanceof HTMLInputElement) || input.files === null) return
    onFiles(input.files)
    // The same file can be chosen again.
    input.value = ''
  }
  return (
    <div class="actions files__bar">
      {mayWrite && (
        <>
          <button type="button" class="button button--main" onClick={() => files.current?.click()}>
            {words.upload}
          </button>
          <button type="button" class="button" onClick={() => folders.current?.click()}>
            {words.uploadFolder}
          </button>
          <button type="button" class="button" onClick={onFolder}>
            {words.makeFolder}
          </button>
          <input ref={files} type="file" name="files" multiple hidden onChange={take} />
          <input
            ref={folders}
            type="file"
            name="folder"
            multiple
            hidden
            {...{ webkitdirectory: true }}
            onChange={take}
          />
        </>
      )}
      {onZip !== undefined && (
        <button type="button" class="button" onClick={onZip}>
          {words.zip}
        </button>
      )}
      {onLinks !== undefined && (
        <button type="button" class="button" onClick={onLinks}>
          {texts.links.mine}
        </button>
      )}
      <button type="button" class="button" onClick={onRefresh}>
        {words.refresh}
      </button>
    </div>
  )
}

interface SelectionBarProps {
  readonly folder: Folder
  readonly chosen: readonly FileEntry[]
  readonly mayWrite: boolean
  /** Whose links it could be; absent: they may make none. */
  readonly linker: string | undefined
  readonly onAct: (action: Action) => void
}

export function SelectionBar({ chosen, folder, linker, mayWrite, onAct }: SelectionBarProps) {
  const who = useCell(useSession().account.who)
  const offers = {
    maySeeStory: may(who, 'files.manage'),
    mayShareOutside: may(who, 'shares.write'),
  }
  const { bytes, number, texts } = useFileWords()
  const count = folder.entries?.length ?? 0
  const size = bytes(chosen.reduce((sum, one) => sum + one.bytes, 0))
  const told =
    chosen.length > 0
      ? texts.list.counted(number(chosen.length), size, chosen.length === 1)
      : folder.isWhole
        ? texts.list.entries(number(count), count === 1)
        : texts.list.soFar(number(count))
  // Nothing comes any more.
  if (folder.trouble !== undefined && folder.entries === undefined) return null
  return (
    <div class="selection">
      <p class="selection__told" role="status">
        {folder.entries === undefined ? texts.preview.loading : told}
      </p>
      {chosen.length > 0 && (
        <div class="selection__actions" role="group" aria-label={texts.actions.label}>
          {actionsFor(chosen, { linker, mayWrite, ...offers }).map((action) => (
            <button
              key={action}
              type="button"
              class={
                action === 'remove'
                  ? 'button button--small button--harmful'
                  : 'button button--small'
              }
              onClick={() => onAct(action)}
            >
              {action === 'open' && chosen[0]?.kind === 'file'
                ? texts.actions.look
                : texts.actions[action]}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

interface Offered extends Pick<SelectionBarProps, 'linker' | 'mayWrite'> {
  /** They are told who changed what. */
  readonly maySeeStory: boolean
  readonly mayShareOutside: boolean
}

/** What may be done is offered, and nothing else. */
function actionsFor(
  chosen: readonly FileEntry[],
  { linker, mayShareOutside, mayWrite, maySeeStory }: Offered,
): readonly Action[] {
  const [first] = chosen
  const isOne = chosen.length === 1
  const isFile = first?.kind === 'file'
  const mayChange = mayWrite && chosen.every(({ access }) => access !== 'read')
  const offered: readonly (readonly [Action, boolean])[] = [
    ['open', isOne],
    ['download', chosen.every(({ kind }) => kind === 'file')],
    ['zip', (!isOne || !isFile) && fitsZip(chosen)],
    ['rename', isOne && mayChange],
    ['move', mayChange],
    ['copy', true],
    ['share', isOne && first?.access === 'own'],
    ['everybody', isOne && isFile && mayShareOutside && first.access === 'own'],
    ['link', isOne && linker !== undefined && mayLink(first, linker)],
    ['versions', isOne && isFile],
    ['story', isOne && maySeeStory],
    ['remove', mayChange],
  ]
  return offered.filter(([, isOffered]) => isOffered).map(([action]) => action)
}

/** Their names stand in an address, which a member takes up to 16 KiB. */
function fitsZip(chosen: readonly FileEntry[]): boolean {
  const chars = chosen.reduce((sum, { name }) => sum + encodeURIComponent(name).length + 7, 0)
  return chosen.length === 1 || (chosen.length <= ZIP_NAMES_MAX && chars <= ZIP_CHARS_MAX)
}

const ZIP_NAMES_MAX = 1_000
const ZIP_CHARS_MAX = 8_000

/** Whose it is, or who may give rights on it. */
function mayLink(entry: FileEntry | undefined, nick: string): boolean {
  return entry !== undefined && (entry.access === 'own' || entry.owner === nick)
}
