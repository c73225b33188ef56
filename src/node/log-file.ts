/** The file in a member's directory to which it writes what it does. */
import { renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { MIB } from '../base/limits.ts'

/** At a start a longer log is put aside. */
const LOG_BYTES_MAX = 8 * MIB

export function logPathIn(directory: string): string {
  return join(directory, 'log')
}

/** To be called before the file is opened; the one before it is kept beside it as `.old`. */
export function putLongLogAside(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_BYTES_MAX) renameSync(path, `${path}.old`)
}
