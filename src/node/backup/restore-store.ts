/**
 * A backup's partitions as the store of one member, which is the only voter of all groups: what a
 * ring grows from again. Every partition goes on under a greater generation, so that ETags and
 * messages from before are told from those of the new ring.
 */
import { assert, present } from '../../base/assert.ts'
import { AnilloError, asAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { MIB } from '../../base/limits.ts'
import type { DatabaseEntry, DatabaseWrite } from '../../effects/database.ts'
import type { Effects } from '../../effects/effects.ts'
import { ChunksInRows } from '../../store/backup/chunk-rows.ts'
import { contentHashOf, RecordsHash, ROWS_FROM } from '../../store/backup/rows.ts'
import { ChunkShelf } from '../../store/chunks/shelf.ts'
import { openLog } from '../../store/log/log.ts'
import type { LogRecord } from '../../store/log/types.ts'
import { META_KEY, readExpiryKey, readRecordKey, SPACE } from '../../store/partition/keys.ts'
import { metaRow, raiseGeneration, readMeta } from '../../store/partition/meta.ts'
import { MEMBERS_PK, TOKENS_PK } from '../../store/roster/rows.ts'
import { behind } from '../../store/state/keys.ts'
import { openState } from '../../store/state/state.ts'
import type { GroupMark, GroupState, MemberState } from '../../store/state/types.ts'
import { partitionIdOf, RING_TABLE, type PartitionId } from '../../wire/partition.ts'
import { ROTATION_TABLE } from '../../wire/rotation.ts'
import { damaged } from './archive.ts'
import type { Manifest, PartitionPart } from './manifest.ts'
import { namedChunk, readChunkPart, readRows } from './read-backup.ts'
import type { Vault } from './sealed-parts.ts'

export interface RestoringStore {
  readonly vault: Vault
  readonly manifest: Manifest
  /** The only voter. */
  readonly self: MemberId
  /** Of the member, 32 bytes. */
  readonly key: Uint8Array
  /** Of the store, in the member's directory. */
  readonly path: string
  /** Partitions, and bytes of rows in them. */
  readonly onProgress: (partitions: number, bytes: number) => void
}

/** Of memory, before the database is waited for. */
const UNWRITTEN_BYTES_MAX = 16 * MIB
/** The entry that the state stands for; the first election has the next term. */
const TERM = 1
/** Looked at in one go. */
const SCAN_ROWS = 512
const SCAN_BYTES = MIB / 4

/**
 * `effects` are rooted at the member's directory, which holds no store yet. Everything is on the
 * medium when it resolves.
 * @returns the hash over the content, read from what was written
 * @throws AnilloError BACKUP_DAMAGED, DISK_FULL
 */
export async function restoreStore(effects: Effects, restoring: RestoringStore): Promise<string> {
  const { key, manifest, path } = restoring
  let failure: AnilloError | undefined
  const onFailure = (error: unknown): void => {
    failure ??= asAnilloError(error)
  }
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure
  }
  const state = await openState(effects, { path: `${path}/state`, key, onFailure })
  const shelf = new ChunkShelf(effects, { path: `${path}/chunks`, key, onDamage: () => undefined })
  try {
    const generation = 1 + Math.max(...manifest.partitions.map(generationOf))
    let bytes = 0
    for (const [at, part] of manifest.partitions.entries()) {
      await restorePartition({ state, shelf }, restoring, { part, generation })
      throwFailure()
      restoring.onProgress(at + 1, (bytes += part.bytes))
    }
    await state.checkpoint()
    await writeLog(effects, restoring, { state, onFailure })
    const hashes = manifest.partitions.map(({ partition }) =>
      recordsHashOf(present(state.groups.get(partitionIdOf(partition)), 'a restored group')),
    )
    throwFailure()
    const contentHash = contentHashOf(hashes)
    if (contentHash === manifest.contentHash) return contentHash
    throw new AnilloError('BACKUP_DAMAGED', {
      part: 'what was restored',
      problem: 'it is not what the backup holds',
    })
  } finally {
    await state.close()
  }
}

