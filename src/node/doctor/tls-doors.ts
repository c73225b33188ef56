/**
 * Doors beyond loopback, as a client meets them: a certificate in date, for the names by which
 * people come, of an authority that they can trust. And the files of one that a person put there.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { connect, getCACertificates, type TLSSocket } from 'node:tls'

import { DAY_MS, SECOND_MS } from '../../base/limits.ts'
import { certificatesIn } from '../../platform/ring-trust.ts'
import { isFor } from '../client-doors/door-papers.ts'
import type { Settings } from '../settings.ts'
import type { Findings } from './finding.ts'

/** A member renews one of the ring’s authority two weeks before its end. */
const DAYS_LEFT_MIN = 7
const CONNECT_MS_MAX = 5 * SECOND_MS

export interface TlsDoor {
  /** `https://NAME:PORT`, as others are told. */
  readonly url: string
  /** Of this machine: names need not lead here from here. */
  readonly addresses: readonly string[]
  /** The ring’s own, as PEM; during a rotation two. */
  readonly authoritiesPem: string
  /** Ms since 1970. */
  readonly nowMs: number
}

export async function examineTlsDoor(findings: Findings, door: TlsDoor): Promise<void> {
  const { nowMs, url } = door
  const { hostname } = new URL(url)
  const shown = await shownBelow(door)
  if (shown.certificate === undefined) {
    const text = `${url} does not answer as a door does: ${shown.problem}`
    findings.wrong('door', text, 'See the log of the member: what it says of its door.')
    return
  }
  const { certificate } = shown
  const isInDate = examineDates(findings, { certificate, nowMs, of: url, mend: RENEWS })
  examineNames(findings, certificate, [hostname.replace(/^\[|\]$/g, '')])
  if (isInDate) examineAuthority(findings, url, shown)
}

const RENEWS =
  'One of the ring is renewed by the member as soon as it reaches another: see its log. ' +
  'One that you gave (httpCertificate): put a newer one in its place.'

/** Certificate and key that `settings.json` or the environment names, whether or not one runs. */
export async function examineGivenPapers(
  findings: Findings,
  settings: Pick<Settings, 'httpCertificate' | 'httpKey' | 'httpNames'>,
  nowMs: number,
): Promise<void> {
  const { httpCertificate: path, httpKey, httpNames } = settings
  if (path === '' || httpKey === '') return
  const mend = `Put another one in its place: ${path}`
  try {
    const certificate = new X509Certificate(await readFile(path))
    examineDates(findings, { certificate, nowMs, of: path, mend })
    const names = httpNames.split(',').filter((name) => name !== '')
    examineNames(findings, certificate, names)
    const key = createPrivateKey(await readFile(httpKey))
    if (certificate.checkPrivateKey(key)) return
    findings.wrong('door.key', `${httpKey} is not the key of ${path}`, 'Put the right pair there.')
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown)
    const text = `the door’s certificate or its key cannot be read: ${problem}`
    findings.wrong('door.key', text, `Look at ${path} and ${httpKey}: both are PEM files.`)
  }
}

interface Dated {
  readonly certificate: X509Certificate
  readonly nowMs: number
  /** Where it was found. */
  readonly of: string
  readonly mend: string
}

/** @returns whether it holds now */
function examineDates(findings: Findings, { certificate, mend, nowMs, of }: Dated): boolean {
  const [fromMs, untilMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  const until = new Date(untilMs).toISOString().slice(0, 10)
  if (fromMs > nowMs) {
    const text = `the certificate of ${of} is not valid yet: a clock is wrong`
    findings.wrong('door.dates', text, 'Set the clocks (timedatectl set-ntp true).')
  } else if (untilMs <= nowMs) {
    findings.wrong('door.dates', `the certificate of ${of} ended on ${until}`, mend)
  } else if (untilMs - nowMs < DAYS_LEFT_MIN * DAY_MS) {
    findings.notice('door.dates', `the certificate of ${of} ends on ${until}`, mend)
  } else findings.ok('door.dates', `the certificate of ${of} lasts until ${until}`)
  return fromMs <= nowMs && untilMs > nowMs
}

function examineNames(
  findings: Findings,
  certificate: X509Certificate,
  names: readonly string[],
): void {
  const missing = names.filter((name) => !isFor(certificate, name))
  if (missing.length === 0) return
  const text = `the door’s certificate is not for ${missing.join(', ')}, by which people come`
  const named = certificate.subjectAltName ?? 'no name'
  const advice = `It is for ${named}. Give one that names them, or mend httpNames.`
  findings.wrong('door.names', text, advice)
}

function examineAuthority(findings: Findings, url: string, { by, problem }: Shown): void {
  if (by === 'system') {
    return findings.ok('door.authority', `${url} is trusted by every client`)
  }
  if (by !== undefined) {
    const how = `clients trust it by ANILLO_CA=${by.fingerprint}`
    return findings.ok('door.authority', `${url} shows the ring’s own authority: ${how}`)
  }
  const text = `${url} is trusted by no client without being told: ${problem}`
  const advice = 'Give clients its authority (ANILLO_CA=FILE), or the door its whole chain.'
  findings.notice('door.authority', text, advice)
}

interface Shown {
  /** `undefined`: nobody shows one. */
  readonly certificate?: X509Certificate
  /** Whose authority vouches for it; `undefined`: nobody’s that is known here. */
  readonly by?: 'system' | { readonly fingerprint: string }
  readonly problem?: string
}

/** At the first address where one is shown. */
async function shownBelow({ addresses, authoritiesPem, url }: TlsDoor): Promise<Shown> {
  const { hostname, port } = new URL(url)
  const name = hostname.replace(/^\[|\]$/g, '')
  const ring = certificatesIn(authoritiesPem)
  let shown: Shown = { problem: 'this machine is on no network' }
  for (const host of addresses) {
    shown = await shownAt({ host, name, port: Number(port || '443') }, ring)
    if (shown.certificate !== undefined) break
  }
  return shown
}

interface Place {
  readonly host: string
  readonly port: number
  /** By which people come. */
  readonly name: string
}

/** Names and authority are looked at apart, so that each is told for itself. */
async function shownAt({ host, name, port }: Place, ring: readonly string[]): Promise<Shown> {
  const socket = connect({
    host,
    port,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ca: [...getCACertificates('default'), ...ring],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_MS_MAX) })
    return shownBy(socket, ring)
  } catch (thrown) {
    return { problem: thrown instanceof Error ? thrown.message : String(thrown) }
  } finally {
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

function shownBy(socket: TLSSocket, ring: readonly string[]): Shown {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return { problem: 'it shows no certificate' }
  if (!socket.authorized) {
    const error: unknown = socket.authorizationError
    return { certificate, problem: error instanceof Error ? error.message : String(error) }
  }
  const own = ring
    .map((pem) => new X509Certificate(pem))
    .find((authority) => certificate.verify(authority.publicKey))
  return { certificate, by: own === undefined ? 'system' : { fingerprint: own.fingerprint256 } }
}
