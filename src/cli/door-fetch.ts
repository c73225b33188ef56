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
import { line, type Io } from './io.ts'

type Fetch = (url: string, init: RequestInit) => Promise<Response>

const AUTHORITY = 'ca.pem'
/** SHA-256, as `openssl x509 -fingerprint -sha256` or a member writes it. */
const FINGERPRINT = /^(?:[0-9a-f]{2}:?){32}$/i

export function doorFetch(io: Io, dataPath: string): Fetch {
  const { ANILLO_CA: given = '' } = io.env
  const trusted = new Map<string, Promise<void>>()
  let isTold = false
  return async (url, init) => {
    const { origin, protocol } = new URL(url)
    if (protocol !== 'https:') return fetch(url, init)
    const trust = trusted.get(origin) ?? trustFor(origin, { given, dataPath })
    trusted.set(origin, trust)
    try {
      await trust
      return await fetch(url, init)
    } catch (thrown) {
      const why = refusalIn(thrown)
      // A door that is not trusted is passed over like one that is down: a person must hear of it.
      if (why !== undefined && !isTold) {
        isTold = true
        line(io.err, `anillo: ${origin} is not trusted: ${why}${given === '' ? HOW : ''}`)
      }
      throw thrown
    }
  }
}

const HOW =
  '; ANILLO_CA=FILE or ANILLO_CA=FINGERPRINT names the authority of the ring (ca.pem in its DATA)'

async function trustFor(
  origin: string,
  { dataPath, given }: { readonly dataPath: string; readonly given: string },
): Promise<void> {
  if (FINGERPRINT.test(given)) {
    const { hostname, port } = new URL(origin)
    const at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || '443') }
    trustAuthorities([await authorityAt(at, given.replaceAll(':', '').toLowerCase())])
  } else if (given !== '') {
    trustAuthorities(certificatesIn(await readGiven(given)))
  } else {
    const places = [dataPath, ...(await memberPathsIn(dataPath))].map((path) =>
      join(path, AUTHORITY),
    )
    const texts = await Promise.all(places.map((path) => readFile(path, 'utf8').catch(() => '')))
    trustAuthorities([...new Set(texts.flatMap(certificatesIn))])
  }
}

/** @throws AnilloError USAGE */
async function readGiven(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    const problem = `ANILLO_CA: ${thrown instanceof Error ? thrown.message : String(thrown)}`
    throw new AnilloError('USAGE', { problem })
  }
}

/** Why TLS was given up; `undefined` where it was something else. */
function refusalIn(thrown: unknown): string | undefined {
  if (thrown instanceof AnilloError) return thrown.message
  const cause = thrown instanceof Error ? thrown.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return TLS_CODE.test(code) && cause instanceof Error ? cause.message : undefined
}

/** Verification, as OpenSSL and Node name its failures. */
const TLS_CODE = /^(?:ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_)/
