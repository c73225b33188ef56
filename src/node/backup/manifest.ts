/** What a backup holds, with hashes of all of it. */
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

import { concat, tryText, utf8 } from '../../base/bytes.ts'
import { PARTITIONS } from '../../wire/partition.ts'
import { Hex64, Partition } from '../../wire/shapes.ts'
import { damaged } from './archive.ts'
import { readPart, writePart, type Vault } from './sealed-parts.ts'

const Count = Type.Integer({ minimum: 0 })

const PartitionPart = Type.Object({
  partition: Partition,
  /** Where its rows are: of this backup, or of an earlier one in the same folder. */
  part: Type.String(),
  /** What it knew about itself, in hex. */
  meta: Type.String({ pattern: '^(?:[0-9a-f]{2})*$' }),
  rowsHash: Hex64,
  recordsHash: Hex64,
  records: Count,
  /** Of the rows, in clear. */
  bytes: Count,
})
export type PartitionPart = Static<typeof PartitionPart>

const Manifest = Type.Object({
  format: Type.Literal(1),
  /** In this folder or file, from 1. */
  number: Type.Integer({ minimum: 1 }),
  /** In the ring. */
  backup: Type.Integer({ minimum: 1 }),
  ringId: Type.String(),
  /** ISO 8601. */
  madeAt: Type.String(),
  /** Of the program that made it. */
  version: Type.String(),
  partitions: Type.Array(PartitionPart, { minItems: PARTITIONS, maxItems: PARTITIONS }),
  contentHash: Hex64,
  /** Of all chunks that records refer to. */
  chunks: Type.Object({ count: Count, bytes: Count }),
})
export type Manifest = Static<typeof Manifest>

const PREFIX = 'manifests/'
const DIGITS = 8

function nameOf(number: number): string {
  return PREFIX + String(number).padStart(DIGITS, '0')
}

/** From the earliest to the latest. */
export async function backupNumbers({ archive }: Pick<Vault, 'archive'>): Promise<number[]> {
  const names = await archive.names(PREFIX)
  return names.map((name) => Number(name.slice(PREFIX.length))).filter(Number.isSafeInteger)
}

/** @throws AnilloError BACKUP_DAMAGED */
export async function readManifest(vault: Vault, number: number): Promise<Manifest> {
  const name = nameOf(number)
  const blocks: Uint8Array[] = []
  for await (const block of readPart(vault, name)) blocks.push(block)
  const json = jsonOf(tryText(concat(blocks)) ?? '')
  if (!Check(Manifest, json)) throw damaged(name, 'it is of another version of anillo')
  return json
}

/** Last of all: with it the backup counts. */
export async function writeManifest(vault: Vault, manifest: Manifest): Promise<void> {
  await writePart(vault, nameOf(manifest.number), one(utf8(JSON.stringify(manifest))))
}

async function* one(block: Uint8Array): AsyncGenerator<Uint8Array> {
  yield block
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
