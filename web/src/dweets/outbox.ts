/**
 * Dweets on their way. Each is noted in the browser, with its Idempotency-Key, before it is sent:
 * so it goes out once, also when the ring was away or the page was loaded anew in between.
 */
import { ERRORS, parseErrorCode } from '../../../src/base/errors.ts'
import { HOUR_MS } from '../../../src/base/limits.ts'
import type { Dweet, NewDweet } from '../../../src/wire/api-dweets.ts'
import { has } from '../api/read.ts'
import { RingTrouble, UNREADABLE } from '../api/ring-client.ts'
import { Cell } from '../state/cell.ts'
import type { Trouble } from '../texts/texts.ts'
import { Note, type BrowserNotes } from './browser-notes.ts'

export interface Unsent {
  readonly key: string
  readonly body: NewDweet
  /** Ms since 1970. */
  readonly writtenAt: number
  /** The ring refused it: it waits for the person. */
  readonly refused?: Trouble
}

/** The ring knows a key for a day; what may have been sent is not sent again behind that. */
const SENT_ALONE_MS = 23 * HOUR_MS

const UNSENT = { key: 'string', body: 'object', writtenAt: 'number' }

export interface OutboxOptions {
  readonly notes: BrowserNotes
  readonly nick: string
  readonly send: (body: NewDweet, key: string) => Promise<Dweet>
  readonly nowMs: () => number
  readonly newKey: () => string
  /** One that waited went out. */
  readonly onSent: (dweet: Dweet) => void
}

export class Outbox {
  readonly unsent: Cell<readonly Unsent[]>
  readonly #options: OutboxOptions
  readonly #note: Note
  readonly #sending = new Set<string>()
  readonly #firstTries = new Set<string>()
  #flushing: Promise<void> | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#note = new Note(options.notes, options.nick, 'unsent')
    this.unsent = new Cell(this.#read())
  }

  /**
   * @returns `undefined`: the ring is away; it goes out when it is back
   * @throws RingTrouble why it was refused; it is not kept
   */
  async publish(body: NewDweet): Promise<Dweet | undefined> {
    const { newKey, nowMs } = this.#options
    const one = { key: newKey(), body, writtenAt: nowMs() }
    this.#firstTries.add(one.key)
    this.#change((all) => [...all, one])
    try {
      return await this.#send(one)
    } catch (thrown) {
      this.#firstTries.delete(one.key)
      const isKept = thrown instanceof RingTrouble && mayHelpLater(thrown)
      this.#change((all) => all.filter(({ key }) => isKept || key !== one.key))
      if (isKept) return undefined
      throw thrown
    }
  }

  /** Sends what waits, in order, until the ring is away. Once at a time. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined
    })
    return this.#flushing
  }

  /** Nobody can tell any more whether it was published: the person decides. */
  isTooOld({ writtenAt }: Unsent): boolean {
    return writtenAt <= this.#options.nowMs() - SENT_ALONE_MS
  }

  /** It was written a moment ago; what becomes of it is told soon. */
  isFirstTry(key: string): boolean {
    return this.#firstTries.has(key)
  }

  discard(key: string): void {
    this.#change((all) => all.filter((one) => one.key !== key))
  }

  async #flush(): Promise<void> {
    const oldest = this.#options.nowMs() - SENT_ALONE_MS
    for (const one of this.#read()) {
      const isWaiting = one.refused === undefined && one.writtenAt > oldest
      if (!isWaiting || this.#sending.has(one.key)) continue
      try {
        this.#options.onSent(await this.#send(one))
      } catch (thrown) {
        if (!(thrown instanceof RingTrouble)) throw thrown
        if (mayHelpLater(thrown)) return
        const { code, details, text } = thrown
        const refused = { ...one, refused: { code, details, text } }
        this.#change((all) => all.map((other) => (other.key === one.key ? refused : other)))
      }
    }
  }

  async #send({ body, key }: Unsent): Promise<Dweet> {
    this.#sending.add(key)
    try {
      const dweet = await this.#options.send(body, key)
      this.discard(key)
      return dweet
    } finally {
      this.#sending.delete(key)
    }
  }

  /** Other windows of the browser write there, too. */
  #change(change: (all: readonly Unsent[]) => readonly Unsent[]): void {
    const all = change(this.#read())
    this.#note.write(all)
    this.unsent.set(all)
  }

  #read(): readonly Unsent[] {
    const value = this.#note.read()
    return Array.isArray(value) ? value.filter((one): one is Unsent => has(one, UNSENT)) : []
  }
}

/** As it is; `SLOW_DOWN` would only go on for longer. */
function mayHelpLater({ code }: RingTrouble): boolean {
  const known = parseErrorCode(code)
  if (code === UNREADABLE || known === 'LOGIN_FIRST') return true
  return known !== undefined && known !== 'SLOW_DOWN' && ERRORS[known].retry !== 'never'
}
