/**
 * What the ring goes on with by itself until somebody says otherwise, crawls and schedules, through
 * the REST API.
 */
import { SECOND_MS } from '../base/limits.ts'
import { listed, type ListPart } from '../effects/listed.ts'
import { Webhook } from '../wire/api-webhooks.ts'
import { queryOf } from './query.ts'
import type { RequestOptions } from './request.ts'
import type { Asking } from './resource.ts'

/** What is told is written on a majority, a change of leader in between. */
const TIMEOUT_MS = 15 * SECOND_MS
export const PAGE_ITEMS = 100

export const GET = { method: 'GET', timeoutMs: TIMEOUT_MS } as const
export const POST = { method: 'POST', timeoutMs: TIMEOUT_MS } as const
export const PATCH = { method: 'PATCH', timeoutMs: TIMEOUT_MS } as const
const DELETE = { method: 'DELETE', timeoutMs: TIMEOUT_MS } as const

export interface SteeredKind<T> {
  /** Of all of them. */
  readonly path: string
  readonly one: (asked: RequestOptions) => Promise<T>
  /** A part of the list. */
  readonly part: (asked: RequestOptions) => Promise<ListPart<T>>
}

export class Steered<T, Order extends string> {
  protected readonly asking: Asking
  readonly #kind: SteeredKind<T>

  constructor(asking: Asking, kind: SteeredKind<T>) {
    this.asking = asking
    this.#kind = kind
  }

  /** @throws AnilloError NOT_FOUND */
  get(id: string): Promise<T> {
    return this.#kind.one({ ...GET, path: this.pathOf(id) })
  }

  /** Newest first. */
  list(): AsyncIterable<T> {
    const { part, path } = this.#kind
    return listed((after) => {
      return part({ ...GET, path: `${path}${queryOf({ limit: PAGE_ITEMS, ...after })}` })
    })
  }

  /** @throws AnilloError NOT_FOUND, FORBIDDEN, and SCHEDULE_RUNS of a schedule that is to run */
  order(id: string, order: Order): Promise<T> {
    return this.#kind.one({ ...POST, path: `${this.pathOf(id)}/${order}` })
  }

  /** What came of it stays. @throws AnilloError NOT_FOUND, FORBIDDEN */
  async delete(id: string): Promise<void> {
    await this.asking.request({ ...DELETE, path: this.pathOf(id) }, async () => true)
  }

  /** An event that is tried at once. @throws AnilloError NOT_FOUND, FORBIDDEN */
  testWebhook(id: string): Promise<Webhook> {
    return this.asking.ask(Webhook, { ...POST, path: `${this.pathOf(id)}/webhook/test` })
  }

  protected pathOf(id: string): string {
    return `${this.#kind.path}/${encodeURIComponent(id)}`
  }
}
