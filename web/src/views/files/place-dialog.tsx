/** Where entries are moved or copied to: a tree of folders, each read when it is opened. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { RingTrouble } from '../../api/ring-client.ts'
import { filesOf } from '../../files/files-of.ts'
import { isWithin, parentOf, ROOT } from '../../model/file-paths.ts'
import {
  flattened,
  nodeAt,
  ROOT_NODE,
  treeStep,
  withFolders,
  withOpen,
  type FolderTree,
  type TreeRow,
} from '../../model/folder-tree.ts'
import { useSession } from '../../state/session.ts'
import type { Trouble } from '../../texts/texts.ts'
import { EntryIcon } from './file-icons.tsx'
import { useFileWords } from './file-words.ts'
import { Modal } from './modal.tsx'

interface PlaceDialogProps {
  readonly how: 'move' | 'copy'
  readonly entries: readonly FileEntry[]
  /** What they are, in words. */
  readonly what: string
  /** Where they are. */
  readonly from: string
  readonly onPlace: (folder: string) => void
  readonly onClose: () => void
}

export function PlaceDialog(props: PlaceDialogProps) {
  const { entries, from, how, onClose, onPlace, what } = props
  const { texts, trouble: told } = useFileWords()
  const words = texts.placing
  const { active, go, tree, trouble } = useTree(from)
  const fault = faultOf(props, active, tree)
  const name = nodeAt(tree, active)?.name || texts.root
  return (
    <Modal title={words[how](what)} onClose={onClose}>
      <div class="stack">
        <Tree tree={tree} active={active} onActive={go} />
        <div class="outcome" role="status">
          {trouble !== undefined && <p class="outcome--trouble">{told(trouble)}</p>}
          {fault !== undefined && <p class="quiet">{words[fault]}</p>}
        </div>
        <div class="actions">
          <button
            type="button"
            class="button button--main"
            aria-disabled={fault !== undefined || entries.length === 0}
            onClick={() => fault === undefined && onPlace(active)}
          >
            {how === 'move' ? words.moveHere(name) : words.copyHere(name)}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {texts.actions.cancel}
          </button>
        </div>
      </div>
    </Modal>
  )
}

function faultOf(
  { entries, from, how }: PlaceDialogProps,
  folder: string,
  tree: FolderTree,
): 'same' | 'into' | 'readOnly' | undefined {
  const isInto = entries.some(({ kind, path }) => kind === 'folder' && isWithin(folder, path))
  if (isInto) return 'into'
  if (how === 'move' && folder === from) return 'same'
  return nodeAt(tree, folder)?.isReadOnly === true ? 'readOnly' : undefined
}

/** The tree with the way to `from` open. */
function useTree(from: string) {
  const { files } = filesOf(useSession())
  const [tree, setTree] = useState<FolderTree>(ROOT_NODE)
  const [active, setActive] = useState(from)
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined)
  const read = async (path: string): Promise<void> => {
    try {
      const folders: FileEntry[] = []
      let cursor: string | undefined
      do {
        const part = await files.list(path, cursor === undefined ? {} : { cursor })
        folders.push(...part.items.filter(({ kind }) => kind === 'folder'))
        cursor = part.cursor
      } while (cursor !== undefined)
      setTree((before) => withFolders(before, path, folders))
    } catch (thrown) {
      if (!(thrown instanceof RingTrouble)) throw thrown
      setTrouble(thrown)
    }
  }
  useEffect(() => {
    const way: string[] = [from]
    while (way[0] !== undefined && way[0] !== ROOT) way.unshift(parentOf(way[0]))
    const openAll = async (): Promise<void> => {
      for (const path of way) {
        await read(path)
        setTree((before) => withOpen(before, path, true))
      }
    }
    void openAll()
  }, [])
  const go = (path: string, isOpen?: boolean): void => {
    setTrouble(undefined)
    setActive(path)
    if (isOpen === undefined) return
    setTree((before) => withOpen(before, path, isOpen))
    if (isOpen && nodeAt(tree, path)?.folders === undefined) void read(path)
  }
  return { tree, active, trouble, go }
}

interface TreeProps {
  readonly tree: FolderTree
  readonly active: string
  /** @param isOpen told where it is to be opened or shut, too */
  readonly onActive: (path: string, isOpen?: boolean) => void
}

/** As WAI-ARIA's tree: one stop of the tabulator, arrows go about in it. */
function Tree({ active, onActive, tree }: TreeProps) {
  const { texts } = useFileWords()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const rows = flattened(tree)
  const at = rows.findIndex(({ path }) => path === active)
  useEffect(() => list.current?.focus(), [])
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const onKey = (event: KeyboardEvent): void => {
    const step = treeStep(rows, { active, key: event.key })
    if (step === undefined) return
    event.preventDefault()
    onActive(step.path, step.isOpen)
  }
  return (
    <div
      ref={list}
      class="tree"
      role="tree"
      tabIndex={0}
      aria-label={texts.placing.tree}
      {...(at < 0 ? {} : { 'aria-activedescendant': `${id}-${at}` })}
      onKeyDown={onKey}
    >
      {rows.map((row, index) => (
        <TreeItem
          key={row.path}
          id={`${id}-${index}`}
          row={row}
          isActive={index === at}
          onActive={onActive}
        />
      ))}
    </div>
  )
}

interface TreeItemProps {
  readonly id: string
  readonly row: TreeRow
  readonly isActive: boolean
  readonly onActive: TreeProps['onActive']
}

function TreeItem({ id, isActive, onActive, row }: TreeItemProps) {
  const { texts } = useFileWords()
  const name = row.name || texts.root
  const isMark = (target: EventTarget | null): boolean =>
    target instanceof Element && target.closest('.tree__mark') !== null
  return (
    <div
      id={id}
      class={isActive ? 'tree__item tree__item--active' : 'tree__item'}
      role="treeitem"
      aria-level={row.level}
      aria-selected={isActive}
      {...(row.isLeaf ? {} : { 'aria-expanded': row.isOpen })}
      style={{ paddingInlineStart: `${row.level * LEVEL_REM}rem` }}
      onClick={({ target }) =>
        isMark(target) ? onActive(row.path, !row.isOpen) : onActive(row.path)
      }
      onDblClick={() => onActive(row.path, !row.isOpen)}
    >
      <span class="tree__mark" aria-hidden="true">
        {row.isLeaf ? '' : row.isOpen ? '▾' : '▸'}
      </span>
      <EntryIcon kind="folder" name={name} />
      <span class="entries__text">{name}</span>
    </div>
  )
}

const LEVEL_REM = 1
