/** What people take along and bring, through the REST API, as the account that asks. */
import { AnilloError } from '../base/errors.ts'
import { MINUTE_MS, SECOND_MS } from '../base/limits.ts'
import {
  ImportAnswer,
  RetentionAnswer,
  type ImportStep,
  type Retention,
} from '../wire/api-own-data.ts'
import type { FilePart } from './archives.ts'
import { Resource, type Asking } from './resource.ts'

/** Forty dweets, each looked at and written on a majority. */
const TIMEOUT_MS = 30 * SECOND_MS
/** Until the first byte, at whichever member. */
const BEGIN_MS_MAX = MINUTE_MS
/** An export breaks off so often before it is given up. */
const BREAKS_MAX = 5
const BREAK_PAUSE_MS = 500

const EXPORT = '/v1/dweets/export'
const RETENTION = '/v1/dweets/retention'

export class OwnData extends Resource {
  readonly #asking: Asking
  readonly #pause: (delayMs: number) => Promise<void>

  constructor(asking: Asking, pause: (delayMs: number) => Promise<void>) {
    super(asking, TIMEOUT_MS)
    this.#asking = asking
    this.#pause = pause
  }

  /**
   * A ZIP, with the bytes of attachments if they are asked for. Where a member breaks off, another
   * one sends all of it again: `again` says so.
   * @throws AnilloError RING_NOT_REACHABLE, LOGIN_FIRST; RPC_GARBLED where it breaks off each time
   */
  async *export(how: { readonly withFiles?: boolean } = {}): AsyncGenerator<FilePart> {
    for (let breaks = 0; breaks < BREAKS_MAX; breaks++) {
      if (breaks > 0) {
        yield 'again'
        await this.#pause(BREAK_PAUSE_MS)
      }
      const answer = await this.#open(how.withFiles === true)
      if (yield* piecesOf(answer)) return
      this.#asking.brokeOff(answer)
    }
    const problem = 'it breaks off again and again'
    throw new AnilloError('RPC_GARBLED', { address: EXPORT, problem })
  }

  /** The same again changes nothing. @throws AnilloError BAD_REQUEST, LOGIN_FIRST */
  import(body: ImportStep): Promise<ImportAnswer> {
    const path = '/v1/dweets/import'
    return this.ask(ImportAnswer, { method: 'POST', path, body, as: 'somebody' })
  }

  /** `null`: everything stays. */
  async retention(): Promise<Retention | null> {
    const asked = { method: 'GET', path: RETENTION, as: 'somebody' } as const
    return (await this.ask(RetentionAnswer, asked)).retention
  }

  async retain(retention: Retention | null): Promise<void> {
    const asked = { path: RETENTION, as: 'somebody' } as const
    if (retention === null) await this.done({ ...asked, method: 'DELETE' })
    else await this.ask(RetentionAnswer, { ...asked, method: 'PUT', body: retention })
  }

  /** All publications that there are. @param nick one’s own */
  clear(nick: string): Promise<void> {
    const path = `/v1/users/${encodeURIComponent(nick)}/dweets`
    return this.done({ method: 'DELETE', path, as: 'somebody' })
  }

  #open(withFiles: boolean): Promise<Response> {
    const path = withFiles ? `${EXPORT}?files=true` : EXPORT
    const asked = { method: 'GET', path, as: 'somebody', timeoutMs: BEGIN_MS_MAX } as const
    return this.#asking.request(asked, async (answer) => answer)
  }
}

/** @returns whether it came to its end */
async function* piecesOf(answer: Response): AsyncGenerator<FilePart, boolean> {
  const body: ReadableStream<Uint8Array> | null = answer.body
  if (body === null) return true
  const reader = body.getReader()
  try {
    for (;;) {
      const step = await reader.read().catch(() => undefined)
      if (step === undefined) return false
      if (step.done) return true
      yield { bytes: step.value }
    }
  } finally {
    // Whoever leaves lets the member go.
    await reader.cancel().catch(() => undefined)
  }
}
