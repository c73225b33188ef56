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
}

/** The list of a home; with a sort key, one record. */
export function pathOf({ table, pk }: Home, sk?: string): string {
  const parts = sk === undefined ? [table, pk] : [table, pk, sk]
  return `/v1/kv/${parts.map((part) => encodeURIComponent(part)).join('/')}`
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
  return { sk, etag, text: textOf(bytes), bytes: bytes.length }
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
