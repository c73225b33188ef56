/**
 * What the file manager has of each window beside the view: uploads go on while others are open.
 */
import { FileUploadsClient } from '../api/file-uploads.ts'
import { FilesClient } from '../api/files.ts'
import { LinksClient } from '../api/links.ts'
import { nickOf } from '../model/accounts.ts'
import type { Session } from '../state/session.ts'
import { hashOf } from './hash-file.ts'
import { UnfinishedUploads } from './unfinished.ts'
import { isGoing } from './upload-item.ts'
import { Uploads } from './uploads.ts'

export interface FileState {
  readonly files: FilesClient
  readonly links: LinksClient
  readonly uploads: Uploads
}

const states = new WeakMap<Session, FileState>()

export function filesOf(session: Session): FileState {
  const known = states.get(session)
  if (known !== undefined) return known
  const files = new FilesClient(session.client)
  const uploads = new Uploads({
    client: new FileUploadsClient(session.client),
    makeFolders: (path) => files.makeFolders(path),
    hashOf,
    unfinished: new UnfinishedUploads(notes()),
    nowMs: () => performance.now(),
    wait: waitOnline,
  })
  const state = { files, links: new LinksClient(session.client), uploads }
  states.set(session, state)
  // What one person sends is not sent as the next; who logs in again goes on.
  let nick = nickOf(session.account.who.get())
  session.account.who.watch(() => {
    const now = nickOf(session.account.who.get())
    if (now === nick) return
    if (now === undefined) {
      uploads.pauseAll()
      return
    }
    if (nick !== undefined) uploads.cancelAll()
    nick = now
  })
  addEventListener('beforeunload', (event) => {
    if (uploads.items.get().some(isGoing)) event.preventDefault()
  })
  return state
}

/** Private windows may have none. */
function notes(): Storage | { getItem: () => null; setItem: () => void } {
  try {
    return localStorage
  } catch {
    return { getItem: () => null, setItem: () => undefined }
  }
}

/** A browser that finds a line again need not wait any longer. */
function waitOnline(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      removeEventListener('online', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    addEventListener('online', end)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
