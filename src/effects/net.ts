/**
 * Connections and datagrams. A connection between members is mutual TLS 1.3 in production; who
 * stands at the other end is known before the first byte. In the simulator the same rules are kept
 * by the virtual network: a certificate of another ring's authority never gets through.
 */
import type { MemberId, RingId } from '../base/ids.ts'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** What a member shows of itself, PEM each; the private key never leaves the platform's memory. */
export interface MemberCredentials {
  /** Signed the certificate, is shown with it, and is trusted. */
  readonly authorityPem: string
  /** Authorities of the ring that are trusted beside it, while it changes from one to the other. */
  readonly alsoTrustedPems?: readonly string[]
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** What the other end proved with a certificate of this ring's authority. */
export interface PeerIdentity {
  readonly ringId: RingId
  readonly memberId: MemberId
}

export type CloseReason =
  /** Both sides had said all. */
  | { readonly kind: 'ended' }
  /** This side called `destroy`. */
  | { readonly kind: 'destroyed' }
  /** The other end broke off, or the network did. */
  | { readonly kind: 'broken'; readonly problem: string }

export interface ConnectionHandlers {
  /** Bytes in order, valid during the call: what is to be kept is copied. */
  bytes(bytes: Uint8Array): void
  /** After `write` answered `false`: there is room again. */
  drained(): void
  /** Once, last of all. */
  closed(reason: CloseReason): void
}

export interface ByteStream {
  readonly remote: Endpoint
  /** Must be called in the turn in which the connection was given; nothing is lost before. */
  receive(handlers: ConnectionHandlers): void
  /**
   * Takes all bytes in any case; `false` says that more than the high-water mark waits to be sent.
   * The bytes must not be changed afterwards. After `end` or `closed` it does nothing and answers
   * false.
   */
  write(bytes: Uint8Array): boolean
  /** Stops reading, so that the other end's window fills up. */
  pause(): void
  resume(): void
  /** Sends what waits, then closes. */
  end(): void
  /** Closes at once; what waits is lost. */
  destroy(): void
}

/** Between two members of one ring, both proved. */
export interface Connection extends ByteStream {
  readonly peer: PeerIdentity
  /** Wall clock at which the certificate that the other end showed is out of date. */
  readonly certificateUntilMs?: number
}

/**
 * Between a member and a machine that has no certificate yet (ALPN `anillo-enrol/1`): encrypted,
 * and the newcomer knows whose ring it speaks with by the authority's fingerprint; nothing else is
 * proved.
 */
export interface StrangerConnection extends ByteStream {
  /** SHA-256 of the DER of the authority that signed the member's certificate, 64 hex digits. */
  readonly authorityFingerprint: string
}

export interface Listener {
  readonly endpoint: Endpoint
  /** No new connections; those that are open stay. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly endpoint: Endpoint
  readonly credentials: () => MemberCredentials
  readonly connected: (connection: Connection) => void
  /** Whether a connection from that address is looked at; where absent all are. */
  readonly isHeard?: ((from: string) => boolean) | undefined
  /** Newcomers asking to be enrolled; where absent they are refused. */
  readonly stranger?: (connection: StrangerConnection) => void
  /**
   * Somebody without a certificate of this ring, or who spoke no TLS: dropped, told here, never
   * fatal.
   */
  readonly refused: (remote: Endpoint, problem: string) => void
}

export interface ConnectOptions {
  readonly endpoint: Endpoint
  readonly credentials: MemberCredentials
  readonly timeoutMs: number
}

export interface StrangerOptions {
  readonly endpoint: Endpoint
  readonly timeoutMs: number
}

export interface DatagramSocket {
  readonly endpoint: Endpoint
  /** Errors of sending are not told: a datagram may always be lost. */
  send(bytes: Uint8Array, to: Endpoint): void
  close(): Promise<void>
}

export interface DatagramOptions {
  readonly endpoint: Endpoint
  /** Several processes of one machine may share the port; each hears every broadcast. */
  readonly shared: boolean
  /** Which door it is, and what moves it, for when its port is in use; absent: discovery’s. */
  readonly words?: { readonly door: string; readonly flag: string }
  readonly received: (bytes: Uint8Array, from: Endpoint) => void
}

export interface Net {
  /** @throws AnilloError PORT_IN_USE */
  listen(options: ListenOptions): Promise<Listener>
  /**
   * @throws AnilloError RPC_UNREACHABLE, with the problem, also when the other end has no
   * certificate of this ring
   */
  connect(options: ConnectOptions): Promise<Connection>
  /** The newcomer's way in. @throws AnilloError RPC_UNREACHABLE */
  connectAsStranger(options: StrangerOptions): Promise<StrangerConnection>
  /** @throws AnilloError PORT_IN_USE */
  datagrams(options: DatagramOptions): Promise<DatagramSocket>
  /** The directed broadcast address of each interface, loopback's too. */
  broadcastAddresses(): readonly string[]
}
