/**
 * A member sees to it that the ring's list has it as it is: who was let in by `up` is not on it
 * yet, and who came back at another address stands there with the old one.
 */
import { isAnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { EnrolledMember } from '../../store/placement/types.ts'
import type { RosterKeeper } from '../../store/roster/keeper.ts'
import { enrolMember, updateMember } from '../../store/roster/procedures.ts'
import type { Store } from '../../store/types.ts'
import { RING_PARTITION } from '../../wire/partition.ts'

const AGAIN_MS_MIN = SECOND_MS / 10
/** A ring without its majority is asked as often as this, for as long as it takes. */
const AGAIN_MS_MAX = 10 * SECOND_MS

export interface SelfEnrolmentParts {
  readonly effects: Pick<Effects, 'clock' | 'log'>
  readonly self: Omit<EnrolledMember, 'state' | 'isLeaving'>
  readonly roster: Pick<RosterKeeper, 'member'>
  readonly store: Pick<Store, 'call'>
  readonly signal: AbortSignal
}

/** Another build would have to ask. */
const REFUSED: ReadonlySet<string> = new Set(['VERSION_TOO_OLD', 'VERSION_TOO_NEW'])

/** `removed`: this member was taken out of the ring for good. */
export type EnrolSelfOutcome = 'enrolled' | 'removed'

/**
 * Until it stands on the list; rejects with the signal's reason.
 * @throws AnilloError VERSION_TOO_OLD, VERSION_TOO_NEW
 */
export async function enrolSelf(parts: SelfEnrolmentParts): Promise<EnrolSelfOutcome> {
  const { effects, self, roster, store, signal } = parts
  const input = { member: { ...self, roles: [...self.roles] } }
  for (let pauseMs = AGAIN_MS_MIN; ; pauseMs = Math.min(2 * pauseMs, AGAIN_MS_MAX)) {
    signal.throwIfAborted()
    const listed = roster.member(self.id)
    if (listed?.state === 'removed') return 'removed'
    if (isAsListed(self, listed)) return 'enrolled'
    try {
      if (listed !== undefined && hasMoved(self, listed)) {
        const { id, address, name, levels } = self
        const input = { id, address, name, ...(levels === undefined ? {} : { levels }) }
        await store.call(RING_PARTITION, updateMember, input, { signal })
        return 'enrolled'
      }
      const { outcome } = await store.call(RING_PARTITION, enrolMember, input, { signal })
      return outcome === 'removed' ? 'removed' : 'enrolled'
    } catch (thrown) {
      if (!isAnilloError(thrown) || REFUSED.has(thrown.code)) throw thrown
      effects.log.debug('self enrolment waits', { code: thrown.code })
    }
    await new Promise<void>((resolve) => effects.clock.after(pauseMs, resolve))
  }
}

/** It is as it was let in, but for its address, its name, or its build. */
function hasMoved(self: SelfEnrolmentParts['self'], listed: EnrolledMember): boolean {
  return listed.host === self.host && listed.roles.join() === self.roles.join()
}

function isAsListed(self: SelfEnrolmentParts['self'], listed: EnrolledMember | undefined): boolean {
  return (
    listed !== undefined &&
    listed.name === self.name &&
    listed.address === self.address &&
    listed.host === self.host &&
    listed.roles.join() === self.roles.join() &&
    listed.levels?.from === self.levels?.from &&
    listed.levels?.to === self.levels?.to
  )
}
