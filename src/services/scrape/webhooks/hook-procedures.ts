/**
 * What changes webhooks. An event is one entry: from then on it waits on a majority of disks until
 * it is delivered or given up, whoever dies. It may come twice to the receiver, where a member dies
 * behind the answer and before it is written down; then it has the same `webhook-id`.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { WEBHOOK_PAGES_MAX } from '../../../wire/webhook-bounds.ts'
import { againInMs, isGivenUp } from './back-off.ts'
import { addEvent, type HookEvent } from './hook-events.ts'
import {
  ChangedPage,
  eventKey,
  hookIn,
  hookKey,
  HookSpec,
  HOOKS_TABLE,
  isOpen,
  putHook,
  readEventRow,
  seqOf,
  Told,
  WAIT_PREFIX,
  type EventRow,
  type HookRow,
} from './hook-rows.ts'
import { CHANGES_GATHER_MS, GIVEN_UP_PER_STEP } from './limits.ts'
import { noteHook } from './open-hooks.ts'

const tables = [HOOKS_TABLE]

const MakeInput = Type.Object({ hook: Hex32, ...HookSpec, isChange: Type.Boolean() })
export type MakeInput = Readonly<Static<typeof MakeInput>>

/**
 * Repeated, it changes nothing, unless it is meant to; then the secret stays as well, where none is
 * given. @returns the secret that holds
 */
export const makeHook = defineProcedure({
  name: 'crawlHook.make',
  tables,
  readInput: reader(MakeInput),
  run: (work, { hook, isChange, ...spec }: MakeInput): { readonly secret: string } => {
    const before = hookIn(work, hook)
    if (before !== undefined && !isChange) return { secret: before.secret }
    const counts = {
      running: 0,
      seq: 1,
      taken: 0,
      waiting: 0,
      delivered: 0,
      givenUp: 0,
      leftOut: 0,
    }
    const none = { ...counts, failures: 0, isLeaving: false, isGone: false }
    const row = { ...none, ...before, ...spec, isLeaving: false, isGone: false }
    if (before !== undefined && isOpen(row) !== isOpen(before)) noteHook(work, hook, isOpen(row))
    putHook(work, hook, row, before !== undefined || isChange)
    return { secret: row.secret }
  },
})

const TellInput = Type.Object({
  hook: Hex32,
  type: Type.String({ maxLength: 64 }),
  crawl: Type.Optional(Hex32),
  data: Type.String({ maxLength: 4_096 }),
  pages: Type.Optional(Type.Array(ChangedPage, { minItems: 1, maxItems: WEBHOOK_PAGES_MAX })),
  /** How many more crawls run that tell it. */
  more: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(-1)])),
  /** Whose it is has come to be, or is deleted. */
  isLeaving: Type.Optional(Type.Boolean()),
})
export type TellInput = Readonly<Static<typeof TellInput>>

/** A message from the partition of a crawl. Of a webhook that is no more nobody wants to know. */
export const tellHook = defineProcedure({
  name: 'crawlHook.tell',
  tables,
  readInput: reader(TellInput),
  run: (work, { hook, isLeaving, more, ...event }: TellInput): null => {
    change(work, hook, (before) => {
      const row = {
        ...before,
        running: Math.max(0, before.running + (more ?? 0)),
        isLeaving: isLeaving ?? before.isLeaving,
      }
      return isWanted(row, event) ? addEvent(work, { hook, row, event }) : row
    })
    return null
  },
})

const KeepInput = Type.Object({ hook: Hex32, isLeaving: Type.Boolean() })
type KeepInput = Readonly<Static<typeof KeepInput>>

/** A message: whose it is has come to be, or is deleted. */
export const keepHook = defineProcedure({
  name: 'crawlHook.keep',
  tables,
  readInput: reader(KeepInput),
  freesRoom: ({ isLeaving }: KeepInput) => isLeaving,
  run: (work, { hook, isLeaving }: KeepInput): null => {
    change(work, hook, (row) => ({ ...row, isLeaving }))
    return null
  },
})

const HookInput = Type.Object({ hook: Hex32 })
type HookInput = Readonly<Static<typeof HookInput>>

/** Somebody wants to see one arrive: it is tried at once, and all that waits before it. */
export const testHook = defineProcedure({
  name: 'crawlHook.test',
  tables,
  readInput: reader(HookInput),
  run: (work, { hook }: HookInput): null => {
    if (hookIn(work, hook) === undefined) return noHook(work)
    change(work, hook, (before) => {
      const { nextTryMs: _, ...row } = before
      const event = { type: 'webhook.test', data: '{}' }
      return addEvent(work, { hook, row: { ...row, isGone: false }, event })
    })
    return null
  },
})

/** `waitMs`: nothing is to be sent so long. */
export type NextAnswer =
  | { readonly kind: 'event'; readonly seq: number; readonly event: EventRow }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'none' }

