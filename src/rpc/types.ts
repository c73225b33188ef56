/**
 * Calls between members. Everything above knows only these interfaces; `rpc/` keeps them over
 * `effects/net`: handshake with version and ring, requests answered out of order, deadlines,
 * cancellation, flow control, bounded queues, reconnection with back-off.
 */
import type { MemberId } from '../base/ids.ts'
import type { Method, Notice } from '../wire/method.ts'

export interface Target {
  /** Tried one by one until one answers; `host:port` each, at least one. */
  readonly addresses: readonly string[]
  /** When given, another member at the address is refused with RPC_WRONG_MEMBER. */
  readonly id?: MemberId
}

export interface CallOptions {
  /** Instead of the method's own. Counts from the call, connecting included. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /**
   * Where an answer of bytes is put, if it fits: what the caller is given is the beginning of this.
   * Nothing is put there once the call has settled.
   */
  readonly into?: Uint8Array
}

export interface CallContext {
  readonly caller: MemberId
  /** Aborted when the caller cancelled, is gone, or its deadline has passed. */
  readonly signal: AbortSignal
  /** What is left of the caller's time when the question arrived, in ms. */
  readonly timeLeftMs: number
}

export interface RpcClient {
  /**
   * @throws AnilloError RPC_TIMEOUT, RPC_UNREACHABLE, RPC_CANCELLED, RPC_UNKNOWN_METHOD,
   * RPC_FOREIGN_RING, RPC_WRONG_MEMBER, RPC_VERSION, RPC_GARBLED, BUSY, and what the other side
   * threw, code and details kept
   */
  call<Q, A>(target: Target, method: Method<Q, A>, question: Q, options?: CallOptions): Promise<A>
  /**
   * As `call`, for a method of kind `stream`; leaving the loop cancels. `timeoutMs` bounds each
   * wait for the next item.
   */
  stream<Q, A>(
    target: Target,
    method: Method<Q, A>,
    question: Q,
    options?: CallOptions,
  ): AsyncIterable<A>
}

/** Words without an answer. Nobody is told whether they arrived. */
export interface RpcNotices {
  /**
   * Leaves with this turn's other frames, over the connection that there is; without one it waits
   * for one, within bounds (`NOTICES_WAITING_MAX`). Dropped where the member cannot be reached, or
   * reads too slowly. More than COPIED_BODY_BYTES_MAX bytes must not be changed afterwards.
   * @throws AnilloError TOO_LARGE
   */
  tell<T>(target: MemberTarget, notice: Notice<T>, message: T): void
  /** Exactly one receiver a notice. It must not await: order is kept within a connection. */
  hear<T>(notice: Notice<T>, receive: (message: T, from: MemberId) => void): void
  /**
   * The last connection with a member ended, and no other can be opened: `lost` hears of it once
   * each time, soon where its machine refuses, after CONNECT_TIMEOUT_MS where it is silent.
   */
  onLost(lost: (member: MemberId) => void): () => void
  /**
   * No connection with the member is open, and the last try at each of its addresses failed. Begins
   * another where one is due (`backoffMs`).
   * @param addresses asked for only where no connection is open
   */
  isLost(member: MemberId, addresses: () => readonly string[]): boolean
}

export interface MemberTarget extends Target {
  readonly id: MemberId
}

export interface RpcServer {
  /**
   * Exactly one handler a method. What it throws goes to the caller as an AnilloError; anything
   * else as INTERNAL.
   */
  handle<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, context: CallContext) => Promise<A> | A,
  ): void
  handleStream<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, context: CallContext) => AsyncIterable<A>,
  ): void
}

/** Counters since the start; all only grow. */
export interface RpcCounters {
  readonly requests: number
  readonly answered: number
  readonly failed: number
  readonly timedOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly connectionsOpened: number
  readonly connectionsRefused: number
  readonly garbledFrames: number
  readonly foreignFrames: number
}
