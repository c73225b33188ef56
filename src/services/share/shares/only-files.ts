/** Files of the tree are shared; what only looks like one is not, and is told what to do. Pure. */
import { AnilloError } from '../../../base/errors.ts'

/** Folders made of other things, by their first names. */
const PROBLEM_OF: ReadonlyMap<string, string> = new Map([
  ['.shared', 'it belongs to somebody else, who may share it'],
  ['.web', 'it is a page of the archive; copy it into your folder, and share the copy'],
  ['.versions', 'it is an earlier content; copy it into your folder, and share the copy'],
])

/** @throws AnilloError SHARE_NO_FILE */
export function demandFile(path: string): void {
  const [first = ''] = path.split('/').filter((name) => name !== '' && name !== '.')
  const problem = PROBLEM_OF.get(first)
  if (problem !== undefined) throw new AnilloError('SHARE_NO_FILE', { path, problem })
}
