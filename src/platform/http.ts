/**
 * One request to one given address. The socket is opened here, before HTTP knows of it, so that no
 * name is looked up again on the way; what it says of its other end is compared with what was asked
 * before a byte is sent. It is the request’s own, or one that an earlier request to the same name
 * at the same address is done with.
 */
import {
  request as plainRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { request as tlsRequest } from 'node:https'
import { BlockList, connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

import { AnilloError } from '../base/errors.ts'
import { KIB } from '../base/limits.ts'
import type { HttpClient, IncomingResponse, OutgoingRequest } from '../effects/http.ts'
import { PinnedAgents, type Pinned } from './pinned-agent.ts'

export interface HttpClientOptions {
  /** PEM authorities to trust instead of the public ones. */
  readonly authorities?: readonly string[]
}

export function createPlatformHttp(options: HttpClientOptions = {}): HttpClient {
  const agents = new PinnedAgents()
  return {
    async request(request) {
      for (;;) {
        throwIfAborted(request.signal)
        const open = (): Promise<Socket> => openSocket(request, options)
        const how = request.keepsAlive === true ? shared(request, agents, open) : await own(open)
        const exchanged = await exchange(request, how)
        if (exchanged === 'stale') continue
        try {
          return respond(exchanged.message, { request, socket: exchanged.socket })
        } catch (thrown) {
          exchanged.socket.destroy()
          throw thrown
        }
      }
    },
  }
}

/** How a request comes by its connection, as Node wants to be told. */
type Connecting = Pick<RequestOptions, 'agent' | 'createConnection'> & Partial<Pinned>

async function own(open: () => Promise<Socket>): Promise<Connecting> {
  const socket = await open()
  return { createConnection: () => socket }
}

function shared(
  { address, url }: OutgoingRequest,
  agents: PinnedAgents,
  openSocket: () => Promise<Socket>,
): Connecting {
  return {
    agent: agents.of(url.protocol),
    pinnedTo: `${url.origin} ${address.address}`,
    openSocket,
  }
}

/** Resolves once connected (TLS: and verified). Nothing has been sent to the site then. */
function openSocket(request: OutgoingRequest, options: HttpClientOptions): Promise<Socket> {
  const { address, url, signal } = request
  const isTls = url.protocol === 'https:'
  const host = url.hostname
  const target = { host: address.address, family: address.family, port: portOf(url) }
  const socket = isTls
    ? connectTls({
        ...target,
        // Server names are names (RFC 6066, 3); a certificate for an address is matched by `host`.
        servername: isIP(host.replace(/^\[|\]$/g, '')) === 0 ? host : '',
        ALPNProtocols: ['http/1.1'],
        ...(options.authorities === undefined ? {} : { ca: [...options.authorities] }),
      })
    : connectPlain(target)
  return new Promise((resolve, reject) => {
    const fail = (error: AnilloError): void => {
      finish()
      socket.destroy()
      // A socket that was given up may fail once more while it closes.
      socket.on('error', () => undefined)
      reject(error)
    }
    const failed = (error: Error): void => fail(connectError(error, host))
    const aborted = (): void => fail(abortReason(signal))
    const timer = setTimeout(() => {
      fail(
        new AnilloError('FETCH_TIMEOUT', {
          host,
          phase: 'connect',
          limitMs: request.connectTimeoutMs,
        }),
      )
    }, request.connectTimeoutMs)
    const connected = (): void => {
      if (!isSameAddress(socket.remoteAddress ?? '', address.address)) {
        fail(new AnilloError('FETCH_BROKEN', { host, problem: 'the connection ended elsewhere' }))
        return
      }
      finish()
      resolve(socket)
    }
    const finish = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.off('error', failed)
    }
    signal.addEventListener('abort', aborted, { once: true })
    socket.on('error', failed)
    socket.once(isTls ? 'secureConnect' : 'connect', connected)
  })
}

/**
 * Sends the request and waits for the headers of the answer. `stale`: the connection of an earlier
 * request was closed by the site meanwhile.
 */
function exchange(
  request: OutgoingRequest,
  how: Connecting,
): Promise<{ readonly message: IncomingMessage; readonly socket: Socket } | 'stale'> {
  const { url, signal } = request
  const host = url.hostname
  const outgoing = prepare(request, how)
  return new Promise((resolve, reject) => {
    let isAnswered = false
    let isOver = false
    const fail = (error: AnilloError): void => {
      // What comes behind a whole answer (a length told too small) is an error of the request; to
      // destroy it would throw away the body that waits to be read. A body cut short tells itself.
      if (isAnswered) return
      isOver = true
      finish()
      outgoing.destroy()
      reject(error)
    }
    const aborted = (): void => fail(abortReason(signal))
    let timer: NodeJS.Timeout | undefined
    const late = (): void => {
      const limitMs = request.headersTimeoutMs
      fail(new AnilloError('FETCH_TIMEOUT', { host, phase: 'headers', limitMs }))
    }
    const finish = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
    }
    signal.addEventListener('abort', aborted, { once: true })
    // To connect has a limit of its own.
    outgoing.once('socket', () => {
      timer = setTimeout(late, request.headersTimeoutMs)
      if (isOver) clearTimeout(timer)
    })
    // Stays: a request that was given up may fail once more while it closes.
    outgoing.on('error', (error) => {
      if (isStale(error, outgoing) && !isAnswered && !isOver) {
        finish()
        resolve('stale')
      } else fail(exchangeError(error, request))
    })
    let provisional = 0
    outgoing.on('information', () => {
      provisional++
      if (provisional <= PROVISIONAL_MAX) return
      fail(new AnilloError('FETCH_BROKEN', { host, problem: 'provisional answers without end' }))
    })
    outgoing.once('upgrade', () => {
      fail(
        new AnilloError('FETCH_BROKEN', {
          host,
          problem: 'it switches to another protocol, unasked',
        }),
      )
    })
    outgoing.once('response', (response) => {
      isAnswered = true
      finish()
      // The body may fail before anybody reads it; the reader is told by the stream itself.
      response.on('error', () => undefined)
      resolve({ message: response, socket: response.socket })
    })
    outgoing.end(request.body)
  })
}

