/**
 * Linearizable reads: all that arrive in one turn are one read of the group's machine; they may be
 * served once its index is applied here.
 */
import { AnilloError } from '../../base/errors.ts'
import type { ReadOutcome as RaftReadOutcome } from '../../consensus/types.ts'
import { Deadline, type TimerWheel } from '../../rpc/timer-wheel.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Core } from './core.ts'
import type { HeldGroup, ReadBatch } from './held-group.ts'
import { READS_MAX } from './limits.ts'
import type { ReadOutcome, WaitOptions } from './types.ts'

/** One caller. */
class ReadWait extends Deadline {
  readonly #reads: Reads
  readonly #resolve: (outcome: ReadOutcome) => void
  readonly #signal: AbortSignal | undefined
  #isSettled = false

  constructor(
    reads: Reads,
    resolve: (outcome: ReadOutcome) => void,
    signal: AbortSignal | undefined,
  ) {
    super()
    this.#reads = reads
    this.#resolve = resolve
    this.#signal = signal
    signal?.addEventListener('abort', this)
  }

  settle(outcome: ReadOutcome): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#signal?.removeEventListener('abort', this)
    this.#reads.settled(this)
    this.#resolve(outcome)
  }

  override expired(): void {
    this.settle('refused')
  }

  /** The caller gave up. */
  handleEvent(): void {
    this.settle('refused')
  }
}

export class Reads {
  readonly #core: Core
  readonly #wheel: TimerWheel
  #lastToken = 0
  #count = 0

  constructor(core: Core, wheel: TimerWheel) {
    this.#core = core
    this.#wheel = wheel
  }

  /** @throws AnilloError BUSY */
  confirm(group: PartitionId, { timeoutMs, signal }: WaitOptions): Promise<ReadOutcome> {
    const held = this.#core.find(group)
    if (held === undefined || this.#core.isStopped) return Promise.resolve('notHere')
    if (signal?.aborted === true) return Promise.resolve('refused')
    if (this.#count >= READS_MAX) return Promise.reject(new AnilloError('BUSY', { what: 'reads' }))
    this.#count++
    this.#core.counting.reads++
    return new Promise((resolve) => {
      const wait = new ReadWait(this, resolve, signal)
      this.#wheel.set(wait, this.#core.effects.clock.nowMs() + timeoutMs)
      this.#batch(held).waiting.push(wait)
    })
  }

  /** What the machine said of a batch. */
  outcome(held: HeldGroup, outcome: RaftReadOutcome): void {
    const batch = held.readsAsked.get(outcome.token)
    if (batch === undefined) return
    held.readsAsked.delete(outcome.token)
    if (outcome.kind === 'refused') settle(batch, 'refused')
    else if (outcome.index <= held.appliedIndex) settle(batch, 'ready')
    else {
      batch.index = outcome.index
      held.readsWaiting.push(batch)
    }
  }

  /** More of the group was applied. */
  applied(held: HeldGroup): void {
    if (held.readsWaiting.length === 0) return
    const waiting = held.readsWaiting
    held.readsWaiting = []
    for (const batch of waiting) {
      if (batch.index <= held.appliedIndex) settle(batch, 'ready')
      else held.readsWaiting.push(batch)
    }
  }

  /** The replica is gone. */
  released(held: HeldGroup): void {
    for (const batch of held.readsAsked.values()) settle(batch, 'notHere')
    for (const batch of held.readsWaiting) settle(batch, 'notHere')
    held.readsAsked.clear()
    held.readsWaiting = []
    held.readJoining = undefined
  }

  /** Called by a wait that has its outcome. */
  settled(wait: ReadWait): void {
    this.#wheel.clear(wait)
    this.#count--
  }

  #batch(held: HeldGroup): ReadBatch {
    if (held.readJoining !== undefined) return held.readJoining
    const batch: ReadBatch = { token: ++this.#lastToken, waiting: [], index: 0 }
    held.readJoining = batch
    held.readsAsked.set(batch.token, batch)
    this.#core.step(held, { kind: 'read', token: batch.token })
    return batch
  }
}

function settle(batch: ReadBatch, outcome: ReadOutcome): void {
  for (const wait of batch.waiting) wait.settle(outcome)
}
