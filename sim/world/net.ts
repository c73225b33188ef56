/** The virtual network: who listens where, how connections come about, datagrams. */
import { assert } from '../../src/base/assert.ts'
import { AnilloError } from '../../src/base/errors.ts'
import type {
  Connection,
  ConnectOptions,
  DatagramOptions,
  DatagramSocket,
  Endpoint,
  Listener,
  ListenOptions,
  MemberCredentials,
  Net,
  PeerIdentity,
  StrangerConnection,
  StrangerOptions,
} from '../../src/effects/net.ts'
import { fingerprintOf, identify, type Proved } from './crypto.ts'
import type { Life } from './life.ts'
import type { Links, Route } from './links.ts'
import { VirtualStream } from './stream.ts'
import type { Tally } from './tally.ts'

/** Where the system takes ports from when none is asked for. */
const EPHEMERAL_PORT_FIRST = 32_768
/** The most that UDP carries over IPv4. */
const DATAGRAM_BYTES_MAX = 65_507
const LOOPBACK_BROADCAST = '127.255.255.255'

/** What the network knows of a machine. */
export interface NetHost {
  /** Its address. */
  readonly address: string
  /** Machines of one segment hear one another's broadcasts. */
  readonly segment: string
  readonly hasPower: () => boolean
}

interface OpenListener {
  readonly life: Life
  readonly options: ListenOptions
}

interface OpenSocket {
  readonly life: Life
  readonly host: NetHost
  readonly options: DatagramOptions
}

class MemberStream extends VirtualStream implements Connection {
  readonly peer: PeerIdentity
  readonly certificateUntilMs: number

  constructor(parts: ConstructorParameters<typeof VirtualStream>[0], proved: Proved) {
    super(parts)
    this.peer = proved.peer
    this.certificateUntilMs = proved.untilMs
  }
}

class StrangerStream extends VirtualStream implements StrangerConnection {
  readonly authorityFingerprint: string

  constructor(parts: ConstructorParameters<typeof VirtualStream>[0], fingerprint: string) {
    super(parts)
    this.authorityFingerprint = fingerprint
  }
}

export class VirtualNet {
  readonly links: Links
  readonly streams = new Set<VirtualStream>()
  readonly #tally: Tally
  readonly #hosts: NetHost[] = []
  readonly #listeners = new Map<string, OpenListener>()
  readonly #sockets = new Map<string, Set<OpenSocket>>()
  readonly #resolve: (host: string) => string | undefined
  #nextPort = EPHEMERAL_PORT_FIRST

  constructor(links: Links, tally: Tally, resolve: (host: string) => string | undefined) {
    this.links = links
    this.#tally = tally
    this.#resolve = resolve
  }

  addHost(host: NetHost): void {
    this.#hosts.push(host)
  }

  /** The effect of one life on one machine. */
  effectOf(life: Life, host: NetHost): Net {
    return {
      listen: (options) => life.answer(0, 'net listen', () => this.#listen(life, host, options)),
      connect: (options) => this.#connect(life, host, options),
      connectAsStranger: (options) => this.#connectAsStranger(life, host, options),
      datagrams: (options) => life.answer(0, 'net bind', () => this.#bind(life, host, options)),
      broadcastAddresses: () => [LOOPBACK_BROADCAST, broadcastOf(host.segment)],
    }
  }

  // ---- listening

  #listen(life: Life, host: NetHost, options: ListenOptions): Listener {
    const port = this.#portOf(options.endpoint.port)
    const key = `${host.address}:${port}`
    if (this.#listeners.has(key)) throw portInUse(port)
    this.#listeners.set(key, { life, options })
    const close = (): void => {
      if (this.#listeners.get(key)?.options === options) this.#listeners.delete(key)
    }
    life.onEnd(close)
    return { endpoint: { host: options.endpoint.host, port }, close: async () => close() }
  }

  #portOf(wanted: number): number {
    return wanted === 0 ? this.#nextPort++ : wanted
  }

  // ---- connecting

  #connect(life: Life, host: NetHost, options: ConnectOptions): Promise<Connection> {
    const { endpoint, credentials, timeoutMs } = options
    return this.#shakeHands({ life, host, endpoint, timeoutMs }, (handshake) => {
      const { listener } = handshake
      const shown = listener.options.credentials()
      const caller = identify(credentials, shown)
      const callee = identify(shown, credentials)
      if (caller === undefined || callee === undefined) {
        const problem = 'its certificate is not of this ring'
        listener.options.refused(handshake.caller, problem)
        return { problem }
      }
      const here = new MemberStream(this.#partsOf(handshake, 'here'), callee)
      const there = new MemberStream(this.#partsOf(handshake, 'there'), caller)
      const opened = (): void => listener.options.connected(there)
      return { here, there, opened }
    })
  }

  #connectAsStranger(
    life: Life,
    host: NetHost,
    options: StrangerOptions,
  ): Promise<StrangerConnection> {
    const { endpoint, timeoutMs } = options
    return this.#shakeHands({ life, host, endpoint, timeoutMs }, (handshake) => {
      const { options: door } = handshake.listener
      const { stranger } = door
      if (stranger === undefined) {
        const problem = 'newcomers are not let in here'
        door.refused(handshake.caller, problem)
        return { problem }
      }
      const fingerprint = fingerprintOf(authorityOf(door.credentials()))
      const here = new StrangerStream(this.#partsOf(handshake, 'here'), fingerprint)
      const there = new StrangerStream(this.#partsOf(handshake, 'there'), fingerprint)
      return { here, there, opened: () => stranger(there) }
    })
  }

