/**
 * What bytes are, by how they begin: what a name or a sender says of them counts less. Only kinds
 * that a page shows or plays are told apart. Pure.
 */

/** Bytes that are enough to tell. */
export const SNIFFED_BYTES = 64

interface Signature {
  readonly type: string
  readonly at: number
  /** As Latin-1. */
  readonly marks: readonly string[]
  /** Stands before it, at the beginning. */
  readonly container?: string
}

/** WHATWG MIME Sniffing, 6.1 to 6.3; ISO/IEC 14496-12, 4.3 (`ftyp`). */
const SIGNATURES: readonly Signature[] = [
  { type: 'image/jpeg', at: 0, marks: ['\u00ff\u00d8\u00ff'] },
  { type: 'image/png', at: 0, marks: ['\u0089PNG\r\n\u001a\n'] },
  { type: 'image/gif', at: 0, marks: ['GIF87a', 'GIF89a'] },
  { type: 'image/webp', at: 8, marks: ['WEBP'], container: 'RIFF' },
  { type: 'image/avif', at: 4, marks: ['ftypavif', 'ftypavis'] },
  { type: 'audio/wav', at: 8, marks: ['WAVE'], container: 'RIFF' },
  { type: 'audio/mpeg', at: 0, marks: ['ID3', '\u00ff\u00fb', '\u00ff\u00f3', '\u00ff\u00f2'] },
  { type: 'audio/flac', at: 0, marks: ['fLaC'] },
  { type: 'audio/mp4', at: 4, marks: ['ftypM4A '] },
  {
    type: 'video/mp4',
    at: 4,
    marks: ['ftypisom', 'ftypiso2', 'ftypiso4', 'ftypiso5', 'ftypiso6', 'ftypmp41', 'ftypmp42'],
  },
  { type: 'video/mp4', at: 4, marks: ['ftypavc1', 'ftypM4V ', 'ftypMSNV', 'ftypdash'] },
  { type: 'video/quicktime', at: 4, marks: ['ftypqt  '] },
  { type: 'application/pdf', at: 0, marks: ['%PDF-'] },
]

/** `undefined`: none of those that are shown or played. */
export function sniffedType(head: Uint8Array): string | undefined {
  const found = SIGNATURES.find(
    ({ at, container = '', marks }) =>
      stands(head, container, 0) && marks.some((mark) => stands(head, mark, at)),
  )
  if (found !== undefined) return found.type
  if (stands(head, 'OggS', 0)) return hasWithin(head, '\u0080theora') ? 'video/ogg' : 'audio/ogg'
  // EBML (RFC 8794): its first element names what is in it.
  if (stands(head, '\u001aE\u00df\u00a3', 0) && hasWithin(head, 'webm')) return 'video/webm'
  return undefined
}

export function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (const byte of bytes.subarray(from, to)) text += String.fromCharCode(byte)
  return text
}

function stands(head: Uint8Array, mark: string, at: number): boolean {
  return latin1(head, at, at + mark.length) === mark
}

function hasWithin(head: Uint8Array, mark: string): boolean {
  return latin1(head, 0, SNIFFED_BYTES).includes(mark)
}
