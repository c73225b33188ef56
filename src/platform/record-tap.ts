/**
 * The bytes under a TLS connection, counted record by record (RFC 8446, 5.1), on their way from a
 * socket to `node:tls`, which tells an end in the middle of a record by nothing.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** Type, version, and the length of what follows. */
const HEAD_BYTES = 5

export class RecordTap extends Duplex {
  readonly #raw: Socket
  readonly #lengthBytes = Buffer.alloc(2)
  /** Of the head that has begun. */
  #headBytes = 0
  /** Of the record that has begun, what is to come. */
  #left = 0
  #hasEnded = false

  /** @param raw paused; what it has read already comes through here, too */
  constructor(raw: Socket) {
    super()
    this.#raw = raw
    raw.on('data', (piece: Buffer) => {
      this.#count(piece)
      if (!this.push(piece)) raw.pause()
    })
    raw.on('end', () => {
      this.#hasEnded = true
      this.push(null)
    })
    raw.on('error', (error) => this.destroy(error))
    raw.on('close', () => this.destroy())
  }

  /** The other end has closed the connection. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** It did so in the middle of a record: somebody cut what was sent. */
  get isCut(): boolean {
    return this.#hasEnded && (this.#left > 0 || this.#headBytes > 0)
  }

  override _read(): void {
    this.#raw.resume()
  }

  override _write(
    bytes: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    this.#raw.write(bytes, done)
  }

  override _final(done: () => void): void {
    this.#raw.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#raw.destroy()
    done(error)
  }

  #count(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, piece.length - at)
        this.#left -= taken
        at += taken
        continue
      }
      const inLength = this.#headBytes - (HEAD_BYTES - 2)
      if (inLength >= 0) this.#lengthBytes[inLength] = piece[at] ?? 0
      at++
      this.#headBytes++
      if (this.#headBytes < HEAD_BYTES) continue
      this.#headBytes = 0
      this.#left = this.#lengthBytes.readUInt16BE()
    }
  }
}
