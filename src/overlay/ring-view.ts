/** The ring as the gateway serves it: members, look-ups, doings. */
import { positionOf, type RingId } from '../base/ids.ts'
import type { Clock } from '../effects/clock.ts'
import type { RpcClient, RpcServer } from '../rpc/types.ts'
import type { Lookup, Member, Ring, RingEvent } from '../wire/api.ts'
import { describeMember, followDoings } from '../wire/members.ts'
import type { Directory } from './directory.ts'
import type { Doings } from './doings.ts'
import type { Names } from './names.ts'
import { ringEvents } from './ring-events.ts'
import type { Overlay, RingView } from './types.ts'

export interface RingViewOptions {
  readonly ringId: RingId
  readonly clock: Clock
  readonly rpc: RpcClient & RpcServer
  readonly overlay: Overlay
  readonly directory: Directory
  readonly names: Names
  readonly doings: Doings
  readonly self: () => Member
}

/**
 * Registers what other members ask this one about itself, and answers what people ask of the ring.
 */
export function createRingView(options: RingViewOptions): RingView {
  options.rpc.handle(describeMember, () => options.self())
  options.rpc.handleStream(followDoings, (question, context) =>
    options.doings.follow(question.recent, context.signal),
  )
  return {
    self: options.self,
    ring: () => ringOf(options),
    lookup: (key) => lookupOf(options, key),
    events: (recent, signal): AsyncIterable<RingEvent> =>
      ringEvents(
        {
          clock: options.clock,
          rpc: options.rpc,
          doings: options.doings,
          members: () => options.directory.members(),
          selfAddress: options.overlay.self.address,
          named: (ref) => options.names.renamed(ref),
        },
        recent,
        signal,
      ),
  }
}

async function ringOf(options: RingViewOptions): Promise<Ring> {
  const members = await options.directory.members()
  return {
    ringId: options.ringId,
    self: options.overlay.self.name,
    members: [...members],
    // What the store knows is added by whoever has one (node/store/ring-with-store.ts).
    partitions: [],
    mayFail: 0,
  }
}

async function lookupOf(options: RingViewOptions, key: string): Promise<Lookup> {
  const position = positionOf(key)
  const { owner, hops } = await options.overlay.owner(position)
  return { key, position, owner, hops: [...hops] }
}
