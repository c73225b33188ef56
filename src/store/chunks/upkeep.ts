/** What a group's leader does about pins that grew old and chunks that nothing holds. */
import { isAnilloError } from '../../base/errors.ts'
import type { Effects } from '../../effects/effects.ts'
import { partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import type { GroupHost } from '../group/types.ts'
import type { RecordStore } from '../store.ts'
import { UPKEEP_PER_TICK_MAX, type ChunkSettings } from './limits.ts'
import { chunkCollect, uploadSettle } from './procedures.ts'
import {
  decodePinRow,
  FREE_TABLE,
  parseByAge,
  pinKey,
  PINS_BY_AGE_TABLE,
  timeText,
  WHOLE_PK,
} from './rows.ts'

export interface UpkeepOptions {
  readonly effects: Pick<Effects, 'clock' | 'log'>
  readonly host: Pick<GroupHost, 'replica'>
  readonly records: Pick<RecordStore, 'call'>
  readonly settings: ChunkSettings
  /** Nobody copies chunks of a backup: what was held when it began has its grace still. */
  readonly mayCollect: () => Promise<boolean>
}

/** Asks the partitions of their records about pins that are too old. @returns how many */
export async function settlePins(options: UpkeepOptions, group: PartitionId): Promise<number> {
  const { host, records, settings } = options
  const replica = host.replica(group)
  const due = dueIn(options, { group, table: PINS_BY_AGE_TABLE, ageMs: settings.pinAgeMs })
  const asked = due.map(async ({ hash, upload = '' }) => {
    const pin = replica?.get(pinKey(hash, upload))
    if (pin === undefined) return
    const { partition } = decodePinRow(pin.value)
    await tried(options, () => records.call(partition, uploadSettle, { upload, hash }))
  })
  await Promise.all(asked)
  return due.length
}

/** The entry itself looks whether the chunk is free, and since when. @returns how many */
export async function collectFree(options: UpkeepOptions, group: PartitionId): Promise<number> {
  const { records, settings } = options
  const { graceMs } = settings
  const due = dueIn(options, { group, table: FREE_TABLE, ageMs: graceMs })
  if (due.length === 0 || !(await options.mayCollect())) return 0
  const asked = due.map(({ hash }) =>
    tried(options, () => records.call(partitionOfHash(hash), chunkCollect, { hash, graceMs })),
  )
  await Promise.all(asked)
  return due.length
}

/** This clock only says when to ask: what is asked is decided by logged time. */
function dueIn(
  { effects, host }: UpkeepOptions,
  { group, table, ageMs }: { readonly group: PartitionId; table: string; ageMs: number },
): readonly ReturnType<typeof parseByAge>[] {
  const end = timeText(effects.clock.wallMs() - ageMs)
  const range = { table, pk: WHOLE_PK, end, limit: UPKEEP_PER_TICK_MAX }
  const items = host.replica(group)?.list(range).items ?? []
  return items.map(({ sk }) => parseByAge(sk))
}

async function tried({ effects }: UpkeepOptions, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    effects.log.debug('upkeep of chunks waits', { code: thrown.code })
  }
}
