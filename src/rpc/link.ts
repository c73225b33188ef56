/**
 * One connection between this member and another, from the first hello to the end.
 *
 *     greeting --hello--> open --goodbye of both, nothing under way--> closed
 *         \__ refused, late, garbled __\__ broken, silent, garbled __/
 */
import { AnilloError } from '../base/errors.ts'
import type { MemberId } from '../base/ids.ts'
import type { Clock } from '../effects/clock.ts'
import type { Log } from '../effects/log.ts'
import type { CloseReason, Connection } from '../effects/net.ts'
import { failureBody, readFailure } from '../wire/failure.ts'
import {
  FRAME_BODY_BYTES_MAX,
  FrameReader,
  HELLO_BODY_BYTES_MAX,
  KIND,
  type Frame,
} from '../wire/frame.ts'
import { commonVersion, helloBody, readHello, type Hello } from '../wire/hello.ts'
import { unpack } from '../wire/packed.ts'
import type { Asking } from './asking.ts'
import { Calls } from './calls.ts'
import type { Counting } from './counters.ts'
import type { Handlers } from './handlers.ts'
import {
  DEAD_AFTER_MS,
  HELLO_TIMEOUT_MS,
  PING_AFTER_MS,
  READ_LAST_MS,
  VERIFY_TIMEOUT_MS,
} from './limits.ts'
import { Outbox } from './outbox.ts'
import { putValue } from './sending.ts'
import { Serving, type Garbled, type Running } from './serving.ts'
import { Alarm, type TimerWheel } from './timer-wheel.ts'

/** What all connections of a member share. */
export interface LinkSurroundings {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly log: Log
  readonly counting: Counting
  readonly handlers: Handlers
  readonly isAllowed: (member: MemberId) => boolean
  readonly outOfDate: OutOfDate
  readonly runningOfAll: Running
}

/** What a member gets whose certificate is out of date. */
export interface OutOfDate {
  /** Whether it is connected with at all. */
  mayConnect(member: MemberId): boolean
  /** Whether it may call that method. */
  mayAsk(method: string): boolean
}

export interface LinkOptions {
  readonly connection: Connection
  /** What this side says of itself. */
  readonly hello: Hello
  /** The address that was called; `undefined` when the other side called. */
  readonly calledAddress: string | undefined
  /** Both ends are this member. */
  readonly isLoop: boolean
  readonly runningOfMember: Running
  readonly opened: (link: Link) => void
  /** Once, at the end, also when it never opened. */
  readonly closed: (link: Link, error: AnilloError) => void
}

type State = 'greeting' | 'open' | 'ending' | 'closed'

export class Link {
  readonly calls: Calls
  readonly peerId: MemberId
  readonly #options: LinkOptions
  readonly #around: LinkSurroundings
  readonly #connection: Connection
  readonly #outbox: Outbox
  readonly #serving: Serving
  readonly #reader = new FrameReader(HELLO_BODY_BYTES_MAX)
  readonly #alarm = new Alarm(() => this.#alarmed())
  #state: State = 'greeting'
  #hello: Hello | undefined
  #closedBy: AnilloError | undefined
  #saidGoodbye = false
  #heardGoodbye = false
  #heardAtMs: number
  #pingSent = false
  #onAlive: (() => void) | undefined
  #doubtedAtMs: number | undefined
  /** The time of a doubt is up; what has arrived is still to be read. */
  #isReadingLast = false

