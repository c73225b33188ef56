/** How a download from outside stands, and each of its sources. */

/**
 * `looking`: nobody who has it is known. `joining`: all pieces are there, and become a file.
 * `paused`: nothing more is asked for, until somebody says so, or its owner may download again.
 */
export const DOWNLOAD_STATES = [
  'looking',
  'downloading',
  'joining',
  'paused',
  'done',
  'failed',
  'cancelled',
] as const
export type DownloadState = (typeof DOWNLOAD_STATES)[number]

export function isDownloadOver(state: DownloadState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}

export const SOURCE_STATES = ['idle', 'active', 'resting', 'dropped'] as const
export type SourceState = (typeof SOURCE_STATES)[number]

/** Why a piece did not come. `missing`: it has none of it now; `forbidden`: it may not be asked. */
export const FAILURES = [
  'refused',
  'broken',
  'silent',
  'busy',
  'missing',
  'forbidden',
  'gone',
  'corrupt',
  'slow',
] as const
export type Failure = (typeof FAILURES)[number]
