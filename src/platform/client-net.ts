/** Connections of clients over `node:net`, and over `node:tls` once they ask for it. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls'

import { assert, present } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import type {
  ClientCloseReason,
  ClientHandlers,
  ClientListenOptions,
  ClientNet,
  ClientStream,
  Secured,
} from '../effects/client-net.ts'
import type { Endpoint, Listener } from '../effects/net.ts'
import { remoteOf } from './byte-stream.ts'
import { freeNow } from './free-now.ts'
import { errnoOf, listenError, type DoorWords } from './listen-error.ts'
import { RecordTap } from './record-tap.ts'

/** Of RFC 5077, as `node:tls` takes them: name, HMAC and AES keys. */
const TICKET_KEYS_BYTES = 48
const CUT = 'it ended in the middle of a TLS record'

/** @param words of the door that these connections are of, for when its port is in use */
export function platformClientNet(words: DoorWords): ClientNet {
  return {
    listen: (options) => listen(options, words),
    async connect({ from, signal, to }) {
      const local = from === undefined ? {} : { localAddress: from.host }
      const socket = connect({ ...to, ...local, signal, allowHalfOpen: true, noDelay: true })
      try {
        await once(socket, 'connect')
      } catch (thrown) {
        const details = { address: `${to.host}:${to.port}`, problem: errnoOf(thrown) }
        throw new AnilloError('RPC_UNREACHABLE', details, { cause: thrown })
      }
      return new ClientSocket(socket.pause())
    },
    securityContext({ certificatePem, privateKeyPem }) {
      const ticketKeys = randomBytes(TICKET_KEYS_BYTES)
      const context = createSecureContext({
        cert: certificatePem,
        key: privateKeyPem,
        minVersion: 'TLSv1.2',
        sessionIdContext: ticketKeys.toString('hex', 0, 16),
        ticketKeys,
      })
      return {
        async secure(stream, options) {
          assert(stream instanceof ClientSocket, 'a stream of this net')
          return await stream.secure(context, options?.watchesEnd === true)
        },
      }
    },
  }
}

async function listen(
  { connected, endpoint }: ClientListenOptions,
  words: DoorWords,
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true })
  server.on('connection', (socket) => connected(new ClientSocket(socket)))
  server.listen(endpoint)
  try {
    await once(server, 'listening')
  } catch (thrown) {
    throw listenError(thrown, endpoint, words)
  }
  // A connection that could not be taken is its client's loss.
  server.on('error', () => undefined)
  return { endpoint: { ...endpoint, port: portOf(server) }, close: () => closeServer(server) }
}

function portOf(server: Server): number {
  const bound = server.address()
  assert(typeof bound === 'object' && bound !== null, 'a TCP server has a port')
  return bound.port
}

/** Connections that are open stay, so that the end of the last is not waited for. */
async function closeServer(server: Server): Promise<void> {
  server.close()
}

class ClientSocket implements ClientStream {
  readonly remote: Endpoint
  readonly local: Endpoint
  #socket: Socket
  #handlers: ClientHandlers | undefined
  #problem: string | undefined
  #tap: RecordTap | undefined
  #isAnnounced = true
  #isDestroyed = false
  #isClosed = false
  /** Of pieces on their way to the system. */
  readonly #sending = new Set<() => void>()

  constructor(socket: Socket) {
    this.#socket = socket
    this.remote = remoteOf(socket)
    this.local = { host: socket.localAddress ?? '', port: socket.localPort ?? 0 }
    this.#attach(socket)
  }

  receive(handlers: ClientHandlers): void {
    this.#handlers = handlers
    this.#read()
  }

  async send(bytes: Uint8Array): Promise<void> {
    const socket = this.#socket
    if (socket.destroyed || socket.writableEnded) return
    await new Promise<void>((resolve) => {
      this.#sending.add(resolve)
      socket.write(bytes, () => {
        this.#sending.delete(resolve)
        resolve()
      })
    })
  }

