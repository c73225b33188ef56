/**
 * The connections of this member: one for each other member, whoever opened it.
 *
 * Both may open one at the same time. Then both keep the one that the member with the smaller id
 * opened, of several of one opener the latest; the other is left as soon as the kept one has proved
 * alive, for it may be a dead one whose end was not noticed.
 */
import { AnilloError, asAnilloError } from '../base/errors.ts'
import type { MemberId } from '../base/ids.ts'
import type { Timer } from '../effects/clock.ts'
import type { Effects } from '../effects/effects.ts'
import type { Connection, Endpoint, MemberCredentials } from '../effects/net.ts'
import type { Hello } from '../wire/hello.ts'
import { backoffMs } from './backoff.ts'
import {
  ADDRESSES_MAX,
  CONNECT_TIMEOUT_MS,
  HEART_BEAT_MS,
  LINKS_MAX,
  LINKS_PER_MEMBER_MAX,
  OWN_LAG_MS,
  VERIFY_TIMEOUT_MS,
} from './limits.ts'
import { Link, type LinkSurroundings } from './link.ts'
import { loopedConnections } from './loop.ts'
import type { Running } from './serving.ts'
import { Alarm } from './timer-wheel.ts'

export interface PoolOptions {
  readonly effects: Pick<Effects, 'net' | 'clock' | 'random' | 'log'>
  readonly hello: Hello
  readonly credentials: () => MemberCredentials
  readonly around: LinkSurroundings
}

/** What is remembered of an address. */
interface Place {
  /** Who stood there last. */
  memberId: MemberId | undefined
  connecting: Promise<Link> | undefined
  failures: number
  /** No new try before. */
  notBeforeMs: number
  lastError: AnilloError | undefined
}

