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
import type { Change } from './types.ts'

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
  ): AsyncIterable<Change> {
    const { table, pk } = what
    checkHome(table, pk)
    const watched = { group: partitionOf(table, pk), table, pk }
    const { host, reader } = this.#options
    let index = what.fromIndex ?? (await reader.indexOf(table, pk, signal))
    while (!signal.aborted) {
      const replica = host.replica(watched.group)
      if (replica === undefined) {
        const told = await this.#there(watched, index, signal)
        yield* told.changes
        index = told.index
        continue
      }
      for await (const change of this.#here(replica, { ...watched, fromIndex: index }, signal)) {
        index = Math.max(index, change.index)
        // Never back, also where the replica is behind.
        yield change.kind === 'resync' ? { kind: 'resync', index } : change
      }
    }
  }

  /** Until the replica says *resync*, is no more, or nobody listens. */
  async *#here(
    replica: Replica,
    what: { readonly table: string; readonly pk: string; readonly fromIndex: number },
    signal: AbortSignal,
  ): AsyncIterable<Change> {
    const waiting: Change[] = []
    let wake: (() => void) | undefined
    const woken = (): void => wake?.()
    let hasOverflown = false
    const watch = replica.watch(what, (change) => {
      if (waiting.length >= CHANGES_MAX) hasOverflown = true
      else waiting.push(change)
      woken()
    })
    if (watch === undefined) {
      yield { kind: 'resync', index: replica.appliedIndex }
      return
    }
    signal.addEventListener('abort', woken)
    try {
      while (!signal.aborted && !hasOverflown) {
        for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
          yield change
          if (change.kind === 'resync' || signal.aborted) return
        }
        if (hasOverflown) break
        await new Promise<void>((resolve) => {
          wake = resolve
          if (waiting.length > 0 || signal.aborted) resolve()
        })
      }
      if (hasOverflown) yield { kind: 'resync', index: replica.appliedIndex }
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
        if (answer.kind === 'resync') return { changes: [answer], index: answer.index }
        if (answer.kind !== 'changes') continue
        return { changes: answer.changes.map(changeOf), index: answer.index }
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
      }
    }
    if (!signal.aborted) await router.look()
    const timeoutMs = OPERATION_TIMEOUT_MS_MAX
    await new Allowance(effects.clock, { signal, timeoutMs }).pause(pauseMs(1, effects.random))
    return { changes: [], index: fromIndex }
  }

  /** Changes after an index; waits for the first ones. */
  async #gather(
    replica: Replica,
    what: { readonly table: string; readonly pk: string; readonly fromIndex: number },
  ): Promise<ChangesAnswer> {
    const changes: Change[] = []
    const first = Promise.withResolvers<void>()
    const watch = replica.watch(what, (change) => {
      if (changes.length <= CHANGES_MAX) changes.push(change)
      first.resolve()
    })
    if (watch !== undefined) {
      const timer = this.#options.effects.clock.after(CHANGES_WAIT_MS, first.resolve)
      await first.promise
      timer.cancel()
      watch.stop()
    }
    const index = Math.max(what.fromIndex, replica.appliedIndex)
    const mustResync = changes.some(({ kind }) => kind === 'resync')
    if (watch === undefined || mustResync || changes.length > CHANGES_MAX) {
      return { kind: 'resync', index }
    }
    return { kind: 'changes', changes: changes.map(toldOf), index }
  }
}

interface Gathered {
  readonly changes: readonly Change[]
  /** All up to here is told. */
  readonly index: number
}

type Told = Extract<ChangesAnswer, { kind: 'changes' }>['changes'][number]

function toldOf(change: Change): Told {
  if (change.kind === 'put') {
    return [change.index, change.pk, change.record.sk, rowOf(change.record)]
  }
  return change.kind === 'delete'
    ? [change.index, change.pk, change.sk, null]
    : [change.index, '', '', null]
}

function changeOf([index, pk, sk, row]: Told): Change {
  return row === null
    ? { kind: 'delete', pk, sk, index }
    : { kind: 'put', pk, record: recordOf(row), index }
}
