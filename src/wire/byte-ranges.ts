/** `Range` of bytes (RFC 9110, 14): which parts of a file are to be sent. Pure. */

/** `from` to `to`, not included; never empty. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

export type RangeVerdict =
  /** No range that counts: all of it. */
  | { readonly kind: 'whole' }
  /** In the order in which they were asked for; those that touch are one. */
  | { readonly kind: 'parts'; readonly parts: readonly ByteRange[] }
  /** None of them is there: 416. */
  | { readonly kind: 'none' }

/** Above that the header is passed over (RFC 9110, 14.2): each costs a read of its own. */
const RANGES_MAX = 16
const WHOLE: RangeVerdict = { kind: 'whole' }

export function rangesOf(header: string | undefined, bytes: number): RangeVerdict {
  const specs = /^bytes=(.+)$/i.exec(header?.trim() ?? '')?.[1]?.split(',')
  if (specs === undefined || specs.length > RANGES_MAX) return WHOLE
  const parts: ByteRange[] = []
  for (const spec of specs) {
    const part = partOf(spec.trim(), bytes)
    // What is malformed counts as not there at all.
    if (part === undefined) return WHOLE
    if (part.from < part.to) parts.push(part)
  }
  if (parts.length === 0) return { kind: 'none' }
  return { kind: 'parts', parts: joined(parts) }
}

const SPEC = /^(\d{0,16})-(\d{0,16})$/

/** Empty where it names nothing that is there; `undefined` where it is no range. */
function partOf(spec: string, bytes: number): ByteRange | undefined {
  const found = SPEC.exec(spec)
  if (found === null || spec === '-') return undefined
  const [, first = '', last = ''] = found
  if (first === '') return { from: Math.max(0, bytes - Number(last)), to: bytes }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return undefined
  const to = last === '' ? bytes : Math.min(bytes, Number(last) + 1)
  return { from: Math.min(from, bytes), to }
}

/** Many that overlap would have the same bytes read over and over (RFC 9110, 14.2). */
function joined(parts: readonly ByteRange[]): readonly ByteRange[] {
  const kept: ByteRange[] = []
  for (const part of parts) {
    let { from, to } = part
    for (let at = kept.length - 1; at >= 0; at--) {
      const other = kept[at]
      if (other === undefined || other.from > to || from > other.to) continue
      from = Math.min(from, other.from)
      to = Math.max(to, other.to)
      kept.splice(at, 1)
    }
    kept.push({ from, to })
  }
  return kept
}

/** `Content-Range` of a part (RFC 9110, 14.4). */
export function contentRange({ from, to }: ByteRange, bytes: number): string {
  return `bytes ${from}-${to - 1}/${bytes}`
}

/** What a request to write says of the part that it brings. */
export interface SentPart {
  readonly from: number
  /** Not included; `undefined`: all that comes. */
  readonly to: number | undefined
  /** Of the whole file; `undefined`: more follows, nobody knows how much. */
  readonly total: number | undefined
}

const SENT = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i

/** `undefined` where it is no such header. */
export function sentPart(header: string): SentPart | undefined {
  const found = SENT.exec(header.trim())
  if (found === null) return undefined
  const from = Number(found[1])
  const to = Number(found[2]) + 1
  const total = found[3] === '*' ? undefined : Number(found[3])
  if (to <= from || (total !== undefined && to > total)) return undefined
  return { from, to, total }
}
