/**
 * Texts of a form as `multipart/form-data` (RFC 7578): some programs send all that they send so.
 * Files are for another door.
 */
import { tryText } from '../../../base/bytes.ts'

const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([\w'()+,./:=?-]{1,70}))/i
const NAME = /;\s*name="((?:[^"\\]|\\.)*)"/i
const FILE = /;\s*filename\*?=/i
const PARTS_MAX = 100

export type FormPart =
  | { readonly kind: 'text'; readonly name: string; readonly value: string }
  | { readonly kind: 'file'; readonly name: string; readonly isEmpty: boolean }

/** `undefined`: it is no such form. */
export function readForm(contentType: string, body: Buffer): readonly FormPart[] | undefined {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return undefined
  const text = body.toString('latin1')
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`)
  if (pieces.length < 2 || pieces.length > PARTS_MAX) return undefined
  if (pieces.at(-1)?.startsWith('--') !== true) return undefined
  const parts: FormPart[] = []
  for (const piece of pieces.slice(1, -1)) {
    const part = partOf(piece)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return parts
}

export function boundaryOf(contentType: string): string | undefined {
  const found = BOUNDARY.exec(contentType)
  return found?.[1] ?? found?.[2]
}

/** Of a part, by its headers. */
export function nameOf(head: string): string | undefined {
  const [line = ''] = /^content-disposition:.*$/im.exec(head.replaceAll('\r\n', '\n')) ?? []
  const name = utf8Of(NAME.exec(line)?.[1] ?? '')?.replaceAll(/\\(.)/g, '$1')
  return name === '' ? undefined : name
}

function partOf(piece: string): FormPart | undefined {
  const end = piece.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = piece.slice(0, end).replaceAll('\r\n', '\n')
  const [line = ''] = /^content-disposition:.*$/im.exec(head) ?? []
  const name = utf8Of(NAME.exec(line)?.[1] ?? '')?.replaceAll(/\\(.)/g, '$1')
  if (name === undefined || name === '') return undefined
  const content = piece.slice(end + 4)
  if (FILE.test(line)) return { kind: 'file', name, isEmpty: content === '' }
  const value = utf8Of(content)
  return value === undefined ? undefined : { kind: 'text', name, value }
}

function utf8Of(latin1: string): string | undefined {
  return tryText(Buffer.from(latin1, 'latin1'))
}
