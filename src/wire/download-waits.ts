/** What a download that gets nothing waits for, as commands and the page say it. Pure. */
import type { Download } from './api-shares.ts'

/**
 * `private`: all addresses it has are such as may not be asked. `anybody`: nobody who can be
 * reached has the rest.
 */
export type DownloadWait = 'private' | 'anybody'

/** `undefined`: it gets something, is about to, or nobody was asked so far. */
export function waitOf({ sources, state }: Download): DownloadWait | undefined {
  const isGoingOn = state === 'looking' || state === 'downloading'
  if (!isGoingOn || sources.length === 0) return undefined
  if (sources.every(({ why }) => why === 'forbidden')) return 'private'
  const isAnyThere = sources.some((source) => source.state === 'active' || source.state === 'idle')
  return state === 'looking' || isAnyThere ? undefined : 'anybody'
}
