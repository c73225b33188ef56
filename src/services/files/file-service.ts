/** Files at one member: the door to those of the ring, and what it does for them as a leader. */
import { createContentService, type ContentServiceOptions } from './contents/content-service.ts'
import { RingFiles } from './files.ts'
import { RingPathLocks } from './locks/path-locks.ts'
import type { PathLocks } from './locks/types.ts'
import { Trash } from './tree/trash.ts'
import { startTreeSweeper } from './tree/tree-sweeper.ts'
import type { Files } from './types.ts'
import { VersionsView } from './views/versions.ts'
import type { View } from './views/view.ts'
import { ViewedFiles } from './views/viewed-files.ts'

export interface FileService extends AsyncDisposable {
  readonly files: Files
  readonly locks: PathLocks
}

export interface FileServiceOptions extends ContentServiceOptions {
  /** Folders beside those that are made of the tree itself. */
  readonly views?: readonly View[]
}

export function createFileService({ views = [], ...options }: FileServiceOptions): FileService {
  const bytes = createContentService(options)
  const files = new RingFiles({ ...options, contents: bytes.contents })
  const { tree } = files
  const sweeper = startTreeSweeper({ ...options, rows: tree.rows, trash: new Trash(tree) })
  return {
    files: new ViewedFiles(files, [new VersionsView(files), ...views]),
    locks: new RingPathLocks(options),
    async [Symbol.asyncDispose]() {
      await sweeper.close()
      await bytes[Symbol.asyncDispose]()
    },
  }
}
