/** Webhooks in the store, as doors and who delivers use them. */
import { allOf, listed } from '../../../effects/listed.ts'
import type { Store } from '../../../store/types.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import {
  keepHook,
  makeHook,
  nextEvent,
  sentEvent,
  testHook,
  type MakeInput,
  type NextAnswer,
  type SentInput,
} from './hook-procedures.ts'
import {
  hookKey,
  OPEN_HOOKS_PK,
  OPEN_HOOKS_TABLE,
  partitionOfHook,
  readHookRow,
  type HookRow,
} from './hook-rows.ts'

export class HookStore {
  readonly #store: Pick<Store, 'get' | 'list' | 'call'>

  constructor(store: Pick<Store, 'get' | 'list' | 'call'>) {
    this.#store = store
  }

  async get(hook: string): Promise<HookRow | undefined> {
    const record = await this.#store.get(hookKey(hook))
    return record === undefined ? undefined : readHookRow(record)
  }

  /** Those of crawls that run, and those for which something waits. */
  async open(): Promise<readonly string[]> {
    const range = { table: OPEN_HOOKS_TABLE, pk: OPEN_HOOKS_PK, limit: LIST_RECORDS_MAX }
    const records = await allOf(listed((after) => this.#store.list({ ...range, ...after })))
    return records.map(({ sk }) => sk)
  }

  /** @returns the secret that holds */
  async make(input: MakeInput): Promise<string> {
    const { secret } = await this.#store.call(partitionOfHook(input.hook), makeHook, input)
    return secret
  }

  /** @throws AnilloError NOT_FOUND */
  async test(hook: string): Promise<void> {
    await this.#store.call(partitionOfHook(hook), testHook, { hook })
  }

  /** It goes once nothing waits any more. */
  async leave(hook: string): Promise<void> {
    await this.#store.call(partitionOfHook(hook), keepHook, { hook, isLeaving: true })
  }

  next(hook: string): Promise<NextAnswer> {
    return this.#store.call(partitionOfHook(hook), nextEvent, { hook })
  }

  async sent(input: SentInput): Promise<void> {
    await this.#store.call(partitionOfHook(input.hook), sentEvent, input)
  }
}
