/**
 * Owners found before, with the arc that each was found responsible for: a look-up asks the
 * remembered owner first and ends after one hop when it confirms. A memory is never trusted
 * unasked; a wrong one costs a hop and is corrected by the outcome.
 */
import { assert } from '../base/assert.ts'
import type { MemberId, Position } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'
import { indexAtOrBehind, isBetween, isInArc } from './arc.ts'
import type { LookupOutcome } from './lookup.ts'

/** Arcs of about 200 bytes: 200 KiB a member, and every member of a ring of a thousand. */
export const ARCS_MAX = 1_024

/** `owner` was responsible for (after, owner.position]. */
export interface KnownArc {
  readonly after: Position
  readonly owner: Contact
  /** Grows with each memory: the smallest is the oldest. */
  readonly stamp: number
}

export interface LocationCache {
  readonly arcsMax: number
  /** By the owner's position; they do not overlap. */
  readonly arcs: readonly KnownArc[]
  readonly nextStamp: number
}

export function emptyLocationCache(arcsMax: number = ARCS_MAX): LocationCache {
  assert(arcsMax >= 1, 'a location cache holds at least one arc')
  return { arcsMax, arcs: [], nextStamp: 1 }
}

/** Who was responsible for the position, if that was ever learned: to be asked, not believed. */
export function recall(cache: LocationCache, position: Position): Contact | undefined {
  const arc = cache.arcs[indexFrom(cache, position) % Math.max(1, cache.arcs.length)]
  if (arc === undefined) return undefined
  return isInArc({ position, after: arc.after, upTo: arc.owner.position }) ? arc.owner : undefined
}

/** Learns from a finished look-up: what it found, and whom it found wrong or dead. */
export function learn(
  cache: LocationCache,
  outcome: LookupOutcome,
  remembered: Contact | undefined,
): LocationCache {
  let corrected = outcome.failed.reduce((next, contact) => forgetOwner(next, contact.id), cache)
  if (outcome.kind !== 'owner') return corrected
  const isWrong = remembered !== undefined && remembered.id !== outcome.owner.id
  if (isWrong) corrected = forgetOwner(corrected, remembered.id)
  if (outcome.predecessor === undefined) return corrected
  return remember(corrected, { after: outcome.predecessor.position, owner: outcome.owner })
}

/** An owner that failed, or disowned a position. */
export function forgetOwner(cache: LocationCache, id: MemberId): LocationCache {
  const arcs = cache.arcs.filter((arc) => arc.owner.id !== id)
  return arcs.length === cache.arcs.length ? cache : { ...cache, arcs }
}

/**
 * The newer arc is right where it overlaps older ones: they are cut, or dropped when it swallows
 * them.
 */
function remember(cache: LocationCache, arc: Omit<KnownArc, 'stamp'>): LocationCache {
  const { after, owner } = arc
  const kept: KnownArc[] = []
  for (const held of cache.arcs) {
    if (held.owner.position === owner.position) continue
    if (isBetween({ position: held.owner.position, after, before: owner.position })) continue
    const reachesIn = isInArc({
      position: owner.position,
      after: held.after,
      upTo: held.owner.position,
    })
    kept.push(reachesIn ? { ...held, after: owner.position } : held)
  }
  const index = indexFrom({ ...cache, arcs: kept }, owner.position)
  const arcs = kept.toSpliced(index, 0, { after, owner, stamp: cache.nextStamp })
  return withoutOldest({ ...cache, arcs, nextStamp: cache.nextStamp + 1 })
}

function withoutOldest(cache: LocationCache): LocationCache {
  if (cache.arcs.length <= cache.arcsMax) return cache
  const oldest = cache.arcs.reduce((a, b) => (a.stamp < b.stamp ? a : b))
  return { ...cache, arcs: cache.arcs.filter((arc) => arc !== oldest) }
}

function indexFrom(cache: LocationCache, position: Position): number {
  return indexAtOrBehind(cache.arcs, position, (arc) => arc.owner.position)
}
