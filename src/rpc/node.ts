/** Calls between members, over the connections of `effects/net.ts`. */
import { assert } from '../base/assert.ts'
import type { MemberId, RingId } from '../base/ids.ts'
import type { Effects } from '../effects/effects.ts'
import type {
  Connection,
  Endpoint,
  Listener,
  MemberCredentials,
  StrangerConnection,
} from '../effects/net.ts'
import { PROTOCOL_VERSION_MAX, PROTOCOL_VERSION_MIN } from '../wire/hello.ts'
import type { Method, Notice } from '../wire/method.ts'
import { noCounts } from './counters.ts'
import { Handlers } from './handlers.ts'
import { STOP_TIMEOUT_MS } from './limits.ts'
import type { LinkSurroundings, OutOfDate } from './link.ts'
import { Notices } from './notices.ts'
import type { CallSurroundings } from './outgoing-call.ts'
import { Pool } from './pool.ts'
import { Refusals } from './refusals.ts'
import { StreamCall } from './stream-call.ts'
import { TimerWheel } from './timer-wheel.ts'
import type {
  CallContext,
  CallOptions,
  MemberTarget,
  RpcClient,
  RpcCounters,
  RpcNotices,
  RpcServer,
  Target,
} from './types.ts'
import { UnaryCall } from './unary-call.ts'

export interface RpcNodeOptions {
  readonly effects: Pick<Effects, 'net' | 'clock' | 'random' | 'log'>
  readonly ringId: RingId
  readonly memberId: MemberId
  /** Where it listens. */
  readonly endpoint: Endpoint
  /** For `ListenOptions.isHeard`. */
  readonly isHeard?: ((from: string) => boolean) | undefined
  /** Where others reach it, `host:port`. Where absent, `endpoint` with the port that it got. */
  readonly advertised?: string
  /** Asked for with each connection, so that a renewed certificate is shown at once. */
  readonly credentials: () => MemberCredentials
  /** What this program can do; told to others in the handshake. */
  readonly featureLevel?: number
  /**
   * Whether a member with the ring's certificate may talk to this one: `false` for one that was
   * removed. Asked for with each connection; absent: all may.
   */
  readonly isAllowed?: (member: MemberId) => boolean
  /** Absent: dates of certificates are not looked at. */
  readonly outOfDate?: OutOfDate
  /** Newcomers asking to be enrolled; where absent they are refused. */
  readonly stranger?: (connection: StrangerConnection) => void
}

const ANY_DATE: OutOfDate = { mayConnect: () => true, mayAsk: () => true }

export class RpcNode implements RpcClient, RpcServer, RpcNotices, AsyncDisposable {
  /** Advertised `host:port`. */
  readonly address: string
  readonly #handlers: Handlers
  readonly #listener: Listener
  readonly #pool: Pool
  readonly #around: LinkSurroundings
  readonly #calls: CallSurroundings
  readonly #notices: Notices
  #stopped: Promise<void> | undefined

  /** Opens the door. @throws AnilloError PORT_IN_USE */
  static async start(options: RpcNodeOptions): Promise<RpcNode> {
    const { clock, log, net, random } = options.effects
    const wheel = new TimerWheel(clock)
    const counting = noCounts()
    const refusals = new Refusals({ clock, log, counting })
    const handlers = new Handlers()
    const isAllowed = options.isAllowed ?? ((): boolean => true)
    const { outOfDate = ANY_DATE } = options
    const checks = { isAllowed, outOfDate }
    const around = { clock, wheel, log, counting, handlers, ...checks, runningOfAll: { count: 0 } }
    let accept = (connection: Connection): void => connection.destroy()
    const listener = await net.listen({
      endpoint: options.endpoint,
      isHeard: options.isHeard,
      credentials: options.credentials,
      connected: (connection) => accept(connection),
      refused: (remote, problem) => refusals.refused(remote, problem),
      ...(options.stranger === undefined ? {} : { stranger: options.stranger }),
    })
    const { host, port } = listener.endpoint
    const address = options.advertised ?? `${host}:${port}`
    const hello = {
      versionMin: PROTOCOL_VERSION_MIN,
      versionMax: PROTOCOL_VERSION_MAX,
      ringId: options.ringId,
      memberId: options.memberId,
      address,
      featureLevel: options.featureLevel ?? 0,
      incarnation: random.u32(),
      connectionNumber: 0,
    }
    const pool = new Pool({
      effects: options.effects,
      hello,
      credentials: options.credentials,
      around,
    })
    accept = (connection) => pool.accept(connection)
    return new RpcNode({ address, listener, pool, around })
  }

  private constructor(parts: {
    readonly address: string
    readonly listener: Listener
    readonly pool: Pool
    readonly around: LinkSurroundings
  }) {
    const { around, pool } = parts
    this.address = parts.address
    this.#listener = parts.listener
    this.#pool = pool
    this.#notices = new Notices(pool)
    this.#around = around
    this.#handlers = around.handlers
    this.#calls = { clock: around.clock, wheel: around.wheel, counting: around.counting, pool }
  }

  get counters(): RpcCounters {
    return { ...this.#around.counting }
  }

  /** Where it listens. */
  get endpoint(): Endpoint {
    return this.#listener.endpoint
  }

  handle<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, context: CallContext) => Promise<A> | A,
  ): void {
    this.#handlers.handle(method, answer)
  }

  handleStream<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, context: CallContext) => AsyncIterable<A>,
  ): void {
    this.#handlers.handleStream(method, answer)
  }

  call<Q, A>(target: Target, method: Method<Q, A>, question: Q, options?: CallOptions): Promise<A> {
    assert(method.kind === 'unary', `${method.name} is a stream`)
    const call = new UnaryCall({ target, method, question }, options, this.#calls)
    call.begin()
    return call.answer
  }

  stream<Q, A>(
    target: Target,
    method: Method<Q, A>,
    question: Q,
    options?: CallOptions,
  ): AsyncIterable<A> {
    assert(method.kind === 'stream', `${method.name} is no stream`)
    return {
      [Symbol.asyncIterator]: () =>
        new StreamCall({ target, method, question }, options, this.#calls),
    }
  }

  tell<T>(target: MemberTarget, notice: Notice<T>, message: T): void {
    this.#notices.tell(target, notice.name, notice.write?.(message) ?? message)
  }

  hear<T>(notice: Notice<T>, receive: (message: T, from: MemberId) => void): void {
    this.#handlers.hear(notice, receive)
  }

  onLost(lost: (member: MemberId) => void): () => void {
    return this.#pool.onLost(lost)
  }

  isLost(member: MemberId, addresses: () => readonly string[]): boolean {
    return this.#pool.isLost(member, addresses)
  }

  /** Ends connections with members that `isAllowed` has come to refuse. */
  dropRefused(): void {
    this.#pool.dropRefused()
  }

  /** Makes connections anew after the papers changed; see `Pool.renew`. */
  renewConnections(graceMs: number): void {
    this.#pool.renew(graceMs)
  }

  /** Takes no more requests, lets those under way finish for up to STOP_TIMEOUT_MS, closes all. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #stop(): Promise<void> {
    await this.#listener.close()
    await this.#pool.stop(STOP_TIMEOUT_MS)
    this.#around.wheel.stop()
  }
}
