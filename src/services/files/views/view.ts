/**
 * Folders made of other things: what was, what was fetched from the web. A view is a folder in the
 * root that no list of the root names; all in it is read-only. Where it changes is not its affair.
 */
import { sha256Hex } from '../../../base/hash.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { Entry, EntryPage, FileUser, ListOptions, OpenFile } from '../types.ts'

export interface ViewAsk {
  readonly who: FileUser
  /** Below the view’s own; none: the view itself. */
  readonly names: readonly string[]
}

export interface View {
  /** First name of its paths, such as `.versions`. */
  readonly name: string
  /** @throws AnilloError NO_ENTRY, NOT_A_FOLDER */
  stat(ask: ViewAsk, options?: CallOptions): Promise<Entry>
  /** @throws AnilloError NO_ENTRY, NOT_A_FOLDER, BAD_REQUEST (no cursor of a list) */
  list(ask: ViewAsk, options?: ListOptions): Promise<EntryPage>
  /** @throws AnilloError NO_ENTRY, NOT_A_FOLDER, IS_A_FOLDER */
  open(ask: ViewAsk, options?: CallOptions): Promise<OpenFile>
}

const FOLDER_MODE = 0o555
const FILE_MODE = 0o444
const ID_DIGITS = 32

/** What of an entry of a view is its own. */
export interface Shown extends Pick<Entry, 'name' | 'path' | 'modifiedMs' | 'owner'> {
  /** By which its id is the same at all members. */
  readonly key: string
  readonly createdMs?: number
}

export function shownFolder({ createdMs, key, ...shown }: Shown): Entry {
  return {
    ...readOnly(key, shown.modifiedMs, createdMs),
    ...shown,
    kind: 'folder',
    bytes: 0,
    mode: FOLDER_MODE,
    sha256: undefined,
  }
}

export function shownFile({
  createdMs,
  key,
  ...shown
}: Shown & Pick<Entry, 'bytes' | 'sha256'>): Entry {
  return {
    ...readOnly(key, shown.modifiedMs, createdMs),
    ...shown,
    kind: 'file',
    mode: FILE_MODE,
    etag: `${idOf(key)}.${shown.sha256?.slice(0, ID_DIGITS) ?? shown.modifiedMs}`,
  }
}

function readOnly(key: string, modifiedMs: number, createdMs = modifiedMs) {
  const id = idOf(key)
  return { id, createdMs, access: 'read', etag: `${id}.${modifiedMs}` } as const
}

function idOf(key: string): string {
  return sha256Hex(`anillo.views/${key}`).slice(0, ID_DIGITS)
}
