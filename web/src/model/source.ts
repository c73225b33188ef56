/** The body of a page as lines of text, bounded. */

/** Half a MiB of text is ten thousand lines; more would make the browser slow and nobody wiser. */
export const SOURCE_BYTES_MAX = 512 * 1024
export const SOURCE_LINES_MAX = 10_000
/** A minified script is one line of a megabyte: longer lines are broken here. */
const LINE_CHARACTERS_MAX = 2_000

const TEXT =
  /^(text\/|image\/svg|application\/([\w.+-]*\+)?(json|xml|javascript|ecmascript|x-javascript|yaml|toml|sql|graphql|x-sh|rtf|manifest)|$)/i

/** Whether a body of this type is for reading. No type at all is taken for text. */
export function isText(contentType: string): boolean {
  return TEXT.test(contentType.trim())
}

/** The first bytes of a stream; what comes behind is not downloaded. */
export async function takeBytes(
  stream: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const taken = new Uint8Array(bytesMax)
  let size = 0
  const reader = stream?.getReader()
  while (reader !== undefined && size < bytesMax) {
    const { done, value } = await reader.read()
    if (done) break
    const piece = value.subarray(0, bytesMax - size)
    taken.set(piece, size)
    size += piece.byteLength
  }
  await reader?.cancel()
  return taken.slice(0, size)
}

export interface Source {
  readonly lines: readonly string[]
  /** How much of the body the lines stand for. */
  readonly shownBytes: number
}

/** @param charset as the page declares it; one that is not known is read as UTF-8 */
export function decodeSource(body: Uint8Array<ArrayBuffer>, charset: string | null): Source {
  const text = decoderOf(charset).decode(body)
  const lines = text.split(/\r\n|\n|\r/).flatMap(breakLine)
  if (lines.length <= SOURCE_LINES_MAX) return { lines, shownBytes: body.byteLength }
  const shown = lines.slice(0, SOURCE_LINES_MAX)
  return { lines: shown, shownBytes: new TextEncoder().encode(shown.join('\n')).byteLength }
}

function decoderOf(charset: string | null): TextDecoder {
  try {
    return new TextDecoder(charset ?? 'utf-8')
  } catch {
    return new TextDecoder()
  }
}

function breakLine(line: string): readonly string[] {
  if (line.length <= LINE_CHARACTERS_MAX) return [line]
  const count = Math.ceil(line.length / LINE_CHARACTERS_MAX)
  return Array.from({ length: count }, (_, i) =>
    line.slice(i * LINE_CHARACTERS_MAX, (i + 1) * LINE_CHARACTERS_MAX),
  )
}
