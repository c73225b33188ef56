/**
 * An attachment on its way in. What it is its first bytes tell. Pictures wait in memory, so that
 * where they were taken is never written anywhere; all else goes to its holders as it comes.
 */
import { AnilloError } from '../../../base/errors.ts'
import { KIB, MIB } from '../../../base/limits.ts'
import { sizeText } from '../../../base/size-text.ts'
import type { Attachment } from '../../../wire/api-attachments.ts'
import { ATTACHED_BYTES_MAX, PICTURE_BYTES_MAX } from '../../../wire/dweet-limits.ts'
import { mediaTypeFor } from '../../../wire/media-types.ts'
import { barePicture, isPictureType } from '../pictures/picture.ts'
import { SNIFFED_BYTES, sniffedType } from '../pictures/sniffed-type.ts'
import { partitionOfNick } from '../places.ts'
import type { AttachmentRow } from '../rows.ts'
import { attachmentOf } from '../showing.ts'
import { attach } from './attach-procedures.ts'
import type { AttachedWriter } from './attached-bytes.ts'
import type { AttachmentParts } from './parts.ts'
import type { AttachmentUpload } from './types.ts'

interface Arriving {
  readonly nick: string
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly signal?: AbortSignal
}

/** Claimed ahead, where nobody says how many come. */
const CLAIM_STEP_BYTES = 8 * MIB
/** Smaller ones claim room once, at their end. */
const CLAIM_FROM_BYTES = 256 * KIB

export class ArrivingAttachment implements AttachmentUpload {
  readonly #parts: AttachmentParts
  readonly #asked: Arriving
  readonly #writer: AttachedWriter
  /** The beginning; of a picture all of it. */
  readonly #held: Uint8Array[] = []
  #heldBytes = 0
  /** Known from its first bytes on; `null`: none that is shown. */
  #sniffed: string | null | undefined
  #taken = 0
  #claimed = 0

  constructor(parts: AttachmentParts, asked: Arriving) {
    const { nick, signal } = asked
    this.#parts = parts
    this.#asked = asked
    this.#writer = parts.bytes.begin({ nick, ...(signal === undefined ? {} : { signal }) })
  }

  /** @throws AnilloError ATTACHMENT_LARGE, QUOTA_FULL, QUOTA_FILES_FULL, BUSY */
  async expect(bytes: number | undefined): Promise<void> {
    if (bytes === undefined) return
    if (bytes > ATTACHED_BYTES_MAX) throw this.#tooLarge(ATTACHED_BYTES_MAX)
    await this.#claim(bytes)
  }

  async push(piece: Uint8Array): Promise<void> {
    this.#taken += piece.length
    const limit = this.#isPicture ? PICTURE_BYTES_MAX : ATTACHED_BYTES_MAX
    if (this.#taken > limit) throw this.#tooLarge(limit)
    if (this.#taken > Math.max(this.#claimed, CLAIM_FROM_BYTES)) {
      await this.#claim(Math.min(this.#taken + CLAIM_STEP_BYTES, ATTACHED_BYTES_MAX))
    }
    if (this.#sniffed === undefined || this.#isPicture) this.#hold(piece)
    else return this.#writer.push(piece)
    if (this.#heldBytes >= SNIFFED_BYTES) await this.#begin()
  }

  async end(): Promise<Attachment> {
    await this.#begin()
    const file = this.#isPicture ? await this.#endPicture() : await this.#endOther()
    const { id, nick } = this.#asked
    await this.#claim(file.row.bytes)
    const { here, row } = file
    const input = { nick, file: row, ...(here === undefined ? {} : { here }) }
    try {
      await this.#parts.store.call(partitionOfNick(nick), attach, input)
    } catch (thrown) {
      await this.#parts.bytes.waive({ nick, id }).catch(() => undefined)
      throw thrown
    }
    return attachmentOf(row, '/v1/dweets/attachments')
  }

  async discard(): Promise<void> {
    const { id, nick } = this.#asked
    this.#held.length = 0
    await this.#writer.discard()
    if (this.#claimed > 0) await this.#parts.bytes.waive({ nick, id })
  }

  get #isPicture(): boolean {
    return typeof this.#sniffed === 'string' && isPictureType(this.#sniffed)
  }

  #hold(piece: Uint8Array): void {
    this.#held.push(piece.slice())
    this.#heldBytes += piece.length
  }

  /** What it is, once enough has come or nothing more does. */
  async #begin(): Promise<void> {
    if (this.#sniffed !== undefined) return
    this.#sniffed = sniffedType(Buffer.concat(this.#held).subarray(0, SNIFFED_BYTES)) ?? null
    if (this.#isPicture) return
    for (const piece of this.#held.splice(0)) await this.#writer.push(piece)
  }

  async #endPicture(): Promise<Ended> {
    const type = this.#sniffed ?? ''
    const picture = barePicture(type, Buffer.concat(this.#held.splice(0)))
    if (picture === undefined) {
      throw new AnilloError('ATTACHMENT_UNFIT', { name: this.#asked.name })
    }
    const { bytes, height, width } = picture
    await this.#writer.push(bytes)
    const ended = await this.#seal(type, bytes.length)
    return { ...ended, row: { ...ended.row, width, height } }
  }

  #endOther(): Promise<Ended> {
    return this.#seal(this.#sniffed ?? namedType(this.#asked.name), this.#taken)
  }

  async #seal(type: string, bytes: number): Promise<Ended> {
    const { description, id, name } = this.#asked
    const { sha256, ...body } = await this.#writer.seal()
    const said = description === undefined ? {} : { description }
    const row = { id, type, name, bytes, sha256, ...said }
    if (body.kind === 'here') return { row, here: body.bytes }
    return { row: { ...row, content: body.id }, here: undefined }
  }

  async #claim(bytes: number): Promise<void> {
    const { id, nick, signal } = this.#asked
    await this.#parts.bytes.claim({ nick, id }, bytes, signal === undefined ? {} : { signal })
    this.#claimed = bytes
  }

  #tooLarge(limit: number): AnilloError {
    return new AnilloError('ATTACHMENT_LARGE', { name: this.#asked.name, limit: sizeText(limit) })
  }
}

interface Ended {
  readonly row: AttachmentRow
  readonly here: Uint8Array | undefined
}

/** What only its name says is never shown as a picture, played, or read by a viewer. */
function namedType(name: string): string {
  const type = mediaTypeFor(name)
  const isShown = /^(?:image|audio|video)\/|^application\/pdf$/.test(type)
  return isShown && type !== 'image/svg+xml' ? 'application/octet-stream' : type
}
