/** RETR, LIST, NLST and MLSD: bytes to the client. */
import { utf8 } from '../../base/bytes.ts'
import { errorText } from '../../base/errors.ts'
import type { ClientCloseReason, ClientStream } from '../../effects/client-net.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Entry } from '../../services/files/types.ts'
import { CLOSING_MS } from './limits.ts'
import { SEND_PIECE_BYTES } from './limits.ts'
import { factLine, lsLine } from './listing.ts'
import { entriesAt, folderEntries } from './lists.ts'
import { openOrMetalink } from './metalinks.ts'
import { nameOf } from './paths.ts'
import { reply, type Reply } from './replies.ts'
import { TransferEnd, type Running } from './running.ts'
import type { Transfer } from './session.ts'
import { ToWire } from './text-lines.ts'

type Send = Transfer & { readonly what: 'send' }
type List = Transfer & { readonly what: 'list' | 'names' | 'facts' }

export async function sendFile(running: Running, transfer: Send): Promise<Reply> {
  const { isText, path, range } = transfer
  const { doors, files, mark, user } = running.parts
  const asked = { path, options: { signal: running.signal } }
  const { entry, read } = await openOrMetalink({ files, doors }, user, asked)
  const { from = 0 } = range
  if (from > entry.bytes) {
    throw new TransferEnd(554, `The file has ${entry.bytes} bytes: it cannot begin at ${from}.`)
  }
  const to = Math.min(range.to ?? entry.bytes, entry.bytes)
  mark(`Sending ${nameOf(path)} (${to - from} bytes).`)
  const out = await Outgoing.over(running)
  const lines = isText ? new ToWire() : undefined
  for await (const chunk of read({ from, to })) {
    for (let at = 0; at < chunk.length; at += SEND_PIECE_BYTES) {
      const piece = chunk.subarray(at, at + SEND_PIECE_BYTES)
      await out.send(lines === undefined ? piece : lines.take(piece))
      running.moved(piece.length)
    }
  }
  await out.finish()
  return reply(226, `All is sent: ${to - from} bytes.`)
}

export async function sendList(running: Running, transfer: List): Promise<Reply> {
  const lines = await listLines(running, transfer)
  running.parts.mark('Here is the list.')
  const out = await Outgoing.over(running)
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    const text = lines
      .slice(at, at + LINES_AT_ONCE)
      .map((line) => `${line}\r\n`)
      .join('')
    const bytes = utf8(text)
    await out.send(bytes)
    running.moved(bytes.length)
  }
  await out.finish()
  return reply(226, `Listed: ${lines.length}.`)
}

const LINES_AT_ONCE = 1_000

async function listLines(running: Running, transfer: List): Promise<readonly string[]> {
  const { clock, files, user } = running.parts
  const { path } = transfer
  const at = { path, signal: running.signal }
  switch (transfer.what) {
    case 'facts':
      return factLines(running, transfer)
    case 'names': {
      const entries = await entriesAt(files, user, at)
      const isFolder = entries.every((entry) => entry.path !== path) && !/[*?[]/.test(nameOf(path))
      return entries.map(({ name }) => (isFolder ? name : `${transfer.prefix}${name}`))
    }
    case 'list': {
      const nowMs = clock.wallMs()
      return (await entriesAt(files, user, at)).map((entry) => lsLine(entry, nowMs))
    }
  }
}

/** RFC 3659 section 7.2.1: of a folder alone, and its own line first. */
async function factLines(
  running: Running,
  { facts, path }: List & { readonly what: 'facts' },
): Promise<readonly string[]> {
  const { files, user } = running.parts
  const folder = await files.stat(user, path, { signal: running.signal })
  if (folder.kind === 'file') throw new TransferEnd(501, errorText('NOT_A_FOLDER', { path }))
  const entries = await folderEntries(files, user, { path, signal: running.signal })
  const line = (entry: Entry): string => factLine(entry, { facts, name: entry.name })
  return [factLine(folder, { facts, name: '.', type: 'cdir' }), ...entries.map(line)]
}

/** The client’s side is read too: that it is gone is told there. */
class Outgoing {
  readonly #stream: ClientStream
  readonly #clock: Pick<Clock, 'after'>
  readonly #over = Promise.withResolvers<void>()
  #closed: ClientCloseReason | undefined

  private constructor(stream: ClientStream, clock: Pick<Clock, 'after'>) {
    this.#stream = stream
    this.#clock = clock
    const closed = (reason: ClientCloseReason): void => {
      this.#closed = reason
      this.#over.resolve()
    }
    stream.receive({ bytes: () => undefined, closed })
  }

  /** @throws TransferEnd */
  static async over(running: Running): Promise<Outgoing> {
    const stream = await running.connect()
    if (stream === 'untouched') throw new TransferEnd(426, 'The data connection was closed.')
    return new Outgoing(stream, running.parts.clock)
  }

  /** @throws TransferEnd */
  async send(bytes: Uint8Array): Promise<void> {
    this.#refuseClosed()
    await this.#stream.send(bytes)
    this.#refuseClosed()
  }

  /**
   * The client closes once it has read the end. It is waited for, since aria2c waits a minute for a
   * 226 that came together with its 150.
   * @throws TransferEnd
   */
  async finish(): Promise<void> {
    const isSent = await this.#stream.finish()
    if (!isSent) throw new TransferEnd(426, 'The data connection was closed in the middle.')
    const timer = this.#clock.after(CLOSING_MS, this.#over.resolve)
    await this.#over.promise
    timer.cancel()
  }

  #refuseClosed(): void {
    if (this.#closed === undefined) return
    this.#stream.destroy()
    throw new TransferEnd(426, 'The data connection was closed in the middle.')
  }
}