export class Pool {
  readonly #options: PoolOptions
  readonly #links = new Set<Link>()
  readonly #byMember = new Map<MemberId, Link>()
  readonly #running = new Map<MemberId, Running>()
  readonly #places = new Map<string, Place>()
  /** This member's connection with itself, in memory. */
  #selfEnds: readonly Link[] = []
  #selfOpening: Promise<Link> | undefined
  #connectionNumber = 0
  #beatAtMs = 0
  #beat: Timer | undefined
  #stopping = false
  #emptied: (() => void) | undefined
  readonly #lostListeners = new Set<(member: MemberId) => void>()

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** A connection that is open already. */
  ready(address: string, id: MemberId | undefined): Link | undefined {
    if (this.#isSelf(address, id))
      return this.#selfEnds.find((end) => end.isUsable && end.isOutgoing)
    const memberId = id ?? this.#places.get(address)?.memberId
    const link = memberId === undefined ? undefined : this.#byMember.get(memberId)
    return link?.isUsable === true ? link : undefined
  }

  /**
   * Connects, or waits for who does already.
   * @throws AnilloError RPC_UNREACHABLE, RPC_FOREIGN_RING, RPC_WRONG_MEMBER, RPC_VERSION,
   * RPC_GARBLED
   */
  async obtain(address: string, id: MemberId | undefined): Promise<Link> {
    if (this.#isSelf(address, id)) {
      this.#selfOpening ??= this.#openSelf()
      return this.#selfOpening
    }
    const place = this.#placeOf(address)
    const link = this.ready(address, undefined) ?? (await this.#connecting(address, place))
    if (id === undefined || link.peerId === id) return this.#byMember.get(link.peerId) ?? link
    throw new AnilloError('RPC_WRONG_MEMBER', { address })
  }

  /** See `RpcNotices.onLost`. */
  onLost(lost: (member: MemberId) => void): () => void {
    this.#lostListeners.add(lost)
    return () => this.#lostListeners.delete(lost)
  }

  /** See `RpcNotices.isLost`. */
  isLost(id: MemberId, addressesOf: () => readonly string[]): boolean {
    if (id === this.#options.hello.memberId || this.#byMember.get(id)?.isUsable === true)
      return false
    const addresses = addressesOf()
    const failed = addresses.filter((address) => (this.#places.get(address)?.failures ?? 0) > 0)
    // It fails again, or the member is there the next time that somebody asks.
    for (const address of failed) this.obtain(address, id).catch(() => undefined)
    return failed.length === addresses.length
  }

  /** A connection that another member opened. */
  accept(connection: Connection): void {
    if (this.#stopping || this.#isCrowded(connection.peer.memberId)) {
      this.#options.around.counting.connectionsRefused++
      connection.destroy()
      return
    }
    this.#open(connection, undefined, { opened: () => undefined, failed: () => undefined })
  }

  dropRefused(): void {
    const { isAllowed } = this.#options.around
    for (const link of this.#links) {
      if (!isAllowed(link.peerId)) link.destroy('it was removed from the ring')
    }
  }

  /**
   * Every connection is made anew, so that its ends prove themselves with the papers that they have
   * by now. Each side opens those again that it had opened, and leaves the old one when the new one
   * has proved alive. What is left of the old ones after `graceMs` is broken off.
   */
  renew(graceMs: number): void {
    const old = [...this.#links]
    for (const link of old) {
      if (!link.isOutgoing || !link.isUsable) continue
      // Where it cannot be reached, the old one goes on until the grace is over.
      this.#openAnew(link.address).catch(() => undefined)
    }
    this.#options.effects.clock.after(graceMs, () => {
      for (const link of old) link.destroy('its certificate is not trusted any more')
    })
  }

  /** Lets what is under way finish, within `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping = true
    if (this.#links.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#emptied = resolve
      const timer = this.#options.effects.clock.after(timeoutMs, resolve)
      for (const link of this.#links) link.leave({ refusingRequests: true })
      if (this.#links.size > 0) await promise
      timer.cancel()
    }
    for (const link of [...this.#links, ...this.#selfEnds]) link.destroy('this member is stopping')
    this.#beat?.cancel()
  }

  #isSelf(address: string, id: MemberId | undefined): boolean {
    const { hello } = this.#options
    return id === undefined ? address === hello.address : id === hello.memberId
  }

  #openSelf(): Promise<Link> {
    const { hello } = this.#options
    const { memberId, ringId, address } = hello
    const [near, far] = loopedConnections({ memberId, ringId }, parseAddress(address))
    const { promise, resolve, reject } = Promise.withResolvers<Link>()
    const ignore = (): void => undefined
    const shared = { hello, isLoop: true, runningOfMember: this.#runningOf(memberId) }
    const farEnd = { ...shared, connection: far, calledAddress: undefined }
    const nearEnd = { ...shared, connection: near, calledAddress: address }
    const { around } = this.#options
    this.#selfEnds = [
      new Link({ ...farEnd, opened: ignore, closed: ignore }, around),
      new Link({ ...nearEnd, opened: resolve, closed: (_, error) => reject(error) }, around),
    ]
    return promise
  }

  #isCrowded(memberId: MemberId): boolean {
    if (this.#links.size >= LINKS_MAX) return true
    return this.#linksOf(memberId).length >= LINKS_PER_MEMBER_MAX
  }

  async #openAnew(address: string): Promise<void> {
    await this.#connecting(address, this.#placeOf(address))
  }

  /** One try at a time; who comes meanwhile waits for it too. */
  #connecting(address: string, place: Place): Promise<Link> {
    if (place.connecting !== undefined) return place.connecting
    this.#checkMayConnect(place)
    place.connecting = this.#connect(address, place)
    return place.connecting
  }

  async #connect(address: string, place: Place): Promise<Link> {
    try {
      const link = await this.#dial(address)
      place.memberId = link.peerId
      place.failures = 0
      return link
    } catch (thrown) {
      const error = asAnilloError(thrown)
      this.#noteFailure(place, error)
      throw error
    } finally {
      place.connecting = undefined
    }
  }

  #checkMayConnect(place: Place): void {
    if (this.#stopping) {
      const { address } = this.#options.hello
      throw new AnilloError('RPC_UNREACHABLE', { address, problem: 'this member is stopping' })
    }
    const tooEarly = this.#options.effects.clock.nowMs() < place.notBeforeMs
    if (tooEarly && place.lastError !== undefined) throw place.lastError
  }

  #noteFailure(place: Place, error: AnilloError): void {
    const { clock, random } = this.#options.effects
    place.failures++
    place.notBeforeMs = clock.nowMs() + backoffMs(place.failures, random)
    place.lastError = error
  }

