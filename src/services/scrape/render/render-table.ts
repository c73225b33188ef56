/** What browsers drew, kept beside the versions of pages (render-rows.ts) and read. */
import { AnilloError } from '../../../base/errors.ts'
import type { Random } from '../../../effects/random.ts'
import type { CallOptions, ChunkRef, Condition, Upload } from '../../../store/types.ts'
import type { Render } from '../../../wire/api-render.ts'
import type { Page } from '../../../wire/api.ts'
import { packRender, type RenderRow } from '../../../wire/renders.ts'
import { BODY_CHUNK_BYTES } from '../limits.ts'
import { BodyWriter, bodyPieces } from '../pages/page-body.ts'
import { sinceOf } from '../pages/page-record.ts'
import {
  headOf,
  PAGE_PREFIX,
  PAGES_TABLE,
  partitionOfPage,
  placeOf,
  readKept,
  versionKey,
} from '../pages/page-rows.ts'
import type { PageStore } from '../pages/page-table.ts'
import { KEEP_TRIES_MAX } from './limits.ts'
import { linksOf, renderPlace, rowOf } from './render-rows.ts'

/** One version of a page, drawn, and its parts to be read. */
export interface KeptRender {
  readonly render: Render
  readonly html: () => AsyncIterable<Uint8Array>
  /** `undefined`: it could not be painted. */
  readonly screenshot: () => AsyncIterable<Uint8Array> | undefined
}

export interface DrawnPage {
  readonly render: Render
  readonly html: Uint8Array
  readonly screenshot: Uint8Array | undefined
}

export class RenderTable {
  readonly #store: PageStore
  readonly #random: Random

  constructor(store: PageStore, random: Random) {
    this.#store = store
    this.#random = random
  }

  /** @throws AnilloError DATA_DAMAGED, STORE_UNAVAILABLE */
  async get(id: string, since: string, options?: CallOptions): Promise<KeptRender | undefined> {
    const found = await this.#store.get(renderPlace(id, since), options)
    return found === undefined ? undefined : this.#keptOf(rowOf(found), options)
  }

  /**
   * In the place of what was drawn of that version before. `false`: there is no such version any
   * more. @throws AnilloError BUSY, DISK_FULL, STORE_UNAVAILABLE
   */
  async keep(page: Page, drawn: DrawnPage, signal: AbortSignal): Promise<boolean> {
    const { chunks } = this.#store
    const { id } = page
    const upload: Upload = {
      id: Buffer.from(this.#random.bytes(UPLOAD_BYTES)).toString('hex'),
      partition: partitionOfPage(id),
    }
    const writer = new BodyWriter(chunks, upload, signal)
    try {
      await writer.write(drawn.html)
      const html = await writer.finish()
      const screenshot = await this.#putWhole(drawn.screenshot, upload, signal)
      return await this.#keepRow(page, { render: drawn.render, html, screenshot }, upload)
    } catch (thrown) {
      await writer.abandon()
      throw thrown
    }
  }

  async #putWhole(
    bytes: Uint8Array | undefined,
    upload: Upload,
    signal: AbortSignal,
  ): Promise<RenderRow['screenshot']> {
    if (bytes === undefined) return { kind: 'none' }
    const put: ChunkRef[] = []
    for (let at = 0; at < bytes.length; at += BODY_CHUNK_BYTES) {
      const piece = bytes.subarray(at, at + BODY_CHUNK_BYTES)
      const { bytes: size, hash } = await this.#store.chunks.put(piece, upload, { signal })
      put.push({ hash, bytes: size })
    }
    return { kind: 'chunks', chunks: put }
  }

  async #keepRow(page: Page, row: RenderRow, upload: Upload): Promise<boolean> {
    const { id } = page
    const since = sinceOf(page)
    const { sk } = renderPlace(id, since)
    for (let tries = 0; tries < KEEP_TRIES_MAX; tries++) {
      const version = await this.#versionStands(id, since)
      if (version === undefined) return false
      const before = await this.#store.get(renderPlace(id, since))
      const gone = before === undefined ? undefined : linksOf(sk, rowOf(before))
      const refer = linksOf(sk, row)
      const chunks = {
        ...(refer.chunks.length === 0 ? {} : { upload: upload.id, refer }),
        ...(gone === undefined || gone.chunks.length === 0 ? {} : { unrefer: gone }),
      }
      const outcome = await this.#store.transact({
        table: PAGES_TABLE,
        pk: headOf(id),
        conditions: [version, { sk, is: before?.etag ?? 'absent' }],
        writes: [{ kind: 'put', sk, value: packRender(row) }],
        chunks,
      })
      if (outcome.kind === 'done') return true
    }
    throw new AnilloError('BUSY', { what: 'downloads of this page' })
  }

  /** That the version is there as it was found. */
  async #versionStands(id: string, since: string): Promise<Condition | undefined> {
    const held = await this.#store.get(placeOf(PAGE_PREFIX, id))
    if (held !== undefined) {
      const { record } = await readKept(held, this.#store.chunks)
      if (record.page !== undefined && sinceOf(record.page) === since) {
        return { sk: held.sk, is: held.etag }
      }
    }
    const sk = versionKey(id, since)
    const version = await this.#store.get({ table: PAGES_TABLE, pk: headOf(id), sk })
    return version === undefined ? undefined : { sk, is: version.etag }
  }

  #keptOf(row: RenderRow, options: CallOptions = {}): KeptRender {
    const { chunks } = this.#store
    return {
      render: row.render,
      html: () => bodyPieces(chunks, row.html, options),
      screenshot: () =>
        row.screenshot.kind === 'none' ? undefined : bodyPieces(chunks, row.screenshot, options),
    }
  }
}

const UPLOAD_BYTES = 16
