/** Schedules in the store, as doors and whoever begins what is due use them. */
import type { Store } from '../../../store/types.ts'
import {
  askTime,
  changeSchedule,
  fireSchedule,
  makeSchedule,
  removeSchedule,
  runSchedule,
  type ChangeInput,
  type FireAnswer,
  type FireInput,
  type MakeInput,
  type RunInput,
} from './schedule-procedures.ts'
import {
  DUE_PREFIX,
  MADE_PREFIX,
  placeIn,
  readScheduleRow,
  SCHEDULE_PREFIX,
  scheduleKey,
  SCHEDULES_PARTITION,
  SCHEDULES_PK,
  SCHEDULES_TABLE,
  type ScheduleRow,
} from './schedule-rows.ts'

export interface Due {
  readonly id: string
  readonly atMs: number
}

const RANGE = { table: SCHEDULES_TABLE, pk: SCHEDULES_PK }

export class ScheduleStore {
  readonly #store: Pick<Store, 'get' | 'list' | 'call'>

  constructor(store: Pick<Store, 'get' | 'list' | 'call'>) {
    this.#store = store
  }

  async get(id: string): Promise<ScheduleRow | undefined> {
    const record = await this.#store.get(scheduleKey(SCHEDULE_PREFIX + id))
    return record === undefined ? undefined : readScheduleRow(record)
  }

  /** Newest first. @returns one more than `limit` where there are more */
  async made(limit: number, before?: string): Promise<readonly string[]> {
    const end = before === undefined ? {} : { end: MADE_PREFIX + before }
    const range = { ...RANGE, prefix: MADE_PREFIX, ...end, reverse: true, limit: limit + 1 }
    const { items } = await this.#store.list(range)
    return items.map(({ sk }) => sk.slice(MADE_PREFIX.length))
  }

  /** Earliest first. */
  async due(limit: number): Promise<readonly Due[]> {
    const { items } = await this.#store.list({ ...RANGE, prefix: DUE_PREFIX, limit })
    return items.map(({ sk }) => placeIn(sk))
  }

  /** Logged time, ms since 1970. */
  async timeMs(): Promise<number> {
    const { timeMs } = await this.#store.call(SCHEDULES_PARTITION, askTime, {})
    return timeMs
  }

  async make(input: MakeInput): Promise<void> {
    await this.#store.call(SCHEDULES_PARTITION, makeSchedule, input)
  }

  async change(input: ChangeInput): Promise<boolean> {
    const { isChanged } = await this.#store.call(SCHEDULES_PARTITION, changeSchedule, input)
    return isChanged
  }

  async remove(id: string): Promise<void> {
    await this.#store.call(SCHEDULES_PARTITION, removeSchedule, { id })
  }

  fire(input: FireInput): Promise<FireAnswer> {
    return this.#store.call(SCHEDULES_PARTITION, fireSchedule, input)
  }

  async run(input: RunInput): Promise<boolean> {
    const { isBegun } = await this.#store.call(SCHEDULES_PARTITION, runSchedule, input)
    return isBegun
  }
}
