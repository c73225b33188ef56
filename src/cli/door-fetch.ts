/**
 * `fetch` for doors of a ring. A door beyond loopback shows a certificate of the ring's own
 * authority, which no system knows: the command line trusts the one in DATA, and the one that
 * ANILLO_CA names, a file or a fingerprint.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { AnilloError } from '../base/errors.ts'
import { memberPathsIn } from '../node/doors.ts'
import { authorityAt, certificatesIn, trustAuthorities } from '../platform/ring-trust.ts'
import { unreadableFile } from './given-file.ts'
import type { Io } from './io.ts'

type Fetch = (url: string, init: RequestInit) => Promise<Response>

const AUTHORITY = 'ca.pem'
/** SHA-256, as `openssl x509 -fingerprint -sha256` or a member writes it. */
const FINGERPRINT = /^(?:[0-9a-f]{2}:?){32}$/i

/** @throws AnilloError DOOR_NOT_TRUSTED, AUTHORITY_OTHER; and what `fetch` throws */
export function doorFetch(io: Io, dataPath: string): Fetch {
  const { ANILLO_CA: given = '' } = io.env
  const trusted = new Map<string, Promise<Trust>>()
  return async (url, init) => {
    const { origin, protocol } = new URL(url)
    if (protocol !== 'https:') return fetch(url, init)
    const trusting = trusted.get(origin) ?? trustFor(origin, { given, dataPath })
    trusted.set(origin, trusting)
    const { known } = await trusting
    try {
      return await fetch(url, init)
    } catch (thrown) {
      throw refusalOf(thrown, { address: origin, known }) ?? thrown
    }
  }
}

const HOW =
  '; ANILLO_CA=FILE or ANILLO_CA=FINGERPRINT names the authority of the ring ' +
  '(DATA/members/NAME/ca.pem of a member)'

interface Trust {
  /** Where the authority is known from; empty: nobody named one. */
  readonly known: string
}

async function trustFor(
  origin: string,
  { dataPath, given }: { readonly dataPath: string; readonly given: string },
): Promise<Trust> {
  if (FINGERPRINT.test(given)) {
    const { hostname, port } = new URL(origin)
    const at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || '443') }
    trustAuthorities([await authorityAt(at, given.replaceAll(':', '').toLowerCase())])
    return { known: 'ANILLO_CA' }
  }
  if (given !== '') {
    trustAuthorities(certificatesIn(await readGiven(given)))
    return { known: given }
  }
  const places = [dataPath, ...(await memberPathsIn(dataPath))].map((path) => join(path, AUTHORITY))
  const texts = await Promise.all(places.map((path) => readFile(path, 'utf8').catch(() => '')))
  const found = [...new Set(texts.flatMap(certificatesIn))]
  trustAuthorities(found)
  return { known: found.length === 0 ? '' : `that of ${dataPath}` }
}

/** @throws AnilloError USAGE */
async function readGiven(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    const { message } = unreadableFile(path, thrown)
    throw new AnilloError('USAGE', { problem: `ANILLO_CA: ${message}` }, { cause: thrown })
  }
}

/** Why TLS was given up; `undefined` where it was something else. */
function refusalOf(
  thrown: unknown,
  { address, known }: { readonly address: string; readonly known: string },
): AnilloError | undefined {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (!(cause instanceof Error) || !TLS_CODE.test(code)) return undefined
  if (known !== '' && UNKNOWN_AUTHORITY.has(code)) {
    return new AnilloError('AUTHORITY_OTHER', { address, known }, { cause })
  }
  const problem = namesProblem(cause) ?? `${cause.message}${known === '' ? HOW : ''}`
  return new AnilloError('DOOR_NOT_TRUSTED', { address, problem }, { cause })
}

/** Verification, as OpenSSL and Node name its failures. */
const TLS_CODE = /^(?:ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_)/

const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Node's own words leave the names out where the host is an address. */
function namesProblem(cause: Error): string | undefined {
  if (!('host' in cause) || !('cert' in cause)) return undefined
  const { cert, host } = cause
  if (typeof cert !== 'object' || cert === null || !('subjectaltname' in cert)) return undefined
  const names = String(cert.subjectaltname).replaceAll(/(?:DNS|IP Address):/g, '')
  return `its certificate is for ${names}, not for ${String(host)}`
}
