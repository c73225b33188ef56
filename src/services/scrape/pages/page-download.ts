/**
 * A page on its way from the site into the store. Of what is held the site is asked whether it
 * changed, and sends nothing where it did not (RFC 9111, 4.3).
 */
import { assert } from '../../../base/assert.ts'
import type { ChunkStore, Upload } from '../../../store/types.ts'
import type { MemberRef } from '../../../wire/api.ts'
import type { PageLink, PageRecord, StoredBody } from '../../../wire/pages.ts'
import { conditionsOf } from '../cache/freshness.ts'
import {
  fetchIfChanged,
  type FetchedPage,
  type FetchTools,
  type NotModified,
} from '../fetch/fetch-page.ts'
import { isCss, isHtml, type Headers } from '../fetch/http-message.ts'
import { findLinks } from '../links/links-to-follow.ts'
import type { CanonicalUrl } from '../urls/canonical-url.ts'
import { BodyWriter } from './page-body.ts'
import { isImported, pageRecord, renewedRecord, storedOf } from './page-record.ts'
import type { KeptPage } from './page-rows.ts'

/** One request to a site, by whichever member's network. */
export interface ReceiveOrder {
  readonly url: CanonicalUrl
  /** Of the copy that is held. */
  readonly conditions: Headers
  /** Chunks are put for it. */
  readonly upload: Upload
  readonly progress: (receivedBytes: number) => void
  /** Some host has answered; called once for each. */
  readonly answered: () => void
  /** Asked once all has come. */
  readonly wantsLinks: () => boolean
  readonly signal: AbortSignal
}

export type Received =
  | ({ readonly kind: 'page'; readonly fetched: FetchedPage } & Pick<Downloaded, 'body' | 'links'>)
  | { readonly kind: 'notModified'; readonly answer: NotModified }

export type ReceivedBy = Received & { readonly by: MemberRef }

export interface DownloadOrder {
  readonly subject: { readonly id: string; readonly url: CanonicalUrl }
  /** What is kept so far. */
  readonly before: KeptPage | undefined
  readonly receive: (conditions: Headers) => Promise<ReceivedBy>
  readonly wallMs: () => number
}

/** One good attempt, and the content of its page. */
export interface Downloaded {
  readonly attempt: PageRecord
  readonly body: StoredBody
  /** Where they are wanted, and all lies in memory. */
  readonly links?: readonly PageLink[] | undefined
}

/** @throws AnilloError as `fetchPage` and `ChunkStore.put` */
export async function downloadPage(order: DownloadOrder): Promise<Downloaded> {
  const { before, receive, subject, wallMs } = order
  const held = before?.record.page
  // Nobody but its site may say what a page is: what was imported is not held against it.
  const mayAsk = held !== undefined && !isImported(held)
  let received = await receive(mayAsk ? conditionsOf(storedOf(held)) : [])
  if (received.kind === 'notModified' && before !== undefined && held !== undefined) {
    const made = { by: received.by, atMs: wallMs() }
    const attempt = renewedRecord(held, received.answer, made)
    if (attempt !== undefined) return { attempt, body: before.body }
    // It speaks of other content than is kept.
    received = await receive([])
  }
  assert(received.kind === 'page', 'nobody asked whether it changed')
  const { body, by, fetched, links } = received
  return { attempt: pageRecord(subject, fetched, { by, atMs: wallMs() }), body, links }
}

/** By this member's own network. @throws AnilloError as `fetchPage` and `ChunkStore.put` */
export async function receiveHere(
  { answered, conditions, progress, signal, upload, url, wantsLinks }: ReceiveOrder,
  { chunks, fetching }: { readonly chunks: ChunkStore; readonly fetching: FetchTools },
): Promise<Received> {
  const writer = new BodyWriter(chunks, upload, signal)
  const write = (piece: Uint8Array): Promise<void> => writer.write(piece)
  try {
    const order = { url, write, progress, signal, conditions, answered }
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
