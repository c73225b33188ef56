/**
 * One content of several. Chunks that content cut are referred to where they stand; where two
 * bodies meet, bytes are cut anew until a cut falls on one that is there, so that the whole is cut
 * as if it had come in one piece.
 */
import { AnilloError } from '../../../base/errors.ts'
import { change, type ContentParts } from './parts.ts'
import { keepContent } from './procedures.ts'
import { chunksIn, readChunks } from './reading.ts'
import type { Body, SealedBody } from './types.ts'
import type { OpenWriter } from './writer.ts'

/** What is joined stays for a day from now on, so that its chunks can be referred to. */
export async function checkSealed(
  parts: ContentParts,
  body: Body,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (body.kind === 'here') return undefined
  const asked = { input: { content: body.id }, ...(signal === undefined ? {} : { signal }) }
  const { bytes, sha256 } = await change(parts, keepContent, asked)
  if (sha256 !== null && bytes === body.bytes) return sha256
  throw new AnilloError('BAD_REQUEST', { problem: `the content ${body.id} is not sealed` })
}

export async function joinInto(
  parts: ContentParts,
  { signal, writer }: { readonly writer: OpenWriter; readonly signal: AbortSignal | undefined },
  bodies: readonly Body[],
): Promise<SealedBody> {
  const options = signal === undefined ? {} : { signal }
  for (const body of bodies) {
    if (body.kind === 'here') {
      await writer.push(body.bytes)
      continue
    }
    const range = { id: body.id, from: 0, to: body.bytes }
    for await (const { bytes, chunk } of readChunks(parts, chunksIn(parts, range), options)) {
      // The last one was cut by the end of its body.
      const isLast = chunk.offset + chunk.bytes === body.bytes
      if (isLast || !(await writer.adopt(chunk, bytes))) await writer.push(bytes)
    }
  }
  return writer.seal()
}
