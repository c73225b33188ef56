/** Files at one member: the door to those of the ring, and what it does for them as a leader. */
import { FileActs } from './acts/acts.ts'
import { createContentService, type ContentServiceOptions } from './contents/content-service.ts'
import { notedFiles } from './doors/noted-files.ts'
import { pacedFiles } from './doors/paced-files.ts'
import { Pacer, type PerSecond } from './doors/pacer.ts'
import { RingFiles } from './files.ts'
import { HeldBytes } from './held-bytes.ts'
import { RingPathLocks } from './locks/path-locks.ts'
import type { PathLocks } from './locks/types.ts'
import { RingRepeats } from './repeats/repeats.ts'
import type { Repeats } from './repeats/types.ts'
import { Trash } from './tree/trash.ts'
import { startTreeSweeper } from './tree/tree-sweeper.ts'
import type { Files } from './types.ts'
import { sharedFiles } from './views/shared-files.ts'
import { VersionsView } from './views/versions.ts'
import type { View } from './views/view.ts'
import { viewedFiles } from './views/viewed-files.ts'

export interface FileService extends AsyncDisposable {
  readonly files: Files
  readonly locks: PathLocks
  /** What was done to them. */
  readonly acts: FileActs
  readonly repeats: Repeats
  /** For services beside the tree. */
  readonly held: HeldBytes
  /** For those, too: contents by their paths. */
  readonly sealed: Pick<RingFiles, 'sealedAt' | 'putSealed' | 'makeFolder' | 'stat'>
}

const UNPACED: PerSecond = { up: undefined, down: undefined }

export interface FileServiceOptions extends ContentServiceOptions {
  /** Folders beside those that are made of the tree itself. */
  readonly views?: readonly View[]
  /** Of all clients of this member. */
  readonly rates?: PerSecond
}

export function createFileService({
  rates = UNPACED,
  views = [],
  ...options
}: FileServiceOptions): FileService {
  const bytes = createContentService(options)
  const files = new RingFiles({ ...options, contents: bytes.contents })
  const { shares, tree } = files
  const sweeper = startTreeSweeper({ ...options, rows: tree.rows, trash: new Trash(tree), shares })
  const acts = new FileActs(options)
  const pacer = new Pacer(options.effects.clock, rates)
  const viewed = viewedFiles(files, [new VersionsView(files), ...views])
  const noted = notedFiles(viewed, (act) => acts.note(act))
  // Acts are noted where they were done, by whatever name.
  const shared = sharedFiles(noted, options.effects.clock)
  return {
    locks: new RingPathLocks(options),
    files: pacedFiles(shared, { pacer, limitsOf: (nick) => tree.quotas.limitsOf(nick) }),
    acts,
    repeats: new RingRepeats(tree.rows),
    held: new HeldBytes(bytes.contents, tree.quotas),
    sealed: files,
    async [Symbol.asyncDispose]() {
      await acts.close()
      await sweeper.close()
      await bytes[Symbol.asyncDispose]()
    },
  }
}
