/** How long the supervisor waits for what. */
import { SECOND_MS } from '../../base/limits.ts'

/** Between two looks at all members. */
export const TICK_MS = 500

/** Longer than a member lets pass between two reports of its load. */
export const PING_AFTER_MS = SECOND_MS

/** A tick this late: the supervisor was held up itself, and answers may wait unread. */
export const LAG_DOUBT_MS = 500

/** A process that is not ready and neither says nor does anything for so long hangs. */
export const START_SILENCE_MS_MAX = 30 * SECOND_MS

/**
 * A process that works may only be late, on a machine that has too much to do: it gets so many
 * times as long, also while it starts. One in an endless loop does, too.
 */
export const WORKING_PATIENCE = 5

/** After so long alive, a death counts as the first one again. */
export const STEADY_AFTER_MS = 30 * SECOND_MS

/**
 * Back-off: the first death is mended at once, the second after this, then doubled up to the bound.
 */
export const RESTART_PAUSE_MS = SECOND_MS
export const RESTART_PAUSE_MS_MAX = 30 * SECOND_MS

/** A worker that dies so often in a row is not started again; it only helped. */
export const WORKER_DEATHS_MAX = 3

/** All busy for so long is no passing peak. */
export const BUSY_FOR_MS = SECOND_MS

/**
 * A worker added takes its share only after keys were handed to it: wait before adding the next.
 */
export const GROW_PAUSE_MS = 5 * SECOND_MS

/** Handing over pages takes a while; a worker that cannot finish is stopped and keeps its data. */
export const DRAIN_MS_MAX = 30 * SECOND_MS

/** From `stop` to kill -9. */
export const STOP_MS_MAX = 10 * SECOND_MS
