/**
 * Records of WARC 1.1 (ISO 28500:2017) as they are to be written: what each type says and holds.
 * Why bodies are decoded and headers renamed: docs/decisions/0018-archives-hold-decoded-bodies.md.
 */
import { utf8 } from '../../../base/bytes.ts'
import { hexOf } from '../../../base/hex.ts'
import type { Random } from '../../../effects/random.ts'
import { fieldLines, httpHead, type Fields } from './fields.ts'

/** ISO 28500:2017, 6.7.2. */
export const IDENTICAL_PAYLOAD = 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest'
export const WARC_FIELDS_TYPE = 'application/warc-fields'
const HTTP_RESPONSE_TYPE = 'application/http; msgtype=response'
const HTTP_REQUEST_TYPE = 'application/http; msgtype=request'

export type WarcType = 'warcinfo' | 'response' | 'request' | 'metadata' | 'revisit' | 'resource'

/** Content that is known before it is read. */
export interface WarcBody {
  readonly bytes: number
  /** Hex SHA-256. */
  readonly hash: string
  /** Read once. */
  readonly pieces: AsyncIterable<Uint8Array>
}

export interface OutgoingRecord {
  readonly type: WarcType
  /** As `recordId()` makes them. */
  readonly id: string
  /** ISO 8601 in UTC, with fractions of a second or without (5.4). */
  readonly date: string
  /** Named fields beside the mandatory ones and the digests. */
  readonly fields: Fields
  /** The block is this, and behind it the body. */
  readonly head: Uint8Array
  readonly body: WarcBody | undefined
  /** Hex SHA-256 of the payload: of a body, or of what a revisit stands for. */
  readonly payloadHash: string | undefined
}

/** One answer of a site. */
export interface Capture {
  /** Of the answer itself, not of what led to it. */
  readonly url: string
  readonly date: string
  readonly status: number
  readonly statusText: string
  /** As they came. */
  readonly headers: Fields
  /** Of the machine that answered. */
  readonly ipAddress: string | undefined
  /** Decoded. */
  readonly body: WarcBody
}

/** Content that came without HTTP, or was made here. */
export interface Resource {
  readonly url: string
  readonly date: string
  readonly contentType: string
  readonly body: WarcBody
  /** Named fields beside those of every such record. */
  readonly fields?: Fields
}

/** What a record of any type may say of its surroundings. */
export interface Place {
  readonly id: string
  readonly warcinfoId?: string
  /** Records of the same capture (5.7). */
  readonly concurrentTo?: readonly string[]
}

/** An id that nobody has twice (5.2): a version 4 UUID (RFC 9562, 5.4). */
export function recordId(random: Pick<Random, 'bytes'>): string {
  const digits = hexOf(
    random.bytes(16).map((byte, at) => {
      if (at === 6) return (byte & 0x0f) | 0x40
      return at === 8 ? (byte & 0x3f) | 0x80 : byte
    }),
  )
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16)]
  return `<urn:uuid:${[...parts, digits.slice(16, 20), digits.slice(20)].join('-')}>`
}

/** 6.2: what stands at the beginning of a file, about all of it. */
export function warcinfoRecord(
  place: Place,
  about: { readonly date: string; readonly filename: string; readonly fields: Fields },
): OutgoingRecord {
  const fields: Fields = [
    ['WARC-Filename', about.filename],
    ['Content-Type', WARC_FIELDS_TYPE],
  ]
  const head = utf8(fieldLines(about.fields))
  return record('warcinfo', { place, date: about.date, fields, head })
}

/** 6.3. */
export function responseRecord(place: Place, capture: Capture): OutgoingRecord {
  const base = captured(place, capture)
  return { ...base, type: 'response', body: capture.body, payloadHash: capture.body.hash }
}

/** 6.7.2: the same content was captured before, and is there. */
export function revisitRecord(
  place: Place,
  capture: Capture,
  refersTo: { readonly id: string; readonly url: string; readonly date: string },
): OutgoingRecord {
  const base = captured(place, capture)
  const fields: Fields = [
    ...base.fields,
    ['WARC-Profile', IDENTICAL_PAYLOAD],
    ['WARC-Refers-To', refersTo.id],
    ['WARC-Refers-To-Target-URI', refersTo.url],
    ['WARC-Refers-To-Date', refersTo.date],
  ]
  return { ...base, type: 'revisit', fields, payloadHash: capture.body.hash }
}

/** 6.5. Without a body: nothing else is ever asked. */
export function requestRecord(
  place: Place,
  request: { readonly url: string; readonly date: string; readonly headers: Fields },
): OutgoingRecord {
  const { pathname, search } = new URL(request.url)
  const head = httpHead(`GET ${pathname}${search} HTTP/1.1`, request.headers)
  const fields: Fields = [
    ['WARC-Target-URI', request.url],
    ['Content-Type', HTTP_REQUEST_TYPE],
  ]
  return record('request', { place, date: request.date, fields, head })
}

