/** A WebSocket that a client opened at a door (RFC 6455): texts, both ways. */

export interface WebSocketHandlers {
  text(text: string): void
  /** Something came, if only the answer to a ping: the other end is there. */
  alive(): void
  /** Once, last of all, whoever ended it. */
  closed(): void
}

/** Why it ends (RFC 6455, 7.4.1, and the registry of its 11.7). */
export const WEB_SOCKET_CLOSE = {
  /** This end goes: elsewhere it may go on. */
  goingAway: 1001,
  /** What came is against the rules, or the other end may no longer be told. */
  policy: 1008,
  failed: 1011,
  tryAgainLater: 1013,
} as const
export type WebSocketClose = (typeof WEB_SOCKET_CLOSE)[keyof typeof WEB_SOCKET_CLOSE]

export interface WebSocketStream {
  /** Bytes that were sent and that the system did not take yet. */
  readonly unsentBytes: number
  /** Before the caller's turn ends: what came before would be lost. */
  receive(handlers: WebSocketHandlers): void
  send(text: string): void
  ping(): void
  /** Says so, and waits a moment for the other end to say the same. */
  close(code: WebSocketClose, reason: string): void
  /** Closes at once; what waits is lost. */
  destroy(): void
}
