/**
 * What goes over a data connection. The order is that of RFC 959 and 4217: what can be refused
 * before a byte moves is; then 150; then the connection and its handshake; then bytes; then, once
 * all is durable, or sent and ended, 226.
 */
import { AnilloError } from '../../base/errors.ts'
import type { ClientStream, Secured } from '../../effects/client-net.ts'
import type { Timer } from '../../effects/clock.ts'
import { CONNECT_MS, STALL_MS } from './limits.ts'
import { reply, type Reply } from './replies.ts'
import { TransferEnd, type Running, type TransferParts } from './running.ts'
import { sendFile, sendList } from './sending.ts'
import type { Transfer } from './session.ts'
import { storeFile } from './storing.ts'
import { refusal } from './works.ts'

/** One transfer, from the command to its last reply. */
export class RunningTransfer implements Running {
  readonly parts: TransferParts
  readonly transfer: Transfer
  readonly #abort = new AbortController()
  #stream: ClientStream | undefined
  #watching: Timer | undefined
  #movedAtMs: number
  bytes = 0

  constructor(parts: TransferParts, transfer: Transfer) {
    this.parts = parts
    this.transfer = transfer
    this.#movedAtMs = parts.clock.nowMs()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** For STAT. */
  get progress(): string {
    const verb = isUpload(this.transfer) ? 'Received' : 'Sent'
    return `${verb} ${this.bytes} bytes so far.`
  }

  /** Ends with 426; what was received stays, to go on with. */
  abort(): void {
    this.#abort.abort()
    this.#stream?.destroy()
  }

  /** Never rejects. */
  async run(): Promise<Reply> {
    this.#watch()
    try {
      return await this.#move()
    } catch (thrown) {
      if (thrown instanceof TransferEnd) return thrown.reply
      if (this.signal.aborted) return reply(426, 'The transfer was broken off.')
      return refusal(thrown, this.parts.log)
    } finally {
      this.#watching?.cancel()
      this.parts.channel.close()
    }
  }

  moved(bytes: number): void {
    this.bytes += bytes
    this.#movedAtMs = this.parts.clock.nowMs()
  }

  async connect(): Promise<ClientStream | 'untouched'> {
    const { channel, clock } = this.parts
    const timeout = new AbortController()
    const timer = clock.after(CONNECT_MS, () => timeout.abort())
    const signal = AbortSignal.any([timeout.signal, this.signal])
    try {
      const stream = await channel.open(this.transfer.source, signal)
      this.#stream = stream
      if (!this.transfer.isSecure) return stream
      signal.addEventListener('abort', () => stream.destroy())
      return await this.#secure(stream)
    } catch (thrown) {
      if (thrown instanceof TransferEnd) throw thrown
      if (this.signal.aborted) throw new TransferEnd(426, 'The transfer was broken off.')
      if (timeout.signal.aborted) {
        throw new TransferEnd(425, `No data connection came within ${CONNECT_MS / 1_000} s.`)
      }
      const { message } = thrown instanceof AnilloError ? thrown : new AnilloError('INTERNAL')
      throw new TransferEnd(425, `There is no data connection: ${message}`)
    } finally {
      timer.cancel()
    }
  }

  async #secure(stream: ClientStream): Promise<ClientStream | 'untouched'> {
    const watchesEnd = isUpload(this.transfer)
    const secured: Secured = (await this.parts.security?.secure(stream, { watchesEnd })) ?? {
      kind: 'failed',
      problem: 'commands are not encrypted',
    }
    if (secured.kind === 'untouched') return 'untouched'
    const { log } = this.parts
    if (secured.kind === 'failed') {
      stream.destroy()
      log.info('a data connection was not encrypted', { problem: secured.problem })
      throw new TransferEnd(425, `The handshake of the data connection failed: ${secured.problem}.`)
    }
    if (!secured.isReused && this.parts.demandsReuse) {
      stream.destroy()
      throw new TransferEnd(522, 'Go on with the TLS session of your commands for data, too.')
    }
    return stream
  }

  async #move(): Promise<Reply> {
    const { transfer } = this
    switch (transfer.what) {
      case 'send':
        return sendFile(this, transfer)
      case 'list':
      case 'names':
      case 'facts':
        return sendList(this, transfer)
      case 'store':
      case 'append':
      case 'storeUnique':
        return storeFile(this, transfer)
    }
  }

  /** A client that neither sends nor takes is not waited for. */
  #watch(): void {
    const { clock } = this.parts
    this.#watching = clock.after(STALL_MS, () => {
      if (clock.nowMs() - this.#movedAtMs >= STALL_MS) this.abort()
      else this.#watch()
    })
  }
}

function isUpload({ what }: Transfer): boolean {
  return what === 'store' || what === 'append' || what === 'storeUnique'
}
