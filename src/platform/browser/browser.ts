/**
 * The browser of this machine: started with the first page, ended when nobody has needed it for
 * some time, and made anew when it died or has drawn many pages.
 */
import { Type } from 'typebox'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { MINUTE_MS } from '../../base/limits.ts'
import type { Browser, FoundBrowser, Rendered, RenderOrder } from '../../effects/browser.ts'
import { reader } from '../../wire/method.ts'
import { BrowserProcess } from './browser-process.ts'
import { findBrowser } from './find-browser.ts'
import { MemoryWatch } from './memory-watch.ts'
import { PageRender } from './page-render.ts'
import { failed } from './pipe.ts'

/** It has some 200 MiB even when it does nothing. */
const IDLE_MS = 2 * MINUTE_MS
/** What a browser loses of memory with each page ends with it. */
const RENDERS_MAX = 200

const readVersion = reader(Type.Object({ product: Type.String(), userAgent: Type.String() }))
const readContext = reader(Type.Object({ browserContextId: Type.String() }))
const readAttached = reader(
  Type.Object({
    sessionId: Type.String(),
    targetInfo: Type.Object({
      targetId: Type.String(),
      type: Type.String(),
      openerId: Type.Optional(Type.String()),
      browserContextId: Type.Optional(Type.String()),
    }),
  }),
)

export interface PlatformBrowserOptions {
  /** `none`, a path, or empty: wherever there is one. */
  readonly setting: string
  readonly idleMs?: number
}

export function platformBrowser(options: PlatformBrowserOptions): Browser {
  return new MachineBrowser(options)
}

class MachineBrowser implements Browser {
  readonly #options: PlatformBrowserOptions
  #found: Promise<FoundBrowser | undefined> | undefined
  #running: Promise<RunningBrowser> | undefined
  #inUse = 0
  #idle: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: PlatformBrowserOptions) {
    this.#options = options
  }

  find(): Promise<FoundBrowser | undefined> {
    this.#found ??= findBrowser({
      setting: this.#options.setting,
      path: process.env['PATH'] ?? '',
      platform: process.platform,
    })
    return this.#found
  }

  async render(order: RenderOrder): Promise<Rendered> {
    this.#inUse++
    clearTimeout(this.#idle)
    try {
      const running = await this.#start()
      return await running.render(order)
    } finally {
      this.#inUse--
      if (this.#inUse === 0 && !this.#isClosed) {
        this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs ?? IDLE_MS)
        this.#idle.unref()
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#idle)
    await this.#end()
  }

  async #end(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    const one = await running?.catch(() => undefined)
    await one?.end()
  }

  /** @throws AnilloError RENDER_UNAVAILABLE */
  async #start(): Promise<RunningBrowser> {
    const before = await this.#running?.catch(() => undefined)
    if (before?.isSpent === false) return before
    // Whoever else waited may have been quicker.
    const now = await this.#running?.catch(() => undefined)
    if (now !== undefined && now !== before) return now
    if (this.#isClosed) throw new AnilloError('RPC_CANCELLED', { method: 'render' })
    this.#running = this.#startAnew()
    before?.retire()
    return this.#running
  }

  async #startAnew(): Promise<RunningBrowser> {
    const found = await this.find()
    if (found === undefined) {
      throw new AnilloError('RENDER_UNAVAILABLE', { problem: 'this member has no browser' })
    }
    return RunningBrowser.start(found.path)
  }
}

interface Drawing {
  readonly render: PageRender
}

class RunningBrowser {
  readonly #process: BrowserProcess
  readonly #version: { readonly product: string; readonly userAgent: string }
  /** By profile, each of which has one page. */
  readonly #waiting = new Map<string, (session: string, id: string) => void>()
  readonly #drawing = new Map<string, Drawing>()
  #memory: MemoryWatch | undefined
  #renders = 0
  #isRetired = false

  private constructor(
    started: BrowserProcess,
    version: { readonly product: string; readonly userAgent: string },
  ) {
    this.#process = started
    this.#version = version
    started.pipe.hear('', (method, params) => this.#heard(method, params))
  }

  static async start(path: string): Promise<RunningBrowser> {
    const started = await BrowserProcess.start(path)
    const version = readVersion(await started.pipe.call('Browser.getVersion'))
    if (version === undefined) throw failed('the browser speaks another protocol')
    const running = new RunningBrowser(started, version)
    await started.pipe.call('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: true,
    })
    return running
  }

  /** Another one is to be started in its place. */
  get isSpent(): boolean {
    return this.#process.hasEnded || this.#renders >= RENDERS_MAX
  }

  /** Ends when the last page is drawn. */
  retire(): void {
    this.#isRetired = true
    if (this.#drawing.size === 0) void this.end()
  }

  async end(): Promise<void> {
    this.#memory?.end()
    await this.#process.end()
  }

  async render(order: RenderOrder): Promise<Rendered> {
    const { pipe } = this.#process
    this.#renders++
    const made = readContext(
      await pipe.call('Target.createBrowserContext', { disposeOnDetach: true }),
    )
    if (made === undefined) throw failed('the browser speaks another protocol')
    const { browserContextId } = made
    this.#memory ??= new MemoryWatch(pipe, order.limits)
    this.#memory.begin()
    try {
      await pipe.call('Browser.setDownloadBehavior', { behavior: 'deny', browserContextId })
      const target = await this.#page(browserContextId)
      const { product, userAgent } = this.#version
      const name = product.replace('/', ' ').replace('HeadlessChrome', 'Chrome')
      const render = new PageRender({ pipe, order, target, userAgent, name })
      this.#drawing.set(browserContextId, { render })
      return await render.run()
    } finally {
      await this.#leave(browserContextId)
    }
  }

  /** A page that does not go is taken with its browser: whatever else it draws has failed. */
  async #leave(browserContextId: string): Promise<void> {
    const { pipe } = this.#process
    this.#drawing.delete(browserContextId)
    try {
      await pipe.call('Target.disposeBrowserContext', { browserContextId })
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      await this.#process.kill()
    }
    if (this.#drawing.size > 0) return
    this.#memory?.end()
    if (this.#isRetired) await this.end()
  }

  async #page(browserContextId: string): Promise<{ session: string; id: string }> {
    const { promise, resolve } = Promise.withResolvers<{ session: string; id: string }>()
    this.#waiting.set(browserContextId, (session, id) => resolve({ session, id }))
    try {
      await this.#process.pipe.call('Target.createTarget', { url: 'about:blank', browserContextId })
      return await promise
    } finally {
      this.#waiting.delete(browserContextId)
    }
  }

  #heard(method: string, params: unknown): void {
    if (method !== 'Target.attachedToTarget') return
    const attached = readAttached(params)
    if (attached === undefined) return
    const { sessionId, targetInfo } = attached
    const { browserContextId = '', targetId, type } = targetInfo
    const waiting = this.#waiting.get(browserContextId)
    if (type === 'page' && targetInfo.openerId === undefined && waiting !== undefined) {
      return waiting(sessionId, targetId)
    }
    // A window that a page opened, or a worker that would outlive it: held, and never let go.
    this.#drawing.get(browserContextId)?.render.deny()
    this.#process.pipe.call('Target.closeTarget', { targetId }).catch(() => undefined)
  }
}
