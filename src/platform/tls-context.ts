/** What `node:tls` needs of a member's credentials, made once for each set of them. */
import type { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'

import type { MemberCredentials } from '../effects/net.ts'
import { readCertificate } from './crypto.ts'

/**
 * Protocol names of the one port (RFC 7301): a member's, and a newcomer's that asks to be enrolled.
 */
export const ALPN_MEMBER = 'anillo/1'
export const ALPN_STRANGER = 'anillo-enrol/1'

export interface TlsContext {
  /** The member's own first. */
  readonly trusted: readonly [X509Certificate, ...X509Certificate[]]
  readonly options: SecureContextOptions
  readonly secureContext: SecureContext
}

const contexts = new WeakMap<MemberCredentials, TlsContext>()

/** @throws AnilloError BAD_REQUEST when the authority's certificate cannot be read */
export function tlsContextOf(credentials: MemberCredentials): TlsContext {
  const known = contexts.get(credentials)
  if (known !== undefined) return known
  const options = contextOptions(credentials)
  const made = {
    trusted: [
      readCertificate(credentials.authorityPem),
      ...(credentials.alsoTrustedPems ?? []).map(readCertificate),
    ] as const,
    options,
    secureContext: createSecureContext(options),
  }
  contexts.set(credentials, made)
  return made
}

function contextOptions(credentials: MemberCredentials): SecureContextOptions {
  return {
    ...TLS_13,
    key: credentials.privateKeyPem,
    // The authority's own goes along: a newcomer compares its fingerprint with the one in its
    // token.
    cert: `${credentials.certificatePem.trimEnd()}\n${credentials.authorityPem}`,
    ca: [credentials.authorityPem, ...(credentials.alsoTrustedPems ?? [])],
  }
}

/** AES-128-GCM first: the fastest with AES instructions, and as strong as P-256. */
export const TLS_13: SecureContextOptions = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
}
