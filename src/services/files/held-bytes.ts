/**
 * Bytes that other services keep beside the tree: contents as files have them, within the room of
 * the account. What holds them says so by messages (`wire/held-contents.ts`).
 */
import type { CallOptions } from '../../store/types.ts'
import type { Body, ByteRange, Contents, SealedBody, WriterAsk } from './contents/types.ts'
import type { Quotas } from './tree/quotas.ts'

export interface HeldWriter {
  /** The piece is the caller’s again then. @throws AnilloError DISK_FULL */
  push(piece: Uint8Array): Promise<void>
  /** All of it, durable. Held by nobody, it goes a day later. */
  seal(): Promise<SealedBody>
  /** Nothing of it stays. */
  discard(): Promise<void>
}

export interface HeldRoom {
  readonly nick: string
  /** 32 hex digits: another claim of it is replaced. */
  readonly id: string
}

export class HeldBytes {
  readonly #contents: Contents
  readonly #quotas: Quotas

  constructor(contents: Contents, quotas: Quotas) {
    this.#contents = contents
    this.#quotas = quotas
  }

  begin(ask: WriterAsk): HeldWriter {
    return this.#contents.begin(ask)
  }

  read(body: Body, range: ByteRange, options?: CallOptions): AsyncIterable<Uint8Array> {
    return this.#contents.read(body, range, options)
  }

  /** One of several that are sealed, in this order. @throws NO_ENTRY where one is gone */
  join(bodies: readonly Body[], ask: WriterAsk): Promise<SealedBody> {
    return this.#contents.join(bodies, { ...ask, keepsCuts: true })
  }

  /**
   * Room for one file of so many bytes, for a day, where the account has a limit.
   * @throws AnilloError QUOTA_FULL, QUOTA_FILES_FULL, BUSY
   */
  async claim({ id, nick }: HeldRoom, bytes: number, options?: CallOptions): Promise<void> {
    if (!(await this.#quotas.isLimited(nick, options))) return
    const claim = { nick, id, bytes, wished: bytes, files: 1, isKept: true }
    await this.#quotas.claim(claim, options)
  }

  async waive({ id, nick }: HeldRoom): Promise<void> {
    if (await this.#quotas.isLimited(nick)) await this.#quotas.waive(nick, id)
  }
}
