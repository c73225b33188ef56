/** What a rotation of the ring's authority does next; pure. */
import type { EnrolledMember } from '../../store/placement/types.ts'
import type { RotationPhase } from '../../wire/api.ts'
import type { Rotation } from '../../wire/rotation.ts'

type Listed = Pick<EnrolledMember, 'id' | 'state'>

/**
 * Whom a phase waits for: all that are in the ring, whether they answer or not. One that is gone
 * does not come back, one that was removed must not.
 */
export function awaited(rotation: Rotation, members: readonly Listed[]): readonly string[] {
  if (rotation.phase === 'done') return []
  const done = new Set(rotation.done)
  return members
    .filter(({ id, state }) => (state === 'active' || state === 'draining') && !done.has(id))
    .map(({ id }) => id)
}

/**
 * The record once `self` has done what the phase asks for: the next phase where all have.
 * `undefined`: it says so already, and others are waited for.
 */
export function reported(
  rotation: Rotation,
  self: string,
  members: readonly Listed[],
): Rotation | undefined {
  if (rotation.phase === 'done') return undefined
  const isNew = !rotation.done.includes(self)
  const told = isNew ? { ...rotation, done: [...rotation.done, self] } : rotation
  if (awaited(told, members).length > 0) return isNew ? told : undefined
  const phase = AFTER[rotation.phase]
  // Its key is with all that may have it.
  const sealedKey = phase === 'done' ? '' : rotation.sealedKey
  return { ...rotation, phase, sealedKey, done: [] }
}

const AFTER: Readonly<Record<'trusting' | 'renewing', RotationPhase>> = {
  trusting: 'renewing',
  renewing: 'done',
}