/** What is to be sent now. */
export const nextEvent = defineProcedure({
  name: 'crawlHook.next',
  tables,
  readInput: reader(HookInput),
  freesRoom: () => true,
  run: (work, { hook }: HookInput): NextAnswer => {
    const row = hookIn(work, hook)
    const [first, second] = waiting(work, hook, 2)
    if (row === undefined || first === undefined || row.isGone) return { kind: 'none' }
    const event = readEventRow(first)
    const isGathering = event.pages !== undefined && second === undefined && row.running > 0
    const fromMs = Math.max(row.nextTryMs ?? 0, isGathering ? event.atMs + CHANGES_GATHER_MS : 0)
    if (fromMs > work.timeMs) return { kind: 'wait', waitMs: fromMs - work.timeMs }
    const seq = seqOf(first.sk)
    if (seq > row.taken) putHook(work, hook, { ...row, taken: seq })
    return { kind: 'event', seq, event }
  },
})

const SentInput = Type.Object({
  hook: Hex32,
  seq: Count,
  outcome: Type.Union([Type.Literal('delivered'), Type.Literal('failed'), Type.Literal('gone')]),
  ...Told.properties,
  /** What the receiver asked for. */
  againInMs: Type.Optional(Count),
})
export type SentInput = Readonly<Static<typeof SentInput>>

/** What came of it. Told twice, or by one who was late, it changes nothing. */
export const sentEvent = defineProcedure({
  name: 'crawlHook.sent',
  tables,
  readInput: reader(SentInput),
  freesRoom: () => true,
  run: (work, { againInMs: askedMs, hook, outcome, seq, ...told }: SentInput): null => {
    const [first] = waiting(work, hook, 1)
    if (first === undefined || seqOf(first.sk) !== seq) return null
    const { type } = readEventRow(first)
    change(work, hook, (before) => {
      const { failingSinceMs = work.timeMs, nextTryMs: _, ...rest } = before
      const row = { ...rest, last: { atMs: work.timeMs, type, ...told } }
      if (outcome === 'delivered') return delivered(work, { hook, row, seq })
      if (outcome === 'gone') {
        const isGone = { isGone: true, givenUp: row.givenUp + row.waiting, waiting: 0 }
        dropAll(work, hook)
        return { ...row, ...isGone, failures: 0 }
      }
      const failures = row.failures + 1
      const nextTryMs = work.timeMs + againInMs(failures, askedMs)
      return givenUp(work, { hook, row: { ...row, failures, failingSinceMs, nextTryMs } })
    })
    return null
  },
})

export const HOOK_PROCEDURES = [makeHook, tellHook, keepHook, testHook, nextEvent, sentEvent]

/** Keeps the row, tells whether it is open when that changed, and ends it when it has to. */
function change(work: PartitionWork, hook: string, changed: (row: HookRow) => HookRow): void {
  const before = hookIn(work, hook)
  if (before === undefined) return
  const row = changed(before)
  if (isOpen(row) !== isOpen(before)) noteHook(work, hook, isOpen(row))
  if (row.isLeaving && row.waiting === 0 && row.running === 0) work.delete(hookKey(hook))
  else putHook(work, hook, row)
}

function isWanted({ events, isGone }: HookRow, { data, type }: HookEvent): boolean {
  return !isGone && data !== '' && events.some((name) => name === type)
}

interface OfHook {
  readonly hook: string
  readonly row: HookRow
}

function delivered(
  work: PartitionWork,
  { hook, row, seq }: OfHook & { readonly seq: number },
): HookRow {
  const { failingSinceMs: _, ...rest } = row
  work.delete(eventKey(hook, seq))
  return { ...rest, failures: 0, waiting: row.waiting - 1, delivered: row.delivered + 1 }
}

/** Those that were tried long enough; the next failure goes on with them where they are many. */
function givenUp(work: PartitionWork, { hook, row }: OfHook): HookRow {
  const { failingSinceMs = work.timeMs } = row
  let count = 0
  for (const record of waiting(work, hook, GIVEN_UP_PER_STEP)) {
    const { atMs } = readEventRow(record)
    if (!isGivenUp({ atMs, failingSinceMs }, work.timeMs)) break
    work.delete(eventKey(hook, seqOf(record.sk)))
    count++
  }
  return { ...row, waiting: row.waiting - count, givenUp: row.givenUp + count }
}

function dropAll(work: PartitionWork, hook: string): void {
  for (const { sk } of waiting(work, hook, DROPPED_MAX))
    work.delete({ table: HOOKS_TABLE, pk: hook, sk })
}

/** More never wait. */
const DROPPED_MAX = 1_000

function waiting(work: PartitionWork, hook: string, limit: number) {
  return work.list({ table: HOOKS_TABLE, pk: hook, prefix: WAIT_PREFIX, limit })
}

function noHook(work: PartitionWork): never {
  return work.refuse('NOT_FOUND', { what: 'webhook of this' })
}
