/**
 * Plain TCP connections of clients that may turn to TLS in mid-stream, as FTP's do (RFC 4217).
 * Unlike `Net`, nobody is proved by them.
 */
import type { CloseReason, Endpoint, Listener } from './net.ts'

export interface ClientHandlers {
  /**
   * Bytes in order. While what it returns is pending no more are read; afterwards, or when it
   * returned nothing, the bytes are gone: what is to be kept is copied.
   */
  bytes(bytes: Uint8Array): Promise<void> | void
  /** Once, last of all, after every byte. */
  closed(reason: ClientCloseReason): void
}

/**
 * A TLS connection that ends without its close_notify has `ended` all the same, which is told where
 * its end is watched; one that ends in the middle of a record is `broken` there.
 */
export type ClientCloseReason =
  | Exclude<CloseReason, { readonly kind: 'ended' }>
  | { readonly kind: 'ended'; readonly isAnnounced: boolean }

/** What became of the request to encrypt. */
export type Secured =
  /** `isReused`: with a session of an earlier connection under the same context. */
  | { readonly kind: 'secured'; readonly isReused: boolean; readonly protocol: string }
  /** The other end closed, in order, before the handshake was through. */
  | { readonly kind: 'untouched' }
  | { readonly kind: 'failed'; readonly problem: string }

/** Certificate and key, and keys of session tickets that no other context has. */
export interface SecurityContext {
  /**
   * As the server, before `receive` or in the middle of what is received; bytes that came and were
   * not handed out yet belong to the handshake.
   */
  secure(stream: ClientStream, options?: { readonly watchesEnd?: boolean }): Promise<Secured>
}

export interface ClientStream {
  readonly remote: Endpoint
  readonly local: Endpoint
  /** Until it is called nothing is read. */
  receive(handlers: ClientHandlers): void
  /**
   * Resolves when they were handed to the system, or there is nobody to send to any more: they are
   * the caller’s again then.
   */
  send(bytes: Uint8Array): Promise<void>
  /**
   * Sends what waits, then says that there is no more (with TLS by close_notify first). Resolves
   * with whether all of that was handed to the system.
   */
  finish(): Promise<boolean>
  /** Closes at once; what waits is lost. */
  destroy(): void
}

export interface ClientListenOptions {
  readonly endpoint: Endpoint
  readonly connected: (stream: ClientStream) => void
}

export interface ClientNet {
  /** @throws AnilloError PORT_IN_USE */
  listen(options: ClientListenOptions): Promise<Listener>
  /** @throws AnilloError RPC_UNREACHABLE */
  connect(options: {
    readonly to: Endpoint
    readonly from?: Endpoint
    readonly signal: AbortSignal
  }): Promise<ClientStream>
  /** @throws Error where the key is not the certificate’s */
  securityContext(papers: {
    readonly certificatePem: string
    readonly privateKeyPem: string
  }): SecurityContext
}
