/**
 * One page, drawn in a profile of its own that is forgotten with it: its requests answered, until
 * it has settled or its time is over; then its document and its picture.
 */
import { Type } from 'typebox'

import { assert } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { MIB, SECOND_MS } from '../../base/limits.ts'
import type { Picture, Rendered, RenderOrder } from '../../effects/browser.ts'
import { reader } from '../../wire/method.ts'
import { Interception } from './interception.ts'
import { scrollOn, SCROLL_BACK, serialize } from './page-scripts.ts'
import { failed, type DevtoolsPipe } from './pipe.ts'
import { Quiet } from './quiet.ts'

const World = Type.Object({ executionContextId: Type.Integer() })
const Evaluated = Type.Object({
  result: Type.Object({ value: Type.Optional(Type.Unknown()) }),
  exceptionDetails: Type.Optional(Type.Unknown()),
})
const Serialized = Type.Object({
  tooLarge: Type.Optional(Type.Boolean()),
  title: Type.Optional(Type.String()),
  html: Type.Optional(Type.String()),
})
const Metrics = Type.Object({
  cssContentSize: Type.Object({ width: Type.Number(), height: Type.Number() }),
})
const Shot = Type.Object({ data: Type.String() })
const Console = Type.Object({ type: Type.String() })
const Gone = Type.Object({ errorText: Type.Optional(Type.String()) })
const Navigated = Type.Object({ frame: Type.Object({ id: Type.String() }) })
const Stopped = Type.Object({ frameId: Type.String() })
const Attached = Type.Object({
  sessionId: Type.String(),
  targetInfo: Type.Object({ type: Type.String(), targetId: Type.String() }),
})
const read = {
  world: reader(World),
  evaluated: reader(Evaluated),
  serialized: reader(Serialized),
  metrics: reader(Metrics),
  shot: reader(Shot),
  console: reader(Console),
  attached: reader(Attached),
  gone: reader(Gone),
  navigated: reader(Navigated),
  stopped: reader(Stopped),
}

/** Of what is asked of a page whose scripts may hang. */
const ANSWER_MS = 5 * SECOND_MS
/** Lossy, as a person sees no difference; the second where the first is too large. */
const QUALITIES = [80, 40]
/** Between two screenfuls, so that what becomes visible is asked for. */
const SCROLL_PAUSE_MS = 60
/** What was asked for on the way down is waited for so long. */
const SCROLL_SETTLE_MS = 3 * SECOND_MS
const SCROLLS_MAX = 20

const ATTACH = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }

export interface PageRenderOptions {
  readonly pipe: DevtoolsPipe
  readonly order: RenderOrder
  /** Of its own, in the browser's words. */
  readonly target: { readonly session: string; readonly id: string }
  /** What the browser calls itself to sites. */
  readonly userAgent: string
  readonly name: string
}

export class PageRender {
  readonly #options: PageRenderOptions
  readonly #interception: Interception
  readonly #quiet: Quiet
  readonly #ending = new AbortController()
  readonly #sessions: string[] = []
  readonly #broken = Promise.withResolvers<never>()
  #hasCommitted = false
  #complaints = 0
  #denied = 0

