/**
 * What stands at one address that nobody proves, as servers of other programs have it: all of it
 * of that one server, in parts where it gives parts. Where it turns out to be a door of anillo, its
 * hashes are taken, and each piece is proven after all. What one server began no other ends.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { pause } from '../../../effects/pause.ts'
import type { Failure } from '../../../wire/download-states.ts'
import { SOURCES_MAX } from '../../../wire/share-bounds.ts'
import { LOOK_AGAIN_NONE_MS } from '../limits.ts'
import type { FoundSource } from '../lookups.ts'
import type { ShareParts } from '../parts.ts'
import { isSourceFailure, SourceFailure, type SourceHead } from '../sources/source-client.ts'
import { PIECE_BYTES, piecesIn, type HashTree } from '../tree/hash-tree.ts'
import type { Bitfield } from './bitfield.ts'
import { learnDownload, noteLive, restartDownload, type LearnInput } from './download-procedures.ts'
import {
  downloadKey,
  partitionOfDownload,
  readDownloadRow,
  type DownloadRow,
  type LiveSource,
} from './download-rows.ts'
import type { KeptPieces } from './kept-pieces.ts'

interface UnprovenTools {
  readonly parts: ShareParts
  readonly kept: KeptPieces
  readonly id: string
  readonly signal: AbortSignal
}

interface UnprovenSteps {
  claim(bytes: number): Promise<void>
  fetch(
    tree: Omit<HashTree, 'layer'> & { readonly layer: undefined },
    have: Bitfield,
    source: FoundSource,
  ): Promise<void>
  /** @throws AnilloError DOWNLOAD_STARVED */
  patient(): void
}

/** `ended`: nobody wants it any more. */
export type UnprovenEnd = 'whole' | 'proven' | 'ended'

export async function unprovenParts(
  tools: UnprovenTools,
  row: DownloadRow,
  steps: UnprovenSteps,
): Promise<UnprovenEnd> {
  const { parts, signal } = tools
  const addresses = [...(row.url === undefined ? [] : [row.url]), ...row.seeds]
  while (!signal.aborted) {
    const failed = new Map<string, Failure>()
    for (const url of addresses) {
      const end = await tryOne(tools, { row, url }, steps)
      if (typeof end === 'string') return end
      failed.set(url, end.why)
    }
    await noteFailures(tools, failed)
    steps.patient()
    await pause(parts.effects.clock, LOOK_AGAIN_NONE_MS, signal)
  }
  return 'ended'
}

/** So that whoever waits sees what is waited for. */
export async function noteFailures(
  { id, parts }: Pick<UnprovenTools, 'id' | 'parts'>,
  failed: ReadonlyMap<string, Failure>,
): Promise<void> {
  const sources = [...failed].slice(0, SOURCES_MAX).map(([url, why]): LiveSource => {
    const state = why === 'forbidden' ? 'dropped' : 'resting'
    return { url, state, why, pieces: 0, bytes: 0, bytesPerSecond: 0 }
  })
  const atMs = Math.floor(parts.effects.clock.wallMs())
  const live = { atMs, bytesPerSecond: 0, arrivingBytes: 0, underWay: [], sources }
  await parts.store.call(partitionOfDownload(id), noteLive, { id, live })
}

async function tryOne(
  tools: UnprovenTools,
  { row, url }: { readonly row: DownloadRow; readonly url: string },
  steps: UnprovenSteps,
): Promise<UnprovenEnd | SourceFailure> {
  const { id, kept, parts, signal } = tools
  try {
    const now = await readNow(tools)
    const head = await parts.sources.head(url, signal)
    if (head.root !== undefined && (await isProvenBy(tools, head, head.root, steps)))
      return 'proven'
    const isSame = now?.url === url && now.bytes === head.bytes
    if ((now?.pieces ?? 0) > 0 && !(isSame && head.hasRanges)) await restart(tools)
    if (head.bytes !== undefined && head.bytes > 0 && head.hasRanges) {
      await steps.claim(head.bytes)
      await learn(tools, { url, bytes: head.bytes, isProven: false })
      const have = await kept.have(piecesIn(head.bytes))
      const source = { url, publisher: undefined, expiresMs: undefined }
      await steps.fetch({ root: '', bytes: head.bytes, layer: undefined }, have, source)
    } else await takeWhole(tools, { row, url }, steps)
    return signal.aborted ? 'ended' : 'whole'
  } catch (thrown) {
    if (isSourceFailure(thrown)) return thrown
    if (signal.aborted || isAnilloError(thrown, 'RPC_CANCELLED')) return 'ended'
    parts.effects.log.debug('a source without a proof failed', { id, error: thrown })
    throw thrown
  }
}

async function isProvenBy(
  tools: UnprovenTools,
  { url }: SourceHead,
  root: string,
  steps: UnprovenSteps,
): Promise<boolean> {
  const { kept, parts, signal } = tools
  try {
    const found = await parts.sources.layer(treeAddress(url, root), { root }, signal)
    await steps.claim(found.bytes)
    await restart(tools)
    await kept.keepLayer(found.layer)
    await learn(tools, { root, bytes: found.bytes, url: treeAddress(url, root), isProven: true })
    return true
  } catch (thrown) {
    if (isSourceFailure(thrown)) return false
    throw thrown
  }
}

/** A name at a door of anillo leads to the same content as its root. */
function treeAddress(url: string, root: string): string {
  return new URL(`/share/${root}`, url).href
}

/** From the beginning on: the server gives no parts. */
async function takeWhole(
  tools: UnprovenTools,
  { row, url }: { readonly row: DownloadRow; readonly url: string },
  steps: UnprovenSteps,
): Promise<void> {
  const { kept, parts, signal } = tools
  const piece = new Uint8Array(PIECE_BYTES)
  let filled = 0
  let index = 0
  const keep = async (): Promise<void> => {
    await steps.claim((index + 1) * PIECE_BYTES)
    await kept.keep(index++, piece.slice(0, filled), row.who.nick)
    filled = 0
  }
  await learn(tools, { url, isProven: false })
  for await (const part of parts.sources.whole(url, signal)) {
    for (let from = 0; from < part.length;) {
      const some = part.subarray(from, from + PIECE_BYTES - filled)
      piece.set(some, filled)
      filled += some.length
      from += some.length
      if (filled === PIECE_BYTES) await keep()
    }
  }
  const bytes = index * PIECE_BYTES + filled
  // Of nothing no file is made, and nothing is shared on.
  if (bytes === 0) throw new SourceFailure('broken')
  if (filled > 0) await keep()
  await learn(tools, { url, bytes, isProven: false })
}

async function readNow({ id, parts }: UnprovenTools): Promise<DownloadRow | undefined> {
  const record = await parts.store.get(downloadKey(id))
  return record === undefined ? undefined : readDownloadRow(record)
}

async function learn({ id, parts }: UnprovenTools, found: Omit<LearnInput, 'id'>): Promise<void> {
  await parts.store.call(partitionOfDownload(id), learnDownload, { id, ...found })
}

async function restart({ id, parts }: UnprovenTools): Promise<void> {
  const partition = partitionOfDownload(id)
  for (let isMore = true; isMore;) {
    isMore = (await parts.store.call(partition, restartDownload, { id })).isMore
  }
}
