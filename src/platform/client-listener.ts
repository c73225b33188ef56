/**
 * HTTP servers for clients, with a bound on their connections. Each costs a file descriptor, and a
 * process that has none left can neither write its log nor take what members send it.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'

import type { Log } from '../effects/log.ts'
import { TlsFront } from './tls-front.ts'

/** In all, whatever the machine would bear: one that is idle takes about 12 KiB. */
const CONNECTIONS_MAX = 4_096

/** Of the process's open files; the others are for members, logs, databases and chunks. */
const SHARE_OF_OPEN_FILES = 0.5

/** What one address may hold of the connections, so that there are some for others. */
const SHARE_OF_ONE_REMOTE = 0.75

/** So many above the bound are told that there are too many; those beyond are closed at once. */
const REFUSED_AT_ONCE_MAX = 256
const REFUSED_SHARE_OF_OPEN_FILES = 0.125

/** One above the bound that asks nothing is closed. */
const REFUSED_TIMEOUT_MS = 2_000

/** Looks for requests that take too long, within the time that one may take. */
const REQUEST_LOOKS = 3

/** Where the system does not say: the least that any gives. */
const OPEN_FILES_DEFAULT = 1_024

export interface HttpTimeouts {
  readonly keepAliveMs: number
  readonly requestMs: number
  readonly stallMs: number
}

export interface ClientListenerOptions {
  readonly log: Pick<Log, 'warn'>
  readonly connectionsMax?: number
}

export class ClientListener {
  readonly connectionsMax: number
  readonly #perRemoteMax: number
  readonly #refusedMax: number
  readonly #log: Pick<Log, 'warn'>
  readonly #remotes = new Map<string, number>()
  readonly #over = new WeakSet<object>()
  #connections = 0

  constructor({ log, connectionsMax }: ClientListenerOptions) {
    this.#log = log
    const files = openFilesMax()
    const share = Math.floor(files * SHARE_OF_OPEN_FILES)
    this.connectionsMax = connectionsMax ?? Math.min(CONNECTIONS_MAX, share)
    this.#refusedMax = Math.min(
      REFUSED_AT_ONCE_MAX,
      Math.floor(files * REFUSED_SHARE_OF_OPEN_FILES),
    )
    this.#perRemoteMax = Math.ceil(this.connectionsMax * SHARE_OF_ONE_REMOTE)
  }

  /** Open ones of all servers made here. */
  get connections(): number {
    return this.#connections
  }

  /** A connection above the bound: what it asks is to be refused, and it is to be closed. */
  isOver(socket: object): boolean {
    return this.#over.has(socket)
  }

  /** @param mayUpgrade whether Node is to tell of it (`upgrade`); all others are plain requests */
  readonly makeServer = (
    handler: RequestListener,
    timeouts: HttpTimeouts,
    mayUpgrade: (request: IncomingMessage) => boolean = () => false,
  ): Server => {
    const connectionsCheckingInterval = timeouts.requestMs / REQUEST_LOOKS
    const options = { connectionsCheckingInterval, shouldUpgradeCallback: mayUpgrade }
    const server = createServer(options, handler)
    server.keepAliveTimeout = timeouts.keepAliveMs
    server.requestTimeout = timeouts.requestMs
    // Where this one is longer, Node lets a body take as long as it likes.
    server.headersTimeout = timeouts.requestMs
    server.setTimeout(timeouts.stallMs)
    server.on('connection', (socket) => this.#opened(socket))
    // A connection that could not be accepted is its client's loss, not the end of the member.
    server.on('error', (error) => this.#log.warn('a door could not take a connection', { error }))
    return server
  }

  /**
   * A further way to a server made here, for clients beyond loopback: by TLS alone. What arrives is
   * counted as all others are, once its handshake is done.
   */
  tlsFront(server: Server): TlsFront {
    return new TlsFront({ log: this.#log, secured: (socket) => server.emit('connection', socket) })
  }

  #opened(socket: Socket): void {
    const remote = socket.remoteAddress ?? ''
    const ofRemote = (this.#remotes.get(remote) ?? 0) + 1
    this.#remotes.set(remote, ofRemote)
    this.#connections++
    socket.once('close', () => this.#closed(remote))
    const above = Math.max(this.#connections - this.connectionsMax, ofRemote - this.#perRemoteMax)
    if (above > this.#refusedMax) {
      socket.destroy()
    } else if (above > 0) {
      this.#over.add(socket)
      socket.setTimeout(REFUSED_TIMEOUT_MS)
    }
  }

  #closed(remote: string): void {
    this.#connections--
    const left = (this.#remotes.get(remote) ?? 1) - 1
    if (left === 0) this.#remotes.delete(remote)
    else this.#remotes.set(remote, left)
  }
}

/** How many files and connections the system lets this process have open. */
export function openFilesMax(): number {
  const soft = softLimitOfLinux() ?? softLimitOfReport()
  if (soft === 'unlimited') return Infinity
  return typeof soft === 'number' ? soft : OPEN_FILES_DEFAULT
}

const OPEN_FILES_LINE = /^Max open files\s+(\d+|unlimited)/m

/**
 * Read where the system says it: Node's report waits for all threads, which are busy at a start.
 */
function softLimitOfLinux(): number | 'unlimited' | undefined {
  let limits: string
  try {
    limits = readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return undefined
  }
  const told = OPEN_FILES_LINE.exec(limits)?.[1]
  return told === undefined || told === 'unlimited' ? told : Number(told)
}

function softLimitOfReport(): unknown {
  // The one way to ask on every system.
  Object.assign(process.report, { excludeNetwork: true })
  const report: unknown = process.report.getReport()
  const limits = fieldOf(report, 'userLimits')
  return fieldOf(fieldOf(limits, 'open_files'), 'soft')
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, name)?.value
}
