/** Records of the store through the REST API, at whichever member answers. */
import { isAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import {
  BatchDone,
  RecordList,
  type Batch,
  type RecordItem,
  type RecordList as Page,
} from '../wire/api-records.ts'
import { queryOf } from './query.ts'
import type { Asking } from './resource.ts'

export interface RecordHome {
  readonly table: string
  readonly pk: string
}

export interface RecordName extends RecordHome {
  readonly sk: string
}

export interface FoundRecord {
  readonly value: Uint8Array
  readonly etag: string
  /** ISO 8601. */
  readonly expiresAt: string | undefined
}

export interface PutOptions {
  /** Only where this is there; `*`: anything. */
  readonly ifMatch?: string
  /** Only where nothing is there. */
  readonly ifAbsent?: boolean
  /** Seconds after which it is gone. */
  readonly ttl?: number
}

export interface RangeQuestion {
  readonly prefix?: string
  readonly start?: string
  readonly end?: string
  readonly reverse?: boolean
  /** Of one page. */
  readonly limit?: number
  readonly cursor?: string
}

/** Longer than a member tries by itself: it knows better why it failed. */
const TIMEOUT_MS = 8 * SECOND_MS

export class Records {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** `undefined` where there is none. */
  async get(name: RecordName): Promise<FoundRecord | undefined> {
    const options = { method: 'GET', path: pathOf(name), timeoutMs: TIMEOUT_MS } as const
    try {
      return await this.#asking.request(options, readRecord)
    } catch (thrown) {
      if (isAnilloError(thrown, 'NOT_FOUND')) return undefined
      throw thrown
    }
  }

  /** @throws AnilloError CONDITION_FAILED, TOO_LARGE, TABLE_RESERVED */
  put(
    name: RecordName,
    value: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ readonly etag: string; readonly isNew: boolean }> {
    const { ifAbsent, ifMatch, ttl } = options
    const headers = {
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(ifAbsent === true ? { 'if-none-match': '*' } : {}),
    }
    const path = pathOf(name) + queryOf({ ttl })
    const request = { method: 'PUT', path, headers, bytes: value, timeoutMs: TIMEOUT_MS } as const
    return this.#asking.request(request, async (response) => ({
      etag: response.headers.get('etag') ?? '',
      isNew: response.status === 201,
    }))
  }

  /** @throws AnilloError NOT_FOUND, CONDITION_FAILED */
  async delete(name: RecordName, options: { readonly ifMatch?: string } = {}): Promise<void> {
    const headers: Record<string, string> =
      options.ifMatch === undefined ? {} : { 'if-match': options.ifMatch }
    const path = pathOf(name)
    const request = { method: 'DELETE', path, headers, timeoutMs: TIMEOUT_MS } as const
    await this.#asking.request(request, async () => true)
  }

  /** One page. @throws AnilloError CURSOR_STALE */
  list(home: RecordHome, question: RangeQuestion = {}): Promise<Page> {
    const path = homePathOf(home) + queryOf({ ...question })
    return this.#asking.ask(RecordList, { method: 'GET', path, timeoutMs: TIMEOUT_MS })
  }

  /** All records of a range, page after page. @throws AnilloError CURSOR_STALE */
  all(home: RecordHome, question: RangeQuestion = {}): AsyncIterable<RecordItem> {
    return listed((after) => this.list(home, { ...question, ...after }))
  }

  /** All writes or none. @throws AnilloError CONDITION_FAILED */
  batch(home: RecordHome, batch: Batch): Promise<BatchDone> {
    const path = homePathOf(home)
    const options = { method: 'POST', path, body: batch, timeoutMs: TIMEOUT_MS } as const
    return this.#asking.ask(BatchDone, options)
  }
}

async function readRecord(response: Response): Promise<FoundRecord | undefined> {
  const { headers } = response
  try {
    return {
      value: new Uint8Array(await response.arrayBuffer()),
      etag: headers.get('etag') ?? '',
      expiresAt: headers.get('anillo-expires-at') ?? undefined,
    }
  } catch {
    return undefined
  }
}

function homePathOf({ pk, table }: RecordHome): string {
  return `/v1/kv/${encodeURIComponent(table)}/${encodeURIComponent(pk)}`
}

function pathOf(name: RecordName): string {
  return `${homePathOf(name)}/${encodeURIComponent(name.sk)}`
}