  /**
   * The call travels there and the answer back, each repeated while a wall stands in the way.
   * `meet` runs in the life of the listener, so that a stopped process keeps its caller waiting.
   */
  #shakeHands<S extends VirtualStream>(
    dial: Dial,
    meet: (handshake: Handshake) => Meeting<S>,
  ): Promise<S> {
    const { life, host, endpoint } = dial
    const target = this.#targetOf(host, endpoint.host)
    const there = { from: host.address, to: target }
    const back = { from: target, to: host.address }
    const caller = { host: host.address, port: this.#nextPort++ }
    const { promise, resolve, reject } = Promise.withResolvers<S>()
    let isWaiting = true
    const fail = (problem: string): void => {
      if (!isWaiting) return
      isWaiting = false
      timer.cancel()
      reject(unreachable(endpoint, problem))
    }
    const timer = life.after(dial.timeoutMs, 'net connect timed out', () => {
      fail(`no handshake in ${dial.timeoutMs} ms`)
    })
    const wanted = (): boolean => isWaiting && life.alive
    const answer = (problem: string): void => {
      this.links.once(back, `${target} net refuses`, () =>
        life.now('net refused', () => fail(problem)),
      )
    }
    const succeed = (meeting: Met<S>): void => {
      if (!wanted()) return meeting.there.breakOff()
      isWaiting = false
      timer.cancel()
      VirtualStream.join({ from: meeting.here, to: meeting.there, opened: meeting.opened })
      this.streams.add(meeting.here).add(meeting.there)
      resolve(meeting.here)
    }
    const arrived = (): boolean => {
      if (!this.#hasPower(target)) return false
      const listener = this.#listeners.get(`${target}:${endpoint.port}`)
      if (listener === undefined) {
        answer('ECONNREFUSED')
        return true
      }
      const { isHeard, refused } = listener.options
      if (isHeard?.(caller.host) === false) {
        refused(caller, 'it comes from a network that is not the ring’s')
        answer('ECONNRESET')
        return true
      }
      listener.life.now('net accept', () => {
        const meeting = meet({ ...dial, listener, caller, there, back })
        if ('problem' in meeting) return answer(meeting.problem)
        this.links.repeatedly(back, `${target} net accepts`, {
          wanted,
          arrived: () => {
            life.now('net connected', () => succeed(meeting))
            return true
          },
        })
      })
      return true
    }
    this.links.repeatedly(there, `${host.address} net connect ${target}`, { wanted, arrived })
    return promise
  }

  #partsOf(
    handshake: Handshake,
    end: 'here' | 'there',
  ): ConstructorParameters<typeof VirtualStream>[0] {
    const { life, listener, there, back, caller, endpoint } = handshake
    const gone = (stream: VirtualStream): void => {
      this.streams.delete(stream)
    }
    const shared = { links: this.links, gone }
    if (end === 'here') {
      const remote = { host: there.to, port: endpoint.port }
      return { ...shared, life, route: there, remote, isRemoteUp: () => this.#hasPower(there.to) }
    }
    const isRemoteUp = (): boolean => this.#hasPower(back.to)
    return { ...shared, life: listener.life, route: back, remote: caller, isRemoteUp }
  }

  /** The address of the host that a name or address means, seen from this one. */
  #targetOf(host: NetHost, name: string): string {
    if (name === 'localhost' || name === '::1' || name.startsWith('127.')) return host.address
    return this.#resolve(name) ?? name
  }

  #hasPower(address: string): boolean {
    return this.#hosts.some((host) => host.address === address && host.hasPower())
  }

  // ---- datagrams

  #bind(life: Life, host: NetHost, options: DatagramOptions): DatagramSocket {
    const port = this.#portOf(options.endpoint.port)
    const key = `${host.address}:${port}`
    const sockets = this.#sockets.get(key) ?? new Set()
    const isShared = options.shared && [...sockets].every((socket) => socket.options.shared)
    if (sockets.size > 0 && !isShared) throw portInUse(port)
    const socket = { life, host, options }
    this.#sockets.set(key, sockets.add(socket))
    let isOpen = true
    const close = (): void => {
      isOpen = false
      sockets.delete(socket)
    }
    life.onEnd(close)
    return {
      endpoint: { host: options.endpoint.host, port },
      send: (bytes, to) => {
        if (isOpen && life.alive) this.#sendDatagram(host, { bytes: bytes.slice(), port, to })
      },
      close: async () => close(),
    }
  }

  #sendDatagram(host: NetHost, packet: Packet): void {
    if (packet.bytes.length > DATAGRAM_BYTES_MAX) return
    const { to } = packet
    const from = { host: host.address, port: packet.port }
    for (const address of this.#receiversOf(host, to.host)) {
      const sockets = [...(this.#sockets.get(`${address}:${to.port}`) ?? [])]
      // The system gives a packet for one address to one of those who share the port.
      const hearing = isBroadcast(host, to.host) ? sockets : sockets.slice(-1)
      for (const socket of hearing) this.#carry(from, socket, packet.bytes)
    }
  }

  #receiversOf(host: NetHost, address: string): readonly string[] {
    if (address === LOOPBACK_BROADCAST) return [host.address]
    if (!isBroadcast(host, address)) return [this.#targetOf(host, address)]
    const near = this.#hosts.filter(({ segment }) => segment === host.segment)
    return [...new Set(near.map((other) => other.address))]
  }

  #carry(from: Endpoint, socket: OpenSocket, bytes: Uint8Array): void {
    const route = { from: from.host, to: socket.host.address }
    const quality = this.links.quality(route)
    const { chance } = this.links
    if (chance.fraction() < quality.lossChance) return this.#tally.add('net: datagram lost')
    const copies = chance.fraction() < quality.duplicateChance ? 2 : 1
    if (copies === 2) this.#tally.add('net: datagram duplicated')
    for (let copy = 0; copy < copies; copy++) {
      const isLate = chance.fraction() < quality.reorderChance
      if (isLate) this.#tally.add('net: datagram held back')
      const delayMs = this.links.delayMs(route) * (isLate ? 1 + chance.below(10) : 1)
      this.links.scheduler.after(delayMs, `${from.host} net datagram to ${route.to}`, () => {
        if (!this.links.isOpen(route) || !this.#isBound(socket)) return
        socket.life.now('net datagram', () => socket.options.received(bytes.slice(), from))
      })
    }
  }

  #isBound(socket: OpenSocket): boolean {
    return [...this.#sockets.values()].some((sockets) => sockets.has(socket))
  }
}

