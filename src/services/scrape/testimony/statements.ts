/** What a member says that it saw of a page, signed. */
import { base64Of } from '../../../base/base64.ts'
import { utf8 } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { MemberId, RingId } from '../../../base/ids.ts'
import type { Crypto } from '../../../effects/crypto.ts'
import type { MemberCredentials } from '../../../effects/net.ts'
import type { Page } from '../../../wire/api.ts'
import { headerText, statementText, type Statement } from '../../../wire/statement.ts'
import type { SignedStatement } from '../../../wire/testimony.ts'

/** Whose statements they are. */
export interface Signer {
  readonly crypto: Pick<Crypto, 'sign' | 'certified' | 'verify'>
  readonly ringId: RingId
  readonly memberId: MemberId
  /** As they are now: certificates are renewed. */
  readonly credentials: () => MemberCredentials
}

/** One request for witnesses, as each of them is told of it. */
export interface WitnessRequest {
  /** 64 hex digits, never used before. */
  readonly nonce: string
  /** How many were asked for. */
  readonly witnesses: number
}

/** What was downloaded, and when all had come: ms since 1970. */
export type Seen = Pick<
  Page,
  'finalUrl' | 'status' | 'headers' | 'hash' | 'bytes' | 'remoteAddress' | 'durationMs'
> & { readonly url: string; readonly receivedMs: number }

export interface SaidHere {
  readonly statement: SignedStatement
  /** That signed the certificate of the member; PEM. */
  readonly authority: string
}

export function sayHere(seen: Seen, request: WitnessRequest, signer: Signer): SaidHere {
  const { authorityPem, certificatePem, privateKeyPem } = signer.credentials()
  const text = statementText(statementOf(seen, request, signer))
  const signature = base64Of(signer.crypto.sign(privateKeyPem, utf8(text)))
  return { statement: { text, signature, certificate: certificatePem }, authority: authorityPem }
}

function statementOf(
  seen: Seen,
  { nonce, witnesses }: WitnessRequest,
  { memberId, ringId }: Signer,
): Statement {
  const { bytes, durationMs, finalUrl, hash, headers, receivedMs, remoteAddress, status, url } =
    seen
  const instant = (ms: number): string => new Date(Math.round(ms)).toISOString()
  return {
    ring: ringId,
    member: memberId,
    nonce,
    witnesses,
    url,
    finalUrl,
    status,
    contentSha256: hash,
    contentBytes: bytes,
    headersSha256: sha256Hex(headerText(headers)),
    address: remoteAddress,
    asked: instant(receivedMs - durationMs),
    received: instant(receivedMs),
  }
}
