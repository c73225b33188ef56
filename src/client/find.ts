/** The one search over all that the ring has, through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { Findings } from '../wire/api-find.ts'
import type { FindKind } from '../wire/find-kinds.ts'
import { Resource, type Asking } from './resource.ts'

/** Parts of the ring that do not answer are waited for. */
const FIND_MS_MAX = 30 * SECOND_MS

export interface FindQuestion {
  /** Absent: all that who asks may read. */
  readonly kinds?: readonly FindKind[]
  /** Of each kind. */
  readonly limit?: number
  /** With one kind alone. */
  readonly cursor?: string
}

export class Find extends Resource {
  constructor(asking: Asking) {
    super(asking, FIND_MS_MAX)
  }

  /** @throws AnilloError BAD_REQUEST, LOGIN_FIRST, PERMISSION_MISSING */
  find(words: string, { kinds, ...more }: FindQuestion = {}): Promise<Findings> {
    return this.get(Findings, '/v1/find', { q: words, kinds: kinds?.join(','), ...more })
  }
}
