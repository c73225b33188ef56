/** What services and gateways see of the ring: who owns what, who is there, what happens. */
import type { MemberId, Position } from '../base/ids.ts'
import type { Lookup, Member, MemberRef, Ring, RingEvent } from '../wire/api.ts'
import type { Contact } from '../wire/contact.ts'

export interface OwnerAnswer {
  readonly owner: MemberRef & { readonly id: MemberId; readonly position: Position }
  readonly hops: readonly MemberRef[]
  /** This member itself is the owner, as far as it knows. */
  readonly isSelf: boolean
}

export interface Overlay {
  readonly self: MemberRef & { readonly id: MemberId; readonly position: Position }
  /** Has a place on the ring: joined, or founded it. */
  readonly joined: boolean
  /** The successor of a position. @throws AnilloError LOOKUP_EXHAUSTED, RING_NOT_READY */
  owner(position: Position, signal?: AbortSignal): Promise<OwnerAnswer>
  /** A key lies in (predecessor, self]; with no predecessor known, everything does. */
  owns(position: Position): boolean
  /**
   * The live members that follow this one, nearest first, at most `count`, never this one itself.
   */
  successors(count: number): readonly OwnerAnswer['owner'][]
  /** The live predecessor, if one is known. */
  predecessor(): OwnerAnswer['owner'] | undefined
  /** Called after predecessor or successors changed; returns how to stop. */
  onNeighbours(changed: () => void): () => void
}

/** What the gateway serves of the ring. */
export interface RingView {
  ring(): Promise<Ring>
  lookup(key: string): Promise<Lookup>
  /** Doings of all members from now on, after up to `recent` of the latest kept ones. */
  events(recent: number, signal: AbortSignal): AsyncIterable<RingEvent>
  self(): Member
}

/** Where services and the overlay tell what they do; never throws, never blocks. */
export type TellDoing = (doing: Omit<RingEvent, 'at' | 'member'>) => void

/** Where the known members are kept across restarts. */
export interface PeerMemory {
  /** `undefined` when this member never joined. Never rejects: what cannot be read is nobody. */
  read(): Promise<readonly Contact[] | undefined>
  /** Never rejects: a failure only slows the next start. */
  write(peers: readonly Contact[]): Promise<void>
}
