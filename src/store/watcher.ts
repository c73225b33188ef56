/**
 * Changes of a pk as they are committed: from a replica here, else from a member that has one,
 * which holds its answer back until there is a change. What breaks is taken up again from the last
 * index told; where that is too far back the watcher is told to read again (`resync`).
 */
import { isAnilloError } from '../base/errors.ts'
import type { Effects } from '../effects/effects.ts'
import { partitionIdOf, partitionOf, type PartitionId } from '../wire/partition.ts'
import { awaitChanges, CHANGES_MAX, CHANGES_WAIT_MS, type ChangesAnswer } from '../wire/reads.ts'
import type { Replica } from './group/types.ts'
import { checkHome } from './names.ts'
import type { Peers } from './peers.ts'
import type { Reader } from './reader.ts'
import { Allowance } from './routing/allowance.ts'
import { OPERATION_TIMEOUT_MS_MAX, pauseMs } from './routing/retry.ts'
import type { Router } from './routing/router.ts'
import { recordOf, rowOf } from './rows.ts'
import type { StoreHost } from './store-host.ts'
import type { Change, WatchEvent } from './types.ts'

export interface WatcherOptions {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly host: StoreHost
  readonly peers: Peers
  readonly router: Router
  readonly reader: Reader
}

interface Watched {
  readonly group: PartitionId
  readonly table: string
  readonly pk: string
}

export class Watcher {
  readonly #options: WatcherOptions

  constructor(options: WatcherOptions) {
    this.#options = options
    options.peers.handle(awaitChanges, async (question): Promise<ChangesAnswer> => {
      checkHome(question.table, question.pk)
      const replica = options.host.replica(partitionIdOf(question.partition))
      return replica === undefined ? { kind: 'notHere' } : this.#gather(replica, question)
    })
  }

  async *watch(
    what: { readonly table: string; readonly pk: string; readonly fromIndex?: number },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent> {
    const { table, pk } = what
    checkHome(table, pk)
    const watched = { group: partitionOf(table, pk), table, pk }
    const { host, reader } = this.#options
    let index = what.fromIndex ?? (await reader.indexOf(table, pk, signal))
    while (!signal.aborted) {
      const replica = host.replica(watched.group)
      if (replica === undefined) {
        const told = await this.#there(watched, index, signal)
        yield* told.events
        index = told.index
        continue
      }
      for await (const event of this.#here(replica, { ...watched, fromIndex: index }, signal)) {
        index = Math.max(index, event.index)
        // Never back, also where the replica is behind.
        yield event.kind === 'resync' ? { kind: 'resync', index } : event
      }
    }
  }

  /** Until the replica says *resync*, is no more, or nobody listens. */
  async *#here(
    replica: Replica,
    what: { readonly table: string; readonly pk: string; readonly fromIndex: number },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent> {
    const waiting: WatchEvent[] = []
    let changes = 0
    const hasOverflown = (): boolean => changes > CHANGES_MAX
    let wake: (() => void) | undefined
    const woken = (): void => wake?.()
    const watch = replica.watch(what, (event) => {
      changes += changesIn(event)
      if (!hasOverflown()) waiting.push(event)
      woken()
    })
    if (watch === undefined) {
      yield { kind: 'resync', index: replica.appliedIndex }
      return
    }
    signal.addEventListener('abort', woken)
    try {
      while (!signal.aborted && !hasOverflown()) {
        const event = waiting.shift()
        if (event !== undefined) {
          changes -= changesIn(event)
          yield event
          if (event.kind === 'resync') return
          continue
        }
        await new Promise<void>((resolve) => {
          wake = resolve
          if (waiting.length > 0 || signal.aborted) resolve()
        })
      }
      if (hasOverflown()) yield { kind: 'resync', index: replica.appliedIndex }
    } finally {
      watch.stop()
      signal.removeEventListener('abort', woken)
    }
  }

  /** What a member that has a replica tells; nothing where none answers, so that one looks anew. */
  async #there(watched: Watched, fromIndex: number, signal: AbortSignal): Promise<Gathered> {
    const { effects, peers, router } = this.#options
    const { group: partition, pk, table } = watched
    for (const member of router.readable(partition)) {
      if (signal.aborted) break
      try {
        const question = { partition, table, pk, fromIndex }
        const answer = await peers.ask(member, awaitChanges, question, { signal })
        if (answer.kind === 'resync') return { events: [answer], index: answer.index }
        if (answer.kind !== 'changes') continue
        return { events: answer.entries.map(eventOf), index: answer.index }
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
      }
    }
    if (!signal.aborted) await router.look()
    const timeoutMs = OPERATION_TIMEOUT_MS_MAX
    await new Allowance(effects.clock, { signal, timeoutMs }).pause(pauseMs(1, effects.random))
    return { events: [], index: fromIndex }
  }

  /** Changes after an index; waits for the first ones. */
  async #gather(
    replica: Replica,
    what: { readonly table: string; readonly pk: string; readonly fromIndex: number },
  ): Promise<ChangesAnswer> {
    const events: WatchEvent[] = []
    let changes = 0
    const first = Promise.withResolvers<void>()
    const watch = replica.watch(what, (event) => {
      changes += changesIn(event)
      if (changes <= CHANGES_MAX) events.push(event)
      first.resolve()
    })
    if (watch !== undefined) {
      const timer = this.#options.effects.clock.after(CHANGES_WAIT_MS, first.resolve)
      await first.promise
      timer.cancel()
      watch.stop()
    }
    const index = Math.max(what.fromIndex, replica.appliedIndex)
    const mustResync = events.some(({ kind }) => kind === 'resync')
    if (watch === undefined || mustResync || changes > CHANGES_MAX) return { kind: 'resync', index }
    return { kind: 'changes', entries: events.flatMap(toldOf), index }
  }
}

interface Gathered {
  readonly events: readonly WatchEvent[]
  /** All up to here is told. */
  readonly index: number
}

type Told = Extract<ChangesAnswer, { kind: 'changes' }>['entries'][number]

function changesIn(event: WatchEvent): number {
  return event.kind === 'changes' ? event.changes.length : 0
}

function toldOf(event: WatchEvent): Told[] {
  if (event.kind === 'resync') return []
  const told = (change: Change): Told[1][number] =>
    change.kind === 'put' ? [change.record.sk, rowOf(change.record)] : [change.sk, null]
  return [[event.index, event.changes.map(told)]]
}

function eventOf([index, told]: Told): WatchEvent {
  const changes = told.map(([sk, row]): Change =>
    row === null ? { kind: 'delete', sk } : { kind: 'put', record: recordOf(row) },
  )
  return { kind: 'changes', index, changes }
}
