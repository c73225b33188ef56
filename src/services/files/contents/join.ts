/**
 * One content of several. Chunks that content cut are referred to where they stand; where two
 * bodies meet, bytes are cut anew until a cut falls on one that is there, so that the whole is cut
 * as if it had come in one piece.
 */
import { assert } from '../../../base/assert.ts'
import { AnilloError } from '../../../base/errors.ts'
import { SHA256_BLOCK_BYTES, type Sha256State } from '../../../base/resumable-sha256.ts'
import { change, type ContentParts } from './parts.ts'
import { keepContent } from './procedures.ts'
import { chunksIn, readChunks } from './reading.ts'
import type { Body, SealedBody } from './types.ts'
import type { OpenWriter } from './writer.ts'

export interface Checked {
  readonly sha256: string
  /** Of what was joined to grow. */
  readonly hashState: Sha256State | undefined
}

/** What is joined stays for a day from now on, so that its chunks can be referred to. */
export async function checkSealed(
  parts: ContentParts,
  body: Body,
  signal: AbortSignal | undefined,
): Promise<Checked | undefined> {
  if (body.kind === 'here') return undefined
  const asked = { input: { content: body.id }, ...(signal === undefined ? {} : { signal }) }
  const { bytes, hashState: hex, sha256 } = await change(parts, keepContent, asked)
  const known = bytes - (bytes % SHA256_BLOCK_BYTES)
  const hashState = hex === null ? undefined : { hex, bytes: known }
  if (sha256 !== null && bytes === body.bytes) return { sha256, hashState }
  throw new AnilloError('BAD_REQUEST', { problem: `the content ${body.id} is not sealed` })
}

interface JoinParts {
  readonly writer: OpenWriter
  /** So many bytes of the first body are in the hash of the writer. */
  readonly known: number
  /** @see JoinAsk */
  readonly keepsCuts: boolean
  readonly signal: AbortSignal | undefined
}

export async function joinInto(
  parts: ContentParts,
  { keepsCuts, known, signal, writer }: JoinParts,
  bodies: readonly Body[],
): Promise<SealedBody> {
  const options = signal === undefined ? {} : { signal }
  const [first, ...others] = bodies
  const isKnown = known > 0 && first?.kind === 'content'
  if (isKnown) await adoptKnown(parts, { known, signal, writer }, first)
  for (const body of isKnown ? others : bodies) {
    if (body.kind === 'here') {
      await writer.push(body.bytes)
      continue
    }
    const range = { id: body.id, from: 0, to: body.bytes }
    for await (const { bytes, chunk } of readChunks(parts, chunksIn(parts, range), options)) {
      // The last one was cut by the end of its body.
      const isLast = !keepsCuts && chunk.offset + chunk.bytes === body.bytes
      if (isLast || !(await writer.adopt(chunk, bytes))) await writer.push(bytes)
    }
  }
  return writer.seal()
}

/** Chunks of which the hash is known are not read. */
async function adoptKnown(
  parts: ContentParts,
  { known, signal, writer }: Omit<JoinParts, 'keepsCuts'>,
  { bytes, id }: Body & { readonly kind: 'content' },
): Promise<void> {
  const options = signal === undefined ? {} : { signal }
  for await (const chunk of chunksIn(parts, { id, from: 0, to: bytes }, options)) {
    const end = chunk.offset + chunk.bytes
    if (end <= known && end < bytes) {
      const isTaken = await writer.adopt(chunk)
      assert(isTaken, 'it begins where the one before ended')
      continue
    }
    const read = await parts.store.chunks.get(chunk.hash, options)
    if (end === bytes || !(await writer.adopt(chunk, read))) await writer.push(read)
  }
}
