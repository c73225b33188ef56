import type { RpcCounters } from './types.ts'

/** The counters while they are counted; `RpcNode.counters` shows them. */
export type Counting = { -readonly [Name in keyof RpcCounters]: number }

/** All zero, as at the start. */
export function noCounts(): Counting {
  return {
    requests: 0,
    answered: 0,
    failed: 0,
    timedOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    connectionsOpened: 0,
    connectionsRefused: 0,
    garbledFrames: 0,
    foreignFrames: 0,
  }
}
