/**
 * WebSockets of clients over an HTTP server's connections. Who asks for one is answered as any
 * request first, so that all that a door refuses is refused here, too, in the same words.
 */
import { ServerResponse, type IncomingMessage } from 'node:http'

import type { RawData, ServerOptions, WebSocket, WebSocketServer } from 'ws'

import type { WebSocketClose, WebSocketHandlers, WebSocketStream } from '../effects/web-sockets.ts'

/** Until the request is answered, or its refusal is taken. */
const ANSWER_TIMEOUT_MS = 15_000
/** For the other end to say goodbye, too. */
const CLOSE_TIMEOUT_MS = 1_000
/** Who pings and takes no answers is closed. */
const UNSENT_PONG_BYTES_MAX = 16_384

/** It takes texts alone (RFC 6455, 7.4.1). */
const UNSUPPORTED_DATA = 1003

export interface WebSocketOptions {
  /** Of one message, in bytes; a longer one closes its socket. */
  readonly messageBytesMax: number
}

interface Asked {
  readonly head: Buffer
  readonly response: ServerResponse
}

/** What speaks the protocol is loaded where a member has a door, and nowhere else. */
export async function platformWebSockets({
  messageBytesMax: maxPayload,
}: WebSocketOptions): Promise<WebSockets> {
  const { WebSocketServer: Server } = await import('ws')
  // Its types do not know of `closeTimeout` yet.
  const options: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    maxPayload,
  }
  return new WebSockets(new Server(options))
}

export class WebSockets {
  readonly #server: WebSocketServer
  readonly #asked = new WeakMap<IncomingMessage, Asked>()

  constructor(server: WebSocketServer) {
    this.#server = server
  }

  /**
   * What answers a request that wants its connection changed, as Node tells it (`upgrade`).
   * `undefined`: an answer before it is still under way, and the connection was closed.
   */
  begin(request: IncomingMessage, head: Uint8Array): ServerResponse | undefined {
    const { socket } = request
    // Node no longer listens: whoever hangs up now would end the process.
    socket.on('error', () => socket.destroy())
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy())
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    try {
      response.assignSocket(socket)
    } catch {
      socket.destroy()
      return undefined
    }
    response.on('finish', () => {
      response.detachSocket(socket)
      socket.destroySoon()
    })
    this.#asked.set(request, { head: Buffer.from(head), response })
    return response
  }

  /** Instead of an answer; `undefined`: it was no request for one, or its asker is gone. */
  take(request: IncomingMessage): WebSocketStream | undefined {
    const asked = this.#asked.get(request)
    if (asked === undefined) return undefined
    const { socket } = request
    this.#asked.delete(request)
    asked.response.detachSocket(socket)
    let taken: PlatformWebSocket | undefined
    socket.removeAllListeners('timeout')
    // Answers itself where the request is malformed, and closes.
    this.#server.handleUpgrade(request, socket, asked.head, (stream) => {
      taken = new PlatformWebSocket(stream)
    })
    return taken
  }
}

class PlatformWebSocket implements WebSocketStream {
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount
  }

  receive({ alive, closed, text }: WebSocketHandlers): void {
    const socket = this.#socket
    // The library closes what breaks the protocol, and says why.
    socket.on('error', () => undefined)
    socket.on('close', () => closed())
    socket.on('pong', () => alive())
    socket.on('ping', (payload) => {
      alive()
      if (socket.bufferedAmount > UNSENT_PONG_BYTES_MAX) socket.terminate()
      else socket.pong(payload)
    })
    socket.on('message', (data, isBinary) => {
      alive()
      if (isBinary) socket.close(UNSUPPORTED_DATA)
      else text(textOf(data))
    })
  }

  send(text: string): void {
    this.#socket.send(text)
  }

  ping(): void {
    this.#socket.ping()
  }

  close(code: WebSocketClose, reason: string): void {
    this.#socket.close(code, reason)
  }

  destroy(): void {
    this.#socket.terminate()
  }
}

/** Its binary form, unless asked for otherwise, is one buffer. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.from(data as Uint8Array).toString('utf8')
}
