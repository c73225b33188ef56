/** What an account may have, and what is left of it. Pure. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { sizeText } from '../../base/size-text.ts'
import type { Usage } from './types.ts'

/** Bytes that still fit; `undefined`: there is no limit. */
export function bytesLeft({
  bytes,
  bytesMax,
  claimedBytes,
}: Pick<Usage, 'bytes' | 'bytesMax' | 'claimedBytes'>): number | undefined {
  return bytesMax === undefined ? undefined : Math.max(0, bytesMax - bytes - claimedBytes)
}

/** @throws AnilloError QUOTA_FULL where so much more does not fit */
export function demandRoom(
  nick: string,
  { bytes, bytesMax, claimedBytes, files, filesMax }: Usage,
  more: { readonly bytes: number; readonly files: number },
): void {
  if (filesMax !== undefined && more.files > 0 && files + more.files > filesMax) {
    throw quotaFull(nick, { of: 'files', used: files, limit: filesMax }, more.bytes)
  }
  const used = bytes + claimedBytes
  if (bytesMax !== undefined && more.bytes > 0 && used + more.bytes > bytesMax) {
    throw quotaFull(nick, { of: 'bytes', used, limit: bytesMax }, more.bytes)
  }
}

/** @param bytes that do not fit, as far as they are known */
export function quotaFull(
  nick: string,
  {
    limit,
    of,
    used,
  }: { readonly of: 'bytes' | 'files'; readonly used: number; readonly limit: number },
  bytes: number,
): AnilloError {
  if (of === 'bytes') {
    const [more, had, may] = [sizeText(bytes), sizeText(used), sizeText(limit)]
    return new AnilloError('QUOTA_FULL', { nick, more, used: had, limit: may })
  }
  return new AnilloError('QUOTA_FILES_FULL', { nick, used, limit })
}

/** What came of an upload cannot stay. */
export function isQuotaFull(thrown: unknown): boolean {
  return isAnilloError(thrown, 'QUOTA_FULL') || isAnilloError(thrown, 'QUOTA_FILES_FULL')
}
