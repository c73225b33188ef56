/**
 * Found, join or wait: decided from what the disk says and what was tried. A ring is founded once,
 * by the command that was started to found it, and only where the disk knows of none: a member that
 * finds nobody never founds (architecture 2.4), since two rings never merge.
 *
 * One that was a member before may take its place again alone, when a whole round finds nobody
 * joined: so a ring that was stopped as a whole starts again. It is the same ring, by its id; its
 * parts meet by rule 5, as after a partition.
 */
import { assert, unreachable } from '../base/assert.ts'
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
  /** The peer file, then what tokens, siblings and discovery name. */
  readonly contacts: readonly Contact[]
}

export type BootEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'joined' }
  /** The hint that was tried led nowhere. */
  | { readonly kind: 'joinFailed' }
  /** The pause after a round is over; contacts may have been learned meanwhile. */
  | { readonly kind: 'again'; readonly contacts: readonly Contact[] }

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
  | { readonly kind: 'trying'; readonly facts: BootFacts; readonly next: number }
  | { readonly kind: 'waiting'; readonly facts: BootFacts }
  | { readonly kind: 'done' }

export type BootStep = readonly [BootState, BootEffect]

/** Between two rounds over all contacts: short, since a whole ring that starts waits for it. */
export const BOOT_PAUSE_MS = 500

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
        : tryNext(state.facts, 0)
    case 'joinFailed':
      assert(state.kind === 'trying', 'no hint was being tried')
      return tryNext(state.facts, state.next)
    case 'again':
      assert(state.kind === 'waiting', 'no pause was asked for')
      return tryNext({ ...state.facts, contacts: event.contacts }, 0)
    default:
      return unreachable(event)
  }
}

function isFounder({ mayFound, ringFile }: BootFacts): boolean {
  return mayFound && ringFile !== 'founded'
}

function tryNext(facts: BootFacts, next: number): BootStep {
  const hint = facts.contacts[next]
  if (hint !== undefined)
    return [
      { kind: 'trying', facts, next: next + 1 },
      { kind: 'join', hint },
    ]
  return onNobodyFound(facts)
}

/**
 * The round is over. A newcomer has nothing to take up again: it waits, however long that takes.
 */
function onNobodyFound(facts: BootFacts): BootStep {
  if (facts.hasMemberDirectory && facts.ringFile === 'founded')
    return [{ kind: 'done' }, { kind: 'resume' }]
  return [{ kind: 'waiting', facts }, { kind: 'wait' }]
}
