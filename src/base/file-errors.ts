/**
 * Rows of the table of errors (`errors.ts`) about files and folders. `{path}` as people write it.
 */
import type { ErrorRow } from './error-row.ts'

export const FILE_ERRORS = {
  NO_ENTRY: { httpStatus: 404, retry: 'never', text: 'There is no “{path}”.' },
  ENTRY_EXISTS: { httpStatus: 409, retry: 'never', text: '“{path}” is there already.' },
  NOT_A_FOLDER: { httpStatus: 409, retry: 'never', text: '“{path}” is a file, not a folder.' },
  IS_A_FOLDER: { httpStatus: 409, retry: 'never', text: '“{path}” is a folder, not a file.' },
  FOLDER_NOT_EMPTY: { httpStatus: 409, retry: 'never', text: 'The folder “{path}” is not empty.' },
  FOLDER_FULL: {
    httpStatus: 507,
    retry: 'never',
    text: 'The folder “{path}” has {limit} entries and takes no more.',
  },
  NAME_INVALID: {
    httpStatus: 400,
    retry: 'never',
    text: '“{name}” cannot be a name: {problem}.',
  },
  NO_ACCESS: { httpStatus: 403, retry: 'never', text: 'You may not {action} “{path}”.' },
  READ_ONLY: {
    httpStatus: 403,
    retry: 'never',
    text: '“{path}” is made by anillo itself and cannot be changed.',
  },
  MOVE_INTO_ITSELF: {
    httpStatus: 409,
    retry: 'never',
    text: '“{path}” cannot be moved into itself.',
  },
  QUOTA_FULL: {
    httpStatus: 507,
    retry: 'never',
    text: '{more} more do not fit: {used} of {limit} that {nick} may have are in use. Delete something for good, what lies in the trash too, or ask an administrator for more.',
  },
  QUOTA_FILES_FULL: {
    httpStatus: 507,
    retry: 'never',
    text: '{nick} has {used} files and may have {limit}. Delete some for good, those in the trash too, or ask an administrator for more.',
  },
  FOLDER_MISSING: {
    httpStatus: 409,
    retry: 'never',
    text: 'There is no folder “{path}” to put it in.',
  },
  BODY_UNKNOWN: {
    httpStatus: 415,
    retry: 'never',
    text: 'This request came with a body that means nothing here.',
  },
  DESTINATION_ELSEWHERE: {
    httpStatus: 502,
    retry: 'never',
    text: 'The destination is not below /dav/ of this door: nothing is copied or moved to elsewhere.',
  },
  LOCKED: {
    httpStatus: 423,
    retry: 'never',
    text: '“{path}” is locked by {nick}: only with the lock’s token may it be changed.',
  },
  LOCK_TOO_WIDE: {
    httpStatus: 403,
    retry: 'never',
    text: '“{path}” cannot be locked, only what is in it.',
  },
  LOCKS_FULL: {
    httpStatus: 503,
    retry: 'later',
    text: 'There are as many locks in “{path}” as there may be.',
  },
  UPLOAD_OFFSET: {
    httpStatus: 409,
    retry: 'never',
    text: 'Of this upload {have} bytes are here, not {at}: go on from there.',
  },
  RANGE_NOT_THERE: {
    httpStatus: 416,
    retry: 'never',
    text: '“{path}” has {bytes} bytes: none of those that were asked for.',
  },
  CONTENT_DIFFERS: {
    httpStatus: 409,
    retry: 'never',
    text: 'What came of “{path}” is not what was sent: it changed meanwhile.',
  },
  UPLOAD_ELSEWHERE: {
    httpStatus: 409,
    retry: 'later',
    text: 'Somebody is uploading “{path}” at this moment.',
  },
  LINK_UNKNOWN: {
    httpStatus: 404,
    retry: 'never',
    text: 'There is no such link, or not any more.',
  },
  LINK_EXPIRED: { httpStatus: 410, retry: 'never', text: 'This link has expired.' },
  LINK_SPENT: {
    httpStatus: 410,
    retry: 'never',
    text: 'This link was used for as many downloads as it is for.',
  },
  LINK_GONE: {
    httpStatus: 410,
    retry: 'never',
    text: 'What this link led to is not there any more, or not shared any more.',
  },
  LINK_LOCKED: { httpStatus: 401, retry: 'never', text: 'This link needs its password.' },
  LINK_PASSWORD_WRONG: {
    httpStatus: 401,
    retry: 'never',
    text: 'This is not the password of the link.',
  },
  LINKS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'An account has {max} links at most. Revoke some that are needed no more.',
  },
} as const satisfies Record<string, ErrorRow>
