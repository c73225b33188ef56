/** How a part of the REST API is asked: what all parts have in common. */
import type { Static, TSchema } from 'typebox'

import { queryOf, type Query } from './query.ts'
import type { RequestOptions } from './request.ts'

/** How requests are made: `AnilloClient` has the doors. */
export interface Asking {
  /** An answer in JSON of this shape. */
  ask<S extends TSchema>(shape: S, options: RequestOptions): Promise<Static<S>>
  /** What `read` makes of the answer's head and body; `undefined` where the body broke off. */
  request<T>(
    options: RequestOptions,
    read: (response: Response) => Promise<T | undefined>,
  ): Promise<T>
  /** Its body ended too early: others are asked before the door that sent it. */
  brokeOff(response: Response): void
}

/** Absent: as long as the resource waits for all its answers. */
type Asked = Omit<RequestOptions, 'timeoutMs'> & Partial<Pick<RequestOptions, 'timeoutMs'>>

export class Resource {
  readonly #asking: Asking
  readonly #timeoutMs: number

  constructor(asking: Asking, timeoutMs: number) {
    this.#asking = asking
    this.#timeoutMs = timeoutMs
  }

  protected get<S extends TSchema>(shape: S, path: string, query: Query = {}): Promise<Static<S>> {
    return this.ask(shape, { method: 'GET', path: path + queryOf(query) })
  }

  protected ask<S extends TSchema>(shape: S, asked: Asked): Promise<Static<S>> {
    return this.#asking.ask(shape, { timeoutMs: this.#timeoutMs, ...asked })
  }

  /** Where the answer tells nothing but that it is done. */
  protected async done(asked: Asked): Promise<void> {
    await this.#asking.request({ timeoutMs: this.#timeoutMs, ...asked }, async () => true)
  }
}
