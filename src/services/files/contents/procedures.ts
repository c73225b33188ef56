/**
 * A content's life in the log of its partition (docs/spec/tree.md, *Bodies*): bytes are put behind
 * a told number of bytes, so that of two writers one is refused; then it is sealed, and never
 * changes again. Who names it holds it, by messages from the partition of the entry.
 */
import { Type, type Static } from 'typebox'

import { sendChunkChanges } from '../../../store/chunks/links.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import type { ChunkRef } from '../../../store/types.ts'
import { HOLD_CONTENT, RELEASE_CONTENT } from '../../../wire/held-contents.ts'
import { reader } from '../../../wire/method.ts'
import { COUNTER_MAX } from '../../../wire/record-limits.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { CHUNKS_PER_APPEND_MAX, CHUNKS_PER_PART_MAX, LIFE_MS, RELEASED_KEPT_MS } from './limits.ts'
import { REMOVAL_PROCEDURES } from './removal.ts'
import {
  bytesOf,
  Chunk,
  CONTENT_TABLES,
  CONTENTS_TABLE,
  decodePart,
  encodePart,
  headOf,
  HolderName,
  holderKey,
  Nick,
  offsetOf,
  PART_PREFIX,
  partKey,
  putHead,
  referenceOf,
  releasedKey,
  tailReferenceOf,
  type HeadRow,
} from './rows.ts'

const AppendInput = Type.Object({
  content: Hex32,
  /** Bytes that are there, as whoever appends knows it. */
  at: Count,
  /** Of the pins of these chunks. Another for each append: repeated, it is answered again. */
  upload: Hex32,
  /** In the place of the tail that is there, and behind all else. */
  chunks: Type.Array(Chunk, { maxItems: CHUNKS_PER_APPEND_MAX }),
  /** Behind them: what another append takes the place of. */
  tail: Type.Optional(Chunk),
  nick: Nick,
  /** Of all bytes: nothing more comes. */
  seal: Type.Optional(Hex64),
  /** With `seal`. */
  hashState: Type.Optional(Hex64),
})
export type AppendInput = Readonly<Static<typeof AppendInput>>

/** Bytes that are there; sealed or not, and with which SHA-256. */
export interface ContentAnswer {
  readonly bytes: number
  readonly atMs: number
  readonly sha256: string | null
  /** @see HeadRow */
  readonly hashState: string | null
}

/**
 * Makes the content where it is new. Refused with UPLOAD_OFFSET where other bytes are there than
 * were told, UPLOAD_VOID where the pins were given up, NO_ENTRY where the content is gone.
 */
export const appendContent = defineProcedure({
  name: 'content.append',
  tables: CONTENT_TABLES,
  readInput: reader(AppendInput),
  run(work, input: AppendInput): ContentAnswer {
    const { content, upload } = input
    const before = headOf(work, content) ?? begun(work, input)
    if (before.upload === upload) return answerOf(before)
    refuseOther(work, before, input)
    if (before.sha256 !== undefined) {
      return work.refuse('BAD_REQUEST', { problem: `the content ${content} is sealed` })
    }
    const { bytes: replaced = 0 } = before.tail ?? {}
    const from = before.bytes - replaced
    const { bytes: tailBytes = 0 } = input.tail ?? {}
    const bytes = from + bytesOf(input.chunks) + tailBytes
    if (bytes < before.bytes || bytes > COUNTER_MAX) {
      return work.refuse('BAD_REQUEST', { problem: `a content cannot become ${bytes} bytes long` })
    }
    refer(work, input, before.tail)
    putParts(work, input, from)
    const { tail: _, ...kept } = before
    return answerOf(
      changed(work, content, {
        ...kept,
        bytes,
        upload,
        ...(input.tail === undefined ? {} : { tail: input.tail }),
        ...(input.seal === undefined ? {} : { sha256: input.seal }),
        ...(input.hashState === undefined ? {} : { hashState: input.hashState }),
      }),
    )
  },
})

const SealInput = Type.Object({
  content: Hex32,
  at: Count,
  sha256: Hex64,
  hashState: Type.Optional(Hex64),
})
type SealInput = Readonly<Static<typeof SealInput>>

/** Of what was appended before. Repeated, it is answered again; refused as an append is. */
export const sealContent = defineProcedure({
  name: 'content.seal',
  tables: CONTENT_TABLES,
  readInput: reader(SealInput),
  run(work, { at, content, ...hashes }: SealInput): ContentAnswer {
    const before = headOrRefuse(work, content)
    refuseOther(work, before, { at })
    if (before.sha256 === hashes.sha256) return answerOf(before)
    if (before.sha256 !== undefined) {
      return work.refuse('BAD_REQUEST', { problem: `the content ${content} is sealed` })
    }
    return answerOf(changed(work, content, { ...before, ...hashes }))
  },
})

const ContentInput = Type.Object({ content: Hex32 })
type ContentInput = Readonly<Static<typeof ContentInput>>

