/** What is in a folder, as it comes, and as it changes. */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { RingTrouble } from '../../api/ring-client.ts'
import { filesOf } from '../../files/files-of.ts'
import { useSession } from '../../state/session.ts'
import type { Trouble } from '../../texts/texts.ts'

export interface Folder {
  readonly path: string
  /** The folder itself, or the file that lies at the path. */
  readonly entry: FileEntry | undefined
  /** `undefined`: nothing came yet. */
  readonly entries: readonly FileEntry[] | undefined
  /** All of them are there. */
  readonly isWhole: boolean
  readonly trouble: Trouble | undefined
}

/** A folder that was not looked at for so long is asked for again when the window is looked at. */
const OLD_AFTER_MS = 10_000

function blank(path: string): Folder {
  return { path, entry: undefined, entries: undefined, isWhole: false, trouble: undefined }
}

export function useFolder(path: string): Folder & { readonly again: () => void } {
  const { files } = filesOf(useSession())
  const [folder, setFolder] = useState(() => blank(path))
  const asked = useRef({ stop: new AbortController(), atMs: 0 })
  const ask = async (): Promise<void> => {
    asked.current.stop.abort()
    const stop = new AbortController()
    asked.current = { stop, atMs: performance.now() }
    const show = (change: Partial<Folder>): void => {
      if (!stop.signal.aborted)
        setFolder((before) => ({ ...(before.path === path ? before : blank(path)), ...change }))
    }
    const look = async (): Promise<FileEntry> => {
      const entry = await files.stat(path)
      show({ entry })
      return entry
    }
    const list = async (): Promise<void> => {
      const entries: FileEntry[] = []
      let cursor: string | undefined
      do {
        const part = await files.list(path, {
          signal: stop.signal,
          ...(cursor === undefined ? {} : { cursor }),
        })
        entries.push(...part.items)
        cursor = part.cursor
        // A list that is renewed changes once it is whole.
        if (cursor === undefined) show({ entries, isWhole: true, trouble: undefined })
        else setFolder((before) => firstPart(before, path, entries.slice()))
      } while (cursor !== undefined && !stop.signal.aborted)
    }
    const [looked, listed] = await Promise.allSettled([look(), list()])
    // There is no list of a file.
    if (looked.status === 'fulfilled' && looked.value.kind === 'file') return
    const failed = [looked, listed].find((one) => one.status === 'rejected')
    if (failed === undefined || stop.signal.aborted) return
    if (!(failed.reason instanceof RingTrouble)) throw failed.reason
    show({ trouble: failed.reason })
  }
  useEffect(() => {
    setFolder(blank(path))
    void ask()
    const renew = (): void => {
      if (!document.hidden && performance.now() - asked.current.atMs > OLD_AFTER_MS) void ask()
    }
    document.addEventListener('visibilitychange', renew)
    return () => {
      document.removeEventListener('visibilitychange', renew)
      asked.current.stop.abort()
    }
  }, [path])
  return { ...(folder.path === path ? folder : blank(path)), again: () => void ask() }
}

function firstPart(before: Folder, path: string, entries: readonly FileEntry[]): Folder {
  return before.path === path && !before.isWhole ? { ...before, entries } : before
}
