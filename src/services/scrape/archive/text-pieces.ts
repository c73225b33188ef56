/** Lines on their way out, so many at once. */
import { utf8 } from '../../../base/bytes.ts'
import { KIB } from '../../../base/limits.ts'

const PIECE_CHARS = 64 * KIB

/** UTF-8, in pieces of about 64 KiB; each line brings its own end. */
export async function* textPieces(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let waiting: string[] = []
  let chars = 0
  for await (const line of lines) {
    waiting.push(line)
    chars += line.length
    if (chars >= PIECE_CHARS) {
      yield utf8(waiting.join(''))
      waiting = []
      chars = 0
    }
  }
  if (chars > 0) yield utf8(waiting.join(''))
}
