/** What a member signs with the key of its certificate, beside what TLS does with it. */
import type { MemberId, RingId } from '../base/ids.ts'

/** What a member's certificate says. */
export interface CertifiedMember {
  readonly ringId: RingId
  readonly memberId: MemberId
  /** Milliseconds since 1970. */
  readonly validFromMs: number
  readonly validUntilMs: number
}

/** ECDSA P-256 with SHA-256; signatures in DER (RFC 3279, 2.2.3). Texts are PEM. */
export interface MemberSignatures {
  /**
   * TLS uses the same key: what is signed begins with words of its own, which no message of TLS
   * and no certificate begins with.
   */
  sign(privateKeyPem: string, bytes: Uint8Array): Uint8Array
  /** `false` also for what is no signature or no certificate. */
  verify(certificatePem: string, bytes: Uint8Array, signature: Uint8Array): boolean
  /**
   * `undefined`: it is no member's certificate, or not of this authority, which must have signed
   * itself; or one of the two is not written as this ring writes certificates.
   */
  certified(certificatePem: string, authorityPem: string): CertifiedMember | undefined
}
