/** The file manager: one folder of the tree at a time. */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { contentAddress, zipAddress } from '../../api/files.ts'
import { may, nickOf } from '../../model/accounts.ts'
import { BY_NAME, sorted, type Order } from '../../model/file-order.ts'
import { cleanPath, homeOf, nameOf, parentOf, ROOT } from '../../model/file-paths.ts'
import { kept, NOTHING_CHOSEN, toggle, type Selection } from '../../model/selection.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { LoadTrouble } from '../accounts/parts.tsx'
import { ClashDialog } from './clash-dialog.tsx'
import { Crumbs } from './crumbs.tsx'
import { useDrops } from './drag.ts'
import { EntryGrid } from './entry-grid.tsx'
import { FolderBar, SelectionBar, type Action } from './file-bars.tsx'
import { FileDialogs, type Dialog } from './file-dialogs.tsx'
import { FileFrame } from './file-frame.tsx'
import { useFileWords } from './file-words.ts'
import { Quota } from './quota.tsx'
import { ToldBar } from './told-bar.tsx'
import { UploadPanel } from './upload-panel.tsx'
import { useManager, type Manager } from './use-manager.ts'

export function FilesView() {
  const { account, view } = useSession()
  const { path } = useCell(view)
  const nick = nickOf(useCell(account.who))
  const wanted = path === undefined ? homeOf(nick) : cleanPath(path)
  return (
    <FileFrame name="files" head={(texts) => texts}>
      <FilePlace key={wanted} path={wanted} />
    </FileFrame>
  )
}

/** A folder; or a file, which is looked at in its folder. */
function FilePlace({ path }: { readonly path: string }) {
  const [file, setFile] = useState<FileEntry | undefined>(undefined)
  const folder = file === undefined ? path : parentOf(path)
  return <FileManager key={folder} path={folder} file={file} onFile={setFile} />
}

interface FileManagerProps {
  readonly path: string
  /** In the folder, which is looked at from the first. */
  readonly file: FileEntry | undefined
  /** What lies at the path is a file. */
  readonly onFile: (file: FileEntry) => void
}

function FileManager({ file, onFile, path }: FileManagerProps) {
  const session = useSession()
  const who = useCell(session.account.who)
  const { texts } = useFileWords()
  const manager = useManager(path)
  const list = useList(manager, file)
  const [dialog, setDialog] = useState(() => previewOf(file))
  const dragged = useRef<readonly FileEntry[]>([])
  const { entry } = manager.folder
  useEffect(() => {
    if (entry?.kind === 'file') onFile(entry)
  }, [entry])
  const mayWrite = may(who, 'files.write') && entry !== undefined && entry.access !== 'read'
  const linker = may(who, 'files.write') ? nickOf(who) : undefined
  const drops = useDrops({
    onFiles: (transfer, folder) => manager.uploadDropped(transfer, folder),
    onEntries: (folder, isCopy) =>
      void manager.place(isCopy ? 'copy' : 'move', dragged.current, folder),
  })
  const act = useActions({ manager, chosen: list.chosen, path, onDialog: setDialog })
  const name = nameOf(path) || texts.root
  const orders = {
    open: (one: FileEntry) => act('open', one),
    rename: () => act('rename'),
    remove: () => act('remove'),
    undo: manager.undo,
    up: () => path !== ROOT && session.go({ name: 'files', path: parentOf(path) }),
  }
  return (
    <div class={drops.over === path ? 'files files--over' : 'files'} {...drops.on(path, mayWrite)}>
      <Crumbs path={path} drops={drops} />
      <FolderBar
        mayWrite={mayWrite}
        onFiles={(chosen) => manager.upload(chosen)}
        onFolder={() => setDialog({ kind: 'make' })}
        onZip={entry === undefined ? undefined : () => act('zip', entry)}
        onRefresh={() => manager.folder.again()}
        onLinks={linker === undefined ? undefined : () => setDialog({ kind: 'links' })}
      />
      <Messages manager={manager} />
      <SelectionBar
        folder={manager.folder}
        chosen={list.chosen}
        mayWrite={mayWrite}
        linker={linker}
        onAct={act}
      />
      {list.entries.length > 0 && (
        <EntryGrid
          {...list}
          label={texts.list.label(name)}
          isWhole={manager.folder.isWhole}
          onSelection={list.choose}
          onOrder={list.setOrder}
          orders={orders}
          drops={drops}
          onDrag={(entries) => {
            dragged.current = entries
          }}
        />
      )}
      {manager.folder.isWhole && list.entries.length === 0 && <Empty mayWrite={mayWrite} />}
      {drops.over === path && <p class="files__drop">{texts.list.drop(name)}</p>}
      <Quota renewed={manager.folder.entries} />
      <UploadPanel />
      <Dialogs dialog={dialog} manager={manager} entries={list.entries} onDialog={setDialog} />
    </div>
  )
}

function previewOf(entry: FileEntry | undefined): Dialog | undefined {
  return entry === undefined ? undefined : { kind: 'preview', entry }
}

