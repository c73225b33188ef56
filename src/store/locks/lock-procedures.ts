/**
 * Locks with leases (architecture 2.2: a lease only ever fences). A holder that paused too long
 * does not know that it lost its lock; so it shows its fence with each transaction, and the store,
 * which knows, refuses. Waiting for a lock is watching its place.
 */
import {
  LOCK_TABLE,
  readLockLeased,
  readLockNamed,
  type AcquireAnswer,
  type LockLeased,
  type LockNamed,
  type ReleaseAnswer,
  type RenewAnswer,
} from '../../wire/locks.ts'
import { SCHEDULE_TABLE } from '../../wire/schedule.ts'
import type { PartitionWork } from '../partition/procedure.ts'
import { defineProcedure } from '../partition/procedures.ts'
import { fenceOf, lockValue, readLockValue } from './lock-value.ts'
import type { LockValue } from './lock-value.ts'

/** The lease of the coordinator stands beside what it schedules. */
const tables = [LOCK_TABLE, SCHEDULE_TABLE]

/** Asked again with the same token, it is the same acquisition with a longer lease. */
export const acquireLock = defineProcedure({
  name: 'lock.acquire',
  tables,
  readInput: readLockLeased,
  run: (work, asked: LockLeased): AcquireAnswer => {
    const held = heldAt(work, asked)
    if (held !== undefined && held.token !== asked.token) {
      return { kind: 'taken', expiresAtMs: held.expiresAtMs }
    }
    return lease(work, asked, held?.fence ?? fenceOf(work))
  },
})

export const renewLock = defineProcedure({
  name: 'lock.renew',
  tables,
  readInput: readLockLeased,
  freesRoom: () => true,
  run: (work, asked: LockLeased): RenewAnswer => {
    const held = heldAt(work, asked)
    return held?.token === asked.token ? lease(work, asked, held.fence) : { kind: 'lost' }
  },
})

export const releaseLock = defineProcedure({
  name: 'lock.release',
  tables,
  readInput: readLockNamed,
  freesRoom: () => true,
  run: (work, asked: LockNamed): ReleaseAnswer => {
    if (heldAt(work, asked)?.token !== asked.token) return { kind: 'lost' }
    work.delete(asked)
    return { kind: 'released' }
  },
})

export const LOCK_PROCEDURES = [acquireLock, renewLock, releaseLock]

interface HeldLock extends LockValue {
  readonly expiresAtMs: number
}

function heldAt(work: PartitionWork, place: LockNamed): HeldLock | undefined {
  const record = work.get(place)
  if (record === undefined) return undefined
  const held = readLockValue(record)
  if (held === undefined || record.expiresAtMs === undefined) {
    return work.refuse('BAD_REQUEST', { problem: 'at the place of the lock stands something else' })
  }
  return { ...held, expiresAtMs: record.expiresAtMs }
}

function lease(work: PartitionWork, asked: LockLeased, fence: number): AcquireAnswer & RenewAnswer {
  const expiresAtMs = work.timeMs + asked.ttlMs
  work.put(asked, lockValue({ fence, token: asked.token }), expiresAtMs)
  return { kind: 'held', fence, expiresAtMs }
}