interface Dial {
  readonly life: Life
  readonly host: NetHost
  readonly endpoint: Endpoint
  readonly timeoutMs: number
}

interface Handshake extends Dial {
  readonly listener: OpenListener
  readonly caller: Endpoint
  readonly there: Route
  readonly back: Route
}

interface Met<S> {
  readonly here: S
  readonly there: S
  readonly opened: () => void
}

type Meeting<S> = Met<S> | { readonly problem: string }

interface Packet {
  readonly bytes: Uint8Array
  readonly port: number
  readonly to: Endpoint
}

function isBroadcast(host: NetHost, address: string): boolean {
  return address === LOOPBACK_BROADCAST || address === broadcastOf(host.segment)
}

/** `10.0.3` -> `10.0.3.255`. */
function broadcastOf(segment: string): string {
  return `${segment}.255`
}

function authorityOf(credentials: MemberCredentials): string {
  const { authorityPem } = credentials
  assert(
    identify(credentials, { authorityPem }) !== undefined,
    'a member shows a certificate that holds',
  )
  return authorityPem
}

function portInUse(port: number): AnilloError {
  return new AnilloError('PORT_IN_USE', { port, door: 'simulated', flag: 'another machine' })
}

function unreachable(endpoint: Endpoint, problem: string): AnilloError {
  return new AnilloError('RPC_UNREACHABLE', {
    address: `${endpoint.host}:${endpoint.port}`,
    problem,
  })
}
