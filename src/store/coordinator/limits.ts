/** Times and bounds of the coordinator and of what it schedules. */
import { assert } from '../../base/assert.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'

/** A coordinator says so this often; it is the others' periodic check of it. */
export const ANNOUNCE_EVERY_MS = SECOND_MS

/** Four announcements in a row are lost by a dead coordinator only. */
export const GONE_AFTER_MS = 4 * SECOND_MS

/** For FEEDBACK of anybody higher: a round trip on a bad link, and a lagging loop. */
export const FEEDBACK_WITHIN_MS = SECOND_MS

/** Two elections one above the other, each with its wait for feedback, and an announcement. */
export const COORDINATOR_WITHIN_MS = 3 * SECOND_MS

/** A member that heard a datagram counts as within reach of broadcasts for so long. */
export const REACHED_FOR_MS = 30 * SECOND_MS

/** A datagram this old says nothing of the network as it stands. */
export const HEARD_LATELY_MS = 3 * SECOND_MS

/** Longer than a change of leader in the store; a successor waits for it at most once. */
export const LEASE_MS = 15 * SECOND_MS
export const LEASE_RENEW_EVERY_MS = LEASE_MS / 3
/** While the lease is another's, or the store does not answer. */
export const LEASE_AGAIN_MS = SECOND_MS

/** Each has a row of 200 bytes that every look at the schedule reads. */
export const PLANS_MAX = 256
export const INTERVAL_MS_MIN = SECOND_MS
export const INTERVAL_MS_MAX = 366 * DAY_MS

/** Each member looks for tasks this often, half to one and a half of it by chance. */
export const LOOK_EVERY_MS = 5 * SECOND_MS
export const TASK_LEASE_MS = 30 * SECOND_MS
export const TASK_RENEW_EVERY_MS = TASK_LEASE_MS / 3
/** After a failure the task waits, so that another member may take it. */
export const TASK_AGAIN_MS = MINUTE_MS
/** Failed so often, it is given up; its next tick comes. */
export const TASK_ATTEMPTS_MAX = 5
/** Of one member: upkeep must leave room for people's work. */
export const TASKS_AT_ONCE_MAX = 4

/** A member that stops waits no longer for a store that may have stopped before it. */
export const LEAVE_WITHIN_MS = SECOND_MS

assert(GONE_AFTER_MS > 2 * ANNOUNCE_EVERY_MS, 'one lost announcement starts no election')
assert(COORDINATOR_WITHIN_MS > 2 * FEEDBACK_WITHIN_MS, 'who defers waits for others’ elections')