  async finish(): Promise<boolean> {
    const socket = this.#socket
    if (!socket.destroyed && !socket.writableFinished) {
      await new Promise<void>((resolve) => {
        socket.once('finish', resolve).once('close', () => resolve())
        socket.end()
      })
    }
    return socket.writableFinished
  }

  destroy(): void {
    this.#isDestroyed ||= !this.#isClosed
    this.#socket.destroy()
  }

  /** @see SecurityContext.secure */
  async secure(secureContext: SecureContext, watchesEnd: boolean): Promise<Secured> {
    const raw = this.#socket
    raw.removeAllListeners('data').pause()
    if (!(await this.#isTouched(raw))) return { kind: 'untouched' }
    this.#detach(raw)
    // Each byte of it costs a little more.
    if (watchesEnd) this.#tap = new RecordTap(raw)
    const socket = new TLSSocket(this.#tap ?? raw, { isServer: true, secureContext })
    // It has copied each piece when this, which listens behind it, hears of it.
    this.#tap?.on('data', freeNow)
    this.#socket = socket
    this.#attach(socket)
    await new Promise<void>((resolve) => {
      socket.once('secure', resolve).once('close', () => resolve())
    })
    const protocol = socket.destroyed ? null : socket.getProtocol()
    if (protocol === null) {
      const problem = this.#problem ?? (this.#isDestroyed ? 'it took too long' : undefined)
      return problem === undefined ? { kind: 'untouched' } : { kind: 'failed', problem }
    }
    if (this.#handlers !== undefined) this.#read()
    return { kind: 'secured', isReused: socket.isSessionReused(), protocol }
  }

  /** Whether a byte came before the end. */
  async #isTouched(raw: Socket): Promise<boolean> {
    if (raw.readableLength > 0) return true
    return await new Promise<boolean>((resolve) => {
      const first = (bytes: Uint8Array): void => {
        raw.pause()
        raw.unshift(bytes)
        resolve(true)
      }
      raw.once('data', first)
      raw.once('close', () => resolve(false))
      raw.resume()
    })
  }

  #attach(socket: Socket): void {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#problem ??= error.code ?? error.message
    })
    socket.on('end', this.#ended)
    socket.on('close', this.#closed)
  }

  #detach(socket: Socket): void {
    socket.off('end', this.#ended).off('close', this.#closed)
  }

  #read(): void {
    const socket = this.#socket
    const handlers = present(this.#handlers, 'handlers')
    socket.on('data', (piece: Uint8Array) => {
      if (this.#isDestroyed) return
      // Of a Buffer `slice` is no copy, which whoever keeps bytes takes it for.
      const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)
      const pending = handlers.bytes(bytes)
      if (pending === undefined) return freeNow(bytes)
      socket.pause()
      void pending.finally(() => {
        freeNow(bytes)
        // Encrypted in between, it is another that reads.
        if (socket === this.#socket) socket.resume()
      })
    })
    socket.resume()
    if (this.#isClosed) queueMicrotask(() => handlers.closed(this.#closeReason()))
  }

  /** Whoever has said all hears nothing any more, in this protocol. */
  readonly #ended = (): void => {
    this.#isAnnounced = this.#tap?.hasEnded !== true
    this.#socket.end()
  }

  readonly #closed = (): void => {
    this.#isClosed = true
    for (const resolve of this.#sending) resolve()
    this.#sending.clear()
    this.#handlers?.closed(this.#closeReason())
  }

  #closeReason(): ClientCloseReason {
    if (this.#isDestroyed) return { kind: 'destroyed' }
    const problem = this.#problem ?? (this.#tap?.isCut === true ? CUT : undefined)
    if (problem !== undefined) return { kind: 'broken', problem }
    return { kind: 'ended', isAnnounced: this.#isAnnounced }
  }
}

/** Of any socket; what it reads waits until somebody receives it. */
export function clientStreamOf(socket: Socket): ClientStream {
  return new ClientSocket(socket)
}
