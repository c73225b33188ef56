/**
 * Trust in a ring's own authority, for programs that speak with its doors by the platform's
 * `fetch`, which takes its authorities from the process.
 */
import type { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls'

import { AnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Endpoint } from '../effects/net.ts'
import { fingerprintOf, readCertificate } from './crypto.ts'
import { errnoOf } from './listen-error.ts'
import { TLS_13 } from './tls-context.ts'

const CONNECT_MS_MAX = 5 * SECOND_MS

/** Beside those that are trusted already, for all connections of this process from now on. */
export function trustAuthorities(certificatesPem: readonly string[]): void {
  for (const pem of certificatesPem) readCertificate(pem)
  setDefaultCACertificates([...getCACertificates('default'), ...certificatesPem])
}

/** Of a file that may hold several. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
}

/**
 * The authority with this fingerprint, as the door shows it beside its own certificate. Nothing is
 * sent over this connection, and nothing that it says but the authority is believed.
 * @param fingerprint SHA-256, 64 lower-case hex digits
 * @throws AnilloError AUTHORITY_OTHER where another authority stands there, RPC_UNREACHABLE
 */
export async function authorityAt({ host, port }: Endpoint, fingerprint: string): Promise<string> {
  const address = `${host}:${port}`
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const socket = connect({ host, port, ...servername, ...TLS_13, rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_MS_MAX) })
    let shown = socket.getPeerX509Certificate()
    while (shown !== undefined) {
      if (fingerprintOf(shown) === fingerprint && shown.ca) return shown.toString()
      shown = issuerOf(shown)
    }
  } catch (cause) {
    const problem = errnoOf(cause)
    throw new AnilloError('RPC_UNREACHABLE', { address, problem }, { cause })
  } finally {
    socket.on('error', () => undefined)
    socket.destroy()
  }
  throw new AnilloError('AUTHORITY_OTHER', { address, known: fingerprint })
}

/** The next in the chain; an authority that signed itself is the last. */
function issuerOf(certificate: X509Certificate): X509Certificate | undefined {
  const issuer = certificate.issuerCertificate
  return issuer === undefined || issuer.fingerprint256 === certificate.fingerprint256
    ? undefined
    : issuer
}
