/** What is shown with dweets, as the page sends it; see `src/wire/api-dweets.ts`. */
import type { Attachment } from '../../../src/wire/api-attachments.ts'
import type { SendHow } from '../dweets/attaching.ts'
import { sound } from './answers.ts'
import type { RingClient } from './ring-client.ts'
import { sendBytes } from './upload.ts'

const ATTACHMENT = { id: 'string', kind: 'string', type: 'string', name: 'string', url: 'string' }
const ATTACHMENTS = '/v1/dweets/attachments'
/** A large file of the tree is read, and written anew. */
const PATIENCE_SECONDS = 120

export class AttachmentsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** @throws RingTrouble ATTACHMENT_LARGE, ATTACHMENT_UNFIT, QUOTA_FULL, ... */
  async send(file: File, { onSent, signal }: SendHow): Promise<Attachment> {
    const query = new URLSearchParams({ name: file.name }).toString()
    const answer = await this.#client.upload(`${ATTACHMENTS}?${query}`, (way) =>
      sendBytes(file, {
        way: { ...way, headers: { ...way.headers, 'content-type': 'application/octet-stream' } },
        method: 'POST',
        signal,
        onSent,
      }),
    )
    return sound<Attachment>(answer, ATTACHMENT)
  }

  /** A file of the tree, as it is now. @throws RingTrouble NO_ENTRY, ... */
  async copy(path: string): Promise<Attachment> {
    const query = new URLSearchParams({ from: path }).toString()
    const answer = await this.#client.json({
      path: `${ATTACHMENTS}?${query}`,
      method: 'POST',
      patienceSeconds: PATIENCE_SECONDS,
    })
    return sound<Attachment>(answer, ATTACHMENT)
  }

  /** One that no dweet uses; where it cannot be asked for, it goes by itself. */
  async discard(id: string): Promise<void> {
    await this.#client
      .json({ path: `${ATTACHMENTS}/${id}`, method: 'DELETE' })
      .catch(() => undefined)
  }
}
