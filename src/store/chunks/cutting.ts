/** Cuts a stream into pieces of one length; the last is what is left. */
export async function* cutFixed(
  content: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Uint8Array> {
  let piece = new Uint8Array(pieceBytes)
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
      piece = new Uint8Array(pieceBytes)
      filled = 0
    }
  }
  if (filled > 0) yield piece.slice(0, filled)
}
