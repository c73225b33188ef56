/**
 * What a ring does by itself, on a schedule: the coordinator plans it, members take it in turns.
 */
import { asAnilloError } from '../../base/errors.ts'
import type { MemberId, RingId } from '../../base/ids.ts'
import { DAY_MS, HOUR_MS, MIB } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Log } from '../../effects/log.ts'
import type { TellDoing } from '../../overlay/types.ts'
import { expireAll } from '../../services/dweets/own-data/expiring.ts'
import { REFRESH_LOOK_MS } from '../../services/share/limits.ts'
import type { ShareService } from '../../services/share/share-service.ts'
import type { MemberChunks } from '../../store/chunks/member-chunks.ts'
import { Coordinator } from '../../store/coordinator/coordinator.ts'
import type { Broadcast } from '../../store/coordinator/election.ts'
import { Scheduler, type Schedule } from '../../store/coordinator/schedule.ts'
import type { Peers } from '../../store/peers.ts'
import { isStoring } from '../../store/placement/desired.ts'
import type { RosterKeeper } from '../../store/roster/keeper.ts'
import type { RecordStore } from '../../store/store.ts'
import { beginScrub } from '../../wire/upkeep.ts'

/** Rot is slow: three copies seldom rot in one week. */
const SCRUB_EVERY_MS = 7 * DAY_MS
/** A tenth of what a plain disk reads; a terabyte takes a day and a half. */
const SCRUB_BYTES_PER_SECOND = 8 * MIB
const SCRUB_ALL = { first: '00', last: 'ff', bytesPerSecond: SCRUB_BYTES_PER_SECOND }

/** Rules are in days. */
const EXPIRE_DWEETS_EVERY_MS = HOUR_MS

export interface UpkeepParts {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'crypto' | 'log'>
  readonly self: MemberId
  readonly ringId: RingId
  readonly peers: Pick<Peers, 'ask' | 'handle'>
  readonly store: {
    readonly records: RecordStore
    readonly roster: Pick<RosterKeeper, 'roster'>
    readonly chunks: Pick<MemberChunks, 'scrub'>
  }
  readonly broadcast: Broadcast
  readonly tell: TellDoing
  /** Says its records again. */
  readonly share: Pick<ShareService, 'refresh'>
  /** Stores, and so may coordinate and take tasks. */
  readonly takesPart: boolean
}

export interface ScrubCounters {
  /** Ended, to the end of the chunks or before. */
  readonly scrubs: number
  readonly chunks: number
  readonly bytes: number
  readonly damaged: number
}

export interface Upkeep {
  readonly coordinator: Coordinator
  /** For services: before the first look of the scheduler, in the turn of the start. */
  readonly schedule: Schedule
  /** Of this member since the start; all only grow. */
  readonly scrubbed: ScrubCounters
  /** Before the store is closed. */
  stop(): Promise<void>
}

export function startUpkeep(parts: UpkeepParts): Upkeep {
  const { effects, peers, self, store, takesPart, tell } = parts
  const candidates = (): readonly MemberId[] =>
    store.roster.roster.members.filter(isStoring).map(({ id }) => id)
  const coordinator = new Coordinator({
    ...parts,
    candidates,
    store: store.records,
    onElected: () => tell({ kind: 'coordinator' }),
  })
  const scheduler = new Scheduler({ ...parts, store: store.records })
  const scrubs = new Scrubs(store.chunks, effects.log)
  peers.handle(beginScrub, ({ number }) => scrubs.begin(number))
  scheduler.every('chunks.scrub', SCRUB_EVERY_MS, async ({ number }) => {
    scrubs.begin(number)
    const others = candidates().filter((id) => id !== self)
    await Promise.all(others.map((id) => peers.ask(id, beginScrub, { number })))
    return []
  })
  scheduler.every('dweets.retention', EXPIRE_DWEETS_EVERY_MS, async ({ signal }) => {
    const count = await expireAll({ store: store.records, clock: effects.clock }, signal)
    if (count > 0) effects.log.info('dweets expired', { count })
    return []
  })
  scheduler.every('shares.refresh', REFRESH_LOOK_MS, async ({ signal }) => {
    await parts.share.refresh(signal)
    return []
  })
  if (takesPart) {
    coordinator.start()
    scheduler.start()
  }
  return {
    coordinator,
    schedule: scheduler,
    scrubbed: scrubs.counters,
    async stop() {
      scrubs.stop()
      await scheduler.stop()
      await coordinator.stop()
    },
  }
}

/** Of this member; a tick that comes twice is one scrub. */
class Scrubs {
  readonly #chunks: Pick<MemberChunks, 'scrub'>
  readonly #log: Log
  readonly #stopping = new AbortController()
  readonly counters = { scrubs: 0, chunks: 0, bytes: 0, damaged: 0 }
  #number = 0

  constructor(chunks: Pick<MemberChunks, 'scrub'>, log: Log) {
    this.#chunks = chunks
    this.#log = log
  }

  begin(number: number): Record<string, never> {
    if (number > this.#number) {
      this.#number = number
      void this.#scrub()
    }
    return {}
  }

  /** What it finds is told by the chunks; what it could not read it reads next week. */
  async #scrub(): Promise<void> {
    try {
      const { chunks, bytes, damaged } = await this.#chunks.scrub(SCRUB_ALL, this.#stopping.signal)
      this.#count({ scrubs: 1, chunks, bytes, damaged })
      this.#log.info('scrubbed', { chunks, bytes, damaged })
    } catch (thrown) {
      this.#log.warn('scrub ended early', { problem: asAnilloError(thrown).message })
    }
  }

  #count(counted: ScrubCounters): void {
    const { counters } = this
    counters.scrubs += counted.scrubs
    counters.chunks += counted.chunks
    counters.bytes += counted.bytes
    counters.damaged += counted.damaged
  }

  stop(): void {
    this.#stopping.abort()
  }
}
