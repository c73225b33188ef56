/**
 * The member's side of discovery: it hears `DISCOVER` on the shared port and answers `ENTRY_POINT`
 * with its own address and those of members that it has lately seen. Whatever else arrives is
 * counted and dropped.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { RingId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { DatagramSocket, Endpoint } from '../../effects/net.ts'
import { encodeEntryPoint, readDiscovery } from '../../wire/discovery.ts'
import { isLoopback, parseAddress } from '../enrolment/endpoint.ts'
import { RateLimit } from '../enrolment/rate-limit.ts'

/**
 * Ten newcomers that ask twice a second; an answer is no longer than its question, so this bounds
 * work.
 */
const ANSWERS_PER_SECOND_MAX = 20
/** Of other kinds: a ring of 64 in an election sends fewer, and checking one costs some 20 us. */
const OTHERS_PER_SECOND_MAX = 500
const EVERY_INTERFACE = '0.0.0.0'

export interface AnswererOptions {
  readonly port: number
  readonly ringId: RingId
  /** SHA-256 of the ring's authority, which may change. */
  readonly fingerprint: () => string
  /** Advertised `host:port`. */
  readonly selfAddress: string
  /** Other members that answered lately, nearest first. */
  readonly liveAddresses: () => readonly string[]
  /** Datagrams of another kind that come to the port; `false` when they are none of these. */
  readonly others: (bytes: Uint8Array) => boolean
  /** What comes from elsewhere is dropped unread; absent: nothing is. */
  readonly isHeard?: ((from: string) => boolean) | undefined
  /** Only a member that can let others in answers. */
  readonly mayEnrol: () => boolean
}

export interface DiscoveryCounters {
  readonly answered: number
  readonly garbled: number
  /** From where nothing is heard, or of other kinds, over their limit. */
  readonly dropped: number
  /** Over the limit, from a network that could not reach this member, or while it may not enrol. */
  readonly unanswered: number
}

export interface DiscoveryAnswerer {
  readonly counters: DiscoveryCounters
  /** To all members of this ring on the networks of this machine. */
  broadcast(bytes: Uint8Array): void
  close(): Promise<void>
}

/**
 * Answers until closed. A member whose port another program holds alone cannot be discovered, and
 * says so in its log, but runs all the same: it answers nothing then.
 */
export async function answerDiscovery(
  effects: Pick<Effects, 'net' | 'clock' | 'log'>,
  options: AnswererOptions,
): Promise<DiscoveryAnswerer> {
  const answerer = new Answerer(effects, options)
  await answerer.open()
  return answerer
}

class Answerer implements DiscoveryAnswerer {
  readonly #effects: Pick<Effects, 'net' | 'clock' | 'log'>
  readonly #options: AnswererOptions
  readonly #limit: RateLimit
  readonly #othersLimit: RateLimit
  #socket: DatagramSocket | undefined
  #counters: DiscoveryCounters = { answered: 0, garbled: 0, unanswered: 0, dropped: 0 }

  constructor(effects: Pick<Effects, 'net' | 'clock' | 'log'>, options: AnswererOptions) {
    this.#effects = effects
    this.#options = options
    this.#limit = new RateLimit(effects.clock, {
      countMax: ANSWERS_PER_SECOND_MAX,
      windowMs: SECOND_MS,
    })
    this.#othersLimit = new RateLimit(effects.clock, {
      countMax: OTHERS_PER_SECOND_MAX,
      windowMs: SECOND_MS,
    })
  }

  get counters(): DiscoveryCounters {
    return this.#counters
  }

  async open(): Promise<void> {
    const endpoint = { host: EVERY_INTERFACE, port: this.#options.port }
    const received = (bytes: Uint8Array, from: Endpoint): void => this.#received(bytes, from)
    try {
      this.#socket = await this.#effects.net.datagrams({ endpoint, shared: true, received })
    } catch (thrown) {
      if (!isAnilloError(thrown, 'PORT_IN_USE')) throw thrown
      this.#effects.log.warn('this member cannot be discovered', { problem: thrown.message })
    }
  }

  /** A ring on loopback speaks to nobody else; nor is anything said where nobody is heard. */
  broadcast(bytes: Uint8Array): void {
    const self = parseAddress(this.#options.selfAddress)
    const isInside = self === undefined || isLoopback(self.host)
    for (const host of this.#effects.net.broadcastAddresses()) {
      if (isInside && !isLoopback(host)) continue
      if (this.#options.isHeard?.(host) === false) continue
      this.#socket?.send(bytes, { host, port: this.#options.port })
    }
  }

  async close(): Promise<void> {
    await this.#socket?.close()
  }

  #received(bytes: Uint8Array, from: Endpoint): void {
    if (this.#options.isHeard?.(from.host) === false) return this.#count('dropped')
    const datagram = readDiscovery(bytes)
    if (datagram === undefined) return this.#receivedOther(bytes)
    // Answers to others' questions come by when a newcomer shares the port.
    if (datagram.kind !== 'DISCOVER') return
    const { ringId } = this.#options
    const fingerprint = this.#options.fingerprint()
    const fields = { nonce: datagram.nonce, ringId, fingerprint, addresses: this.#addresses() }
    const answer = this.#mayAnswer(from) ? encodeEntryPoint(fields, bytes.length) : undefined
    if (answer === undefined) return this.#count('unanswered')
    this.#socket?.send(answer, from)
    this.#count('answered')
  }

  #receivedOther(bytes: Uint8Array): void {
    if (!this.#othersLimit.tryTake()) return this.#count('dropped')
    if (!this.#options.others(bytes)) this.#count('garbled')
  }

  #mayAnswer(from: Endpoint): boolean {
    return this.#options.mayEnrol() && this.#isReachableFrom(from) && this.#limit.tryTake()
  }

  /** A ring on loopback means nothing to another machine, nor should it hear of it. */
  #isReachableFrom(from: Endpoint): boolean {
    const self = parseAddress(this.#options.selfAddress)
    return self !== undefined && (!isLoopback(self.host) || isLoopback(from.host))
  }

  #addresses(): string[] {
    return [this.#options.selfAddress, ...this.#options.liveAddresses()]
  }

  #count(what: keyof DiscoveryCounters): void {
    this.#counters = { ...this.#counters, [what]: this.#counters[what] + 1 }
  }
}