/** Over the records of a group as its state has them. */
export function recordsHashOf(state: Pick<GroupState, 'scan'>): string {
  const hash = new RecordsHash()
  for (const entries of rowsOf(state)) hash.add(entries)
  return hash.digestHex()
}

function* rowsOf(state: Pick<GroupState, 'scan'>): Generator<readonly DatabaseEntry[]> {
  for (let from: Uint8Array | undefined = ROWS_FROM; from !== undefined;) {
    const entries = state.scan({ from, limit: SCAN_ROWS, bytesMax: SCAN_BYTES })
    yield entries
    const last = entries.at(-1)
    from = last === undefined ? undefined : behind(last.key)
  }
}

function metaIn({ meta, part }: PartitionPart): ReturnType<typeof readMeta> {
  const row = new Uint8Array(Buffer.from(meta, 'hex'))
  try {
    return readMeta({ get: () => (row.length === 0 ? undefined : row) })
  } catch {
    throw damaged(part, 'it is of another version of anillo')
  }
}

function generationOf(part: PartitionPart): number {
  return metaIn(part).generation
}

async function restorePartition(
  { state, shelf }: { readonly state: MemberState; readonly shelf: ChunkShelf },
  { vault, self }: RestoringStore,
  { part, generation }: { readonly part: PartitionPart; readonly generation: number },
): Promise<void> {
  const group = state.create(partitionIdOf(part.partition))
  const meta = metaIn(part)
  assert(meta.index > 0, 'a group has an entry from its founding on')
  const mark: GroupMark = {
    applied: { index: meta.index, term: TERM },
    configuration: { voters: [self], learners: [] },
  }
  let { records, recordBytes } = meta
  const chunks = new ChunksInRows()
  for await (const entries of readRows(vault, part)) {
    chunks.add(entries)
    const writes: DatabaseWrite[] = []
    for (const { key, value } of entries) {
      if (!isOfOldRing(key)) writes.push({ kind: 'put', key: key.slice(), value: value.slice() })
      else if (key[0] === SPACE.record) {
        records--
        recordBytes -= key.length + value.length
      }
    }
    group.commit(writes, mark)
    if (state.unwrittenBytes > UNWRITTEN_BYTES_MAX) await state.checkpoint()
  }
  const row = metaRow({ ...meta, records, recordBytes })
  group.commit([{ kind: 'put', key: META_KEY, value: row }], mark)
  group.commit(raiseGeneration(group, generation), mark)
  for (const wanted of chunks.chunks().map(namedChunk)) {
    const chunk = await readChunkPart(vault, wanted)
    if (chunk !== undefined) await shelf.put(chunk, wanted.sinceIndex)
  }
}

/** Members, tokens and authorities of the ring that was: the new one has its own. */
function isOfOldRing(key: Uint8Array): boolean {
  if (key[0] === SPACE.expiry) return isOfOldRing(readExpiryKey(key).row)
  if (key[0] !== SPACE.record) return false
  const { table, pk } = readRecordKey(key)
  if (table === ROTATION_TABLE) return true
  return table === RING_TABLE && (pk === MEMBERS_PK || pk === TOKENS_PK)
}

interface Opened {
  readonly state: MemberState
  readonly onFailure: (error: unknown) => void
}

/** Each group's log begins behind its state. */
async function writeLog(
  effects: Effects,
  { key, path, self }: RestoringStore,
  { state, onFailure }: Opened,
): Promise<void> {
  const { log } = await openLog(effects, { path: `${path}/log`, key, onFailure })
  try {
    const records = [...state.groups].flatMap(([group, { mark }]) => [
      ...beginning(group, mark, self),
    ])
    await log.append(records)
  } finally {
    await log.close()
  }
}

function beginning(group: PartitionId, mark: GroupMark, self: MemberId): readonly LogRecord[] {
  return [
    { kind: 'base', group, base: mark.applied },
    { kind: 'hardState', group, hardState: { term: TERM, vote: self } },
  ]
}