/** Answers 1xx before the one that counts: a site sends one or two (RFC 9110, 15.2; RFC 8297). */
const PROVISIONAL_MAX = 20

/** It was used before, and fails as one that the other side has closed. */
function isStale(error: Error, { reusedSocket }: ClientRequest): boolean {
  return reusedSocket && (codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE')
}

function prepare(request: OutgoingRequest, how: Connecting): ClientRequest {
  const { url } = request
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest
  const options = {
    method: request.method,
    host: url.hostname,
    path: `${url.pathname}${url.search}`,
    headers: request.headers.flat(),
    setDefaultHeaders: false,
    ...how,
    maxHeaderSize: request.headerBytesMax,
    insecureHTTPParser: false,
  }
  const outgoing = send(options)
  // Zero is no limit: past a limit node would drop headers without a word, so they are counted
  // below.
  outgoing.maxHeadersCount = 0
  return outgoing
}

interface Exchanged {
  readonly request: OutgoingRequest
  readonly socket: Socket
}

function respond(message: IncomingMessage, { request, socket }: Exchanged): IncomingResponse {
  const headers = pairs(message.rawHeaders)
  const host = request.url.hostname
  if (headers.length > request.headersCountMax) {
    throw new AnilloError('FETCH_TOO_LARGE', {
      host,
      limit: `${String(request.headersCountMax)} headers`,
    })
  }
  const letGo = closeOnAbort(message, { request, socket })
  return {
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? '',
    httpVersion: message.httpVersion,
    headers,
    remoteAddress: socket.remoteAddress ?? request.address.address,
    body: readBody(message, { request, socket, letGo }),
  }
}

async function* readBody(
  message: IncomingMessage,
  { letGo, request, socket }: Exchanged & { readonly letGo: () => void },
): AsyncGenerator<Uint8Array> {
  const { keepsAlive = false, signal, url } = request
  let isWhole = false
  try {
    throwIfAborted(signal)
    for await (const piece of message) yield piece as Uint8Array
    isWhole = message.complete
  } catch (thrown) {
    throwIfAborted(signal)
    const problem = 'the answer broke off'
    throw new AnilloError('FETCH_BROKEN', { host: url.hostname, problem }, { cause: thrown })
  } finally {
    letGo()
    message.destroy()
    // Whoever has it by now goes on with it.
    if (!isWhole || !keepsAlive) socket.destroy()
  }
  // Destroyed by the abort, a stream may also end as if all had come.
  throwIfAborted(signal)
}

/**
 * From now on an abort closes the connection, also when nobody reads the body. @returns how to end
 * that
 */
function closeOnAbort(message: IncomingMessage, { request, socket }: Exchanged): () => void {
  const close = (): void => {
    message.destroy()
    socket.destroy()
  }
  const letGo = (): void => {
    request.signal.removeEventListener('abort', close)
    socket.off('close', letGo)
  }
  request.signal.addEventListener('abort', close, { once: true })
  socket.once('close', letGo)
  return letGo
}

function pairs(rawHeaders: readonly string[]): (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? ''])
  return headers
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

