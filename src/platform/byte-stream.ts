/** A TLS socket as the byte stream of `effects/net.ts`. */
import type { TLSSocket } from 'node:tls'

import { present } from '../base/assert.ts'
import { MIB } from '../base/limits.ts'
import type {
  ByteStream,
  CloseReason,
  Connection,
  ConnectionHandlers,
  Endpoint,
  PeerIdentity,
  StrangerConnection,
} from '../effects/net.ts'
import { freeNow } from './free-now.ts'

/**
 * More than this waiting to be sent, and `write` answers false: a round trip's worth of 10 Gbit/s
 * at 1 ms.
 */
const HIGH_WATER_BYTES = MIB

/** What a socket reads by itself, not through its `data` events, and where it goes from then on. */
export interface EarlyBytes {
  /** Came before `take` was set. */
  readonly pieces: Uint8Array[]
  take: ((bytes: Uint8Array) => void) | undefined
}

class SocketStream implements ByteStream {
  readonly remote: Endpoint
  readonly #socket: TLSSocket
  readonly #early: EarlyBytes | undefined
  #handlers: ConnectionHandlers | undefined
  #problem: string | undefined
  #destroyed = false
  #ended = false
  #full = false

  constructor(socket: TLSSocket, early?: EarlyBytes) {
    this.#socket = socket
    this.#early = early
    this.remote = remoteOf(socket)
    socket.setNoDelay(true)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#problem ??= error.code ?? error.message
    })
  }

  receive(handlers: ConnectionHandlers): void {
    this.#handlers = handlers
    this.#readFor(handlers)
    this.#socket.on('drain', this.#drained)
    // The other end has said all: whoever cannot hear answers has no use for the connection.
    this.#socket.on('end', () => this.end())
    this.#socket.once('close', () => handlers.closed(this.#closeReason()))
  }

  #readFor(handlers: ConnectionHandlers): void {
    const take = (bytes: Uint8Array): void => {
      if (!this.#destroyed) handlers.bytes(bytes)
    }
    const early = this.#early
    if (early === undefined) {
      this.#socket.on('data', (bytes: Uint8Array) => {
        take(bytes)
        freeNow(bytes)
      })
      return
    }
    queueMicrotask(() => {
      for (const piece of early.pieces.splice(0)) take(piece)
      early.take = take
    })
    this.#socket.resume()
  }

  readonly #drained = (): void => {
    if (!this.#full || this.#socket.destroyed) return
    this.#full = false
    present(this.#handlers, 'handlers').drained()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#socket.destroyed) return false
    this.#socket.write(bytes)
    if (this.#socket.writableLength <= HIGH_WATER_BYTES) return true
    this.#full = true
    return false
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.end()
  }

  destroy(): void {
    this.#destroyed ||= !this.#socket.destroyed
    this.#socket.destroy()
  }

  #closeReason(): CloseReason {
    if (this.#destroyed) return { kind: 'destroyed' }
    if (this.#problem !== undefined) return { kind: 'broken', problem: this.#problem }
    return { kind: 'ended' }
  }
}

interface ProvedPeer {
  readonly peer: PeerIdentity
  /** Wall clock at which its certificate is out of date. */
  readonly untilMs: number
}

class MemberStream extends SocketStream implements Connection {
  readonly peer: PeerIdentity
  readonly certificateUntilMs: number

  constructor(socket: TLSSocket, { peer, untilMs }: ProvedPeer, early?: EarlyBytes) {
    super(socket, early)
    this.peer = peer
    this.certificateUntilMs = untilMs
  }
}

class StrangerStream extends SocketStream implements StrangerConnection {
  readonly authorityFingerprint: string

  constructor(socket: TLSSocket, authorityFingerprint: string) {
    super(socket)
    this.authorityFingerprint = authorityFingerprint
  }
}

export function memberStream(
  socket: TLSSocket,
  proved: ProvedPeer,
  early?: EarlyBytes,
): Connection {
  return new MemberStream(socket, proved, early)
}

export function strangerStream(
  socket: TLSSocket,
  authorityFingerprint: string,
): StrangerConnection {
  return new StrangerStream(socket, authorityFingerprint)
}

export function remoteOf(socket: {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
}): Endpoint {
  return { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
}
