/** People who publish and follow, over a store in memory of which parts can be cut off. */
import { AnilloError } from '../../../base/errors.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import type { RecordKey } from '../../../store/partition/procedure.ts'
import type { RangeQuestion } from '../../../store/types.ts'
import type { Visibility } from '../../../wire/api-dweets.ts'
import { publicIdOf, type DweetPlace } from '../../../wire/dweet-ids.ts'
import { DWEETS_PER_PERIOD } from '../../../wire/dweet-limits.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { listedUser, userPk } from '../../../wire/users.ts'
import { block, follow, mute, unfollow } from '../follow-procedures.ts'
import { ownKey, partitionOfNick } from '../places.ts'
import { DWEET_PROCEDURES } from '../procedures.ts'
import { editDweet, publishDweet, redweet, removePublication } from '../publish-procedures.ts'
import { likeDweet, markDweet } from '../reaction-procedures.ts'
import { readFollow, type FollowRow } from '../rows.ts'
import { Circles } from './circles.ts'
import { Heads } from './heads.ts'
import { News } from './news.ts'
import { OwnLists } from './own-lists.ts'
import { type Records, ZERO_ROW } from './published.ts'
import { Timelines } from './timelines.ts'

export class World {
  readonly memory = new MemoryStore(DWEET_PROCEDURES)
  /** Partitions that nobody can read. */
  readonly cutOff = new Set<PartitionId>()
  /** What was asked of the store. */
  readonly asked = { gets: 0, lists: 0, reads: 0, pages: 0 }
  readonly #nicks = new Set<string>()
  readonly store = {
    get: async (key: RecordKey) => {
      this.asked.gets++
      this.#check(key)
      return this.memory.get(key)
    },
    list: async (range: Parameters<Records['list']>[0]) => {
      this.asked.lists++
      this.#check(range)
      return this.memory.list(range)
    },
    read: async (question: RangeQuestion) => {
      this.asked.reads++
      this.#check(question)
      const answer = await this.memory.read(question)
      if (answer.kind === 'page') this.asked.pages++
      return answer
    },
    call: this.memory.call,
    watch: this.memory.watch,
  }
  readonly heads: Heads = new Heads(this.store)
  readonly own = new OwnLists(this.store)
  readonly circles = new Circles(this.store, this.own)
  readonly people = {
    find: async (nick: string) =>
      this.#nicks.has(nick) ? { nick, name: nick.toUpperCase(), joinedAtMs: 0 } : undefined,
  }
  readonly timelines = new Timelines(this)
  readonly news = new News(this)

  async join(...nicks: readonly string[]): Promise<void> {
    for (const nick of nicks) {
      this.#nicks.add(nick)
      const { sk: listed, ...place } = listedUser(partitionOfNick(nick), nick)
      const put = { kind: 'put', sk: listed, value: rowBytes({}) } as const
      await this.memory.transact({ ...place, conditions: [], writes: [put] })
    }
  }

  /** @returns its id */
  async publish(
    nick: string,
    text = 'hello',
    how: { readonly visibility?: Visibility; readonly tags?: string[] } = {},
  ): Promise<string> {
    this.memory.nowMs += MINUTE_MS
    const { row } = await this.memory.call(partitionOfNick(nick), publishDweet, {
      nick,
      most: DWEETS_PER_PERIOD,
      text,
      mentions: [],
      tags: how.tags ?? [],
      visibility: how.visibility ?? 'public',
      isLost: false,
    })
    return publicIdOf({ pk: userPk(nick), row })
  }

  async edit(nick: string, { row }: DweetPlace, text: string): Promise<void> {
    await this.memory.call(partitionOfNick(nick), editDweet, {
      nick,
      row,
      text,
      mentions: [],
      tags: [],
    })
  }

  async redweet(nick: string, of: { readonly id: string; readonly nick: string }): Promise<string> {
    this.memory.nowMs += MINUTE_MS
    const { row } = await this.memory.call(partitionOfNick(nick), redweet, {
      nick,
      most: DWEETS_PER_PERIOD,
      of,
    })
    return publicIdOf({ pk: userPk(nick), row })
  }

  async remove(nick: string, { row }: DweetPlace): Promise<void> {
    await this.memory.call(partitionOfNick(nick), removePublication, { nick, row })
  }

  async follow(nick: string, whom: string, from = ZERO_ROW): Promise<void> {
    await this.memory.call(partitionOfNick(nick), follow, { nick, whom, from })
  }

  async unfollow(nick: string, whom: string): Promise<void> {
    await this.memory.call(partitionOfNick(nick), unfollow, { nick, whom })
  }

  async mute(nick: string, whom: string, isMuted = true): Promise<void> {
    await this.memory.call(partitionOfNick(nick), mute, { nick, whom, isMuted })
  }

  async block(nick: string, whom: string): Promise<void> {
    await this.memory.call(partitionOfNick(nick), block, { nick, whom, isBlocked: true })
  }

  async like(nick: string, id: string): Promise<void> {
    await this.memory.call(partitionOfNick(nick), likeDweet, { nick, id, isLiked: true })
  }

  async mark(nick: string, id: string): Promise<void> {
    await this.memory.call(partitionOfNick(nick), markDweet, { nick, id, isKept: true })
  }

  async followOf(nick: string, whom: string): Promise<FollowRow | undefined> {
    const record = await this.memory.get(ownKey(nick, 'ing', whom))
    return record && readFollow(record)
  }

  #check({ pk, table }: Pick<RecordKey, 'table' | 'pk'>): void {
    const partition = partitionOf(table, pk)
    if (!this.cutOff.has(partition)) return
    throw new AnilloError('STORE_UNAVAILABLE', { partition, problem: 'it is cut off' })
  }
}
