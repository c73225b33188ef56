/** Attachments over the ring’s store, and whatever holds their bytes. */
import { hexOf } from '../../../base/hex.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { Attachment } from '../../../wire/api-attachments.ts'
import type { DweetPlace } from '../../../wire/dweet-ids.ts'
import { attachedKey, ownKey, partitionOfNick } from '../places.ts'
import { requireCase } from '../reports/require-case.ts'
import { inspectedPath } from '../reports/showing.ts'
import { readUnused, type AttachmentRow } from '../rows.ts'
import { attachedPath, attachmentOf } from '../showing.ts'
import { SingleReads } from '../single-reads.ts'
import { requireDescription } from '../text/fit-text.ts'
import type { Dweeter } from '../types.ts'
import { ArrivingAttachment } from './arriving-attachment.ts'
import { describeAttached, detach } from './attach-procedures.ts'
import type { AttachedBody } from './attached-bytes.ts'
import { gone } from './gone.ts'
import type { AttachmentParts } from './parts.ts'
import { plainName } from './plain-name.ts'
import type {
  AttachAsk,
  Attachments,
  AttachmentUpload,
  InspectedAttachment,
  OpenAttachment,
} from './types.ts'

const ID_BYTES = 16

export class RingAttachments implements Attachments {
  readonly #parts: AttachmentParts
  readonly #reads: SingleReads

  constructor(parts: AttachmentParts) {
    this.#parts = parts
    this.#reads = new SingleReads(parts)
  }

  async attach({ nick }: Dweeter, ask: AttachAsk): Promise<AttachmentUpload> {
    const { description: given = '', expectedBytes, name, signal } = ask
    const description = requireDescription(given)
    const arriving = new ArrivingAttachment(this.#parts, {
      nick,
      id: hexOf(this.#parts.random.bytes(ID_BYTES)),
      name: plainName(name),
      ...(description === undefined ? {} : { description }),
      ...(signal === undefined ? {} : { signal }),
    })
    await arriving.expect(expectedBytes)
    return arriving
  }

  async unused({ nick }: Dweeter, id: string, options?: CallOptions): Promise<OpenAttachment> {
    const record = isId(id)
      ? await this.#parts.store.get(ownKey(nick, 'file', id), options)
      : undefined
    if (record === undefined) throw gone()
    const { file, here } = readUnused(record)
    return this.#opened(file, UNUSED, { here: async () => here, options })
  }

  async describe({ nick }: Dweeter, id: string, given: string): Promise<Attachment> {
    const description = requireDescription(given)
    if (!isId(id)) throw gone()
    const input = { nick, id, ...(description === undefined ? {} : { description }) }
    const { store } = this.#parts
    return attachmentOf(await store.call(partitionOfNick(nick), describeAttached, input), UNUSED)
  }

  async detach({ nick }: Dweeter, id: string): Promise<void> {
    if (!isId(id)) return
    await this.#parts.store.call(partitionOfNick(nick), detach, { nick, id })
    await this.#parts.bytes.waive({ nick, id })
  }

  async open(
    { nick }: Dweeter,
    dweet: string,
    id: string,
    options?: CallOptions,
  ): Promise<OpenAttachment> {
    const { place, row } = await this.#reads.find(nick, dweet, options)
    const { attachments = [], preview } = row
    const file = [...attachments, preview?.picture].find((one) => one?.id === id)
    return this.#ofDweet(file, place, { where: attachedPath(dweet), options })
  }

  async inspect(
    who: Dweeter,
    dweet: string,
    id: string,
    options?: CallOptions,
  ): Promise<InspectedAttachment> {
    const { row, subject } = await requireCase(this.#parts.store, who, dweet, options)
    // Removed by moderators unasked, it has a case that shows nothing of it.
    if (subject.kind === 'person' || row.reported === undefined) throw gone()
    const publication = await this.#reads.publication(dweet, options)
    const { attachments = [] } = publication?.kind === 'dweet' ? publication : {}
    const file = attachments.find((one) => one.id === id)
    const where = inspectedPath(dweet)
    return { ...this.#ofDweet(file, subject.place, { where, options }), author: row.nick }
  }

  /** @throws AnilloError ATTACHMENT_GONE */
  #ofDweet(
    file: AttachmentRow | undefined,
    { pk, row }: DweetPlace,
    { options, where }: { readonly where: string; readonly options: CallOptions | undefined },
  ): OpenAttachment {
    if (file === undefined) throw gone()
    const key = attachedKey(pk, row, file.id)
    const here = async () => (await this.#parts.store.get(key, options))?.value
    return this.#opened(file, where, { here, options })
  }

  #opened(file: AttachmentRow, where: string, { here, options }: Opening): OpenAttachment {
    const { bytes } = this.#parts
    return {
      attachment: attachmentOf(file, where),
      async *read(range) {
        yield* bytes.read(await bodyOf(file, here), range, options)
      },
    }
  }
}

interface Opening {
  /** Where they are few. */
  readonly here: () => Promise<Uint8Array | undefined>
  readonly options: CallOptions | undefined
}

async function bodyOf(file: AttachmentRow, here: Opening['here']): Promise<AttachedBody> {
  const { bytes, content } = file
  if (content !== undefined) return { kind: 'content', id: content, bytes }
  return { kind: 'here', bytes: (await here()) ?? new Uint8Array(0) }
}

const UNUSED = '/v1/dweets/attachments'

function isId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id)
}
