/** A connection of this member with itself, in memory: what it asks itself takes the same path. */
import type {
  CloseReason,
  Connection,
  ConnectionHandlers,
  Endpoint,
  PeerIdentity,
} from '../effects/net.ts'

/** Both ends; what one writes arrives at the other in order, a microtask later. */
export function loopedConnections(
  peer: PeerIdentity,
  remote: Endpoint,
): readonly [Connection, Connection] {
  const one = new LoopEnd(peer, remote)
  const two = new LoopEnd(peer, remote)
  one.other = two
  two.other = one
  return [one, two]
}

class LoopEnd implements Connection {
  readonly peer: PeerIdentity
  readonly remote: Endpoint
  other: LoopEnd | undefined
  #handlers: ConnectionHandlers | undefined
  #closed = false

  constructor(peer: PeerIdentity, remote: Endpoint) {
    this.peer = peer
    this.remote = remote
  }

  receive(handlers: ConnectionHandlers): void {
    this.#handlers = handlers
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed) return false
    queueMicrotask(() => this.other?.arrive(bytes))
    return true
  }

  /** Nothing ever waits: credit of streams and the number under way bound what is in memory. */
  pause(): void {}

  resume(): void {}

  end(): void {
    queueMicrotask(() => {
      this.other?.close({ kind: 'ended' })
      this.close({ kind: 'ended' })
    })
  }

  destroy(): void {
    queueMicrotask(() => {
      this.close({ kind: 'destroyed' })
      this.other?.close({ kind: 'ended' })
    })
  }

  arrive(bytes: Uint8Array): void {
    if (!this.#closed) this.#handlers?.bytes(bytes)
  }

  close(reason: CloseReason): void {
    if (this.#closed) return
    this.#closed = true
    this.#handlers?.closed(reason)
  }
}
