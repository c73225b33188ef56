/** Rows of the table of errors (`errors.ts`) about shares and downloads from outside. */
import type { ErrorRow } from './error-row.ts'

export const SHARE_ERRORS = {
  SHARE_NAME_TAKEN: {
    httpStatus: 409,
    retry: 'never',
    text: 'This ring shares other content as “{name}” already. Give another name, or end that share first.',
  },
  SHARE_NAME_UNFIT: {
    httpStatus: 400,
    retry: 'never',
    text: '“{name}” cannot be the name of a share: {problem}.',
  },
  SHARES_FULL: {
    httpStatus: 507,
    retry: 'never',
    text: 'A ring has {max} shares at most. End some that are needed no more.',
  },
  SHARE_NO_FILE: {
    httpStatus: 403,
    retry: 'never',
    text: '“{path}” cannot be shared with everybody: {problem}.',
  },
  SHARE_EMPTY: {
    httpStatus: 409,
    retry: 'never',
    text: '“{path}” has no bytes: there is nothing to share.',
  },
  SHARE_TOO_LARGE: {
    httpStatus: 413,
    retry: 'never',
    text: 'What is larger than {limit} is neither shared nor downloaded from other rings.',
  },
  SHARE_HASHING: {
    httpStatus: 503,
    retry: 'later',
    text: 'The hashes of this file are being made ({percent} %). It goes on; ask again in a moment.',
  },
  SHARE_UNKNOWN: {
    httpStatus: 404,
    retry: 'later',
    text: 'Nobody who can be reached shares “{name}” just now.',
  },
  SHARE_AMBIGUOUS: {
    httpStatus: 409,
    retry: 'never',
    text: 'There are {count} different contents called “{name}”. Say which one, by its root or its address: {choices}.',
  },
  MAGNET_UNFIT: {
    httpStatus: 400,
    retry: 'never',
    text: 'This magnet link cannot be used: {problem}.',
  },
  DOWNLOADS_FULL: {
    httpStatus: 429,
    retry: 'later',
    text: '{max} downloads of yours go on already. Wait for one to end, or cancel one.',
  },
  DOWNLOAD_OVER: {
    httpStatus: 409,
    retry: 'never',
    text: 'This download is over.',
  },
  DOWNLOAD_FORGOTTEN: {
    httpStatus: 410,
    retry: 'never',
    text: 'It was paused for {days} days, and nobody resumed it.',
  },
  DOWNLOAD_STARVED: {
    httpStatus: 504,
    retry: 'later',
    text: 'In {days} days nobody was found from whom the rest could be had.',
  },
} as const satisfies Record<string, ErrorRow>