/** 6.6: facts about a capture. */
export function metadataRecord(
  place: Place,
  about: { readonly url: string; readonly date: string; readonly fields: Fields },
): OutgoingRecord {
  const fields: Fields = [
    ['WARC-Target-URI', about.url],
    ['Content-Type', WARC_FIELDS_TYPE],
  ]
  return record('metadata', {
    place,
    date: about.date,
    fields,
    head: utf8(fieldLines(about.fields)),
  })
}

/** 6.6: what several members saw of a capture, byte for byte as it is checked. */
export function testimonyRecord(
  place: Place,
  about: {
    readonly url: string
    readonly date: string
    readonly text: string
    /** Of the capture. */
    readonly refersTo: string
  },
): OutgoingRecord {
  const fields: Fields = [
    // An address of its own: indexers take what is no list of fields for another capture.
    ['WARC-Target-URI', `urn:testimony:${about.url}`],
    ['WARC-Refers-To', about.refersTo],
    ['Content-Type', 'application/json'],
  ]
  return record('metadata', { place, date: about.date, fields, head: utf8(about.text) })
}

/** 6.4: content that came without HTTP, or was made here (a screenshot). */
export function resourceRecord(place: Place, resource: Resource): OutgoingRecord {
  const fields: Fields = [
    ['WARC-Target-URI', resource.url],
    ['Content-Type', resource.contentType],
    ...(resource.fields ?? []),
  ]
  const base = record('resource', { place, date: resource.date, fields, head: new Uint8Array(0) })
  return { ...base, body: resource.body, payloadHash: resource.body.hash }
}

function captured(place: Place, capture: Capture): OutgoingRecord {
  const { ipAddress, headers, body } = capture
  const fields: Fields = [
    ['WARC-Target-URI', capture.url],
    ...(ipAddress === undefined ? [] : ([['WARC-IP-Address', ipAddress]] as const)),
    ['Content-Type', HTTP_RESPONSE_TYPE],
  ]
  const statusLine = `HTTP/1.1 ${String(capture.status)} ${capture.statusText}`
  const head = httpHead(statusLine, archivedHeaders(headers, body.bytes))
  return record('response', { place, date: capture.date, fields, head })
}

interface Parts {
  readonly place: Place
  readonly date: string
  readonly fields: Fields
  readonly head: Uint8Array
}

function record(type: WarcType, { place, date, fields, head }: Parts): OutgoingRecord {
  const around: Fields = [
    ...(place.warcinfoId === undefined ? [] : ([['WARC-Warcinfo-ID', place.warcinfoId]] as const)),
    ...(place.concurrentTo ?? []).map((id) => ['WARC-Concurrent-To', id] as const),
  ]
  const all = { id: place.id, date, fields: [...around, ...fields], head }
  return { type, ...all, body: undefined, payloadHash: undefined }
}

const RENAMED_PREFIX = 'X-Orig-'
/** How others call them: Browsertrix and warcio.js; the crawlers of Common Crawl, StormCrawler. */
const RENAMED = /^x-(?:orig|crawler)-(content-encoding|transfer-encoding|content-length)$/i
const OF_THE_WIRE = /^(?:content-encoding|transfer-encoding|content-length)$/i

/**
 * Headers that hold for a body that is decoded: what was said of the wire is kept by other names.
 */
export function archivedHeaders(headers: Fields, bodyBytes: number): Fields {
  const length = ['Content-Length', String(bodyBytes)] as const
  const isAsSent = headers
    .filter(([name]) => OF_THE_WIRE.test(name))
    .every(([name, value]) => name.toLowerCase() === 'content-length' && value === length[1])
  const kept = headers.filter(([name]) => !(isAsSent && OF_THE_WIRE.test(name)))
  const renamed = kept.map(([name, value]) => {
    return OF_THE_WIRE.test(name)
      ? ([RENAMED_PREFIX + name, value] as const)
      : ([name, value] as const)
  })
  return [...renamed, length]
}

/**
 * The headers as the site sent them, where who wrote the archive kept them by other names, and
 * whether it did: then the body is decoded.
 */
export function sentHeaders(headers: Fields): {
  readonly headers: Fields
  readonly isDecoded: boolean
} {
  if (!headers.some(([name]) => RENAMED.test(name))) return { headers, isDecoded: false }
  const sent = headers
    .filter(([name]) => !OF_THE_WIRE.test(name))
    .map(([name, value]) => [RENAMED.exec(name)?.[1] ?? name, value] as const)
  return { headers: sent, isDecoded: true }
}
