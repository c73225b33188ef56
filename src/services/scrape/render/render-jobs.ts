/**
 * Pages that are being drawn at this member's word: all who ask for one meanwhile share it. With a
 * browser of its own the member draws them itself; else it asks members that have one.
 */
import { AnilloError, asAnilloError, isAnilloError } from '../../../base/errors.ts'
import { parseMemberId } from '../../../base/ids.ts'
import { instant } from '../../../base/instant.ts'
import type { Browser } from '../../../effects/browser.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { RpcClient } from '../../../rpc/types.ts'
import type { Failure, Member } from '../../../wire/api.ts'
import { askRender, type RenderPace, type RenderReply } from '../../../wire/renders.ts'
import { settles } from '../fetch/timing.ts'
import { ASK_MARGIN_MS, ASK_WAIT_MS } from '../limits.ts'
import { ageMs, sinceOf } from '../pages/page-record.ts'
import type { Scraper } from '../pages/scraper.ts'
import { Slots } from '../pages/slots.ts'
import { draw, type DrawTools } from './draw.ts'
import {
  RENDER_FAILURE_FRESH_MS,
  RENDER_FAILURES_MAX,
  RENDERERS_ASKED_MAX,
  RENDERS_AT_ONCE_MAX,
  RENDERS_WAITING_MAX,
} from './limits.ts'
import type { RenderTable } from './render-table.ts'

export interface RenderQuestion {
  readonly id: string
  /** What was drawn before will do where it is younger; absent: whenever it was. */
  readonly maxAgeMs?: number | undefined
  readonly waitMs: number
  /** Here, and nowhere else. */
  readonly here: boolean
  /** Nothing is begun. */
  readonly looks?: boolean | undefined
  readonly pace?: RenderPace | undefined
}

export interface RenderJobsTools extends DrawTools {
  readonly log: Log
  readonly rpc: RpcClient
  readonly browser: Browser
  readonly table: RenderTable
  readonly scraper: Scraper
  readonly clock: Clock
  readonly self: string
  /** As they tell of themselves. */
  readonly members: () => Promise<readonly Member[]>
}

type Ended = Pick<RenderReply, 'render' | 'failure'> & { readonly state: 'done' | 'failed' }

