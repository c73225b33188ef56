/**
 * What is to be shown with a dweet that is being written: each is sent as soon as it is chosen,
 * while the text is written, and can be described and taken away meanwhile.
 */
import type { Attachment } from '../../../src/wire/api-attachments.ts'
import { ATTACHMENTS_MAX } from '../../../src/wire/dweet-limits.ts'
import { RingTrouble } from '../api/ring-client.ts'
import { Cell } from '../state/cell.ts'
import type { Trouble } from '../texts/texts.ts'

/** Sent, and kept with the draft. */
export interface DraftAttachment {
  readonly attachment: Attachment
  readonly description: string
}

export interface AttachingItem {
  readonly key: number
  readonly name: string
  /** Of all bytes, 0 to 1, as far as it is sent; 1 without `attachment`: the ring works on it. */
  readonly sent: number
  readonly attachment?: Attachment
  readonly trouble?: Trouble
  readonly description: string
}

export interface SendHow {
  readonly signal: AbortSignal
  /** Told how many bytes are on their way. */
  readonly onSent: (bytes: number) => void
}

export interface Sender {
  send(file: File, how: SendHow): Promise<Attachment>
  copy(path: string): Promise<Attachment>
  discard(id: string): Promise<void>
}

type What = File | { readonly path: string; readonly name: string }

export class Attaching {
  readonly items: Cell<readonly AttachingItem[]>
  readonly #sender: Sender
  readonly #onChange: (sent: readonly DraftAttachment[]) => void
  readonly #stops = new Map<number, AbortController>()
  #lastKey = 0

  /** @param onChange told what is sent, whenever that changes */
  constructor(
    sender: Sender,
    kept: readonly DraftAttachment[],
    onChange: (sent: readonly DraftAttachment[]) => void,
  ) {
    this.#sender = sender
    this.#onChange = onChange
    this.items = new Cell(
      kept.map(({ attachment, description }) => ({
        key: ++this.#lastKey,
        name: attachment.name,
        sent: 1,
        attachment,
        description,
      })),
    )
  }

  get left(): number {
    return ATTACHMENTS_MAX - this.items.get().length
  }

  get isSending(): boolean {
    return this.items.get().some(({ attachment, trouble }) => !attachment && !trouble)
  }

  get sent(): readonly DraftAttachment[] {
    return this.items.get().flatMap(({ attachment, description }) => {
      return attachment === undefined ? [] : [{ attachment, description }]
    })
  }

  /** @returns how many there was no place for */
  add(all: readonly What[]): number {
    const taken = all.slice(0, Math.max(0, this.left))
    for (const what of taken) void this.#add(what)
    return all.length - taken.length
  }

  describe(key: number, description: string): void {
    this.#change(key, { description })
    this.#tell()
  }

  remove(key: number): void {
    this.#stops.get(key)?.abort()
    const gone = this.items.get().find((one) => one.key === key)
    this.items.update((items) => items.filter((one) => one.key !== key))
    if (gone?.attachment !== undefined) void this.#sender.discard(gone.attachment.id)
    this.#tell()
  }

  /** The dweet has them now. */
  clear(): void {
    this.items.set([])
    this.#tell()
  }

  /** Nobody looks any more: what is under way is broken off, what was sent stays with the draft. */
  stop(): void {
    for (const stop of this.#stops.values()) stop.abort()
  }

  async #add(what: What): Promise<void> {
    const key = ++this.#lastKey
    const stop = new AbortController()
    this.#stops.set(key, stop)
    this.items.update((items) => [...items, { key, name: what.name, sent: 0, description: '' }])
    try {
      const attachment = await this.#send(what, key, stop.signal)
      if (stop.signal.aborted) void this.#sender.discard(attachment.id)
      else this.#change(key, { attachment, name: attachment.name, sent: 1 })
      this.#tell()
    } catch (thrown) {
      if (!(thrown instanceof RingTrouble)) throw thrown
      const { code, details, text } = thrown
      if (!stop.signal.aborted) this.#change(key, { trouble: { code, details, text } })
    } finally {
      this.#stops.delete(key)
    }
  }

  #send(what: What, key: number, signal: AbortSignal): Promise<Attachment> {
    if (!(what instanceof File)) return this.#sender.copy(what.path)
    const onSent = (bytes: number): void =>
      this.#change(key, { sent: what.size === 0 ? 1 : Math.min(1, bytes / what.size) })
    return this.#sender.send(what, { signal, onSent })
  }

  #change(key: number, change: Partial<AttachingItem>): void {
    this.items.update((items) =>
      items.map((one) => (one.key === key ? { ...one, ...change } : one)),
    )
  }

  #tell(): void {
    this.#onChange(this.sent)
  }
}
