/** What can be done in a folder, and what becomes of it. */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { RingTrouble } from '../../api/ring-client.ts'
import { chosenFiles, droppedFiles, type DroppedAll } from '../../files/dropped.ts'
import { filesOf } from '../../files/files-of.ts'
import { may, nickOf, type Who } from '../../model/accounts.ts'
import { childOf, isWithin, nameOf, namesOf, parentOf, pathOf } from '../../model/file-paths.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Clash, ClashAnswer } from './clash-dialog.tsx'
import { useErrands, type Errands, type Told } from './errands.ts'
import { useFileWords } from './file-words.ts'
import { placing, type Placed } from './place-entries.ts'
import { useFolder, type Folder } from './use-folder.ts'

/** Many files may arrive in a moment: the list is renewed once for all of them. */
const RENEW_MS = 400

export interface Manager {
  readonly folder: Folder & { readonly again: () => void }
  readonly errands: Errands
  readonly clash: Clash | undefined
  /** What was dropped is being looked through. */
  readonly isReading: boolean
  readonly isPartlyRead: boolean
  readonly undo: () => void
  readonly makeFolder: (name: string) => Promise<void>
  readonly rename: (entry: FileEntry, name: string) => Promise<void>
  readonly remove: (entries: readonly FileEntry[]) => Promise<void>
  readonly place: (
    how: 'move' | 'copy',
    entries: readonly FileEntry[],
    folder: string,
  ) => Promise<void>
  readonly upload: (chosen: FileList) => void
  readonly uploadDropped: (transfer: DataTransfer, folder: string) => void
}

export function useManager(path: string): Manager {
  const { files } = filesOf(useSession())
  const who = useCell(useSession().account.who)
  const told = useFileWords().texts.told
  const folder = useFolder(path)
  const errands = useErrands()
  const sending = useSending(path, folder.again)
  const what = useWhat()
  const { clash, place } = usePlacing(errands, folder.again)
  const undo = async (): Promise<void> => {
    const back = errands.told?.undo
    if (back === undefined) return
    errands.tell(undefined)
    await errands.each([{ name: told.undo }], async () => errands.tell({ text: await back() }))
    folder.again()
  }
  const toldOfRemoved = (gone: readonly FileEntry[]): Told => {
    const others = gone.filter(({ owner }) => !isOwnTrash(who, owner)).map(({ owner }) => owner)
    if (others.length > 0) {
      return { text: told.removedOf({ what: what(gone), owners: [...new Set(others)].join(', ') }) }
    }
    const undo = async (): Promise<string> => {
      await restoreAll(files, gone)
      return told.undone
    }
    return { text: told.removed(what(gone)), undo }
  }
  const remove = async (entries: readonly FileEntry[]): Promise<void> => {
    const gone = await errands.each(entries, (entry) => files.remove(entry))
    if (gone.length > 0) errands.tell(toldOfRemoved(gone))
    folder.again()
  }
  return {
    folder,
    errands,
    clash,
    place,
    ...sending,
    undo: () => void undo(),
    remove,
    makeFolder: async (name) => {
      await files.makeFolder(childOf(path, name))
      errands.tell({ text: told.made(name) })
      folder.again()
    },
    rename: async (entry, name) => {
      const after = await files.move({ entry, to: childOf(parentOf(entry.path), name) })
      const back = async (): Promise<string> => {
        await files.move({ entry: after, to: entry.path })
        return told.undone
      }
      errands.tell({ text: told.renamed(name), undo: back })
      folder.again()
    },
  }
}

/** Moves and copies, with a question where a name is taken. */
function usePlacing(errands: Errands, again: () => void): Pick<Manager, 'clash' | 'place'> {
  const { files } = filesOf(useSession())
  const { texts } = useFileWords()
  const what = useWhat()
  const [clash, setClash] = useState<Clash | undefined>(undefined)
  const ask = (asked: Omit<Clash, 'answer'>): Promise<ClashAnswer> =>
    new Promise((resolve) => {
      const answer = (given: ClashAnswer): void => {
        setClash(undefined)
        resolve(given)
      }
      setClash({ ...asked, answer })
    })
  const tell = ({ done, how, to }: PlacedTold): void => {
    const words = { what: what(done), folder: nameOf(to) || texts.root }
    const undo = async (): Promise<string> => {
      for (const { after, before } of done.toReversed())
        await files.move({ entry: after, to: before.path })
      return texts.told.undone
    }
    if (how === 'copy') errands.tell({ text: texts.told.copied(words) })
    else errands.tell({ text: texts.told.moved(words), undo })
  }
  const place: Manager['place'] = async (how, entries, to) => {
    const hasOthers = entries.length > 1
    const put = placing({
      files,
      how,
      folder: to,
      ask: (name, mayReplace) => ask({ name, mayReplace, hasOthers }),
    })
    const done: Placed[] = []
    await errands.each(entries, async (entry) => {
      const one = await put(entry)
      if (one !== undefined) done.push(one)
    })
    if (done.length > 0) tell({ how, done, to })
    again()
  }
  return { clash, place }
}

interface PlacedTold {
  readonly how: 'move' | 'copy'
  readonly done: readonly Placed[]
  readonly to: string
}

/** One thing by its name, several by their number. */
export function useWhat(): (things: readonly { readonly name: string }[]) => string {
  const { number, texts } = useFileWords()
  return (things) => {
    const [first] = things
    return things.length === 1 && first !== undefined
      ? `“${first.name}”`
      : texts.placing.things(number(things.length))
  }
}

/** Others' things lie in their own trash, whence they alone bring them back. */
function isOwnTrash(who: Who, owner: string): boolean {
  return nickOf(who) === owner || may(who, 'files.manage')
}

async function restoreAll(
  files: ReturnType<typeof filesOf>['files'],
  gone: readonly FileEntry[],
): Promise<void> {
  const trash = await files.trash()
  const wanted = gone.map(
    ({ id, path }) => trash.find((one) => one.id === id) ?? trash.find((one) => one.from === path),
  )
  for (const one of wanted) if (one !== undefined) await files.restore(one.id)
}

/** Files on their way from here. */
function useSending(path: string, again: () => void) {
  const { files, uploads } = filesOf(useSession())
  const [isReading, setIsReading] = useState(false)
  const [isPartlyRead, setIsPartlyRead] = useState(false)
  const latest = useRef(again)
  latest.current = again
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = uploads.landed.watch(() => {
      const landed = uploads.landed.get()
      if (landed === undefined || !isWithin(landed.path, path) || timer !== undefined) return
      timer = setTimeout(() => {
        timer = undefined
        latest.current()
      }, RENEW_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [path])
  const send = async (all: DroppedAll, folder: string): Promise<void> => {
    setIsPartlyRead(!all.isWhole)
    uploads.add(
      all.files.map(({ file, names }) => ({ file, path: pathOf([...namesOf(folder), ...names]) })),
      folder,
    )
    for (const names of all.emptyFolders)
      await files.makeFolders(pathOf([...namesOf(folder), ...names])).catch(ignoreTrouble)
    if (all.emptyFolders.length > 0) latest.current()
  }
  return {
    isReading,
    isPartlyRead,
    upload: (chosen: FileList) => void send(chosenFiles(chosen), path),
    uploadDropped: (transfer: DataTransfer, folder: string): void => {
      setIsReading(true)
      void droppedFiles(transfer)
        .then((all) => send(all, folder))
        .finally(() => setIsReading(false))
    },
  }
}

/** That a folder with nothing in it is missing says the list. */
function ignoreTrouble(thrown: unknown): void {
  if (!(thrown instanceof RingTrouble)) throw thrown
}
