/**
 * Who stands at the other end of a TLS connection. The handshake has proved that it holds the key
 * of its certificate; here it is decided whether that certificate is one of this ring.
 *
 * The decision is ours alone, not OpenSSL's chain building: signed by this ring's authority, or
 * either of two while it changes from one to the other; subject `CN=<member id>, O=<ring id>`, and
 * no authority itself. Its dates are not looked at: between members enrolment decides, not dates
 * (architecture 7), so that a ring that slept all summer starts. Names of hosts play no part: a
 * member is its id, wherever it stands.
 */
import type { X509Certificate } from 'node:crypto'

import { parseMemberId, parseRingId } from '../base/ids.ts'
import type { PeerIdentity } from '../effects/net.ts'

export type Proof =
  | {
      readonly kind: 'proved'
      readonly peer: PeerIdentity
      /** Wall clock at which its certificate is out of date. */
      readonly untilMs: number
    }
  | { readonly kind: 'refused'; readonly problem: string }

/** `leaf` as the handshake proved it, `undefined` where the other end showed none. */
export function proveMember(
  leaf: X509Certificate | undefined,
  ...trusted: readonly X509Certificate[]
): Proof {
  if (leaf === undefined) return refused('it shows no certificate')
  const authority = trusted.find((one) => isSignedBy(leaf, one))
  if (authority === undefined) return refused('its certificate is not of this ring')
  if (leaf.ca) return refused('it shows the certificate of an authority')
  const subject = SUBJECT.exec(leaf.subject)
  const ring = RING.exec(authority.subject)
  if (subject === null || ring === null) return refused('its certificate names no member')
  if (subject[2] !== ring[1]) return refused('its certificate names another ring')
  const memberId = parseMemberId(subject[1] ?? '')
  const peer = { memberId, ringId: parseRingId(subject[2] ?? '') }
  return { kind: 'proved', peer, untilMs: Date.parse(leaf.validTo) }
}

export function isSignedBy(leaf: X509Certificate, authority: X509Certificate): boolean {
  return leaf.checkIssued(authority) && leaf.verify(authority.publicKey)
}

/** As `node:crypto` prints a subject: one attribute a line, in the order of the certificate. */
const SUBJECT = /^CN=([0-9a-f]{32})\nO=([0-9a-f]{32})$/
const RING = /(?:^|\n)O=([0-9a-f]{32})$/

function refused(problem: string): Proof {
  return { kind: 'refused', problem }
}
