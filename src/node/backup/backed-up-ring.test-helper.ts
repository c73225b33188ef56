/** A ring's partitions without a ring: what a member would send of them for a backup. */
import assert from 'node:assert/strict'

import { present } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/hash.ts'
import type { DatabaseWrite } from '../../effects/database.ts'
import type { Effects } from '../../effects/effects.ts'
import { CHUNK_PROCEDURES } from '../../store/chunks/procedures.ts'
import { META_KEY } from '../../store/partition/keys.ts'
import { Partition } from '../../store/partition/partition.ts'
import { ProcedureTable } from '../../store/partition/procedures.ts'
import { packTransact } from '../../store/partition/transact-codec.ts'
import { transact } from '../../store/partition/transact.ts'
import { packEntries } from '../../store/state/blocks.ts'
import type { BackupPiece } from '../../wire/backup.ts'
import { encodeCommand } from '../../wire/command-codec.ts'
import {
  ALL_PARTITIONS,
  partitionOf,
  partitionOfHash,
  type PartitionId,
} from '../../wire/partition.ts'
import type { Archive } from './archive.ts'
import { openBackupKey } from './backup-key.ts'
import type { Manifest } from './manifest.ts'
import type { Vault } from './sealed-parts.ts'
import { latestBackup, writeBackup, type FetchChunk } from './write-backup.ts'

const LOCK = { kind: 'file', key: new Uint8Array(32).fill(9) } as const
export const CONTENT = utf8('a chunk that a record refers to')
export const HASH = sha256Hex(CONTENT)
export const PENDING = sha256Hex('a chunk of an upload that had not come')

/** Partitions as their machines make them, and the rows of each. */
export class Ring {
  readonly #rows = new Map<PartitionId, Map<string, Uint8Array>>()
  readonly #machines = new Map<PartitionId, Partition>()

  constructor() {
    const procedures = new ProcedureTable({ procedures: [transact, ...CHUNK_PROCEDURES] })
    for (const id of ALL_PARTITIONS) {
      const rows = new Map<string, Uint8Array>()
      const state = {
        get: (key: Uint8Array) => rows.get(hexOf(key)),
        scan: ({ from, to, limit = Infinity }: Range) =>
          entriesOf(rows)
            .filter(({ key }) => from === undefined || hexOf(key) >= hexOf(from))
            .filter(({ key }) => to === undefined || hexOf(key) < hexOf(to))
            .slice(0, limit),
      }
      this.#rows.set(id, rows)
      this.#machines.set(id, new Partition({ id, state, procedures }))
      this.#apply(id, encodeCommand({ kind: 'openSession', owner: 'test' }))
    }
  }

  put(pk: string, text: string): void {
    const write = { kind: 'put', sk: 'value', value: utf8(text) } as const
    const request = { table: 'things', pk, conditions: [], writes: [write] }
    this.call(partitionOf('things', pk), transact.name, packTransact(request))
  }

  call(id: PartitionId, procedure: string, input: unknown): void {
    const sequence = present(this.#machines.get(id), 'a partition').appliedIndex
    const request = { session: 1, sequence, floor: sequence }
    this.#apply(id, encodeCommand({ kind: 'call', request, procedure, input }))
  }

  #apply(id: PartitionId, data: Uint8Array): void {
    const machine = present(this.#machines.get(id), 'a partition')
    const index = machine.appliedIndex + 1
    const applied = machine.apply({ index, term: 1, timeMs: 1_000 + index, kind: 'command', data })
    for (const write of applied.writes) this.#write(id, write)
    machine.announce(applied)
  }

  #write(id: PartitionId, write: DatabaseWrite): void {
    const rows = present(this.#rows.get(id), 'rows')
    if (write.kind === 'put') rows.set(hexOf(write.key), write.value)
    else if (write.kind === 'delete') rows.delete(hexOf(write.key))
    else assert.fail('ranges are deleted by recoveries alone')
  }

  async *pieces(kept: ReadonlySet<number> = new Set()): AsyncGenerator<BackupPiece> {
    yield { kind: 'begin', backup: 1, ringId: 'r', records: 1, bytes: 1 }
    for (const [partition, rows] of this.#rows) {
      const isKept = kept.has(partition)
      const meta = present(rows.get(hexOf(META_KEY)), 'the row about itself')
      yield { kind: 'partition', partition, meta, isKept }
      const entries = entriesOf(rows).filter(({ key }) => (key[0] ?? 0) > 3)
      if (!isKept && entries.length > 0) yield { kind: 'rows', rows: packEntries(entries) }
    }
    yield { kind: 'end' }
  }
}

interface Range {
  readonly from?: Uint8Array
  readonly to?: Uint8Array
  readonly limit?: number
}

function entriesOf(rows: ReadonlyMap<string, Uint8Array>) {
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([key, value]) => ({ key: new Uint8Array(Buffer.from(key, 'hex')), value }))
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function ringWithContent(): Ring {
  const ring = new Ring()
  for (let at = 0; at < 40; at++) ring.put(`key-${at}`, `value ${at}`)
  const upload = '12'.repeat(16)
  for (const [hash, bytes] of [
    [HASH, CONTENT.length],
    [PENDING, 7],
  ] as const) {
    ring.call(partitionOfHash(hash), 'chunk.pin', { hash, bytes, upload, partition: 3 })
  }
  const chunks = [{ hash: HASH, bytes: CONTENT.length }]
  ring.call(partitionOfHash(HASH), 'chunk.refer', { chunks, reference: 'things/a/b', upload })
  return ring
}

export const fetchChunk: FetchChunk = async (hash) => (hash === HASH ? CONTENT : undefined)

export async function vaultOf(
  effects: Pick<Effects, 'cipher' | 'random'>,
  archive: Archive,
): Promise<Vault> {
  const key = await openBackupKey(effects, archive, { lock: LOCK })
  return { archive, cipher: effects.cipher, key }
}

export async function backUp(
  vault: Vault,
  pieces: AsyncIterable<BackupPiece>,
  fetch = fetchChunk,
  doubted: ReadonlySet<string> = new Set(),
): Promise<Manifest> {
  const before = await latestBackup(vault)
  const made = { madeAt: '2026-11-21T00:00:00Z', version: '1', onProgress: () => undefined }
  return writeBackup(pieces, { vault, before, doubted, fetchChunk: fetch, ...made })
}
