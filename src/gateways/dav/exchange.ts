/** One request, with what was read of it. */
import { AnilloError } from '../../base/errors.ts'
import type { TreeAsk } from '../../services/files/http-protocol.ts'
import { parentOf } from './hrefs.ts'
import { entryAt, type DavParts } from './parts.ts'
import type { Standing } from './standing.ts'

export interface Exchange {
  readonly parts: DavParts
  readonly ask: TreeAsk
  /** Of the tree, as it was asked for. */
  readonly path: string
  /** The address ends with a slash. */
  readonly isFolder: boolean
  /** What its `If` header says, and which locks it may pass. */
  readonly standing: Standing
}

/** @throws AnilloError FOLDER_MISSING, NOT_A_FOLDER */
export async function demandParent(exchange: Exchange, path: string): Promise<void> {
  const above = parentOf(path)
  const entry = above === undefined ? undefined : await entryAt(exchange, above)
  if (above === undefined || entry?.kind === 'folder') return
  throw new AnilloError(entry === undefined ? 'FOLDER_MISSING' : 'NOT_A_FOLDER', { path: above })
}
