/** Headers that every answer of a door bears. No page of anillo has inline script or style. */
import type { FastifyInstance } from 'fastify'

import { isFromBeyond, urlHost, type Beyond } from './beyond.ts'
import type { RawRequest } from './guards.ts'

const LOOPBACK_DOORS = 'http://localhost:* http://127.0.0.1:*'

/** @param connected doors that the page may call beside its own; `framed`: that show the archive */
function pagePolicy(connected: string, framed: string): string {
  return [
    "default-src 'self'",
    `connect-src 'self'${connected}`,
    // A PDF that somebody stored is given to the browser's viewer as a blob of that type.
    `frame-src ${framed} blob:`,
    `img-src 'self' data:${connected}`,
    `media-src 'self'${connected}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/**
 * The description of the API, as Swagger UI shows it: it brings a style sheet inline, and
 * draws its pictures from `data:`. Scripts are files of this door only.
 */
export const DESCRIPTION_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * An answer with what strangers wrote: no script, nothing loaded from anywhere, an origin of its
 * own even when it is opened by itself.
 */
function replayPolicy(framing: string): string {
  return [
    'sandbox',
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    `frame-ancestors ${framing}`,
  ].join('; ')
}

/**
 * An archived page with what it shows: no origin at all, and nothing but the archive to speak to.
 * In a frame of this door, whose own policy holds it there, its scripts run.
 * @param door origin of the replay door
 */
export function archivedPolicy(door: string, framing: string, hasScripts: boolean): string {
  return [
    hasScripts ? 'sandbox allow-scripts allow-forms' : 'sandbox allow-forms',
    "default-src 'none'",
    ...(hasScripts ? [`script-src ${door} 'unsafe-inline' 'unsafe-eval' blob: data:`] : []),
    `style-src ${door} 'unsafe-inline' data: blob:`,
    `img-src ${door} data: blob:`,
    `font-src ${door} data: blob:`,
    `media-src ${door} data: blob:`,
    `object-src ${door} data: blob:`,
    `connect-src ${door} data: blob:`,
    `frame-src ${door} data: blob:`,
    `form-action ${door}`,
    `base-uri ${door}`,
    `frame-ancestors ${framing}`,
  ].join('; ')
}

/** Bytes of others on the API's origin: to be saved or read by script, never shown. */
export const DOWNLOAD_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

/**
 * What somebody stored, on the API's origin: pictures, sound and films are shown, a document is
 * drawn without script, without forms, and as of an origin of its own.
 */
export const STORED_FILE_POLICY = [
  'sandbox',
  "default-src 'none'",
  "img-src 'self' data:",
  "media-src 'self'",
  "style-src 'unsafe-inline'",
  "frame-ancestors 'self'",
].join('; ')

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const

/** Which policy an answer bears that brings none of its own. */
export type DoorKind = 'page' | 'replay'

type Standing = Readonly<Record<string, string>>

const ON_LOOPBACK: Readonly<Record<DoorKind, Standing>> = {
  // The page's own origin, and the other members' doors on this machine.
  page: standing(pagePolicy(` ${LOOPBACK_DOORS}`, LOOPBACK_DOORS)),
  replay: standing(replayPolicy(LOOPBACK_DOORS)),
}

/** A year (RFC 6797). Without `includeSubDomains`: other names are not this door's to speak for. */
const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000' } as const

function standing(policy: string): Standing {
  return { 'content-security-policy': policy, ...ALWAYS }
}

function doorsOf(names: readonly string[]): string {
  return names.map((name) => `https://${urlHost(name)}:*`).join(' ')
}

/** Which pages may show the archive in a frame: those of doors that who asks can reach. */
export function framingOf(request: Pick<RawRequest, 'socket'>, { names }: Beyond): string {
  return isFromBeyond(request) ? doorsOf(names()) : LOOPBACK_DOORS
}

/**
 * What every answer bears. Beyond loopback nothing in it tells of other members: the page there
 * calls its own door, and shows the archive from the same host.
 */
export function standingHeaders(
  kind: DoorKind,
  { names }: Beyond,
): (request: Pick<RawRequest, 'socket'>) => Standing {
  let known: readonly string[] = []
  let beyond: Standing = ON_LOOPBACK[kind]
  return (request) => {
    if (!isFromBeyond(request)) return ON_LOOPBACK[kind]
    const current = names()
    if (current !== known) {
      const doors = doorsOf(current)
      const policy = kind === 'page' ? pagePolicy('', doors) : replayPolicy(doors)
      beyond = { ...standing(policy), ...STRICT_TRANSPORT }
      known = current
    }
    return beyond
  }
}

/** What an answer may say otherwise than others of its door. */
const OWN_HEADERS = ['content-security-policy', 'referrer-policy'] as const

export function addHeaders(server: FastifyInstance, kind: DoorKind, beyond: Beyond): void {
  const headersOf = standingHeaders(kind, beyond)
  server.addHook('onSend', ({ raw }, reply, payload, done) => {
    const own = OWN_HEADERS.map((name) => [name, reply.getHeader(name)] as const)
    void reply.headers(headersOf(raw))
    for (const [name, value] of own) if (value !== undefined) void reply.header(name, value)
    done(null, payload)
  })
}
