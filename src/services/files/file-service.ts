/** Files at one member: the door to those of the ring, and what it does for them as a leader. */
import { createContentService, type ContentServiceOptions } from './contents/content-service.ts'
import { RingFiles } from './files.ts'
import { Trash } from './tree/trash.ts'
import { startTreeSweeper } from './tree/tree-sweeper.ts'
import type { Files } from './types.ts'

export interface FileService extends AsyncDisposable {
  readonly files: Files
}

export function createFileService(options: ContentServiceOptions): FileService {
  const bytes = createContentService(options)
  const files = new RingFiles({ ...options, contents: bytes.contents })
  const { tree } = files
  const sweeper = startTreeSweeper({ ...options, rows: tree.rows, trash: new Trash(tree) })
  return {
    files,
    async [Symbol.asyncDispose]() {
      await sweeper.close()
      await bytes[Symbol.asyncDispose]()
    },
  }
}