  constructor(options: PageRenderOptions) {
    this.#options = options
    const { order, pipe, target } = options
    this.#quiet = new Quiet(order.limits.quietMs)
    this.#interception = new Interception({
      pipe,
      order,
      signal: this.#ending.signal,
      changed: () => this.#quiet.open(this.#interception.open),
    })
    this.#interception.watch(target.id)
    this.#broken.promise.catch(() => undefined)
    this.#listen(target.session)
  }

  /** @throws AnilloError RENDER_FAILED, and why the signal was aborted */
  async run(): Promise<Rendered> {
    const { limits, signal } = this.#options.order
    const late = (): void => this.break(failed(`it took more than ${limits.wholeMs / 1_000} s`))
    const timer = setTimeout(late, limits.wholeMs)
    const stop = (): void => {
      const reason: unknown = signal.reason
      this.break(isAnilloError(reason) ? reason : failed('it was cancelled', reason))
    }
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      return await Promise.race([this.#run(), this.#broken.promise])
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      this.#quiet.close()
      this.#ending.abort(new AnilloError('RPC_CANCELLED', { method: 'render' }))
      for (const session of this.#sessions) this.#options.pipe.forget(session)
    }
  }

  /** It cannot go on: its process died, say. */
  break(error: AnilloError): void {
    this.#broken.reject(error)
  }

  /** A window, a dialog, a download: it does not get it. */
  deny(): void {
    this.#denied++
  }

  async #run(): Promise<Rendered> {
    const { name, order } = this.#options
    await this.#prepare()
    const navigating = this.#ask('Page.navigate', { url: order.url }, order.limits.wholeMs)
    void navigating.then(
      (answer) => {
        const problem = read.gone(answer)?.errorText
        if (problem !== undefined) this.break(failed('its document could not be had'))
      },
      (thrown: unknown) => {
        if (isAnilloError(thrown)) this.break(thrown)
      },
    )
    let isSettled = await this.#quiet.settles(order.limits.settleMs)
    if (isSettled) isSettled = await this.#lookOver().catch((thrown: unknown) => this.#hung(thrown))
    const { html, title } = await (isSettled ? this.#document() : this.#calmDocument())
    const picture = await this.#picture()
    return {
      html,
      title,
      picture,
      isSettled,
      complaints: this.#complaints,
      denied: this.#denied,
      browser: name,
    }
  }

  async #prepare(): Promise<void> {
    const { order, target, userAgent } = this.#options
    const { height, width } = order.limits
    await this.#interception.begin(target.session)
    await Promise.all([
      this.#ask('Page.enable'),
      this.#ask('Runtime.enable'),
      this.#ask('Inspector.enable'),
      this.#ask('Target.setAutoAttach', ATTACH),
      this.#ask('Emulation.setUserAgentOverride', { userAgent: `${userAgent} ${order.agent}` }),
      this.#ask('Emulation.setTimezoneOverride', { timezoneId: 'UTC' }),
      this.#ask('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      }),
    ])
    await this.#ask('Runtime.runIfWaitingForDebugger')
  }

  #ask(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    timeoutMs = ANSWER_MS,
  ): Promise<unknown> {
    const { pipe, target } = this.#options
    return pipe.call(method, params, { session: target.session, timeoutMs })
  }

  #listen(session: string): void {
    this.#sessions.push(session)
    this.#options.pipe.hear(session, (method, params) => this.#heard(session, method, params))
  }

  #heard(session: string, method: string, params: unknown): void {
    const { target } = this.#options
    const isPage = session === target.session
    if (method === 'Fetch.requestPaused') this.#interception.paused(session, params)
    else if (method === 'Target.attachedToTarget') this.#attached(params)
    else if (method === 'Page.loadEventFired' && isPage) this.#quiet.loaded()
    else if (method.startsWith('Page.frame') && isPage) this.#frame(method, params)
    else if (method === 'Inspector.targetCrashed' && isPage) {
      this.break(failed('the page took too much memory, or its process died'))
    } else if (method === 'Runtime.exceptionThrown') this.#complaints++
    else if (method === 'Runtime.consoleAPICalled') {
      if (read.console(params)?.type === 'error') this.#complaints++
    } else if (method === 'Page.javascriptDialogOpening') {
      this.deny()
      const no = { accept: false }
      this.#options.pipe.call('Page.handleJavaScriptDialog', no, { session }).catch(() => undefined)
    }
  }

  /** Where a page that leads elsewhere at once is kept back, its loading stops without an event. */
  #frame(method: string, params: unknown): void {
    if (method === 'Page.frameNavigated') {
      this.#hasCommitted ||= read.navigated(params)?.frame.id === this.#options.target.id
    }
    if (method !== 'Page.frameStoppedLoading' || !this.#hasCommitted) return
    if (read.stopped(params)?.frameId === this.#options.target.id) this.#quiet.loaded()
  }

  /** A frame or worker of the page: held until its requests are stopped, too. */
  #attached(params: unknown): void {
    const attached = read.attached(params)
    if (attached === undefined) return
    const { pipe } = this.#options
    const { sessionId: session, targetInfo } = attached
    if (SHARED.has(targetInfo.type)) {
      this.deny()
      const { targetId } = targetInfo
      pipe.call('Target.closeTarget', { targetId }).catch(() => undefined)
      return
    }
    this.#listen(session)
    const place = { session }
    const begun = this.#interception.begin(session)
    // A worker of a kind that asks through its page has no such thing.
    void begun
      .catch(() => undefined)
      .then(() => pipe.call('Target.setAutoAttach', ATTACH, place))
      .catch(() => undefined)
      .then(() => pipe.call('Runtime.enable', {}, place))
      .catch(() => undefined)
      .then(() => pipe.call('Runtime.runIfWaitingForDebugger', {}, place))
      .catch(() => undefined)
  }

  /** Down the page and back, and what it loaded for that. */
  async #lookOver(): Promise<boolean> {
    const { pictureHeightMax } = this.#options.order.limits
    const world = await this.#world()
    let went = 0
    while (
      went < SCROLLS_MAX &&
      (await this.#evaluate(world, scrollOn(pictureHeightMax))) === true
    ) {
      went++
      await this.#quiet.pause(SCROLL_PAUSE_MS)
    }
    if (went === 0) return true
    await this.#evaluate(world, SCROLL_BACK)
    return this.#quiet.settles(SCROLL_SETTLE_MS)
  }

  /** Scripts that begin once all is there, and do not end, are no reason to have nothing. */
  #hung(thrown: unknown): false {
    if (this.#options.pipe.hasEnded || !isAnilloError(thrown)) throw thrown
    return false
  }

  /** Scripts that go on for ever end here. */
  async #calm(): Promise<void> {
    await this.#ask('Runtime.terminateExecution').catch(() => undefined)
    await this.#ask('Emulation.setScriptExecutionDisabled', { value: true }).catch(() => undefined)
    await this.#ask('Page.stopLoading').catch(() => undefined)
  }

  /** What a script began before scripts were forbidden is ended once more. */
  async #calmDocument(): Promise<Pick<Rendered, 'html' | 'title'>> {
    await this.#calm()
    try {
      return await this.#document()
    } catch (thrown) {
      this.#hung(thrown)
      await this.#calm()
      return this.#document()
    }
  }

  /** What the page itself must answer. */
  #told(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#ask(method, params).catch((thrown: unknown) => {
      throw this.#options.pipe.hasEnded ? thrown : failed(NO_ANSWER, thrown)
    })
  }

  async #world(): Promise<number> {
    const frameId = this.#options.target.id
    const asked = { frameId, worldName: 'anillo', grantUniveralAccess: false }
    return must(read.world, await this.#told('Page.createIsolatedWorld', asked)).executionContextId
  }

  async #evaluate(contextId: number, expression: string): Promise<unknown> {
    const asked = { expression, contextId, returnByValue: true }
    const { exceptionDetails, result } = must(
      read.evaluated,
      await this.#told('Runtime.evaluate', asked),
    )
    if (exceptionDetails !== undefined) throw failed('its document could not be read')
    return result.value
  }

  async #document(): Promise<Pick<Rendered, 'html' | 'title'>> {
    const { htmlBytesMax } = this.#options.order.limits
    const answer = await this.#evaluate(await this.#world(), serialize(htmlBytesMax))
    const { html = '', title = '', tooLarge } = must(read.serialized, answer)
    const bytes = utf8(html)
    if (tooLarge === true || bytes.length > htmlBytesMax) {
      throw failed(`its document is larger than ${htmlBytesMax / MIB} MiB`)
    }
    if (bytes.length === 0) throw failed('it has no document')
    return { html: bytes, title }
  }

  /** A page that cannot be painted within the bounds has none; its document is worth more. */
  async #picture(): Promise<Picture | undefined> {
    const { height, pictureBytesMax, pictureHeightMax, width } = this.#options.order.limits
    try {
      const { cssContentSize } = must(read.metrics, await this.#ask('Page.getLayoutMetrics'))
      const whole = Math.max(height, Math.ceil(cssContentSize.height))
      const shown = Math.min(whole, pictureHeightMax)
      for (const quality of QUALITIES) {
        const asked = {
          format: 'webp',
          quality,
          captureBeyondViewport: true,
          clip: { x: 0, y: 0, width, height: shown, scale: 1 },
        }
        const { data } = must(read.shot, await this.#ask('Page.captureScreenshot', asked, SHOT_MS))
        const bytes = new Uint8Array(Buffer.from(data, 'base64'))
        if (bytes.length === 0 || bytes.length > pictureBytesMax) continue
        const contentType = 'image/webp'
        return { contentType, bytes, width, height: shown, isCut: whole > shown }
      }
    } catch (thrown) {
      if (this.#options.pipe.hasEnded || !isAnilloError(thrown)) throw thrown
    }
    return undefined
  }
}

const NO_ANSWER = 'it does not answer: its scripts do not end, or it is too large'
const SHOT_MS = 5 * SECOND_MS

/** They outlive their page. */
const SHARED: ReadonlySet<string> = new Set(['service_worker', 'shared_worker', 'page', 'tab'])

function must<T>(readIt: (value: unknown) => T | undefined, value: unknown): T {
  const known = readIt(value)
  assert(known !== undefined, 'the browser speaks another protocol')
  return known
}
