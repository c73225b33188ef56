/** Partitions of contents and chunks without a ring: entries and messages one by one. */
import { CHUNK_PROCEDURES } from '../../../store/chunks/procedures.ts'
import { REFERENCES_TABLE } from '../../../store/chunks/rows.ts'
import { valueOf } from '../../../store/partition/machine.test-helper.ts'
import { Partitions } from '../../../store/partition/partitions.test-helper.ts'
import type { ChunkRef } from '../../../store/types.ts'
import type { Answer } from '../../../wire/command.ts'
import { partitionOfHash, type PartitionId } from '../../../wire/partition.ts'
import { CONTENT_PROCEDURES, type AppendInput, type ContentAnswer } from './procedures.ts'
import {
  CONTENTS_TABLE,
  decodePart,
  headKey,
  decodeHead,
  PART_PREFIX,
  partitionOfContent,
  type HeadRow,
} from './rows.ts'

const PROCEDURES = [...CHUNK_PROCEDURES, ...CONTENT_PROCEDURES]

export class ContentPartitions extends Partitions {
  #uploads = 0

  constructor() {
    super(PROCEDURES)
  }

  /** As it is answered. */
  ask(content: string, procedure: string, input: object): Answer {
    return this.machine(partitionOfContent(content)).call(procedure, { content, ...input })
  }

  append(content: string, input: Partial<AppendInput>): ContentAnswer {
    return valueOf(this.ask(content, 'content.append', this.appendOf(input))) as ContentAnswer
  }

  /** With an upload of its own, where none is told. */
  appendOf(input: Partial<AppendInput>): Omit<AppendInput, 'content'> {
    const upload = String(++this.#uploads).padStart(32, '0')
    return { at: 0, upload, chunks: [], nick: 'ada', ...input }
  }

  sweep(partition: PartitionId): unknown {
    return valueOf(this.machine(partition).call('content.sweep', null))
  }

  /** As the sweeper does it: once more, with all answers. */
  sweepHeard(partition: PartitionId): unknown {
    this.sweep(partition)
    this.deliver()
    return this.sweep(partition)
  }

  head(content: string): HeadRow | undefined {
    const record = this.machine(partitionOfContent(content)).partition.get(headKey(content))
    return record === undefined ? undefined : decodeHead(record)
  }

  /** Of its parts, in order, and its tail. */
  chunksOf(content: string): readonly ChunkRef[] {
    const { partition } = this.machine(partitionOfContent(content))
    const range = { table: CONTENTS_TABLE, pk: content, prefix: PART_PREFIX, limit: 100_000 }
    const tail = this.head(content)?.tail
    const chunks = partition.list(range).items.flatMap(decodePart)
    return tail === undefined ? chunks : [...chunks, tail]
  }

  /** Names of who refers to the chunk. */
  referencesOf(hash: string): readonly string[] {
    const { partition } = this.machine(partitionOfHash(hash))
    const { items } = partition.list({ table: REFERENCES_TABLE, pk: hash, limit: 1_000 })
    return items.map(({ sk }) => sk)
  }

  /** Rows of the content: its id stands in the key of each. */
  rowsOf(content: string): number {
    const id = Buffer.from(content).toString('hex')
    const dump = this.machine(partitionOfContent(content)).state.dump()
    const keys = dump.split('\n').map((line) => line.slice(0, line.indexOf('=')))
    return keys.filter((key) => key.includes(id)).length
  }

  refusedMessages(): number {
    const counts = [...this.machines.values()].map(({ partition }) => partition.counts())
    return counts.reduce((sum, { messagesRefused }) => sum + messagesRefused, 0)
  }
}