/** Somebody goes on with it, or refers to what it refers to: it stays for another day. */
export const keepContent = defineProcedure({
  name: 'content.keep',
  tables: CONTENT_TABLES,
  readInput: reader(ContentInput),
  run(work, { content }: ContentInput): ContentAnswer {
    const head = headOrRefuse(work, content)
    putHead(work, content, withLife(work, head))
    return answerOf(head)
  },
})

const HoldInput = Type.Object({ content: Hex32, holder: HolderName })
export type HoldInput = Readonly<Static<typeof HoldInput>>

/** A message from who names the content. Holding twice is holding once. */
export const holdContent = defineProcedure({
  name: HOLD_CONTENT,
  tables: CONTENT_TABLES,
  readInput: reader(HoldInput),
  run(work, { content, holder }: HoldInput): null {
    const head = headOrRefuse(work, content)
    if (work.has(releasedKey(content, holder))) {
      work.delete(releasedKey(content, holder))
      return null
    }
    if (work.has(holderKey(content, holder))) return null
    work.put(holderKey(content, holder), NO_BYTES)
    const { dueMs: _, ...held } = head
    putHead(work, content, { ...held, holders: head.holders + 1 })
    return null
  },
})

/**
 * A message, too. A file that moved between is held from one partition and released from another,
 * so that this may come first: then the hold that comes later does not count.
 */
export const releaseContent = defineProcedure({
  name: RELEASE_CONTENT,
  tables: CONTENT_TABLES,
  readInput: reader(HoldInput),
  freesRoom: () => true,
  run(work, { content, holder }: HoldInput): null {
    const head = headOf(work, content)
    if (head === undefined) return null
    if (!work.has(holderKey(content, holder))) {
      work.put(releasedKey(content, holder), NO_BYTES, work.timeMs + RELEASED_KEPT_MS)
      return null
    }
    work.delete(holderKey(content, holder))
    putHead(work, content, withLife(work, { ...head, holders: head.holders - 1 }))
    return null
  },
})

export const CONTENT_PROCEDURES = [
  appendContent,
  sealContent,
  keepContent,
  holdContent,
  releaseContent,
  ...REMOVAL_PROCEDURES,
]

const NO_BYTES = new Uint8Array(0)

/** What nobody made yet. Not where rows of one are left that is being removed. */
function begun(work: PartitionWork, { at, content, nick }: AppendInput): HeadRow {
  const left = { table: CONTENTS_TABLE, pk: content, prefix: PART_PREFIX, limit: 1 }
  if (at !== 0 || work.list(left).length > 0) return refuseGone(work, content)
  return { bytes: 0, atMs: 0, upload: NOBODYS, nick, holders: 0 }
}

/** Of no append. */
const NOBODYS = ''.padStart(32, '0')

function refuseOther(work: PartitionWork, { bytes }: HeadRow, { at }: { readonly at: number }) {
  if (at !== bytes) work.refuse('UPLOAD_OFFSET', { have: bytes, at })
}

function headOrRefuse(work: PartitionWork, content: string): HeadRow {
  return headOf(work, content) ?? refuseGone(work, content)
}

function refuseGone(work: PartitionWork, content: string): never {
  return work.refuse('NO_ENTRY', { path: content })
}

function changed(work: PartitionWork, content: string, head: HeadRow): HeadRow {
  const put = withLife(work, { ...head, atMs: work.timeMs })
  putHead(work, content, put)
  return put
}

/** What nobody holds has a day from now on. */
function withLife(work: PartitionWork, head: HeadRow): HeadRow {
  return head.holders > 0 ? head : { ...head, dueMs: work.timeMs + LIFE_MS }
}

function answerOf({ atMs, bytes, hashState, sha256 }: HeadRow): ContentAnswer {
  return { bytes, atMs, sha256: sha256 ?? null, hashState: hashState ?? null }
}

/** What comes is referred to before the old tail is let go: it may be the same chunk. */
function refer(work: PartitionWork, input: AppendInput, before: ChunkRef | undefined): void {
  const { chunks, content, tail, upload } = input
  sendChunkChanges(work, { upload, refer: { reference: referenceOf(content), chunks } })
  const reference = tailReferenceOf(content)
  sendChunkChanges(work, {
    upload,
    refer: { reference, chunks: tail === undefined ? [] : [tail] },
    unrefer: { reference, chunks: before === undefined ? [] : [before] },
  })
}

/** The last part is filled, then others begin. */
function putParts(work: PartitionWork, { chunks, content }: AppendInput, from: number): void {
  if (chunks.length === 0) return
  const range = { table: CONTENTS_TABLE, pk: content, prefix: PART_PREFIX }
  const [last] = work.list({ ...range, reverse: true, limit: 1 })
  const before = last === undefined ? [] : decodePart(last)
  const isFull = before.length >= CHUNKS_PER_PART_MAX
  let offset = last === undefined || isFull ? from : offsetOf(last.sk)
  const left = isFull ? [...chunks] : [...before, ...chunks]
  while (left.length > 0) {
    const part = left.splice(0, CHUNKS_PER_PART_MAX)
    work.put(partKey(content, offset), encodePart(part))
    offset += bytesOf(part)
  }
}
