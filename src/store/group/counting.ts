/** The counters of a host while they count. */
import type { GroupCounters } from './types.ts'

export type Counting = { -readonly [Name in keyof GroupCounters]: number }

export function noCounts(): Counting {
  return {
    turns: 0,
    bundlesIn: 0,
    bundlesOut: 0,
    appends: 0,
    entriesAppended: 0,
    entriesApplied: 0,
    bytesApplied: 0,
    proposals: 0,
    reads: 0,
    readRounds: 0,
    checkpoints: 0,
    snapshotsSent: 0,
    snapshotsTaken: 0,
    snapshotBytesIn: 0,
    snapshotBytesOut: 0,
    messagesDelivered: 0,
    leadershipsGiven: 0,
    leadershipsTaken: 0,
    terms: 0,
  }
}
