/**
 * Collects a backup from the members that lead the groups (architecture 5, *Backup*). First each
 * member awaits the number in its groups, then an entry with the number goes into every log; a
 * message that runs ahead of it bears the number too, and brings it. So no partition's part holds
 * the effect of a message whose sending is not in its source's part.
 */
import { present } from '../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import {
  backupAwait,
  backupEnd,
  backupGroup,
  backupRows,
  backupTaken,
} from '../../wire/backup-methods.ts'
import type { BackupPiece } from '../../wire/backup.ts'
import { encodeCommand } from '../../wire/command-codec.ts'
import {
  ALL_PARTITIONS,
  RING_PARTITION,
  RING_TABLE,
  type PartitionId,
} from '../../wire/partition.ts'
import { readMeta } from '../partition/meta.ts'
import type { Peers } from '../peers.ts'
import { beginBackup, holdChunks } from '../roster/procedures.ts'
import { BACKUPS_PK, HOLD_PREFIX } from '../roster/rows.ts'
import { Allowance } from '../routing/allowance.ts'
import type { Router } from '../routing/router.ts'
import type { Submitter } from '../routing/submitter.ts'
import type { Store } from '../types.ts'
import type { BackupServing } from './serving.ts'

/** Nobody copies chunks, as far as the ring can tell. */
export async function mayCollectChunks(store: Pick<Store, 'list'>): Promise<boolean> {
  const range = { table: RING_TABLE, pk: BACKUPS_PK, prefix: HOLD_PREFIX, limit: 1 }
  try {
    return (await store.list(range)).items.length === 0
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return false
  }
}

export interface CollectingParts {
  readonly clock: Clock
  readonly self: MemberId
  readonly ringId: string
  readonly peers: Pick<Peers, 'ask'>
  readonly router: Router
  readonly store: Pick<Store, 'call'>
  readonly submitter: Submitter
  /** Of this member. */
  readonly serving: BackupServing
}

/** A change of leader, or a number that some partition knew: each try has another number. */
const TRIES_MAX = 5

/** Members that fetch states of groups may use all views of a database for a while. */
const BUSY_TRIES_MAX = 120
const BUSY_PAUSE_MS = SECOND_MS / 2

/** Rows of partitions that the asker has, by their hashes. */
export type KnownRows = ReadonlyMap<PartitionId, string>

interface Cut {
  readonly backup: number
  /** Who has which groups. */
  readonly holders: ReadonlyMap<PartitionId, MemberId>
}

export class BackupCollecting {
  readonly #parts: CollectingParts

  constructor(parts: CollectingParts) {
    this.#parts = parts
  }

