/**
 * How members of one ring reach one another, as the store needs it. In production over `rpc/`
 * (rpc-peers.ts), in the simulator over virtual links; both may lose, delay, double and reorder
 * what is sent.
 */
import type { MemberId } from '../base/ids.ts'
import type { Method } from '../wire/method.ts'
import type { Bundle } from '../wire/raft.ts'

export interface AskOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Where an answer of bytes may be put; who answers otherwise gives an array of its own. */
  readonly into?: Uint8Array
}

export interface Peers {
  /** Leaves with the end of this turn, or is dropped; nobody is told. */
  send(to: MemberId, bundle: Bundle): void
  /** @throws AnilloError as `RpcClient.call` */
  ask<Q, A>(to: MemberId, method: Method<Q, A>, question: Q, options?: AskOptions): Promise<A>
  /** Exactly one receiver. */
  onBundle(receive: (from: MemberId, bundle: Bundle) => void): void
  /** Connections to it broke and it cannot be reached. */
  onLost(lost: (member: MemberId) => void): void
  /**
   * No connection with it is open, and the last try to open one failed. Asking has another try
   * begun when one is due, so it does not stay lost for being left alone.
   */
  isLost(member: MemberId): boolean
  handle<Q, A>(method: Method<Q, A>, answer: (question: Q, from: MemberId) => Promise<A> | A): void
}
