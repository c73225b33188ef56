/**
 * Where what browsers drew stands in the table of the pages: `render/ID/SINCE` beside the version
 * of that instant, one of each. It is kept only while its version is there, and goes with it.
 */
import { AnilloError } from '../../../base/errors.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { CallOptions, ChunkLinks, Store } from '../../../store/types.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { readRenderRow, type RenderRow } from '../../../wire/renders.ts'
import { headOf, PAGES_TABLE } from '../pages/page-rows.ts'

const RENDER_PREFIX = 'render/'

/** Of that page, all; `since`: of that version. @throws AnilloError STORE_UNAVAILABLE */
export async function removeRenders(
  store: Pick<Store, 'list' | 'transact'>,
  id: string,
  { since, ...options }: CallOptions & { readonly since?: string } = {},
): Promise<void> {
  const place = { table: PAGES_TABLE, pk: headOf(id) }
  const prefix = rendersPrefix(id) + (since ?? '')
  const { items } = await store.list({ ...place, prefix, limit: LIST_RECORDS_MAX }, options)
  for (const found of items) {
    const unrefer = linksOf(found.sk, readRenderRow(found.value))
    await store.transact(
      {
        ...place,
        conditions: [{ sk: found.sk, is: found.etag }],
        writes: [{ kind: 'delete', sk: found.sk }],
        ...(unrefer.chunks.length === 0 ? {} : { chunks: { unrefer } }),
      },
      options,
    )
  }
}

export function renderPlace(id: string, since: string) {
  return { table: PAGES_TABLE, pk: headOf(id), sk: rendersPrefix(id) + since }
}

function rendersPrefix(id: string): string {
  return `${RENDER_PREFIX}${id}/`
}

export function linksOf(reference: string, row: RenderRow | undefined): ChunkLinks {
  const chunks = [row?.html, row?.screenshot].flatMap((body) => {
    return body?.kind === 'chunks' ? body.chunks : []
  })
  // The same bytes twice are referred to once.
  return { reference, chunks: [...new Map(chunks.map((chunk) => [chunk.hash, chunk])).values()] }
}

/** @throws AnilloError DATA_DAMAGED */
export function rowOf(found: StoredRecord): RenderRow {
  const row = readRenderRow(found.value)
  if (row !== undefined) return row
  throw new AnilloError('DATA_DAMAGED', { path: PAGES_TABLE, problem: 'what was drawn is none' })
}