  /**
   * @throws AnilloError BACKUP_MISSED, STORE_UNAVAILABLE, and as `Peers.ask`; what was given until
   * then is of no use
   */
  async *collect(known: KnownRows, signal: AbortSignal): AsyncGenerator<BackupPiece> {
    const cut = await this.#cut(signal)
    try {
      const { ringId } = this.#parts
      const { backup } = cut
      const heads = new Map<PartitionId, Head>()
      for (const group of ALL_PARTITIONS) heads.set(group, await this.#head(cut, group, known))
      yield { kind: 'begin', backup, ringId, ...totalsOf(heads) }
      for (const [group, { meta, isKept }] of heads) {
        signal.throwIfAborted()
        yield { kind: 'partition', partition: group, meta, isKept }
        if (!isKept) yield* this.#rows(cut, group, signal)
      }
      yield { kind: 'end' }
    } finally {
      await this.#end(cut)
    }
  }

  /**
   * Until then no chunk is collected; again before, to go on. @throws AnilloError as `Store.call`
   */
  async hold(holder: string, forMs: number): Promise<void> {
    await this.#parts.store.call(RING_PARTITION, holdChunks, { holder, forMs })
  }

  async #cut(signal: AbortSignal): Promise<Cut> {
    let above = 0
    let tried = 0
    let wasBusy = 0
    for (;;) {
      signal.throwIfAborted()
      const { store, router } = this.#parts
      const { backup } = await store.call(RING_PARTITION, beginBackup, { above }, { signal })
      const cut = { backup, holders: await this.#holders() }
      try {
        await this.#take(cut, signal)
        return cut
      } catch (thrown) {
        await this.#end(cut)
        if (!isAnilloError(thrown) || thrown.code === 'STORE_UNAVAILABLE') throw thrown
        if (thrown.code === 'BUSY' && ++wasBusy < BUSY_TRIES_MAX) {
          await this.#pause(BUSY_PAUSE_MS)
          continue
        }
        if (++tried === TRIES_MAX) throw thrown
        const { knownMost } = thrown.details
        if (typeof knownMost === 'number') above = knownMost
        await router.look()
      }
    }
  }

  /** The leaders, as far as is known. */
  async #holders(): Promise<ReadonlyMap<PartitionId, MemberId>> {
    const { router } = this.#parts
    const holders = new Map<PartitionId, MemberId>()
    for (const group of ALL_PARTITIONS) {
      if (router.leaderOf(group) === undefined) await router.look()
      const leader = router.leaderOf(group)
      if (leader === undefined) {
        const problem = 'no member knows who leads it'
        throw new AnilloError('STORE_UNAVAILABLE', { partition: group, problem })
      }
      holders.set(group, leader)
    }
    return holders
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(delayMs, resolve))
  }

  /** @throws AnilloError BACKUP_MISSED, with `knownMost` where a greater number is needed */
  async #take({ backup, holders }: Cut, signal: AbortSignal): Promise<void> {
    const groupsOf = Map.groupBy(holders, ([, holder]) => holder)
    let knownMost = 0
    for (const [member, held] of groupsOf) {
      const groups = held.map(([group]) => group)
      const answer = await this.#await(member, backup, groups)
      knownMost = Math.max(knownMost, answer.knownMost)
    }
    if (knownMost >= backup) {
      const problem = 'a partition knows a later backup'
      throw new AnilloError('BACKUP_MISSED', { problem, knownMost })
    }
    const data = encodeCommand({ kind: 'backup', number: backup })
    const { clock, submitter } = this.#parts
    const allowance = (): Allowance => new Allowance(clock, { signal })
    await Promise.all(
      [...holders.keys()].map((group) => submitter.submit({ group, data }, allowance())),
    )
    await Promise.all([...groupsOf.keys()].map((member) => this.#taken(member, backup)))
  }

  #isSelf(member: MemberId): boolean {
    return member === this.#parts.self
  }

  async #await(
    member: MemberId,
    backup: number,
    groups: PartitionId[],
  ): Promise<{ readonly knownMost: number }> {
    const { peers, serving } = this.#parts
    if (this.#isSelf(member)) return serving.await(backup, groups)
    return peers.ask(member, backupAwait, { backup, groups })
  }

  async #taken(member: MemberId, backup: number): Promise<void> {
    const { peers, serving } = this.#parts
    if (this.#isSelf(member)) await serving.taken(backup)
    else await peers.ask(member, backupTaken, { backup })
  }

  async #head({ backup, holders }: Cut, group: PartitionId, known: KnownRows): Promise<Head> {
    const { peers, serving } = this.#parts
    const knownHash = known.get(group)
    const question = { backup, group, isHashed: knownHash !== undefined }
    const holder = present(holders.get(group), 'holder of a group')
    const { meta, rowsHash } = this.#isSelf(holder)
      ? await serving.group(question)
      : await peers.ask(holder, backupGroup, question)
    return { meta, isKept: rowsHash !== undefined && rowsHash === knownHash }
  }

  async *#rows(cut: Cut, group: PartitionId, signal: AbortSignal): AsyncGenerator<BackupPiece> {
    const { peers, serving } = this.#parts
    const holder = present(cut.holders.get(group), 'holder of a group')
    const { backup } = cut
    const ask = (from: Uint8Array | undefined) => {
      const question = from === undefined ? { backup, group } : { backup, group, from }
      return this.#isSelf(holder) ? serving.rows(question) : peers.ask(holder, backupRows, question)
    }
    let asked = ask(undefined)
    for (;;) {
      const { rows, next } = await asked
      signal.throwIfAborted()
      // The next are on their way while these are written.
      if (next !== undefined) asked = ask(next)
      if (rows.length > 0) {
        asked.catch(() => undefined)
        yield { kind: 'rows', rows }
      }
      if (next === undefined) return
    }
  }

  /** Whoever does not hear of it ends it after a while. */
  async #end({ backup, holders }: Cut): Promise<void> {
    const { peers, serving } = this.#parts
    for (const member of new Set(holders.values())) {
      if (this.#isSelf(member)) serving.end(backup)
      else await peers.ask(member, backupEnd, { backup }).catch(() => undefined)
    }
  }
}

interface Head {
  readonly meta: Uint8Array
  readonly isKept: boolean
}

function totalsOf(heads: ReadonlyMap<PartitionId, Head>): {
  readonly records: number
  readonly bytes: number
} {
  let records = 0
  let bytes = 0
  for (const { meta, isKept } of heads.values()) {
    if (isKept) continue
    const known = readMeta({ get: () => (meta.length === 0 ? undefined : meta) })
    records += known.records
    bytes += known.recordBytes
  }
  return { records, bytes }
}
