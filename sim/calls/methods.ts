/** What the members of the simulation `calls` ask of one another. */
import { Type } from 'typebox'

import { defineMethod } from '../../src/wire/method.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const TIMEOUT_MS = 4_000

/** Answers what it was asked, after a while. */
export const echo = defineMethod({
  name: 'storm.echo',
  question: Type.Object({ id: Text, padding: Text, waitMs: Count }),
  answer: Type.Object({ id: Text, padding: Text }),
  timeoutMs: TIMEOUT_MS,
  idempotent: true,
})

/** Must be done once at most, however often it is sent. */
export const once = defineMethod({
  name: 'storm.once',
  question: Type.Object({ id: Text }),
  answer: Type.Object({ id: Text }),
  timeoutMs: TIMEOUT_MS,
  idempotent: false,
})

/** So many items, numbered. */
export const items = defineMethod({
  name: 'storm.items',
  kind: 'stream',
  question: Type.Object({ id: Text, count: Count }),
  answer: Type.Object({ id: Text, number: Count, padding: Text }),
  timeoutMs: TIMEOUT_MS,
  idempotent: true,
})

/** Never answers. */
export const hang = defineMethod({
  name: 'storm.hang',
  question: Type.Object({ id: Text }),
  answer: Type.Object({ id: Text }),
  timeoutMs: TIMEOUT_MS,
  idempotent: true,
})