  constructor(options: LinkOptions, around: LinkSurroundings) {
    const { connection } = options
    this.#options = options
    this.#around = around
    this.#connection = connection
    this.peerId = connection.peer.memberId
    this.#outbox = new Outbox({
      stream: connection,
      counting: around.counting,
      drained: () => this.#serving.drained(),
      overflowed: () => this.#fail('it does not read what it is sent'),
    })
    const finished = (): void => this.#endWhenIdle()
    this.calls = new Calls(this.#outbox, finished)
    this.#serving = new Serving({
      caller: this.peerId,
      address: options.hello.address,
      outbox: this.#outbox,
      runningOfMember: options.runningOfMember,
      finished,
      mayAsk: (method) => !this.#isOutOfDate || around.outOfDate.mayAsk(method),
      ...around,
    })
    this.#heardAtMs = around.clock.nowMs()
    around.wheel.set(this.#alarm, this.#heardAtMs + HELLO_TIMEOUT_MS)
    connection.receive({
      bytes: this.#bytes,
      drained: () => this.#outbox.drained(),
      closed: (reason) => this.#ended(reason),
    })
    if (this.isOutgoing) this.#greet()
  }

  /** This side called. */
  get isOutgoing(): boolean {
    return this.#options.calledAddress !== undefined
  }

  /** Who opened it. */
  get opener(): MemberId {
    return this.isOutgoing ? this.#options.hello.memberId : this.peerId
  }

  /** Which of its opener's connections it is. */
  get connectionNumber(): number {
    const hello = this.isOutgoing ? this.#options.hello : this.#hello
    return hello?.connectionNumber ?? 0
  }

  /** New requests may be sent. */
  get isUsable(): boolean {
    return this.#state === 'open' && !this.#saidGoodbye && !this.#heardGoodbye
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Why it takes no new requests. */
  get whyNot(): AnilloError {
    return this.#closedBy ?? this.#unreachable('the connection is being closed')
  }

  /** What the other side said of itself; `undefined` before that. */
  get hello(): Hello | undefined {
    return this.#hello
  }

  /** For people: the called address, or the advertised one, or where the connection comes from. */
  get address(): string {
    const { host, port } = this.#connection.remote
    return this.#options.calledAddress ?? this.#hello?.address ?? `${host}:${port}`
  }

  /** @throws AnilloError BUSY, TOO_LARGE: nothing was sent */
  ask(asking: Asking): number {
    return this.calls.ask(asking)
  }

  /** Takes no more requests and sends none; ends when those under way are done, at both sides. */
  leave(options: { readonly refusingRequests: boolean }): void {
    if (options.refusingRequests) this.#serving.refusesAll = true
    if (this.#state === 'greeting') this.destroy('this member is stopping')
    if (this.#state !== 'open' || this.#saidGoodbye) return
    this.#saidGoodbye = true
    this.#outbox.put({ kind: KIND.goodbye })
    this.#endWhenIdle()
  }

  /** Breaks off at once. */
  destroy(problem: string): void {
    if (this.#state === 'closed') return
    this.#connection.destroy()
    this.#close(this.#unreachable(problem))
  }

  /** Asks whether the other side is there; `alive` is called when it says so. */
  verify(alive: () => void): void {
    this.#onAlive = alive
    this.#ping()
  }

  /**
   * An answer did not come in time: is the connection dead, or only the answer late? Broken off
   * where a ping is not answered within VERIFY_TIMEOUT_MS, so that the next request opens another.
   */
  doubt(): void {
    if (this.#state !== 'open' || this.#doubtedAtMs !== undefined) return
    const { clock, wheel } = this.#around
    this.#doubtedAtMs = clock.nowMs()
    this.#ping()
    this.#outbox.flush()
    wheel.set(this.#alarm, this.#doubtedAtMs + VERIFY_TIMEOUT_MS)
  }

  /**
   * Called every HEART_BEAT_MS. `forgive`: this process stood still, so nobody's silence counts.
   */
  beat(nowMs: number, forgive: boolean): void {
    if (forgive) this.#heardAtMs = nowMs
    if (this.#state !== 'open') return
    const silentMs = nowMs - this.#heardAtMs
    if (silentMs >= DEAD_AFTER_MS) this.#fail(`silent for ${Math.round(silentMs)} ms`)
    else if (silentMs >= PING_AFTER_MS && !this.#pingSent) this.#ping()
  }

  /** What arrives shows a slow connection, not a dead one: it is given the time of a silent one. */
  #settleDoubt(doubtedAtMs: number): void {
    const { clock, wheel } = this.#around
    const nowMs = clock.nowMs()
    this.#isReadingLast = !this.#isReadingLast
    if (this.#isReadingLast) {
      // This process itself may have stood still: what came meanwhile is read before it is judged.
      wheel.set(this.#alarm, nowMs + READ_LAST_MS)
      return
    }
    const waitedMs = nowMs - doubtedAtMs
    const isHeard = nowMs - this.#heardAtMs < VERIFY_TIMEOUT_MS
    if (isHeard && waitedMs < DEAD_AFTER_MS) wheel.set(this.#alarm, nowMs + VERIFY_TIMEOUT_MS)
    else this.#fail(`no answer to a ping in ${Math.round(waitedMs)} ms`)
  }

  #ping(): void {
    this.#pingSent = true
    this.#outbox.put({ kind: KIND.ping })
  }

  #greet(): void {
    putValue(this.#outbox, { kind: KIND.hello }, helloBody(this.#options.hello))
    this.#outbox.flush()
  }

  readonly #bytes = (bytes: Uint8Array): void => {
    const { clock, counting } = this.#around
    counting.bytesIn += bytes.length
    this.#heardAtMs = clock.nowMs()
    const reading = this.#reader.push(bytes, this.#take)
    if (reading.kind === 'garbled') this.#garbled(reading.problem)
  }

  /** Answers whether it wants the next frame too. */
  readonly #take = (frame: Frame): boolean => {
    const garbled = this.#state === 'open' ? this.#takeOpen(frame) : this.#takeGreeting(frame)
    if (garbled !== undefined) this.#garbled(garbled)
    return this.#state === 'open'
  }

  #takeOpen(frame: Frame): Garbled | undefined {
    switch (frame.kind) {
      case KIND.request:
        return this.#serving.request(frame)
      case KIND.answer:
        return this.calls.answer(frame)
      case KIND.item:
        return this.calls.item(frame)
      case KIND.credit:
        this.#serving.credit(frame.id, frame.value)
        return undefined
      case KIND.end:
        return this.calls.end(frame)
      case KIND.failure:
        return this.calls.failure(frame)
      case KIND.cancel:
        this.#serving.cancel(frame.id)
        return undefined
      case KIND.notice:
        return this.#serving.notice(frame)
      case KIND.name:
        return this.#serving.name(frame)
      case KIND.ping:
        this.#outbox.put({ kind: KIND.pong })
        return undefined
      case KIND.pong:
        this.#heardPong()
        return undefined
      case KIND.goodbye:
        this.#heardGoodbye = true
        this.leave({ refusingRequests: false })
        this.#endWhenIdle()
        return undefined
      default:
        return 'a frame of the handshake after it'
    }
  }

  #heardPong(): void {
    this.#pingSent = false
    if (this.#doubtedAtMs !== undefined) {
      this.#doubtedAtMs = undefined
      this.#isReadingLast = false
      this.#around.wheel.clear(this.#alarm)
    }
    const alive = this.#onAlive
    this.#onAlive = undefined
    alive?.()
  }

  #takeGreeting(frame: Frame): Garbled | undefined {
    if (this.#state !== 'greeting') return undefined
    const body = unpack(frame)
    if (body.kind === 'garbled') return 'a hello that cannot be read'
    if (frame.kind === KIND.refuse && this.isOutgoing) {
      const refusal = readFailure(body.value)
      if (refusal === undefined) return 'a refusal that cannot be read'
      this.#connection.destroy()
      this.#close(refusal)
      return undefined
    }
    const hello = frame.kind === KIND.hello ? readHello(body.value) : undefined
    if (hello === undefined) return 'no hello'
    const refusal = this.#refusal(hello)
    if (refusal === undefined) this.#open(hello)
    else this.#refuse(refusal)
    return undefined
  }

  #open(hello: Hello): void {
    this.#hello = hello
    this.#around.wheel.clear(this.#alarm)
    this.#reader.bodyBytesMax = FRAME_BODY_BYTES_MAX
    if (!this.isOutgoing) this.#greet()
    this.#state = 'open'
    this.#around.counting.connectionsOpened++
    this.#options.opened(this)
  }

  get #isOutOfDate(): boolean {
    const { certificateUntilMs } = this.#connection
    return certificateUntilMs !== undefined && this.#around.clock.wallMs() > certificateUntilMs
  }

  /** Certificate and hello must name the same, and this side's ring: with that every frame does. */
  #refusal(theirs: Hello): AnilloError | undefined {
    const { hello: ours, connection } = this.#options
    const { address } = ours
    const { ringId, memberId } = connection.peer
    if (theirs.ringId !== ours.ringId || ringId !== ours.ringId) {
      return new AnilloError('RPC_FOREIGN_RING', { address })
    }
    // Its own id is this member itself, by an address that is not its advertised one.
    const isSelf = memberId === ours.memberId && !this.#options.isLoop
    if (isSelf || theirs.memberId !== memberId)
      return new AnilloError('RPC_WRONG_MEMBER', { address })
    const { isAllowed, outOfDate } = this.#around
    if (!isAllowed(memberId)) return new AnilloError('MEMBER_REMOVED', { address })
    if (this.#isOutOfDate && !outOfDate.mayConnect(memberId)) {
      return new AnilloError('CERTIFICATE_EXPIRED', { address })
    }
    if (commonVersion(ours, theirs) !== undefined) return undefined
    const versions = { theirs: ours.versionMax, ours: theirs.versionMax }
    return new AnilloError('RPC_VERSION', { address, ...versions })
  }

  /** `refusal` is worded for the other side. */
  #refuse(refusal: AnilloError): void {
    const { counting, log } = this.#around
    counting.connectionsRefused++
    if (refusal.code === 'RPC_FOREIGN_RING') counting.foreignFrames++
    log.warn('rpc.refused', { address: this.address, member: this.peerId, code: refusal.code })
    putValue(this.#outbox, { kind: KIND.refuse }, failureBody(refusal))
    this.#end(this.#unreachable('it does not belong here'))
  }

  #garbled(problem: string): void {
    const { counting, log } = this.#around
    counting.garbledFrames++
    const { address } = this
    log.warn('rpc.garbled', { address, member: this.peerId, problem })
    this.#connection.destroy()
    this.#close(new AnilloError('RPC_GARBLED', { address, problem }))
  }

  #fail(problem: string): void {
    this.#around.log.warn('rpc.broken', { address: this.address, member: this.peerId, problem })
    this.destroy(problem)
  }

  #endWhenIdle(): void {
    if (!this.#saidGoodbye || !this.#heardGoodbye || this.#state !== 'open') return
    if (this.calls.size > 0 || this.#serving.size > 0) return
    this.#end(this.#unreachable('it said goodbye'))
  }

  /** Sends what waits and closes; who does not close too is cut off. */
  #end(error: AnilloError): void {
    const { clock, wheel } = this.#around
    this.#outbox.flush()
    this.#connection.end()
    this.#close(error)
    this.#state = 'ending'
    wheel.set(this.#alarm, clock.nowMs() + HELLO_TIMEOUT_MS)
  }

  #alarmed(): void {
    if (this.#state === 'greeting') {
      this.#around.counting.connectionsRefused++
      this.#fail(`no hello in ${HELLO_TIMEOUT_MS} ms`)
    } else if (this.#state === 'open' && this.#doubtedAtMs !== undefined) {
      this.#settleDoubt(this.#doubtedAtMs)
    } else this.#connection.destroy()
  }

  #ended(reason: CloseReason): void {
    this.#around.wheel.clear(this.#alarm)
    if (this.#state === 'ending') this.#state = 'closed'
    const problem = reason.kind === 'broken' ? reason.problem : 'it closed the connection'
    this.#close(this.#unreachable(problem))
  }

  #close(error: AnilloError): void {
    if (this.#state === 'closed' || this.#state === 'ending') return
    this.#state = 'closed'
    this.#closedBy = error
    this.#around.wheel.clear(this.#alarm)
    this.#outbox.close()
    this.#options.closed(this, error)
    this.#serving.closed()
    this.calls.lost(error)
  }

  #unreachable(problem: string): AnilloError {
    return new AnilloError('RPC_UNREACHABLE', { address: this.address, problem })
  }
}
