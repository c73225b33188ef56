/**
 * What a single step of a machine may do, where failure detection is exact: the preconditions of
 * Zave's rules, written down a second time and from the outside.
 */
import type { MemberId } from '../../src/base/ids.ts'
import type { ChordEvent, RingState } from '../../src/ring/state.ts'
import type { Contact } from '../../src/wire/contact.ts'
import type { Live } from './checks.ts'
import type { Order } from './order.ts'
import type { Tally } from './tally.ts'

export interface Before {
  readonly state: RingState
  /** All members at the moment of the step. */
  readonly live: Live
}

export interface Transition {
  readonly before: Before
  readonly after: RingState
  readonly event: ChordEvent
  readonly order: Order
  readonly tally: Tally
}

export function checkTransition(transition: Transition): void {
  const { before, after } = transition
  if (before.state.phase === 'joining' && after.phase === 'joined') return checkJoin(transition)
  if (before.state.phase !== 'joined' || after.phase !== 'joined') return
  checkPredecessor(transition)
  checkHead(transition)
}

/** Rule 1: the whole list of the member that is taken as predecessor. */
function checkJoin({ before, after, tally }: Transition): void {
  const model = after.predecessor === undefined ? undefined : before.live.get(after.predecessor.id)
  tally.check('join takes a live predecessor', model !== undefined, () => after.self.address)
  if (model === undefined) return
  // A ring not larger than the list closes in itself: the newcomer's own entry, and more, is left
  // out.
  if (before.live.size <= after.successorsMax + 1) return
  const expected = model.successors.filter((contact) => contact.id !== after.self.id)
  const isWhole = ids(after.successors) === ids(expected)
  tally.check(
    'join takes the whole list',
    isWhole,
    () => `${after.self.address} took ${after.successors.length}`,
  )
}

/** Rule 4: between, or the old one is dead. */
function checkPredecessor({ before, after, order, tally }: Transition): void {
  const old = before.state.predecessor
  const taken = after.predecessor
  if (old === undefined || old.id === taken?.id) return
  const isDead = !before.live.has(old.id)
  const isCloser = taken !== undefined && order.isBetween(taken, old, after.self)
  const detail = () => `${after.self.address} took ${taken?.address} for the live ${old.address}`
  tally.check('a predecessor lies between, or the old one is dead', isDead || isCloser, detail)
}

/** Rules 2 and 3: a head goes when it is dead, or for a live one that lies before it. */
function checkHead({ before, after, order, tally }: Transition): void {
  const [old, next] = before.state.successors
  const head = after.successors[0]
  if (old === undefined || head?.id === old.id) return
  const isDropped = head?.id === next?.id && !before.live.has(old.id)
  const isTaken =
    head !== undefined && isLive(before.live, head.id) && order.isBetween(head, after.self, old)
  const detail = () => `${after.self.address} went from ${old.address} to ${head?.address}`
  tally.check('a head is live and nearer, or follows a dead one', isDropped || isTaken, detail)
}

function isLive(live: Live, id: MemberId): boolean {
  return live.has(id)
}

function ids(contacts: readonly Contact[]): string {
  return contacts.map((contact) => contact.id).join()
}
