/**
 * What the store of this member does, told to those who watch the ring: leaderships taken, replicas
 * filled, promoted and given up, states fetched, damage, full disks. Of each group its leader alone
 * tells. What comes together is told together, since groups move by the dozen.
 */
import { positionOf, type MemberId } from '../../base/ids.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { TellDoing } from '../../overlay/types.ts'
import type { GroupDoing, GroupHost } from '../../store/group/types.ts'
import type { MemberRef, RingEvent } from '../../wire/api.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'

/** What comes within so long of the last is of one burst of elections; short enough to watch. */
export const GATHER_MS = 400
/** A burst that does not end, as at a start, is told so often. */
export const GATHER_MS_MAX = 5_000

export interface StoreDoingsOptions {
  readonly clock: Pick<Clock, 'after' | 'nowMs'>
  /** By the ring's list of members. */
  readonly member: (id: MemberId) => { readonly name: string; readonly address: string } | undefined
  readonly tell: TellDoing
}

type Kind = RingEvent['kind']

/** Doings of one kind with one other member, until they are told. */
interface Gathered {
  readonly kind: Kind
  readonly other: MemberId | undefined
  readonly groups: Set<PartitionId>
  times: number
  bytes: number
}

interface Known {
  readonly isLeading: boolean
  /** The latest that was in force without a change under way. */
  readonly settled: Configuration | undefined
}

export class StoreDoings {
  readonly #options: StoreDoingsOptions
  readonly #known = new Map<PartitionId, Known>()
  readonly #gathered = new Map<string, Gathered>()
  #timer: Timer | undefined
  /** When the first came that was not told yet, and the last. */
  #firstMs = 0
  #lastMs = 0
  #unfollow: () => void = () => undefined

  constructor(options: StoreDoingsOptions) {
    this.#options = options
  }

  /** Hears of the groups from then on; those led already are told as taken. */
  follow(host: Pick<GroupHost, 'held' | 'status' | 'onChanged'>): void {
    for (const group of host.held()) this.#look(host, group)
    this.#unfollow = host.onChanged((group) => this.#look(host, group))
  }

  /** What was not told is not told any more. */
  stop(): void {
    this.#unfollow()
    this.#timer?.cancel()
    this.#gathered.clear()
  }

  readonly groupDid = (doing: GroupDoing): void => {
    if (doing.kind === 'fetched') {
      const { group, from, bytes } = doing
      this.#gather({ kind: 'stateFetched', other: from, group, bytes })
    } else {
      const { isFull, freeBytes } = doing
      this.#options.tell({ kind: isFull ? 'diskFull' : 'diskRoom', bytes: freeBytes })
    }
  }

  readonly chunkDamage = (_hash: string, what: 'found' | 'healed'): void => {
    this.#gather({ kind: what === 'found' ? 'damageFound' : 'damageHealed' })
  }

  readonly chunkRepaired = (bytes: number): void => {
    this.#gather({ kind: 'chunkRepaired', bytes })
  }

  #look(host: Pick<GroupHost, 'status'>, group: PartitionId): void {
    const status = host.status(group)
    const before = this.#known.get(group)
    if (status?.configuration === undefined) {
      this.#known.delete(group)
      return
    }
    const isLeading = status.role === 'leader'
    if (isLeading && before?.isLeading !== true) this.#gather({ kind: 'leads', group })
    const settled = status.isChanging ? before?.settled : status.configuration
    if (isLeading && before?.settled !== undefined && settled !== undefined) {
      this.#tellMoves(group, { before: before.settled, after: settled })
    }
    this.#known.set(group, { isLeading, settled })
  }

  #tellMoves(
    group: PartitionId,
    { before, after }: { readonly before: Configuration; readonly after: Configuration },
  ): void {
    if (before === after) return
    for (const other of after.learners) {
      const isNewcomer = !before.learners.includes(other) && !before.voters.includes(other)
      if (isNewcomer) this.#gather({ kind: 'replicaBegun', other, group })
    }
    for (const other of after.voters) {
      if (!before.voters.includes(other)) this.#gather({ kind: 'voterAdded', other, group })
    }
    for (const other of before.voters) {
      if (!after.voters.includes(other)) this.#gather({ kind: 'voterRemoved', other, group })
    }
  }

  #gather(doing: {
    readonly kind: Kind
    readonly other?: MemberId
    readonly group?: PartitionId
    readonly bytes?: number
  }): void {
    const { kind, other, group, bytes = 0 } = doing
    const key = `${kind} ${other ?? ''}`
    const before = this.#gathered.get(key)
    const gathered = before ?? { kind, other, groups: new Set(), times: 0, bytes: 0 }
    gathered.times++
    gathered.bytes += bytes
    if (group !== undefined) gathered.groups.add(group)
    this.#gathered.set(key, gathered)
    this.#lastMs = this.#options.clock.nowMs()
    if (this.#timer !== undefined) return
    this.#firstMs = this.#lastMs
    this.#lookAfter(GATHER_MS)
  }

  #lookAfter(delayMs: number): void {
    const { clock } = this.#options
    this.#timer = clock.after(delayMs, () => {
      const endMs = Math.min(this.#lastMs + GATHER_MS, this.#firstMs + GATHER_MS_MAX)
      const leftMs = endMs - clock.nowMs()
      if (leftMs > 0) this.#lookAfter(leftMs)
      else this.#tellAll()
    })
  }

  #tellAll(): void {
    this.#timer = undefined
    const all = [...this.#gathered.values()]
    this.#gathered.clear()
    for (const { kind, other, groups, times, bytes } of all) {
      const sorted = [...groups].toSorted((a, b) => a - b)
      this.#options.tell({
        kind,
        count: sorted.length === 0 ? times : sorted.length,
        ...(other === undefined ? {} : { other: this.#refOf(other) }),
        ...(bytes === 0 ? {} : { bytes }),
        ...(sorted.length === 0 ? {} : { text: sorted.join(', ') }),
      })
    }
  }

  #refOf(id: MemberId): MemberRef {
    const { name, address } = this.#options.member(id) ?? { name: id.slice(0, 8), address: '' }
    return { id, name, address, position: address === '' ? '' : positionOf(address) }
  }
}
