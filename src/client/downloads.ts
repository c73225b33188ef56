/** Bytes of files out of the ring. */
import { AnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import { fileAddress } from './file-address.ts'
import { queryOf } from './query.ts'
import { foreignAnswer } from './request.ts'
import type { Asking } from './resource.ts'
import { StallWatch } from './stall-watch.ts'

/** Until the first byte. */
const BEGIN_MS_MAX = 30 * SECOND_MS
const STALL_MS = 15 * SECOND_MS
/** It breaks off so often, without a byte in between, before it is given up. */
const BREAKS_MAX = 5
const BREAK_PAUSE_MS = 500
const PARTIAL_CONTENT = 206

export interface DownloadAsk {
  readonly path: string
  /** Where it is asked for, where that is not in the tree: for whoever is logged in. */
  readonly address?: string
  /** Of this very content: bytes of two are never mixed. */
  readonly etag: string
  readonly from: number
  /** Not included. */
  readonly to: number
  readonly version?: number | undefined
  /** At which door first; absent: the one that answered last. */
  readonly at?: string | undefined
  readonly signal?: AbortSignal
}

export class Downloads {
  readonly #asking: Asking
  readonly #pause: (delayMs: number) => Promise<void>

  constructor(asking: Asking, pause: (delayMs: number) => Promise<void>) {
    this.#asking = asking
    this.#pause = pause
  }

  /**
   * Goes on at another member where one breaks off, or stands still.
   * @throws AnilloError CONDITION_FAILED where the file has other content by now; NO_ENTRY,
   * RING_NOT_REACHABLE; RPC_GARBLED where it breaks off each time
   */
  async *read(ask: DownloadAsk): AsyncGenerator<Uint8Array> {
    let { at, from } = ask
    for (let breaks = 0; from < ask.to; breaks++) {
      if (breaks === BREAKS_MAX) throw endless(ask.path)
      if (breaks > 0) await this.#pause(BREAK_PAUSE_MS)
      using watch = new StallWatch(STALL_MS)
      const answer = await this.#open({ ...ask, at, from }, watch.signal)
      for await (const piece of piecesOf(answer)) {
        watch.moved()
        breaks = -1
        from += piece.length
        yield piece
      }
      ask.signal?.throwIfAborted()
      if (from < ask.to) this.#asking.brokeOff(answer)
      at = undefined
    }
  }

  #open({ address, at, etag, from, path, signal, to, version }: DownloadAsk, stalled: AbortSignal) {
    const asked = {
      method: 'GET',
      path: address ?? fileAddress(path) + queryOf({ version }),
      ...(address === undefined ? {} : { as: 'somebody' as const }),
      headers: { accept: '*/*', range: `bytes=${from}-${to - 1}`, 'if-match': etag },
      timeoutMs: BEGIN_MS_MAX,
      signal: signal === undefined ? stalled : AbortSignal.any([stalled, signal]),
      ...(at === undefined ? {} : { at }),
    } as const
    return this.#asking.request(asked, async (answer) => {
      if (answer.status !== PARTIAL_CONTENT) throw foreignAnswer(answer)
      return answer
    })
  }
}

/** As many as came: whether that is all, their count tells. */
async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return
  const reader = body.getReader()
  try {
    for (;;) {
      const step = await reader.read().catch(() => undefined)
      if (step === undefined || step.done) return
      yield step.value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function endless(path: string): AnilloError {
  return new AnilloError('RPC_GARBLED', {
    address: path,
    problem: 'it breaks off again and again',
  })
}
