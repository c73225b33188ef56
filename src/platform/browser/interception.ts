/**
 * Every request of a page, its frames and its workers, stopped before the browser makes it and
 * answered by whoever ordered the page (DevTools protocol, domain Fetch). Each target is held until
 * its requests are: none is made in between.
 */
import { Type } from 'typebox'

import type { BrowserAnswer, BrowserAsker, RenderOrder } from '../../effects/browser.ts'
import { reader } from '../../wire/method.ts'
import type { DevtoolsPipe } from './pipe.ts'

const Paused = Type.Object({
  requestId: Type.String(),
  frameId: Type.Optional(Type.String()),
  resourceType: Type.Optional(Type.String()),
  request: Type.Object({ url: Type.String(), method: Type.String() }),
})
const readPaused = reader(Paused)

const EVERYTHING = { patterns: [{ urlPattern: '*' }] }

/** RFC 9110, 15.3.5: whoever shows a page goes on showing it, and goes on loading it. */
const STAY = { responseCode: 204 }
const REFUSED = { errorReason: 'BlockedByClient' }

export interface InterceptionOptions {
  readonly pipe: DevtoolsPipe
  readonly order: Pick<RenderOrder, 'answer'>
  readonly signal: AbortSignal
  /** What is open changed. */
  readonly changed: () => void
}

export class Interception {
  readonly #options: InterceptionOptions
  #mainFrame = ''
  #open = 0

  constructor(options: InterceptionOptions) {
    this.#options = options
  }

  /** Requests that wait for their answer. */
  get open(): number {
    return this.#open
  }

  /** The frame whose document is the page. */
  watch(frame: string): void {
    this.#mainFrame = frame
  }

  /** From now on; some kinds of workers ask by those who made them. */
  async begin(session: string): Promise<void> {
    await this.#options.pipe.call('Fetch.enable', EVERYTHING, { session })
  }

  /** `Fetch.requestPaused` */
  paused(session: string, params: unknown): void {
    const paused = readPaused(params)
    if (paused === undefined) return
    this.#open++
    this.#options.changed()
    void this.#settle(session, paused).finally(() => {
      this.#open--
      this.#options.changed()
    })
  }

  async #settle(session: string, paused: Paused): Promise<void> {
    const { order, pipe, signal } = this.#options
    const { request, requestId } = paused
    const asker = this.#askerOf(paused)
    let answer: BrowserAnswer | undefined
    try {
      answer = await order.answer({ ...request, asker }, signal)
    } catch {
      // Whatever it was: the page does not get it.
    }
    const isLeft = answer === undefined && asker === 'page'
    const [method, params] =
      answer === undefined && !isLeft
        ? ['Fetch.failRequest', REFUSED]
        : ['Fetch.fulfillRequest', answer === undefined ? STAY : fulfilled(answer)]
    // The page may not want it any more.
    await pipe.call(method, { requestId, ...params }, { session }).catch(() => undefined)
  }

  #askerOf({ frameId, resourceType }: Paused): BrowserAsker {
    if (resourceType !== 'Document') return 'resource'
    return frameId === this.#mainFrame ? 'page' : 'frame'
  }
}

type Paused = NonNullable<ReturnType<typeof readPaused>>

function fulfilled({ body, headers, status }: BrowserAnswer): Readonly<Record<string, unknown>> {
  return {
    responseCode: status,
    responseHeaders: headers.map(([name, value]) => ({ name, value })),
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
  }
}
