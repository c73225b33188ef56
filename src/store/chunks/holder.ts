/**
 * This member as a holder of chunks: it takes those of its groups, gives them to who asks, says
 * which it has, and removes what its groups' logs have collected. It takes a chunk only after it
 * has applied the entry that pinned it, so that no earlier collection can remove what it took.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { parseMemberId, type MemberId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import {
  BLOCK_BYTES,
  type TakeAnswer,
  type TakeQuestion,
  chunkBlock,
  chunkInventory,
  dropChunks,
  leaveChunks,
  takeChunk,
} from '../../wire/chunk-methods.ts'
import { partitionIdOf, partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import type { GroupHost, Replica } from '../group/types.ts'
import type { RecordChange } from '../partition/types.ts'
import type { Peers } from '../peers.ts'
import { AppliedWaits } from './applied-waits.ts'
import { Arrivals } from './arrivals.ts'
import { fetchChunk } from './fetching.ts'
import { Gate } from './gate.ts'
import { InTurn } from './in-turn.ts'
import { inventoryPage } from './inventory.ts'
import {
  DISK_LOOK_MS,
  FETCHES_AT_ONCE_MAX,
  FETCHES_WAITING_MAX,
  LEAVING_MS,
  OPENED_MAX,
  type ChunkSettings,
} from './limits.ts'
import { Pace } from './pace.ts'
import { preferredHolders, stayingIn, type HostOf } from './preference.ts'
import { CHUNKS_TABLE, readChunk, type ChunkRow } from './rows.ts'
import type { ChunkShelf } from './shelf.ts'
import { checkedChunk, type SoundChunk } from './sound-chunk.ts'

export interface HolderOptions {
  readonly effects: Pick<Effects, 'clock' | 'disk' | 'log'>
  readonly self: MemberId
  readonly host: Pick<GroupHost, 'replica' | 'status' | 'onApplied'>
  readonly peers: Pick<Peers, 'ask' | 'handle'>
  readonly shelf: ChunkShelf
  readonly hostOf: HostOf
  readonly settings: ChunkSettings
}

/** Where a chunk is gotten from, and what came of it already. */
interface Begun {
  readonly source: MemberId
  readonly firstBlock?: Uint8Array
}

interface Taking {
  readonly question: TakeQuestion
  readonly own: SoundChunk | undefined
}

