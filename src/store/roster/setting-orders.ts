/** Settings of the whole ring, read and changed where they stand: in its list. */
import type { RingSetting } from '../../wire/api.ts'
import { RING_PARTITION, RING_TABLE } from '../../wire/partition.ts'
import type { Store } from '../types.ts'
import { setRingSetting } from './procedures.ts'
import { SETTINGS_PK, settingsOf } from './rows.ts'
import { describeRingSettings, type RingSettings } from './settings.ts'

/** More than settings there are, those of later versions among them. */
const ROWS_MAX = 256

export class SettingOrders {
  readonly #store: Pick<Store, 'call' | 'list'>

  constructor(store: Pick<Store, 'call' | 'list'>) {
    this.#store = store
  }

  /** @throws AnilloError STORE_UNAVAILABLE */
  async settings(): Promise<readonly RingSetting[]> {
    return describeRingSettings(await this.values())
  }

  /** @throws AnilloError STORE_UNAVAILABLE */
  async values(): Promise<RingSettings> {
    const range = { table: RING_TABLE, pk: SETTINGS_PK, limit: ROWS_MAX }
    const { items } = await this.#store.list(range)
    return settingsOf(items)
  }

  /**
   * @param value `null`: as it is by default
   * @throws AnilloError NOT_FOUND, SETTING_INVALID, STORE_UNAVAILABLE, OUTCOME_UNKNOWN
   */
  async set(name: string, value: number | null): Promise<void> {
    await this.#store.call(RING_PARTITION, setRingSetting, { name, value })
  }
}
