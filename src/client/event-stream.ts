/** Server-sent events (WHATWG HTML, 9.2.6): the data of each event, as text. */
import { AnilloError } from '../base/errors.ts'

/** A doing of the ring is far shorter; a line without end must not fill the memory. */
const LINE_CHARS_MAX = 1_048_576

/**
 * Ends with the stream, and also, quietly, where the connection breaks: the caller goes on
 * elsewhere.
 */
export async function* eventTexts(body: ReadableStream<Uint8Array> | null): AsyncIterable<string> {
  let data: string[] = []
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (data.length > 0) yield data.join('\n')
      data = []
    } else if (line.startsWith('data:')) {
      data.push(line.slice(line[5] === ' ' ? 6 : 5))
    }
    // Comments keep the connection alive; `retry`, `event` and `id` say nothing that is needed
    // here.
  }
}

/** @throws AnilloError RPC_GARBLED */
export function parsedEvent(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new AnilloError('RPC_GARBLED', { address: 'the event stream', problem: 'no JSON' })
  }
}

async function* linesOf(body: ReadableStream<Uint8Array> | null): AsyncIterable<string> {
  if (body === null) return
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await readOrEnd(reader)
      if (done) return
      const pieces = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?=[^\n])/)
      rest = pieces.pop() ?? ''
      if (rest.length > LINE_CHARS_MAX) return
      yield* pieces
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

async function readOrEnd(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }> {
  try {
    return await reader.read()
  } catch {
    return { done: true, value: undefined }
  }
}
