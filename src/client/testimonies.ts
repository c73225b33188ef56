/** Testimonies through the REST API. */
import type { Static, TSchema } from 'typebox'

import { SECOND_MS } from '../base/limits.ts'
import { TestimonyVerdict } from '../wire/api-testimony.ts'
import { testimonyText, Testimony } from '../wire/testimony.ts'
import type { Asking } from './records.ts'

/** What is told is read from a majority, a change of leader in between. */
const TIMEOUT_MS = 15 * SECOND_MS

export class Testimonies {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** The document as it is checked. @throws AnilloError NOT_FOUND, BAD_REQUEST */
  async text(id: string, at?: string): Promise<string> {
    return testimonyText(await this.#get(Testimony, pathOf(id, '', at)))
  }

  /** As the member that answers thinks of it. @throws AnilloError NOT_FOUND, BAD_REQUEST */
  verdict(id: string, at?: string): Promise<TestimonyVerdict> {
    return this.#get(TestimonyVerdict, pathOf(id, '/verdict', at))
  }

  #get<S extends TSchema>(shape: S, path: string): Promise<Static<S>> {
    return this.#asking.ask(shape, { method: 'GET', path, timeoutMs: TIMEOUT_MS })
  }
}

function pathOf(id: string, below: string, at: string | undefined): string {
  const then = at === undefined ? '' : `?at=${encodeURIComponent(at)}`
  return `/v1/pages/${encodeURIComponent(id)}/witness${below}${then}`
}
