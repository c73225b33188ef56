/** The caller's side of a connection. */
import type { X509Certificate } from 'node:crypto'
import type { OnReadOpts } from 'node:net'
import {
  connect as tlsConnect,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
} from 'node:tls'

import { AnilloError } from '../base/errors.ts'
import { KIB } from '../base/limits.ts'
import type {
  ConnectOptions,
  Connection,
  Endpoint,
  StrangerConnection,
  StrangerOptions,
} from '../effects/net.ts'
import { memberStream, strangerStream, type EarlyBytes } from './byte-stream.ts'
import { fingerprintOf } from './crypto.ts'
import { errnoOf } from './listen-error.ts'
import { isSignedBy, proveMember } from './proven-peer.ts'
import { ALPN_MEMBER, ALPN_STRANGER, TLS_13, tlsContextOf } from './tls-context.ts'

export async function connect(options: ConnectOptions): Promise<Connection> {
  const { trusted, secureContext } = tlsContextOf(options.credentials)
  const early: EarlyBytes = { pieces: [], take: undefined }
  const onread = readingInto(new Uint8Array(RECORD_BYTES_MAX), early)
  const socket = await shakeHands(options, { protocol: ALPN_MEMBER, secureContext, onread })
  const proof = proveMember(socket.getPeerX509Certificate(), ...trusted)
  if (proof.kind === 'proved') return memberStream(socket, proof, early)
  socket.destroy()
  throw unreachable(options.endpoint, proof.problem)
}

export async function connectAsStranger(options: StrangerOptions): Promise<StrangerConnection> {
  const socket = await shakeHands(options, { protocol: ALPN_STRANGER, ...TLS_13 })
  const authority = authorityOf(socket.getPeerX509Certificate())
  if (authority !== undefined) return strangerStream(socket, fingerprintOf(authority))
  socket.destroy()
  throw unreachable(options.endpoint, 'it shows no authority that signed its certificate')
}

/** The authority that came along, if it did sign the certificate whose key the handshake proved. */
function authorityOf(leaf: X509Certificate | undefined): X509Certificate | undefined {
  const issuer = leaf?.issuerCertificate
  if (leaf === undefined || issuer === undefined) return undefined
  return issuer.ca && isSignedBy(leaf, issuer) ? issuer : undefined
}

/** A record of TLS holds at most so much plain text (RFC 8446, 5.1). */
const RECORD_BYTES_MAX = 16 * KIB

/**
 * Reads into one array again and again: an array for each record takes as much processor time as
 * all the rest. Only the calling side can: `node:tls` offers it for sockets that it opens itself.
 */
function readingInto(buffer: Uint8Array, early: EarlyBytes): OnReadOpts {
  return {
    buffer,
    callback: (length) => {
      const bytes = buffer.subarray(0, length)
      if (early.take === undefined) early.pieces.push(bytes.slice())
      else early.take(bytes)
      return true
    },
  }
}

interface Handshake extends SecureContextOptions {
  readonly protocol: string
  readonly secureContext?: SecureContext
  readonly onread?: OnReadOpts
}

/** Resolves after the handshake; who the other end is has still to be looked at. */
function shakeHands(options: StrangerOptions, handshake: Handshake): Promise<TLSSocket> {
  const { protocol, ...tls } = handshake
  const { endpoint, timeoutMs } = options
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
  const socket = tlsConnect({
    ...tls,
    host: endpoint.host,
    port: endpoint.port,
    ALPNProtocols: [protocol],
    // proven-peer.ts decides, on the certificate itself.
    rejectUnauthorized: false,
  })
  const timer = setTimeout(() => fail(`no handshake in ${timeoutMs} ms`), timeoutMs)
  const fail = (problem: string): void => {
    clearTimeout(timer)
    socket.destroy()
    reject(unreachable(endpoint, problem))
  }
  const failed = (error: Error): void => fail(errnoOf(error))
  const closed = (): void => fail('it closed the connection')
  socket.once('error', failed)
  socket.once('close', closed)
  socket.once('secureConnect', () => {
    if (socket.alpnProtocol !== protocol) return fail('it speaks another protocol')
    clearTimeout(timer)
    socket.off('error', failed).off('close', closed)
    resolve(socket)
  })
  return promise
}

function unreachable(endpoint: Endpoint, problem: string): AnilloError {
  const address = `${endpoint.host}:${endpoint.port}`
  return new AnilloError('RPC_UNREACHABLE', { address, problem })
}
