/** A form with one file in it, as `multipart/form-data` (RFC 7578). Pure. */
import { tryText } from '../../../base/bytes.ts'
import { boundaryOf, nameOf } from './multipart.ts'

export interface SentFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface FileForm {
  readonly file: SentFile | undefined
  readonly texts: Readonly<Record<string, string>>
}

const PARTS_MAX = 20
const HEAD_BYTES_MAX = 4_096
/** Far more than any description. */
const TEXT_BYTES_MAX = 64 * 1_024
const FILE_NAME = /;\s*filename="((?:[^"\\]|\\.)*)"/i

/** The part `file`; of others their texts. `undefined`: it is no such form. */
export function readFileForm(contentType: string, body: Buffer): FileForm | undefined {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return undefined
  const mark = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const texts = new Map<string, string>()
  let file: SentFile | undefined
  // The first boundary stands at the beginning.
  let at = body.indexOf(mark.subarray(2)) + mark.length - 2
  if (at < mark.length - 2) return undefined
  for (let parts = 0; parts < PARTS_MAX; parts++) {
    if (body.subarray(at, at + 2).toString('latin1') === '--') {
      return { file, texts: Object.fromEntries(texts) }
    }
    const headEnd = body.indexOf('\r\n\r\n', at)
    if (headEnd < 0 || headEnd - at > HEAD_BYTES_MAX) return undefined
    const end = body.indexOf(mark, headEnd + 2)
    if (end < 0) return undefined
    const head = body.subarray(at, headEnd).toString('latin1')
    const name = nameOf(head)
    if (name === undefined) return undefined
    const bytes = body.subarray(Math.min(headEnd + 4, end), end)
    const fileName = FILE_NAME.exec(head)?.[1]
    if (fileName !== undefined) {
      if (name === 'file') file = { name: textOf(fileName), bytes }
    } else {
      const text = bytes.length > TEXT_BYTES_MAX ? undefined : tryText(bytes)
      if (text === undefined) return undefined
      texts.set(name, text)
    }
    at = end + mark.length
  }
  return undefined
}

function textOf(latin1: string): string {
  return tryText(Buffer.from(latin1, 'latin1')) ?? latin1
}
