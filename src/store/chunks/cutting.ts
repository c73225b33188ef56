import type { Buffers } from './buffers.ts'

/** How long a piece is, and where its memory comes from. */
export interface CutOptions {
  readonly pieceBytes: number
  /** Pieces are taken of them, and given back by who has them. */
  readonly buffers: Buffers
}

/** Cuts a stream into pieces of one length; the last is what is left. */
export async function* cutFixed(
  content: AsyncIterable<Uint8Array>,
  { pieceBytes, buffers }: CutOptions,
): AsyncGenerator<Uint8Array> {
  let piece = buffers.take(pieceBytes)
  let filled = 0
  for await (const part of content) {
    let at = 0
    while (at < part.length) {
      const taken = Math.min(part.length - at, pieceBytes - filled)
      piece.set(part.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled < pieceBytes) continue
      yield piece
      piece = buffers.take(pieceBytes)
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
  else buffers.giveBack(piece)
}
