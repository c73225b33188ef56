/**
 * Found, join or wait: decided from what the disk says and what was tried. A ring is founded once,
 * by the command that was started to found it, and only where the disk knows of none: a member that
 * finds nobody never founds (architecture 2.4), since two rings never merge.
 *
 * One that was a member before may take its place again alone, when a whole round finds nobody
 * joined: so a ring that was stopped as a whole starts again. It is the same ring, by its id; its
 * parts meet by rule 5, as after a partition. Until they have met, each part takes all keys for its
 * own; so there should be one part. Where others answer that are starting too, the one at the
 * smallest position goes first and the rest join it. Where one answers that has neighbours, the
 * ring lives, and its healing is waited for. Both waits are bounded: an island that merges later is
 * better than a member that stays away.
 */
import { assert, unreachable } from '../base/assert.ts'
import type { Position } from '../base/ids.ts'
import type { Contact } from '../wire/contact.ts'

export interface BootFacts {
  /**
   * The data directory's `ring` file: whether a ring was founded here, or the founding was cut off.
   */
  readonly ringFile: 'absent' | 'founding' | 'founded'
  /** The member's own directory is there: it was enrolled, and may have been joined. */
  readonly hasMemberDirectory: boolean
  /** Started by a command that may found: `up`, `init`; never `join` or `member`. */
  readonly mayFound: boolean
  /** Where the member itself stands. */
  readonly position: Position
  /** The peer file, then what tokens, siblings and discovery name. */
  readonly contacts: readonly Contact[]
  /** One of the contacts says that it has neighbours. */
  readonly isRingAlive: boolean
}

/** What a round over the known addresses found. */
export type Found = Pick<BootFacts, 'contacts' | 'isRingAlive'>

export type BootEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'joined' }
  /** The hint that was tried led nowhere. */
  | { readonly kind: 'joinFailed' }
  /** The pause after a round is over; contacts may have been learned meanwhile. */
  | ({ readonly kind: 'again' } & Found)

export type BootEffect =
  /** Found a ring, from scratch: whatever an interrupted founding left is removed first. */
  | { readonly kind: 'found' }
  | { readonly kind: 'join'; readonly hint: Contact }
  | { readonly kind: 'resume' }
  /** Pause for `BOOT_PAUSE_MS`, then send `again`. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'none' }

export type BootState =
  | { readonly kind: 'idle'; readonly facts: BootFacts }
  | (Round & { readonly kind: 'trying'; readonly next: number })
  | (Round & { readonly kind: 'waiting' })
  | { readonly kind: 'done' }

interface Round {
  readonly facts: BootFacts
  /** Rounds over all contacts that ended before. */
  readonly rounds: number
}

export type BootStep = readonly [BootState, BootEffect]

/** Between two rounds over all contacts: short, since a whole ring that starts waits for it. */
export const BOOT_PAUSE_MS = 500

/** For one that starts at a smaller position: its round takes one or two of these. */
export const YIELD_ROUNDS_MAX = 6

/** For a ring that lives: it forgets its dead, and so answers look-ups, within a few seconds. */
export const HEALING_ROUNDS_MAX = 30

export function startBoot(facts: BootFacts): BootState {
  return { kind: 'idle', facts }
}

export function stepBoot(state: BootState, event: BootEvent): BootStep {
  if (event.kind === 'joined' || state.kind === 'done') return [{ kind: 'done' }, { kind: 'none' }]
  switch (event.kind) {
    case 'start':
      assert(state.kind === 'idle', 'a member boots once')
      return isFounder(state.facts)
        ? [{ kind: 'done' }, { kind: 'found' }]
        : tryNext({ facts: state.facts, rounds: 0 }, 0)
    case 'joinFailed':
      assert(state.kind === 'trying', 'no hint was being tried')
      return tryNext(state, state.next)
    case 'again':
      assert(state.kind === 'waiting', 'no pause was asked for')
      return tryNext({ ...state, facts: { ...state.facts, ...foundOf(event) } }, 0)
    default:
      return unreachable(event)
  }
}

function isFounder({ mayFound, ringFile }: BootFacts): boolean {
  return mayFound && ringFile !== 'founded'
}

function foundOf({ contacts, isRingAlive }: Found): Found {
  return { contacts, isRingAlive }
}

function tryNext({ facts, rounds }: Round, next: number): BootStep {
  const hint = facts.contacts[next]
  if (hint !== undefined)
    return [
      { kind: 'trying', facts, rounds, next: next + 1 },
      { kind: 'join', hint },
    ]
  return onNobodyFound({ facts, rounds: rounds + 1 })
}

/**
 * The round is over. A newcomer has nothing to take up again: it waits, however long that takes.
 */
function onNobodyFound({ facts, rounds }: Round): BootStep {
  if (hasPlace(facts) && !isWorthWaiting({ facts, rounds }))
    return [{ kind: 'done' }, { kind: 'resume' }]
  return [{ kind: 'waiting', facts, rounds }, { kind: 'wait' }]
}

function hasPlace({ hasMemberDirectory, ringFile }: BootFacts): boolean {
  return hasMemberDirectory && ringFile === 'founded'
}

function isWorthWaiting({ facts, rounds }: Round): boolean {
  if (facts.isRingAlive) return rounds < HEALING_ROUNDS_MAX
  const isFirst = facts.contacts.every(({ position }) => position > facts.position)
  return !isFirst && rounds < YIELD_ROUNDS_MAX
}
