/** What a procedure told instead of changing something, as the error that people get. */
import { AnilloError } from '../../../base/errors.ts'
import type { Refused } from './folder-work.ts'
import { FOLDER_ENTRIES_MAX } from './limits.ts'

type Kind = Exclude<Refused['kind'], 'leaving'> | 'intoItself' | 'notEmpty'

/** `above`: the folder that `path` is in. */
export function refusalOf(kind: Kind, path: string): AnilloError {
  switch (kind) {
    case 'noFolder':
    case 'absent':
      return new AnilloError('NO_ENTRY', { path })
    case 'exists':
      return new AnilloError('ENTRY_EXISTS', { path })
    case 'changed':
      return new AnilloError('CONDITION_FAILED', { key: path })
    case 'isFolder':
      return new AnilloError('IS_A_FOLDER', { path })
    case 'fixed':
      return new AnilloError('READ_ONLY', { path })
    case 'full':
      return new AnilloError('FOLDER_FULL', { path, limit: FOLDER_ENTRIES_MAX })
    case 'claimedOtherwise':
      return new AnilloError('BUSY')
    case 'notEmpty':
      return new AnilloError('FOLDER_NOT_EMPTY', { path })
    case 'intoItself':
      return new AnilloError('MOVE_INTO_ITSELF', { path })
  }
}
