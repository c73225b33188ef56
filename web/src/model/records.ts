/** Records of one home (a table and a partition key) as the page lists and names them. Pure. */

export interface Home {
  readonly table: string
  readonly pk: string
}

export interface RecordRow {
  readonly sk: string
  readonly etag: string
  /** `undefined` where the bytes are no text. */
  readonly text: string | undefined
  readonly bytes: number
  /** When it ends by itself; an instant as text. */
  readonly expiresAt: string | undefined
}

/** The list of a home; with a sort key, one record. */
export function pathOf({ table, pk }: Home, sk?: string): string {
  const parts = sk === undefined ? [table, pk] : [table, pk, sk]
  return `/v1/kv/${parts.map((part) => encodeURIComponent(part)).join('/')}`
}

/** To write one; over one that ends by itself, so that it ends when that would have. */
export function writePathOf(
  home: Home,
  { sk, seen }: { readonly sk: string; readonly seen: RecordRow | undefined },
  nowMs: number,
): string {
  const path = pathOf(home, sk)
  if (seen?.expiresAt === undefined) return path
  const leftSeconds = Math.ceil((Date.parse(seen.expiresAt) - nowMs) / 1_000)
  return `${path}?ttl=${Math.max(1, leftSeconds)}`
}

/** The list from this sort key on: one record, this one where it is there. */
export function listFromPathOf(home: Home, sk: string): string {
  return `${pathOf(home)}?start=${encodeURIComponent(sk)}&limit=1`
}

/** @param answer of `GET /v1/kv/TABLE/PK`; what is no record is left out */
export function readRows(answer: unknown): readonly RecordRow[] {
  const items = fieldOf(answer, 'items')
  return Array.isArray(items) ? items.flatMap((item: unknown) => rowOf(item) ?? []) : []
}

/** Whether the list goes on beyond what was sent. */
export function hasMore(answer: unknown): boolean {
  return typeof fieldOf(answer, 'cursor') === 'string'
}

function rowOf(item: unknown): RecordRow | undefined {
  const [sk, etag, value] = ['sk', 'etag', 'value'].map((name) => fieldOf(item, name))
  if (typeof sk !== 'string' || typeof etag !== 'string' || typeof value !== 'string')
    return undefined
  const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0))
  const ends = fieldOf(item, 'expiresAt')
  const expiresAt = typeof ends === 'string' ? ends : undefined
  return { sk, etag, text: textOf(bytes), bytes: bytes.length, expiresAt }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
