/** What suites of promises of any store have in common. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import type { RecordStore } from '../../src/store/store.ts'
import type { Condition, RecordWrite, TransactOutcome } from '../../src/store/types.ts'

/** A store, and the world that it needs to go on. */
export interface StoreSubject {
  /** As two doors see it: what one has answered, the other shows. */
  readonly stores: readonly [RecordStore, RecordStore]
  /** Lets the world go on until the body has ended. */
  run(body: () => Promise<void>): Promise<void>
  /** Logged time goes on by so much everywhere, and what expired by it is gone. */
  passLoggedTime(ms: number): Promise<void>
  close(): Promise<void>
}

export interface StoreSuite {
  /** Which store, for the names of the tests. */
  readonly store: string
  readonly make: () => Promise<StoreSubject>
}

export type Body = (store: RecordStore, other: RecordStore, subject: StoreSubject) => Promise<void>

export const TABLE = 'notes'

export function promise(suite: StoreSuite, name: string, body: Body): void {
  test(`${suite.store}: ${name}`, async () => {
    const subject = await suite.make()
    const [store, other] = subject.stores
    try {
      await subject.run(() => body(store, other, subject))
    } finally {
      await subject.close()
    }
  })
}

export function put(sk: string, text: string, expiresInMs?: number): RecordWrite {
  const write = { kind: 'put', sk, value: utf8(text) } as const
  return expiresInMs === undefined ? write : { ...write, expiresInMs }
}

export async function write(
  store: RecordStore,
  writes: readonly RecordWrite[],
  conditions: readonly Condition[] = [],
): Promise<TransactOutcome> {
  return store.transact({ table: TABLE, pk: 'p', conditions, writes })
}

export async function refuses(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (thrown) => isAnilloError(thrown, code) || assert.fail(String(thrown)))
}
