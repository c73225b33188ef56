/**
 * All that is to happen in a run, drawn from its seed before it begins: so a failing run can be cut
 * down by leaving parts out, and the rest stays as it was.
 */
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { pick, type Chance, type SeededChance } from '../../src/base/random.ts'
import { KV_OPERATIONS, type KvOperation } from './kv-client.ts'
import { LOCK_OPERATIONS, type LockOperation } from './lock-client.ts'
import { MONEY_OPERATIONS, type MoneyOperation } from './money-client.ts'

export type OperationKind = KvOperation | MoneyOperation | LockOperation

export interface PlannedOperation {
  readonly client: number
  /** Not before; a client does one thing at a time. */
  readonly atMs: number
  readonly kind: OperationKind
  readonly seed: number
  /** Number of the head that most of its burst is about. */
  readonly focus: number
}

/** When clients ask most, and about what. */
export interface Burst {
  readonly atMs: number
  readonly focus: number
}

export interface PlannedFault<Name extends string = string> {
  readonly name: Name
  readonly atMs: number
  readonly durationMs: number
  readonly seed: number
}

export interface WorkloadPlan {
  /** Until the last words. */
  readonly lengthMs: number
  readonly clients: number
  readonly bursts: readonly Burst[]
  readonly operations: readonly PlannedOperation[]
}

export const RUN_MS = 10 * MINUTE_MS
const CLIENTS = 6
const BURST_EVERY_MS = 16 * SECOND_MS
const BURST_MS = 3 * SECOND_MS
/** Of each client in a burst: a thousand and more in a run. */
const OPERATIONS_MIN = 5
const OPERATIONS_SPREAD = 3
/** Faults strike at most so long before a burst, or within it. */
const BEFORE_BURST_MS = 1_500

/** Of each client, when all has been done: what nothing that comes later could mend. */
const LAST_OPERATIONS = 2
const LAST_WORDS_MS = SECOND_MS / 2

/** Heads that a burst may be about: all. */
const FOCUS_MAX = 5

/** How often each is asked for beside the others. */
const WEIGHTS: Readonly<Record<OperationKind, number>> = {
  get: 5,
  list: 2,
  'read again': 3,
  put: 4,
  'put that expires': 1,
  create: 2,
  swap: 5,
  delete: 2,
  batch: 3,
  transfer: 4,
  count: 3,
  lock: 2,
  'write under a lock': 3,
  unlock: 1,
}

const DECK: readonly OperationKind[] = [
  ...KV_OPERATIONS,
  ...MONEY_OPERATIONS,
  ...LOCK_OPERATIONS,
].flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind))

/** Clients that ask in bursts, so that they meet one another and the faults. */
export function planWorkload(chance: SeededChance, lengthMs: number): WorkloadPlan {
  const operations: PlannedOperation[] = []
  const bursts: Burst[] = []
  for (let burstMs = 0; burstMs + BURST_EVERY_MS <= lengthMs; burstMs += BURST_EVERY_MS) {
    const startMs = burstMs + chance.fraction() * (BURST_EVERY_MS - BURST_MS)
    const focus = chance.below(FOCUS_MAX)
    bursts.push({ atMs: startMs, focus })
    for (let client = 0; client < CLIENTS; client++) {
      const count = OPERATIONS_MIN + chance.below(OPERATIONS_SPREAD)
      for (let number = 0; number < count; number++) {
        operations.push({
          client,
          atMs: startMs + chance.fraction() * BURST_MS,
          kind: pick(chance, DECK),
          seed: chance.u32(),
          focus,
        })
      }
    }
  }
  operations.push(...lastWords(chance, lengthMs))
  return {
    lengthMs,
    clients: CLIENTS,
    bursts,
    operations: operations.toSorted((a, b) => a.atMs - b.atMs),
  }
}

/** Messages between partitions that are under way when the run ends. */
function lastWords(chance: SeededChance, lengthMs: number): readonly PlannedOperation[] {
  return Array.from({ length: CLIENTS * LAST_OPERATIONS }, (_, number) => ({
    client: number % CLIENTS,
    atMs: lengthMs + chance.fraction() * LAST_WORDS_MS,
    kind: 'transfer',
    seed: chance.u32(),
    focus: chance.below(FOCUS_MAX),
  }))
}

/** Faults dealt from a deck that holds each as often as it weighs, most of them near a burst. */
export function planFaults<Name extends string>(
  chance: Chance,
  dealing: {
    readonly weights: Readonly<Record<Name, number>>
    readonly names: readonly Name[]
    readonly lengthMs: number
    readonly bursts: readonly Burst[]
    readonly intervalMsMean: number
    readonly durationMsMax: number
  },
): PlannedFault<Name>[] {
  const { weights, names, bursts, lengthMs, intervalMsMean, durationMsMax } = dealing
  const faults: PlannedFault<Name>[] = []
  let deck: Name[] = []
  let atMs = 0
  for (;;) {
    atMs += 2 * intervalMsMean * chance.fraction()
    if (atMs >= lengthMs) return faults.toSorted((a, b) => a.atMs - b.atMs)
    if (deck.length === 0) {
      deck = names.flatMap((name) => Array.from({ length: weights[name] }, () => name))
    }
    const [name] = deck.splice(chance.below(deck.length), 1)
    if (name === undefined) return faults
    const burst = bursts.find((one) => one.atMs >= atMs)
    const isAimed = burst !== undefined && chance.below(4) > 0
    const aimedMs = chance.fraction() * (BEFORE_BURST_MS + BURST_MS) - BEFORE_BURST_MS
    // Short ones are the rule, so that often the next strikes the same member in its recovery.
    const durationMs = durationMsMax * chance.fraction() ** 2
    const struckMs = isAimed ? Math.max(0, burst.atMs + aimedMs) : atMs
    faults.push({ name, atMs: struckMs, durationMs, seed: chance.u32() })
  }
}
