/**
 * The store over the groups of this member and of the others (docs/spec/routing.md): where a
 * partition is, changes that are carried out once however often they are sent, linearizable reads.
 */
import { AnilloError } from '../base/errors.ts'
import type { MemberId } from '../base/ids.ts'
import type { Effects } from '../effects/effects.ts'
import { partitionOf, type PartitionId } from '../wire/partition.ts'
import { Changer } from './changer.ts'
import type { Procedure } from './partition/procedure.ts'
import { checkTransact, packTransact, readTransactOutcome } from './partition/transact-codec.ts'
import { transact } from './partition/transact.ts'
import type { Peers } from './peers.ts'
import { Reader } from './reader.ts'
import { Outages } from './routing/outages.ts'
import type { Router } from './routing/router.ts'
import { Submitter } from './routing/submitter.ts'
import { Sessions } from './sessions.ts'
import type { StoreHost } from './store-host.ts'
import type { ChunkStore, Store, WriteOptions } from './types.ts'
import { Watcher } from './watcher.ts'

export interface StoreOptions {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly self: MemberId
  readonly host: StoreHost
  readonly peers: Peers
  readonly router: Router
  /** How people call a member: for errors that say which ones are needed. */
  readonly nameOf: (member: MemberId) => string
}

/** A member makes one, after its host: its doors and services share it. */
export function createStore(storeOptions: StoreOptions): RecordStore {
  const { effects, self } = storeOptions
  const outages = new Outages(effects.clock)
  const submitter = new Submitter({ ...storeOptions, outages })
  const sessions = new Sessions({ effects, owner: self, submitter })
  const changer = new Changer({ effects, sessions, submitter })
  const reader = new Reader({ ...storeOptions, outages })
  const watcher = new Watcher({ ...storeOptions, reader })
  return {
    get: (key, options) => reader.get(key, options),
    list: (range, options) => reader.list(range, options),
    read: (question, options) => reader.read(question, options),
    watch: (what, signal) => watcher.watch(what, signal),
    transact: async (request, options) => {
      checkTransact(request)
      const group = partitionOf(request.table, request.pk)
      const called = { group, procedure: transact.name, input: packTransact(request) }
      const outcome = readTransactOutcome(await changer.call(called, options))
      if (outcome !== undefined) return outcome
      throw new AnilloError('OUTCOME_UNKNOWN', { partition: group })
    },
    call: <Q, A>(group: PartitionId, { name }: Procedure<Q, A>, input: Q, options?: WriteOptions) =>
      // The procedure itself made the answer, at the leader: plain data, as it declares.
      changer.call({ group, procedure: name, input }, options) as Promise<A>,
  }
}

/** The store without its chunks. */
export type RecordStore = Omit<Store, 'chunks'>

/** Both parts as one. */
export function withChunks(records: RecordStore, chunks: ChunkStore): Store {
  return { ...records, chunks }
}
