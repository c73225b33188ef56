/** What members tell one another about crawls. */
import { Type } from 'typebox'

import { defineMethod } from './method.ts'
import { Hex32 } from './shapes.ts'

/** Hosts told of at once. */
export const TOLD_HOSTS_MAX = 256

/** URLs of these hosts were added: a word that may get lost, for whoever schedules them. */
export const tellHosts = defineMethod({
  name: 'crawls.tell',
  question: Type.Object({
    hosts: Type.Array(Type.String({ maxLength: 512 }), { maxItems: TOLD_HOSTS_MAX }),
  }),
  answer: Type.Null(),
  timeoutMs: 5_000,
  idempotent: true,
})

/** Something is to be told to this webhook: a word that may get lost, for whoever delivers it. */
export const tellHook = defineMethod({
  name: 'webhooks.tell',
  question: Type.Object({ hook: Hex32 }),
  answer: Type.Null(),
  timeoutMs: 5_000,
  idempotent: true,
})

/** Schedules were made or changed: a word that may get lost, for whoever begins what is due. */
export const tellSchedules = defineMethod({
  name: 'schedules.tell',
  question: Type.Null(),
  answer: Type.Null(),
  timeoutMs: 5_000,
  idempotent: true,
})