  async #dial(address: string): Promise<Link> {
    const endpoint = parseAddress(address)
    const connection = await this.#options.effects.net.connect({
      endpoint,
      credentials: this.#options.credentials(),
      timeoutMs: CONNECT_TIMEOUT_MS,
    })
    const { promise, resolve, reject } = Promise.withResolvers<Link>()
    this.#open(connection, address, { opened: resolve, failed: reject })
    return promise
  }

  #open(connection: Connection, calledAddress: string | undefined, told: Told): void {
    const { memberId } = connection.peer
    if (calledAddress !== undefined) this.#connectionNumber++
    const link = new Link(
      {
        connection,
        calledAddress,
        hello: { ...this.#options.hello, connectionNumber: this.#connectionNumber },
        isLoop: false,
        runningOfMember: this.#runningOf(memberId),
        opened: (opened) => {
          this.#settle(opened)
          told.opened(opened)
        },
        closed: (closed, error) => {
          this.#forget(closed)
          told.failed(error)
        },
      },
      this.#options.around,
    )
    this.#links.add(link)
    this.#startBeat()
  }

  #runningOf(memberId: MemberId): Running {
    const known = this.#running.get(memberId)
    if (known !== undefined) return known
    const running = { count: 0 }
    this.#running.set(memberId, running)
    return running
  }

  /** Which of two connections with one member is kept. */
  #settle(link: Link): void {
    const held = this.#byMember.get(link.peerId)
    if (held === undefined || !held.isUsable) {
      this.#byMember.set(link.peerId, link)
    } else if (held.hello?.incarnation !== link.hello?.incarnation) {
      this.#byMember.set(link.peerId, link)
      held.destroy('it was started again')
    } else {
      const [kept, left] = this.#preferred(held, link)
      this.#byMember.set(link.peerId, kept)
      this.#prove(kept, left)
    }
  }

  /** Both sides decide alike, each for itself. */
  #preferred(one: Link, two: Link): readonly [kept: Link, left: Link] {
    const oneIsKept =
      one.opener === two.opener
        ? one.connectionNumber > two.connectionNumber
        : one.opener < two.opener
    return oneIsKept ? [one, two] : [two, one]
  }

  #prove(kept: Link, left: Link): void {
    const { clock } = this.#options.effects
    const { wheel } = this.#options.around
    const late = new Alarm(() => {
      if (left.isUsable) kept.destroy('it is dead: the member opened another')
    })
    wheel.set(late, clock.nowMs() + VERIFY_TIMEOUT_MS)
    kept.verify(() => {
      wheel.clear(late)
      // One that still greets is settled when it is open: somebody waits for it.
      for (const link of this.#linksOf(kept.peerId)) {
        if (link !== kept && link.isOpen) link.leave({ refusingRequests: false })
      }
    })
  }

  /** The last connection with a member is gone: is the member too? */
  #reopen({ address, memberId }: Hello): void {
    if (this.#stopping || this.#lostListeners.size === 0) return
    this.obtain(address, memberId).catch(() => {
      if (this.#stopping || this.#byMember.get(memberId)?.isUsable === true) return
      for (const lost of this.#lostListeners) lost(memberId)
    })
  }

  #linksOf(memberId: MemberId): Link[] {
    return [...this.#links].filter((link) => link.peerId === memberId)
  }

  #forget(link: Link): void {
    const { peerId } = link
    this.#links.delete(link)
    const others = this.#linksOf(peerId)
    if (this.#byMember.get(peerId) === link) {
      const next = others.find((other) => other.isUsable)
      if (next === undefined) this.#byMember.delete(peerId)
      else this.#byMember.set(peerId, next)
    }
    if (others.length === 0 && this.#runningOf(peerId).count === 0) this.#running.delete(peerId)
    if (this.#links.size === 0) this.#emptied?.()
    if (others.length === 0 && link.hello !== undefined) this.#reopen(link.hello)
  }

  /** Remembers up to ADDRESSES_MAX; the one not asked for the longest is forgotten. */
  #placeOf(address: string): Place {
    const known = this.#places.get(address)
    const place = known ?? {
      memberId: undefined,
      connecting: undefined,
      failures: 0,
      notBeforeMs: 0,
      lastError: undefined,
    }
    this.#places.delete(address)
    this.#places.set(address, place)
    if (this.#places.size > ADDRESSES_MAX) {
      for (const oldest of this.#places.keys()) {
        this.#places.delete(oldest)
        break
      }
    }
    return place
  }

  #startBeat(): void {
    if (this.#beat !== undefined || this.#links.size === 0) return
    const { clock } = this.#options.effects
    this.#beatAtMs = clock.nowMs() + HEART_BEAT_MS
    this.#beat = clock.after(HEART_BEAT_MS, () => {
      this.#beat = undefined
      const nowMs = clock.nowMs()
      const forgive = nowMs - this.#beatAtMs > OWN_LAG_MS
      for (const link of this.#links) link.beat(nowMs, forgive)
      this.#startBeat()
    })
  }
}

interface Told {
  readonly opened: (link: Link) => void
  readonly failed: (error: AnilloError) => void
}

/** `host:port`, an IPv6 address in brackets. @throws AnilloError BAD_REQUEST */
export function parseAddress(address: string): Endpoint {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
  const port = Number(address.slice(colon + 1))
  if (colon > 0 && host !== '' && Number.isInteger(port) && port > 0 && port <= PORT_MAX) {
    return { host, port }
  }
  throw new AnilloError('BAD_REQUEST', { problem: `“${address}” is no host:port` })
}

const PORT_MAX = 65_535
