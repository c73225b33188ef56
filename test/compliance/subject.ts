/** How one suite of promises is tried on effects of any kind. */
import { test } from 'node:test'

import type { Effects } from '../../src/effects/effects.ts'

/** Effects of one world, real or virtual. */
export interface Subject<K extends keyof Effects> {
  readonly effects: Pick<Effects, K>
  /** Lets the world go on until the body has ended. */
  run(body: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

export type MakeSubject<K extends keyof Effects> = () => Promise<Subject<K>>

export interface Suite<K extends keyof Effects> {
  /** Which world, for the names of the tests. */
  readonly world: string
  readonly make: MakeSubject<K>
}

/** One test: a world of its own, the body in it, and its end. */
export function promise<K extends keyof Effects>(
  suite: Suite<K>,
  name: string,
  body: (effects: Pick<Effects, K>) => Promise<void>,
): void {
  test(`${suite.world}: ${name}`, async () => {
    const subject = await suite.make()
    try {
      await subject.run(() => body(subject.effects))
    } finally {
      await subject.close()
    }
  })
}
