/** Answers of WebDAV: refusals with what RFC 4918, 16 calls a precondition, multistatus. Pure. */
import { ERRORS, type AnilloError, type ErrorCode } from '../../base/errors.ts'
import type { TreeAnswer } from '../../services/files/http-protocol.ts'
import { DAV, emptyElement, escaped, XML_HEAD, XML_TYPE, type XmlName } from './xml.ts'

export type Said = Extract<TreeAnswer, { readonly kind: 'said' }>

export function said(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body?: Said['body'],
): Said {
  const bare = { kind: 'said', status, headers } as const
  return body === undefined ? bare : { ...bare, body }
}

export function saidXml(
  status: number,
  body: Exclude<Said['body'], undefined>,
  headers: Readonly<Record<string, string>> = {},
): Said {
  return said(status, { ...headers, 'content-type': XML_TYPE }, body)
}

/** What of the method must hold and does not, as an element of `DAV:`. */
export interface Precondition {
  readonly name: string
  /** What it is about. */
  readonly hrefs?: readonly string[]
}

/**
 * @param status absent: that of the table of errors
 * @param precondition what WebDAV calls it, where it has a name for it
 */
export function refusal(
  error: AnilloError,
  {
    headers = {},
    precondition,
    status = ERRORS[error.code].httpStatus,
  }: {
    readonly status?: number
    readonly precondition?: Precondition | undefined
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): Said {
  const { code, message } = error
  const named = precondition === undefined ? '' : preconditionXml(precondition)
  const own = `<A:code>${code}</A:code><A:detail>${escaped(message)}</A:detail>`
  const body = `<D:error xmlns:D="${DAV}" xmlns:A="urn:anillo:error">${named}${own}</D:error>\n`
  const applied = ERRORS[code].httpStatus < 500 || SURELY_NOT.has(code) ? NOT_APPLIED : {}
  const later = status === 503 ? { 'retry-after': '1' } : {}
  return saidXml(status, XML_HEAD + body, { ...headers, ...applied, ...later })
}

const NOT_APPLIED = { 'anillo-applied': 'no' } as const
const SURELY_NOT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BUSY',
  'DISK_FULL',
  'LOCKS_FULL',
  'QUOTA_FULL',
  'RING_NOT_READY',
  'STORE_UNAVAILABLE',
])

function preconditionXml({ hrefs = [], name }: Precondition): string {
  if (hrefs.length === 0) return `<D:${name}/>`
  return `<D:${name}>${hrefs.map((href) => `<D:href>${escaped(href)}</D:href>`).join('')}</D:${name}>`
}

/** Properties of one resource that share a status; each as its element. */
export interface PropertyStatus {
  readonly status: number
  readonly properties: readonly string[]
  readonly precondition?: string
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  424: 'Failed Dependency',
  507: 'Insufficient Storage',
}

export const MULTISTATUS_BEGIN = `${XML_HEAD}<D:multistatus xmlns:D="${DAV}">\n`
export const MULTISTATUS_END = '</D:multistatus>\n'

export function responseXml(href: string, statuses: readonly PropertyStatus[]): string {
  const told = statuses
    .filter(({ properties }) => properties.length > 0)
    .map(({ precondition, properties, status }) => {
      const line = `<D:status>HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}</D:status>`
      const why = precondition === undefined ? '' : `<D:error><D:${precondition}/></D:error>`
      return `<D:propstat><D:prop>${properties.join('')}</D:prop>${line}${why}</D:propstat>`
    })
  // One is needed, also where nothing was asked for.
  const some = told.length > 0 ? told.join('') : NOTHING_ASKED
  return `<D:response><D:href>${escaped(href)}</D:href>${some}</D:response>\n`
}

const NOTHING_ASKED = '<D:propstat><D:prop/><D:status>HTTP/1.1 200 OK</D:status></D:propstat>'

export function named(names: readonly XmlName[]): readonly string[] {
  return names.map(emptyElement)
}
