/** What a database holds when it is opened: which incarnations are served, taken, or garbage. */
import { equalBytes } from '../../base/bytes.ts'
import type { Database, DatabaseEntry } from '../../effects/database.ts'
import { ALL_PARTITIONS, partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import type { Garbage } from './cleaner.ts'
import {
  FORMAT_KEY,
  incarnationOf,
  OWN_FROM,
  PREFIX_BYTES,
  readOwnKey,
  rowPrefix,
  type Incarnation,
} from './keys.ts'
import { decodeMark, decodeSink, FORMAT, type MarkRow, type SinkRow } from './rows.ts'
import { damaged, openedValue, type Vault } from './stored-rows.ts'

export interface Recovered {
  readonly groups: ReadonlyMap<PartitionId, MarkRow>
  readonly sinks: ReadonlyMap<PartitionId, SinkRow>
  readonly garbage: readonly Garbage[]
  /** The highest that each group has rows of, or is named by a row of the state's own. */
  readonly incarnations: ReadonlyMap<PartitionId, Incarnation>
}

/** @throws AnilloError DATA_DAMAGED, also under another key */
export async function recover(database: Database, vault: Vault): Promise<Recovered> {
  const own = database.scan({ from: OWN_FROM })
  const [format, ...rows] = own
  if (format === undefined) await begin(database, vault)
  else checkFormat(vault, format)
  const groups = new Map<PartitionId, MarkRow>()
  const sinks = new Map<PartitionId, SinkRow>()
  for (const row of rows) readOwnRow({ vault, groups, sinks }, row)
  return { groups, sinks, ...findIncarnations({ database, vault, groups, sinks }) }
}

async function begin(database: Database, vault: Vault): Promise<void> {
  if (database.scan({ limit: 1 }).length > 0) throw damaged(vault, 'rows of no known format')
  const value = vault.sealer.seal(FORMAT, FORMAT_KEY)
  await database.write([{ kind: 'put', key: FORMAT_KEY, value }])
  await database.checkpoint()
}

function checkFormat(vault: Vault, { key, value }: DatabaseEntry): void {
  if (!equalBytes(key, FORMAT_KEY)) throw damaged(vault, 'no format')
  if (!equalBytes(openedValue(vault, key, value), FORMAT)) throw damaged(vault, 'another format')
}

interface Found {
  readonly vault: Vault
  readonly groups: Map<PartitionId, MarkRow>
  readonly sinks: Map<PartitionId, SinkRow>
}

function readOwnRow({ vault, groups, sinks }: Found, { key, value }: DatabaseEntry): void {
  const about = readOwnKey(key)
  if (about === undefined) throw damaged(vault, 'a row of no kind')
  const bytes = openedValue(vault, key, value)
  const group = partitionIdOf(about.group)
  if (about.kind === 'mark') {
    const row = decodeMark(bytes)
    if (row === undefined) throw damaged(vault, 'a mark that cannot be read')
    groups.set(group, row)
  } else {
    const row = decodeSink(bytes)
    if (row === undefined) throw damaged(vault, 'a snapshot’s progress that cannot be read')
    sinks.set(group, row)
  }
}

/** Jumps from one incarnation's first row to the next one's. */
function findIncarnations(
  found: Found & { readonly database: Database },
): Pick<Recovered, 'garbage' | 'incarnations'> {
  const { database, vault, groups, sinks } = found
  const garbage: Garbage[] = []
  const incarnations = new Map<PartitionId, Incarnation>()
  for (const group of ALL_PARTITIONS) {
    const served = groups.get(group)?.incarnation
    const taken = sinks.get(group)?.incarnation
    let highest = Math.max(served ?? 0, taken ?? 0)
    let from = rowPrefix(group, 0)
    for (;;) {
      const [first] = database.scan({ from, to: rowPrefix(group + 1, 0), limit: 1 })
      if (first === undefined) break
      if (first.key.length < PREFIX_BYTES) throw damaged(vault, 'a key without its group')
      const incarnation = incarnationOf(first.key)
      highest = Math.max(highest, incarnation)
      if (incarnation !== served && incarnation !== taken) garbage.push({ group, incarnation })
      from = rowPrefix(group, incarnation + 1)
    }
    incarnations.set(group, highest)
  }
  return { garbage, incarnations }
}