/** An IPv4 address may be told in its mapped form (`::ffff:a.b.c.d`). */
function isSameAddress(told: string, asked: string): boolean {
  if (told === asked) return true
  const family = isIP(asked) === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  list.addAddress(asked, family)
  return isIP(told) !== 0 && list.check(told, isIP(told) === 6 ? 'ipv6' : 'ipv4')
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortReason(signal)
}

function abortReason(signal: AbortSignal): AnilloError {
  const reason: unknown = signal.reason
  return reason instanceof AnilloError
    ? reason
    : new AnilloError('RPC_CANCELLED', { method: 'download' })
}

/** Nobody listens, or nobody can be reached. */
const REFUSED_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'ENETDOWN',
  'EHOSTDOWN',
])
/** Verification, as OpenSSL and Node name its failures. */
const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|ERR_OSSL|EPROTO|INVALID_)/

function connectError(error: Error, host: string): AnilloError {
  const code = codeOf(error)
  const options = { cause: error }
  if (REFUSED_CODES.has(code)) return new AnilloError('FETCH_REFUSED', { host }, options)
  if (code === 'ETIMEDOUT')
    return new AnilloError('FETCH_TIMEOUT', { host, phase: 'connect', limitMs: 0 }, options)
  if (TLS_CODE.test(code))
    return new AnilloError('FETCH_TLS', { host, problem: tlsProblem(error, code) }, options)
  return new AnilloError('FETCH_BROKEN', { host, problem: code || 'connection lost' }, options)
}

/** Without OpenSSL's internals; the rest of Node's texts is names, of which there may be many. */
function tlsProblem(error: Error, code: string): string {
  const isProtocol = code === 'EPROTO' || code.startsWith('ERR_SSL')
  if (isProtocol) return 'no TLS is spoken there, or none that is safe'
  return error.message.slice(0, PROBLEM_CHARACTERS_MAX)
}

const PROBLEM_CHARACTERS_MAX = 200

function exchangeError(error: Error, request: OutgoingRequest): AnilloError {
  // Of connecting, where that is done on the way.
  if (error instanceof AnilloError) return error
  const host = request.url.hostname
  const code = codeOf(error)
  if (code === 'HPE_HEADER_OVERFLOW') {
    const limit = `${String(request.headerBytesMax / KIB)} KiB of headers`
    return new AnilloError('FETCH_TOO_LARGE', { host, limit }, { cause: error })
  }
  const problem = code.startsWith('HPE_')
    ? error.message
    : 'the connection was closed without an answer'
  return new AnilloError('FETCH_BROKEN', { host, problem }, { cause: error })
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
