/**
 * A page on its way from the site into the store. Of what is held the site is asked whether it
 * changed, and sends nothing where it did not (RFC 9111, 4.3).
 */
import { assert } from '../../../base/assert.ts'
import type { ChunkStore, Upload } from '../../../store/types.ts'
import type { PageLink, PageRecord, StoredBody } from '../../../wire/pages.ts'
import { conditionsOf } from '../cache/freshness.ts'
import {
  fetchIfChanged,
  type ConditionalOrder,
  type FetchedPage,
  type FetchTools,
  type NotModified,
} from '../fetch/fetch-page.ts'
import { isCss, isHtml } from '../fetch/http-message.ts'
import { findLinks } from '../links/links-to-follow.ts'
import type { CanonicalUrl } from '../urls/canonical-url.ts'
import { BodyWriter } from './page-body.ts'
import { pageRecord, renewedRecord, storedOf, type Made } from './page-record.ts'
import type { KeptPage } from './page-rows.ts'

export interface DownloadOrder {
  readonly subject: { readonly id: string; readonly url: CanonicalUrl }
  /** What is kept so far. */
  readonly before: KeptPage | undefined
  /** Chunks are put for it. */
  readonly upload: Upload
  readonly progress: (receivedBytes: number) => void
  /** Asked once all has come. */
  readonly wantsLinks: () => boolean
  readonly signal: AbortSignal
}

export interface DownloadTools {
  readonly chunks: ChunkStore
  readonly fetching: FetchTools
  /** Who makes the attempt; asked when it is over. */
  readonly made: () => Made
}

/** One good attempt, and the content of its page. */
export interface Downloaded {
  readonly attempt: PageRecord
  readonly body: StoredBody
  /** Where they are wanted, and all lies in memory. */
  readonly links?: readonly PageLink[] | undefined
}

/** @throws AnilloError as `fetchPage` and `ChunkStore.put` */
export async function downloadPage(
  order: DownloadOrder,
  tools: DownloadTools,
): Promise<Downloaded> {
  const { before, subject } = order
  const held = before?.record.page
  // Nobody but its site may say what a page is: what was imported is not held against it.
  const mayAsk = held !== undefined && held.importedAt === undefined
  const conditions = mayAsk ? conditionsOf(storedOf(held)) : []
  let received = await receive(order, { ...tools, conditions })
  if (received.kind === 'notModified' && before !== undefined && held !== undefined) {
    const attempt = renewedRecord(held, received.answer, tools.made())
    if (attempt !== undefined) return { attempt, body: before.body }
    // It speaks of other content than is kept.
    received = await receive(order, { ...tools, conditions: [] })
  }
  assert(received.kind === 'page', 'nobody asked whether it changed')
  const { body, fetched, links } = received
  return { attempt: pageRecord(subject, fetched, tools.made()), body, links }
}

type Received =
  | ({ readonly kind: 'page'; readonly fetched: FetchedPage } & Pick<Downloaded, 'body' | 'links'>)
  | { readonly kind: 'notModified'; readonly answer: NotModified }

async function receive(
  { progress, signal, subject, upload, wantsLinks }: DownloadOrder,
  tools: DownloadTools & Pick<ConditionalOrder, 'conditions'>,
): Promise<Received> {
  const { chunks, conditions, fetching } = tools
  const writer = new BodyWriter(chunks, upload, signal)
  const write = (piece: Uint8Array): Promise<void> => writer.write(piece)
  try {
    const order = { url: subject.url, write, progress, signal, conditions }
    const fetched = await fetchIfChanged(order, fetching)
    if ('isNotModified' in fetched) return { kind: 'notModified', answer: fetched }
    const content = wantsLinks() && hasLinks(fetched) ? writer.whole : undefined
    const links = content === undefined ? undefined : await findLinks(fetched, [content])
    return { kind: 'page', fetched, body: await writer.finish(), links }
  } catch (thrown) {
    await writer.abandon()
    throw thrown
  }
}

function hasLinks({ contentType }: FetchedPage): boolean {
  return isHtml(contentType) || isCss(contentType)
}