export class ChunkHolder {
  readonly #options: HolderOptions
  readonly #waits: AppliedWaits
  readonly #arrivals: Arrivals
  readonly #taking = new InTurn()
  readonly #takingOf = new Map<PartitionId, Set<Promise<unknown>>>()
  /** Until when no chunks of the group are taken. */
  readonly #leavingUntilMs = new Map<PartitionId, number>()
  /** What this member is just putting, for holders to fetch: one for each put. */
  readonly #offered = new Map<string, Set<SoundChunk>>()
  /** Opened for others, the one fetched last at the end. */
  readonly #opened = new Map<string, Promise<Uint8Array | undefined>>()
  readonly #fetching = new Gate({
    atOnceMax: FETCHES_AT_ONCE_MAX,
    waitingMax: FETCHES_WAITING_MAX,
    what: 'chunks to be fetched',
  })
  readonly #pace: Pace
  readonly #unfollow: () => void
  #hasRoom: boolean | undefined
  #roomLookedAtMs = -Infinity

  constructor(options: HolderOptions) {
    this.#options = options
    const { effects, host, peers, settings } = options
    this.#waits = new AppliedWaits(effects.clock, host)
    this.#arrivals = new Arrivals(effects.clock)
    this.#pace = new Pace(effects.clock, () => settings.repairBytesPerSecondMax)
    this.#unfollow = host.onApplied((group, index, changes) => {
      for (const change of changes) this.#changed(change, index)
      this.#waits.applied(group, index)
    })
    peers.handle(takeChunk, (question) => this.take(question))
    peers.handle(chunkBlock, async ({ hash, block, isComing = false }) => {
      const found = await this.#found(hash, block)
      if (found !== undefined || !isComing) return found ?? this.#lacks(hash)
      await this.#arrivals.begun(hash)
      return (await this.#found(hash, block)) ?? this.#lacks(hash)
    })
    peers.handle(chunkInventory, async ({ digits, index, after }) => {
      if (!(await this.isSureOf(groupOfDigits(digits), index))) return NOT_SURE
      return inventoryPage(await options.shelf.list(digits), after)
    })
    peers.handle(dropChunks, async ({ group, index, hashes }) => {
      return { dropped: await this.drop(partitionIdOf(group), { index, hashes }) }
    })
    peers.handle(leaveChunks, async ({ group }) => {
      await this.leave(partitionIdOf(group))
      return {}
    })
  }

  /** The bytes are given to holders until the answer is called. */
  offer(chunk: SoundChunk): () => void {
    const offered = this.#offered.get(chunk.hash) ?? new Set()
    this.#offered.set(chunk.hash, offered.add(chunk))
    return () => {
      offered.delete(chunk)
      if (offered.size === 0) this.#offered.delete(chunk.hash)
    }
  }

  /**
   * One after the other for one chunk: who asks second finds it there. `own`: the bytes, where the
   * asker has them, unchanged until this settles.
   */
  async take(question: TakeQuestion, own?: SoundChunk): Promise<TakeAnswer> {
    const group = partitionOfHash(question.hash)
    const taking = this.#taking.run(question.hash, () => this.#take(group, { question, own }))
    const all = this.#takingOf.get(group) ?? new Set()
    this.#takingOf.set(group, all.add(taking))
    try {
      return await taking
    } finally {
      this.#arrivals.tell(question.hash)
      all.delete(taking)
      if (all.size === 0) this.#takingOf.delete(group)
    }
  }

  /** What of this group is listed then is what is there: all up to the index is done. */
  async isSureOf(group: PartitionId, index: number): Promise<boolean> {
    if (!(await this.#waits.until(group, index))) return false
    await this.#options.shelf.settled()
    return true
  }

  async leave(group: PartitionId): Promise<void> {
    this.#leavingUntilMs.set(group, this.#options.effects.clock.nowMs() + LEAVING_MS)
    const taking = this.#takingOf.get(group)
    if (taking !== undefined) await Promise.allSettled(taking)
  }

  /** Removes those without a row, and those that others are to hold. */
  async drop(
    group: PartitionId,
    { index, hashes }: { readonly index: number; readonly hashes: readonly string[] },
  ): Promise<number> {
    const { shelf } = this.#options
    if (!(await this.#waits.until(group, index))) return 0
    // Looked up and removed at once: a chunk that is pinned after this is written after it, too.
    const going = hashes.filter((hash) => partitionOfHash(hash) === group && this.#isSpare(hash))
    await Promise.all(going.map((hash) => shelf.remove(hash)))
    return going.length
  }

  /** From the shelf alone, and sound. At the beginning of `place`, where its file fits there. */
  async own(hash: string, place?: Uint8Array): Promise<SoundChunk | undefined> {
    const { shelf } = this.#options
    const bytes = await shelf.get(hash, place)
    if (bytes === undefined) return undefined
    const chunk = checkedChunk(hash, bytes)
    if (chunk === undefined) await shelf.putAside(hash)
    return chunk
  }

  stop(): void {
    this.#unfollow()
  }

  async #take(group: PartitionId, { question, own }: Taking): Promise<TakeAnswer> {
    const { hash, index } = question
    if (!this.#isHolderOf(group)) return { outcome: 'notMember' }
    if (!(await this.#waits.until(group, index))) return { outcome: 'behind' }
    if (!this.#isHolderOf(group)) return { outcome: 'notMember' }
    const row = this.#rowOf(hash)
    if (row === undefined) return { outcome: 'gone' }
    const come = await this.#keepOrFetch({ question, own }, row)
    if (come !== 'kept' && come !== 'fetched') return { outcome: come }
    // Collected meanwhile: it is being removed. Pinned again behind that: it is asked for again.
    const isSame = this.#rowOf(hash)?.sinceIndex === row.sinceIndex
    return isSame ? { outcome: 'held', isFetched: come === 'fetched' } : { outcome: 'gone' }
  }

  async #keepOrFetch(
    taking: Taking,
    row: ChunkRow,
  ): Promise<'kept' | 'fetched' | 'noSource' | 'full'> {
    const { hash, index } = taking.question
    // Of a row that began with this very pin nothing is there, but from an earlier try.
    const isNew = row.sinceIndex === index
    try {
      if (!isNew && (await this.#options.shelf.keep(hash, row.sinceIndex))) return 'kept'
      if (!(await this.#isRoomy())) return 'full'
      return (await this.#fetchAndPut(taking, row)) ? 'fetched' : 'noSource'
    } catch (thrown) {
      if (isAnilloError(thrown, 'DISK_FULL')) return 'full'
      throw thrown
    }
  }

  /** @returns whether somebody gave the bytes */
  async #fetchAndPut({ question, own }: Taking, row: ChunkRow): Promise<boolean> {
    const { shelf } = this.#options
    if (own !== undefined) {
      await shelf.put(own, row.sinceIndex)
      return true
    }
    if (question.isRepair) await this.#pace.wait(row.bytes)
    // Waited for before it takes part of what is bounded: else members would wait in a circle.
    const before = await this.#firstOf(question)
    return this.#fetching.run(async () => {
      const place = shelf.buffers.take(row.bytes)
      try {
        const chunk = await this.#fetch(question, { before, place })
        if (chunk === undefined) return false
        await shelf.put(chunk, row.sinceIndex)
        return true
      } finally {
        this.#arrivals.end(question.hash)
        shelf.buffers.giveBack(place)
      }
    })
  }

  /** `undefined`: nobody is before this member, or gives anything. */
  async #firstOf({ after, hash }: TakeQuestion): Promise<Begun | undefined> {
    if (after === undefined) return undefined
    const { effects, peers } = this.#options
    const source = parseMemberId(after)
    try {
      const firstBlock = await peers.ask(source, chunkBlock, { hash, block: 0, isComing: true })
      return { source, firstBlock }
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      effects.log.debug('chunk not given on', { hash, source, code: thrown.code })
      return undefined
    }
  }

  async #fetch(
    { hash, from }: TakeQuestion,
    { before, place }: { readonly before: Begun | undefined; readonly place: Uint8Array },
  ): Promise<SoundChunk | undefined> {
    const { effects, peers, self } = this.#options
    const { clock } = effects
    const arrival = this.#arrivals.begin(hash, place)
    const onBlock = (block: number): void => arrival.came(block)
    const others: readonly Begun[] = from.map((source) => ({ source: parseMemberId(source) }))
    for (const { source, ...first } of before === undefined ? others : [before, ...others]) {
      if (source === self) continue
      try {
        return await fetchChunk(source, hash, { clock, peers, place, onBlock, ...first })
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        effects.log.debug('chunk not fetched', { hash, source, code: thrown.code })
      }
    }
    return undefined
  }

  /** Of what is offered, on its way here, or on the shelf. */
  async #found(hash: string, block: number): Promise<Uint8Array | undefined> {
    const [offered] = this.#offered.get(hash) ?? []
    const coming = offered === undefined ? await this.#arrivals.block(hash, block) : undefined
    if (coming !== undefined) return coming
    const whole = offered?.bytes ?? (await this.#open(hash))
    if (whole === undefined) this.#opened.delete(hash)
    const at = block * BLOCK_BYTES
    return whole?.subarray(at, at + BLOCK_BYTES)
  }

  #lacks(hash: string): never {
    if (this.#rowOf(hash) !== undefined) throw new AnilloError('CHUNK_LOST', { hash })
    throw new AnilloError('NOT_FOUND', { what: `chunk ${hash}` })
  }

  async #open(hash: string): Promise<Uint8Array | undefined> {
    const opening = this.#opened.get(hash) ?? this.#options.shelf.get(hash)
    this.#opened.delete(hash)
    this.#opened.set(hash, opening)
    const [oldest] = this.#opened.keys()
    if (this.#opened.size > OPENED_MAX && oldest !== undefined) this.#opened.delete(oldest)
    try {
      return await opening
    } catch (thrown) {
      // A shelf that was busy is asked again.
      if (this.#opened.get(hash) === opening) this.#opened.delete(hash)
      throw thrown
    }
  }

  #isHolderOf(group: PartitionId): boolean {
    const { effects, host, self } = this.#options
    if ((this.#leavingUntilMs.get(group) ?? 0) > effects.clock.nowMs()) return false
    const configuration = host.status(group)?.configuration
    return configuration !== undefined && stayingIn(configuration).includes(self)
  }

  #isSpare(hash: string): boolean {
    const { host, hostOf, self } = this.#options
    if (this.#rowOf(hash) === undefined) return true
    const configuration = host.status(partitionOfHash(hash))?.configuration
    if (configuration === undefined || configuration.outgoing !== undefined) return false
    return !preferredHolders(configuration, hash, hostOf).includes(self)
  }

  #rowOf(hash: string) {
    const replica: Replica | undefined = this.#options.host.replica(partitionOfHash(hash))
    return replica === undefined ? undefined : readChunk(replica, hash)
  }

  #changed({ table, record, sk }: RecordChange, index: number): void {
    if (table !== CHUNKS_TABLE || record !== undefined) return
    this.#opened.delete(sk)
    const { effects, shelf } = this.#options
    shelf.removeOlder(sk, index).catch((thrown: unknown) => {
      // It takes up room until the next audit finds it.
      effects.log.warn('chunk not removed', { hash: sk, error: String(thrown) })
    })
  }

  async #isRoomy(): Promise<boolean> {
    const { effects, settings } = this.#options
    const nowMs = effects.clock.nowMs()
    if (this.#hasRoom === undefined || nowMs - this.#roomLookedAtMs >= DISK_LOOK_MS) {
      this.#roomLookedAtMs = nowMs
      this.#hasRoom = (await effects.disk.freeBytes()) >= settings.diskFreeBytesMin
    }
    return this.#hasRoom
  }
}

const NOT_SURE = { isSure: false, hashes: new Uint8Array(0), hasMore: false }

function groupOfDigits(digits: string): PartitionId {
  return partitionOfHash(digits)
}
