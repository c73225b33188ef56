/**
 * Certificates of a ring: an ECDSA P-256 authority of its own, and what it signs. All texts are
 * PEM.
 */
import type { MemberId, RingId } from '../base/ids.ts'
import type { MemberSignatures } from './member-signatures.ts'

export interface KeyAndCertificate {
  readonly privateKeyPem: string
  readonly certificatePem: string
}

export interface CertificateRequest {
  readonly privateKeyPem: string
  /** PKCS #10 (RFC 2986), signed with the new key. */
  readonly requestPem: string
}

export interface IssueOptions {
  readonly authority: KeyAndCertificate
  readonly requestPem: string
  readonly ringId: RingId
  /**
   * From the request's subject, checked by the caller; the certificate binds it (architecture 2.5).
   */
  readonly memberId: MemberId
  readonly validFromMs: number
  readonly validForMs: number
}

export interface IssueDoorOptions extends Omit<IssueOptions, 'memberId'> {
  /** DNS names and IP addresses by which clients come, at least one. */
  readonly names: readonly string[]
}

export interface Crypto extends MemberSignatures {
  makeAuthority(ringId: RingId, validFromMs: number): Promise<KeyAndCertificate>
  makeRequest(memberId: MemberId): Promise<CertificateRequest>
  /** The member that a request names, when its signature holds. @throws AnilloError BAD_REQUEST */
  readRequest(requestPem: string): Promise<MemberId>
  issue(options: IssueOptions): Promise<string>
  /**
   * For a door for clients: a server's certificate that names no member, so that it proves none to
   * members. @throws AnilloError BAD_REQUEST
   */
  issueDoor(options: IssueDoorOptions): Promise<string>
  /** SHA-256 of the certificate's DER, 64 hex digits: what a join token carries. */
  fingerprint(certificatePem: string): string
  /** HMAC-SHA-256, 64 hex digits. */
  mac(keyBytes: Uint8Array, text: string): string
}
