/** A file that a command was given to read, and cannot. */
import { AnilloError } from '../base/errors.ts'
import { systemCode } from '../platform/disk-errors.ts'

export function unreadableFile(path: string, thrown: unknown): AnilloError {
  const code = systemCode(thrown)
  const problem = (PROBLEMS[code] ?? ((named) => `${named} cannot be read: ${code}`))(path)
  return new AnilloError('USAGE', { problem: `${problem}.` }, { cause: thrown })
}

const PROBLEMS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no file ${path}`,
  ENOTDIR: (path) => `There is no file ${path}`,
  EISDIR: (path) => `${path} is a directory, not a file`,
  EACCES: (path) => `${path} may not be read by this account`,
}