export class RenderJobs {
  readonly #tools: RenderJobsTools
  readonly #jobs = new Map<string, Promise<Ended>>()
  /** Oldest first. */
  readonly #failures = new Map<string, Failure>()
  readonly #slots = new Slots({
    slotsMax: RENDERS_AT_ONCE_MAX,
    waitingMax: RENDERS_WAITING_MAX,
    what: 'renders',
  })
  readonly #closing = new AbortController()

  constructor(tools: RenderJobsTools) {
    this.#tools = tools
  }

  /** @throws AnilloError BUSY, STORE_UNAVAILABLE */
  async ask(question: RenderQuestion, signal: AbortSignal): Promise<RenderReply> {
    this.#closing.signal.throwIfAborted()
    const { id, looks = false } = question
    const known = this.#jobs.has(id) ? undefined : await this.#known(question, signal)
    if (known !== undefined) return known
    if (looks && !this.#jobs.has(id)) return { state: 'none' }
    // Somebody may have been quicker.
    const job = this.#jobs.get(id) ?? this.#begin(question)
    const { clock } = this.#tools
    const isDone = await settles(job, { clock, timeoutMs: question.waitMs, signal })
    return isDone ? job : { state: 'running' }
  }

  /** A browser can be asked somewhere. @throws AnilloError RENDER_UNAVAILABLE */
  async mustBePossible(): Promise<void> {
    if ((await this.#tools.browser.find()) !== undefined) return
    if ((await this.#others('')).length > 0) return
    throw new AnilloError('RENDER_UNAVAILABLE', {
      problem: 'no member that can be reached has a browser',
    })
  }

  async close(): Promise<void> {
    this.#closing.abort(new AnilloError('RPC_CANCELLED', { method: 'render' }))
    await Promise.allSettled(this.#jobs.values())
  }

  /** What was drawn of the version that is held, or that it failed a moment ago. */
  async #known(
    { id, maxAgeMs = Infinity }: RenderQuestion,
    signal: AbortSignal,
  ): Promise<RenderReply | undefined> {
    const { clock, scraper, table } = this.#tools
    const nowMs = clock.wallMs()
    const failure = this.#failures.get(id)
    if (failure !== undefined) {
      const freshMs = Math.min(maxAgeMs, RENDER_FAILURE_FRESH_MS)
      if (ageMs(failure.at, nowMs) < freshMs) return { state: 'failed', failure }
    }
    const held = await scraper.content(id, signal)
    if (held === undefined) return undefined
    const kept = await table.get(id, sinceOf(held.page), { signal })
    if (kept === undefined || ageMs(kept.render.at, nowMs) >= maxAgeMs) return undefined
    return { state: 'done', render: kept.render }
  }

  #begin(question: RenderQuestion): Promise<Ended> {
    const { id } = question
    const job = this.#run(question).finally(() => this.#jobs.delete(id))
    this.#jobs.set(id, job)
    // Nobody may be waiting any more when it fails.
    job.catch(() => undefined)
    return job
  }

  async #run(question: RenderQuestion): Promise<Ended> {
    const { clock, log } = this.#tools
    try {
      const ended = await this.#draw(question)
      this.#failures.delete(question.id)
      return ended
    } catch (thrown) {
      this.#closing.signal.throwIfAborted()
      const error = asAnilloError(thrown)
      if (error.code === 'INTERNAL') log.error('a page could not be drawn', { error: thrown })
      if (error.code === 'BUSY') throw error
      const at = instant(clock.wallMs())
      const details = { ...error.details }
      return this.#failed(question.id, { code: error.code, text: error.message, details, at })
    }
  }

  #failed(id: string, failure: Failure): Ended {
    this.#failures.delete(id)
    this.#failures.set(id, failure)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > RENDER_FAILURES_MAX && oldest !== undefined) {
      this.#failures.delete(oldest)
    }
    return { state: 'failed', failure }
  }

  async #draw(question: RenderQuestion): Promise<Ended> {
    const { browser, log } = this.#tools
    let problem = 'no member that can be reached has a browser'
    if ((await browser.find()) !== undefined) {
      try {
        return await this.#drawHere(question)
      } catch (thrown) {
        if (!isAnilloError(thrown, 'RENDER_UNAVAILABLE') || question.here) throw thrown
        log.warn('the browser does not start', { error: thrown })
        problem = String(thrown.details['problem'])
      }
    } else if (question.here) {
      throw new AnilloError('RENDER_UNAVAILABLE', { problem: 'this member has no browser' })
    }
    return (await this.#drawElsewhere(question)) ?? unavailable(problem)
  }

  async #drawHere({ id, pace }: RenderQuestion): Promise<Ended> {
    await this.#slots.take()
    try {
      const { signal } = this.#closing
      signal.throwIfAborted()
      return { state: 'done', render: await draw({ id, pace, signal }, this.#tools) }
    } finally {
      this.#slots.release()
    }
  }

  /** `undefined`: nobody could. */
  async #drawElsewhere(question: RenderQuestion): Promise<Ended | undefined> {
    const { clock, log } = this.#tools
    const startedMs = clock.nowMs()
    for (const member of (await this.#others(question.id)).slice(0, RENDERERS_ASKED_MAX)) {
      try {
        for (;;) {
          const reply = await this.#askThere(member, question, clock.nowMs() - startedMs)
          const { failure, render, state } = reply
          if (render !== undefined) return { state: 'done', render }
          if (state === 'running') continue
          if (failure === undefined || failure.code === 'RENDER_UNAVAILABLE') break
          return this.#failed(question.id, failure)
        }
      } catch (thrown) {
        this.#closing.signal.throwIfAborted()
        log.info('a member did not draw a page', { name: member.name, error: thrown })
      }
    }
    return undefined
  }

  #askThere(
    { address, id: member }: Member,
    { id, maxAgeMs, pace }: RenderQuestion,
    passedMs: number,
  ): Promise<RenderReply> {
    const age = maxAgeMs === undefined ? {} : { maxAgeMs: maxAgeMs + passedMs }
    return this.#tools.rpc.call(
      { addresses: [address], id: parseMemberId(member) },
      askRender,
      { id, ...age, waitMs: ASK_WAIT_MS, here: true, ...(pace === undefined ? {} : { pace }) },
      { timeoutMs: ASK_WAIT_MS + ASK_MARGIN_MS, signal: this.#closing.signal },
    )
  }

  /** Members with a browser, in an order that spreads pages over them. */
  async #others(id: string): Promise<readonly Member[]> {
    const { members, self } = this.#tools
    const able = (await members()).filter((member) => {
      return member.browser !== undefined && member.id !== self && member.state === 'up'
    })
    const first = able.length === 0 ? 0 : Number.parseInt(id.slice(0, 8) || '0', 16) % able.length
    return [...able.slice(first), ...able.slice(0, first)]
  }
}

function unavailable(problem: string): never {
  throw new AnilloError('RENDER_UNAVAILABLE', { problem })
}
