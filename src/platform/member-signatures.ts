/** Signatures with the keys of members' certificates, by `node:crypto`. */
import { createPrivateKey, sign, verify, X509Certificate } from 'node:crypto'

import type { CertifiedMember, MemberSignatures } from '../effects/member-signatures.ts'
import { isSignedBy, proveMember } from './proven-peer.ts'

const HASH = 'sha256'

export function memberSignatures(): MemberSignatures {
  return {
    sign: (privateKeyPem, bytes) =>
      new Uint8Array(sign(HASH, bytes, { key: createPrivateKey(privateKeyPem) })),
    verify(certificatePem, bytes, signature) {
      const certificate = written(certificatePem)
      // Whoever has an elliptic curve key of another kind is no member.
      return certificate !== undefined && verify(HASH, bytes, certificate.publicKey, signature)
    },
    certified,
  }
}

function certified(certificatePem: string, authorityPem: string): CertifiedMember | undefined {
  const authority = written(authorityPem)
  const certificate = written(certificatePem)
  if (authority === undefined || certificate === undefined) return undefined
  if (!authority.ca || !isSignedBy(authority, authority)) return undefined
  const proof = proveMember(certificate, authority)
  if (proof.kind !== 'proved') return undefined
  // RFC 5280, 6.1.3: each certificate of the path must have been valid.
  const validFromMs = Math.max(...[certificate, authority].map((one) => Date.parse(one.validFrom)))
  const validUntilMs = Math.min(proof.untilMs, Date.parse(authority.validTo))
  return { ...proof.peer, validFromMs, validUntilMs }
}

/** In the one spelling: PEM may hold blanks and lines that nobody reads. */
function written(pem: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem)
    return certificate.toString() === pem ? certificate : undefined
  } catch {
    return undefined
  }
}
