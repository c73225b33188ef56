/**
 * Whether whoever began a download may still: asked while it goes on, and once more where what it
 * had becomes a file and a share.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { pause } from '../../../effects/pause.ts'
import { STANDING_EVERY_MS } from '../limits.ts'
import type { ShareParts, ShareUser } from '../parts.ts'
import type { HeldBack } from '../sharers.ts'
import type { DownloadRow } from './download-rows.ts'
import { problemOf, type KeptProblem } from './problem.ts'

type Who = DownloadRow['who']

/** They may not any more, or not for now. */
export class RightsLost extends Error {
  readonly held: HeldBack

  constructor(held: HeldBack) {
    super(held)
    this.held = held
  }
}

/** As of now, and with no more than they began with. @throws RightsLost, STORE_UNAVAILABLE */
export async function demandRights(
  { standing }: Pick<ShareParts, 'standing'>,
  { isManager, nick }: Who,
): Promise<ShareUser> {
  const now = await standing(nick)
  if (now.kind !== 'active') throw new RightsLost(now.kind)
  return { ...now.who, isManager: isManager && now.who.isManager }
}

/** Until the signal: calls `lost` once, when they may not any more. Never rejects. */
export async function watchRights(
  parts: Pick<ShareParts, 'standing' | 'effects'>,
  who: Who,
  { lost, signal }: { readonly signal: AbortSignal; readonly lost: (why: RightsLost) => void },
): Promise<void> {
  while (!signal.aborted) {
    await pause(parts.effects.clock, STANDING_EVERY_MS, signal)
    if (signal.aborted) return
    try {
      await demandRights(parts, who)
    } catch (thrown) {
      if (thrown instanceof RightsLost) return lost(thrown)
      // Without a majority nothing is kept either.
      if (!isAnilloError(thrown)) parts.effects.log.error('rights were not read', { error: thrown })
    }
  }
}

/** As it is told with the download. */
export function problemOfHeld(held: HeldBack, nick: string): KeptProblem {
  switch (held) {
    case 'suspended':
      return problemOf(new AnilloError('ACCOUNT_SUSPENDED'))
    case 'forbidden':
      return problemOf(new AnilloError('PERMISSION_MISSING', { permission: 'shares.write' }))
    case 'gone':
      return problemOf(new AnilloError('NO_USER', { nick }))
    default:
      return held satisfies never
  }
}
