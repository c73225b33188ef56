/**
 * Whether a peer lives, as far as can be told from here. It is probed at random intervals, which
 * the runtime draws, so that members do not probe in step; three probes missed in a row make it
 * suspect, and misses that go on make it down. One answer, or anything else heard from it, makes it
 * alive.
 *
 * A member whose own event loop was late cannot tell a dead peer from its own deafness: a miss near
 * such a lag is not counted, and a suspicion begins anew. This machine holds one peer.
 */
import { assert, unreachable } from '../base/assert.ts'

/**
 * Misses in a row before a peer is suspect: with 5 % of probes lost, a live one is suspect once in
 * 8,000.
 */
export const SUSPECT_MISSES = 3

/** A suspect that still does not answer after so long is down. */
export const DOWN_AFTER_MS = 5_000

/** Lags below this are the ordinary business of an event loop. */
export const LAG_MS = 250

/** A miss within so long of an own lag says nothing about the peer: longer than any probe waits. */
export const SELF_DOUBT_MS = 2_000

interface Common {
  /** When the own event loop was last late. */
  readonly laggedAtMs: number | undefined
}

export type Suspicion =
  | (Common & { readonly kind: 'alive'; readonly misses: number })
  | (Common & { readonly kind: 'suspect'; readonly sinceMs: number })
  | (Common & { readonly kind: 'down'; readonly sinceMs: number })

export type SuspicionEvent =
  /** The time drawn for the next probe has come; the one after it is due `intervalMs` later. */
  | { readonly kind: 'due'; readonly nowMs: number; readonly intervalMs: number }
  /** A probe was answered, or the peer was heard from in any other way. */
  | { readonly kind: 'answered'; readonly nowMs: number }
  /** A probe was not answered in time. */
  | { readonly kind: 'missed'; readonly nowMs: number }
  /** The own event loop ran `lagMs` late. */
  | { readonly kind: 'lagged'; readonly nowMs: number; readonly lagMs: number }

export type SuspicionEffect =
  | { readonly kind: 'probe' }
  /** Send `due` again after so long. */
  | { readonly kind: 'wake'; readonly afterMs: number }
  | { readonly kind: 'suspected' }
  | { readonly kind: 'died' }
  /** A suspect, or one that was down, answered. */
  | { readonly kind: 'returned' }

export type SuspicionStep = readonly [Suspicion, readonly SuspicionEffect[]]

/** A peer is alive until it misses probes. */
export const UNSUSPECTED: Suspicion = { kind: 'alive', misses: 0, laggedAtMs: undefined }

export function stepSuspicion(state: Suspicion, event: SuspicionEvent): SuspicionStep {
  switch (event.kind) {
    case 'due':
      assert(event.intervalMs > 0, 'probes need time between them')
      return [state, [{ kind: 'probe' }, { kind: 'wake', afterMs: event.intervalMs }]]
    case 'answered':
      return onAnswered(state)
    case 'missed':
      return doubtsItself(state, event.nowMs) ? [state, []] : onMissed(state, event.nowMs)
    case 'lagged':
      return onLagged(state, event)
    default:
      return unreachable(event)
  }
}

function onAnswered(state: Suspicion): SuspicionStep {
  const { laggedAtMs } = state
  const effects: SuspicionEffect[] = state.kind === 'alive' ? [] : [{ kind: 'returned' }]
  return [{ kind: 'alive', misses: 0, laggedAtMs }, effects]
}

function onMissed(state: Suspicion, nowMs: number): SuspicionStep {
  const { laggedAtMs } = state
  switch (state.kind) {
    case 'alive':
      if (state.misses + 1 < SUSPECT_MISSES) return [{ ...state, misses: state.misses + 1 }, []]
      return [{ kind: 'suspect', sinceMs: nowMs, laggedAtMs }, [{ kind: 'suspected' }]]
    case 'suspect':
      assert(nowMs >= state.sinceMs, 'the clock went back')
      if (nowMs - state.sinceMs < DOWN_AFTER_MS) return [state, []]
      return [{ kind: 'down', sinceMs: nowMs, laggedAtMs }, [{ kind: 'died' }]]
    case 'down':
      return [state, []]
    default:
      return unreachable(state)
  }
}

/** The time of a suspicion before the lag does not count: the answers may wait in the own queue. */
function onLagged(
  state: Suspicion,
  event: Extract<SuspicionEvent, { kind: 'lagged' }>,
): SuspicionStep {
  if (event.lagMs < LAG_MS) return [state, []]
  const laggedAtMs = event.nowMs
  if (state.kind === 'alive') return [{ ...state, misses: 0, laggedAtMs }, []]
  return [{ ...state, sinceMs: event.nowMs, laggedAtMs }, []]
}

function doubtsItself(state: Suspicion, nowMs: number): boolean {
  return state.laggedAtMs !== undefined && nowMs - state.laggedAtMs < SELF_DOUBT_MS
}
