/** A look-up carried through at once, by the machines of a simulation that answer without delay. */
import type { Position } from '../../src/base/ids.ts'
import type { LocationCache } from '../../src/ring/location-cache.ts'
import { recall } from '../../src/ring/location-cache.ts'
import { startLookup, stepLookup, type LookupOutcome } from '../../src/ring/lookup.ts'
import type { RingAnswer } from '../../src/ring/message.ts'
import type { RingState } from '../../src/ring/state.ts'
import { locate } from '../../src/ring/view.ts'
import type { Contact } from '../../src/wire/contact.ts'

export interface Walk {
  readonly from: RingState
  readonly position: Position
  readonly confirm: boolean
  readonly cache?: LocationCache
  /** What the member answers to `locate`; `undefined` when it is dead. */
  readonly locateAt: (contact: Contact, from: Contact) => RingAnswer | undefined
}

export function walk({ from, position, confirm, cache, locateAt }: Walk): LookupOutcome {
  const remembered = cache === undefined ? undefined : recall(cache, position)
  const start = locate(from, position)
  const request = { position, self: from.self, start, confirm, target: 'owner' } as const
  let [state, effect] = startLookup(remembered === undefined ? request : { ...request, remembered })
  while (effect.kind === 'ask') {
    const answer = locateAt(effect.contact, from.self)
    ;[state, effect] = stepLookup(
      state,
      answer === undefined ? { kind: 'failed' } : { kind: 'answered', answer },
    )
  }
  return effect.outcome
}