interface DialogsProps {
  /** Absent: none is open. */
  readonly dialog: Dialog | undefined
  readonly manager: Manager
  readonly entries: readonly FileEntry[]
  readonly onDialog: (dialog: Dialog | undefined) => void
}

function Dialogs({ dialog, entries, manager, onDialog }: DialogsProps) {
  return (
    <>
      {dialog !== undefined && (
        <FileDialogs dialog={dialog} manager={manager} entries={entries} onDialog={onDialog} />
      )}
      {manager.clash !== undefined && <ClashDialog clash={manager.clash} />}
    </>
  )
}

function Empty({ mayWrite }: { readonly mayWrite: boolean }) {
  const { texts } = useFileWords()
  return (
    <div class="files__empty">
      <p>{texts.list.empty}</p>
      {mayWrite && <p class="quiet">{texts.list.emptyHint}</p>}
    </div>
  )
}

/** What was done, what is under way, and what went wrong. */
function Messages({ manager }: { readonly manager: Manager }) {
  const { errands, folder, isPartlyRead, isReading, undo } = manager
  const { texts } = useFileWords()
  return (
    <>
      <ToldBar errands={errands} onUndo={undo} />
      <div role="status">
        {isReading && <p class="quiet">{texts.uploads.reading}</p>}
        {isPartlyRead && <p class="outcome--trouble">{texts.uploads.unreadFolder}</p>}
      </div>
      {folder.trouble !== undefined && (
        <LoadTrouble trouble={folder.trouble} onAgain={() => folder.again()} />
      )}
    </>
  )
}

const NONE: readonly FileEntry[] = []

/** The entries in the order wanted, and those that are chosen. */
function useList({ folder }: Manager, file: FileEntry | undefined) {
  const { language } = useFileWords()
  const [order, setOrder] = useState<Order>(BY_NAME)
  const [selection, choose] = useState<Selection>(NOTHING_CHOSEN)
  const all = folder.entries ?? NONE
  const { entries, ids } = useSorted(all, order, language)
  const shown = useRef(ids)
  useEffect(() => {
    const before = shown.current
    shown.current = ids
    choose((now) => kept(now, { order: before, after: ids }))
  }, [ids])
  useEffect(() => {
    if (file !== undefined && folder.isWhole) choose(toggle(NOTHING_CHOSEN, file.id))
  }, [folder.isWhole])
  const chosen = entries.filter(({ id }) => selection.chosen.has(id))
  return { entries, chosen, selection, choose, order, setOrder }
}

function useSorted(all: readonly FileEntry[], order: Order, language: string) {
  const cached = useRef({ all: NONE, order, language, entries: NONE, ids: [] as string[] })
  const { current } = cached
  if (current.all !== all || current.order !== order || current.language !== language) {
    const entries = sorted(all, order, language)
    cached.current = { all, order, language, entries, ids: entries.map(({ id }) => id) }
  }
  return cached.current
}

interface ActionsOf {
  readonly manager: Manager
  readonly chosen: readonly FileEntry[]
  readonly path: string
  readonly onDialog: (dialog: Dialog) => void
}

/** @returns does something with one entry, or with all that are chosen */
function useActions({ chosen, manager, onDialog, path }: ActionsOf) {
  const session = useSession()
  const zip = useZip()
  const download = async (files: readonly FileEntry[]): Promise<void> => {
    // A token that is minutes old is renewed first: the browser cannot do so when it is refused.
    await session.account.find().catch(() => undefined)
    for (const { path } of files)
      save(contentAddress(session.door.get(), path, { isDownload: true }))
  }
  return (action: Action, only?: FileEntry): void => {
    const entries = only === undefined ? chosen : [only]
    const [first] = entries
    if (first === undefined) return
    switch (action) {
      case 'open':
        if (first.kind === 'folder') session.go({ name: 'files', path: first.path })
        else onDialog({ kind: 'preview', entry: first })
        return
      case 'download':
        void download(entries.filter(({ kind }) => kind === 'file'))
        return
      case 'zip':
        // Of one folder the archive is that of itself.
        if (entries.length === 1) void zip(first.path)
        else
          void zip(
            path,
            entries.map(({ name }) => name),
          )
        return
      case 'remove':
        if (entries.every(({ access }) => access !== 'read')) void manager.remove(entries)
        return
      case 'rename':
        if (entries.length === 1 && first.access !== 'read')
          onDialog({ kind: 'rename', entry: first })
        return
      case 'share':
      case 'everybody':
      case 'link':
      case 'versions':
      case 'story':
        onDialog({ kind: action, entry: first })
        return
      case 'move':
      case 'copy':
        onDialog({ kind: action, entries })
    }
  }
}

/** Saves a folder, or some of what is in it. */
function useZip(): (folder: string, names?: readonly string[]) => Promise<void> {
  const session = useSession()
  return async (folder, names) => {
    await session.account.find().catch(() => undefined)
    save(zipAddress(session.door.get(), folder, names))
  }
}

/** Several in a row are saved without leaving the page. */
function save(href: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = ''
  link.rel = 'noreferrer'
  link.click()
}
