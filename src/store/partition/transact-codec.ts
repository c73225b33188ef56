/**
 * A transaction as the input of procedure `transact`: lists instead of objects, since most commands
 * are one. What is refused at a door is named there; a partition refuses it without a word more.
 */
import { AnilloError } from '../../base/errors.ts'
import {
  CHUNK_BYTES_MAX,
  CHUNKS_PER_TRANSACTION_MAX,
  isChunkHash,
  isUploadId,
  REFERENCE_BYTES_MAX,
} from '../../wire/chunks.ts'
import { isList } from '../../wire/packed.ts'
import { headOf } from '../../wire/partition.ts'
import {
  BATCH_BYTES_MAX,
  CONDITIONS_MAX,
  EXPIRES_IN_MS_MAX,
  isName,
  isWhole,
  MESSAGES_MAX,
  PK_BYTES_MAX,
  PROCEDURE_NAME_BYTES_MAX,
  SK_BYTES_MAX,
  TABLE_BYTES_MAX,
  utf8Bytes,
  VALUE_BYTES_MAX,
  WRITES_MAX,
} from '../../wire/record-limits.ts'
import type {
  ChunkChanges,
  ChunkLinks,
  ChunkRef,
  Condition,
  RecordMessage,
  RecordWrite,
  TransactOutcome,
  TransactRequest,
} from '../types.ts'
import type { Etag } from './procedure.ts'

const ABSENT = 0
const PRESENT = 1
const ETAG = 2
const FENCE = 3

/** What is wrong with a request, for a person; `undefined`: nothing. */
type Problem = { readonly problem: string } | { readonly what: string; readonly limit: string }

/**
 * Refuses at the door what the partition would refuse. @throws AnilloError TOO_LARGE, BAD_REQUEST
 */
export function checkTransact(request: TransactRequest): void {
  const problem = problemIn(request)
  if (problem === undefined) return
  if ('problem' in problem) throw new AnilloError('BAD_REQUEST', problem)
  throw new AnilloError('TOO_LARGE', problem)
}

function problemIn(request: TransactRequest): Problem | undefined {
  const { table, pk, conditions, writes, messages = [], chunks } = request
  return (
    nameProblem('table', table, TABLE_BYTES_MAX) ??
    nameProblem('pk', pk, PK_BYTES_MAX) ??
    countProblem('list of conditions', conditions, CONDITIONS_MAX) ??
    countProblem('list of writes', writes, WRITES_MAX) ??
    countProblem('list of messages', messages, MESSAGES_MAX) ??
    firstProblem(conditions, (each) => keyProblem(pk, each) ?? conditionProblem(each)) ??
    firstProblem(writes, (each) => keyProblem(pk, each) ?? writeProblem(each)) ??
    firstProblem(messages, messageProblem) ??
    (chunks === undefined ? undefined : chunksProblem(chunks)) ??
    batchProblem(request)
  )
}

function firstProblem<T>(
  list: readonly T[],
  problemOf: (each: T) => Problem | undefined,
): Problem | undefined {
  for (const each of list) {
    const problem = problemOf(each)
    if (problem !== undefined) return problem
  }
  return undefined
}

function nameProblem(what: string, name: string, bytesMax: number): Problem | undefined {
  const isFine: boolean = isName(name, bytesMax)
  if (isFine) return undefined
  const isLong = name.isWellFormed() && utf8Bytes(name) > bytesMax
  if (isLong) return { what: `“${what}”`, limit: `${bytesMax} bytes` }
  return { problem: `“${what}” is empty, or not text, or contains NUL` }
}

function countProblem(what: string, list: readonly unknown[], max: number): Problem | undefined {
  return list.length > max ? { what: `The ${what}`, limit: `${max}` } : undefined
}

function keyProblem(
  home: string,
  { pk, sk }: { readonly pk?: string; readonly sk: string },
): Problem | undefined {
  const problem = nameProblem('sk', sk, SK_BYTES_MAX)
  if (problem !== undefined || pk === undefined) return problem
  if (headOf(pk) !== headOf(home)) return { problem: 'its keys lie in several partitions' }
  return nameProblem('pk', pk, PK_BYTES_MAX)
}

function conditionProblem({ is }: Condition): Problem | undefined {
  if (typeof is === 'string') return undefined
  const isNumbered =
    'fence' in is ? isFence(is.fence) : isWhole(is.generation, 1) && isWhole(is.index, 1)
  return isNumbered ? undefined : { problem: 'a condition compares with no number' }
}

function writeProblem(write: RecordWrite): Problem | undefined {
  if (write.kind === 'delete') return undefined
  const { value, expiresInMs = 1 } = write
  if (value.length > VALUE_BYTES_MAX) {
    return { what: 'The value', limit: `${VALUE_BYTES_MAX} bytes` }
  }
  return isWhole(expiresInMs, 1) && expiresInMs <= EXPIRES_IN_MS_MAX
    ? undefined
    : { problem: 'a time to live is no number of milliseconds, or too long' }
}

function messageProblem({ to, procedure }: RecordMessage): Problem | undefined {
  return (
    nameProblem('table', to.table, TABLE_BYTES_MAX) ??
    nameProblem('pk', to.pk, PK_BYTES_MAX) ??
    nameProblem('procedure', procedure, PROCEDURE_NAME_BYTES_MAX)
  )
}

function chunksProblem(changes: ChunkChanges): Problem | undefined {
  const { upload, refer, unrefer } = changes
  if (upload !== undefined && !isUploadId(upload)) return { problem: 'an upload has 32 hex digits' }
  const links = [unrefer, refer].flatMap((each) => each ?? [])
  const count = links.reduce((sum, { chunks }) => sum + chunks.length, 0)
  if (count > CHUNKS_PER_TRANSACTION_MAX) {
    return { what: 'The list of chunks', limit: `${CHUNKS_PER_TRANSACTION_MAX}` }
  }
  return firstProblem(links, ({ reference, chunks }) => {
    const isSound = chunks.every(({ hash, bytes }) => isChunkHash(hash) && isChunkBytes(bytes))
    if (!isSound) return { problem: 'a chunk is named by a hash and its bytes' }
    return nameProblem('reference', reference, REFERENCE_BYTES_MAX)
  })
}

function isChunkBytes(value: unknown): value is number {
  return isWhole(value, 1) && value <= CHUNK_BYTES_MAX
}

function batchProblem({ writes }: TransactRequest): Problem | undefined {
  return bytesOf(writes) > BATCH_BYTES_MAX
    ? { what: 'The batch', limit: `${BATCH_BYTES_MAX} bytes` }
    : undefined
}

function bytesOf(writes: readonly RecordWrite[]): number {
  let bytes = 0
  for (const write of writes) {
    bytes += write.sk.length + (write.pk?.length ?? 0)
    if (write.kind === 'put') bytes += write.value.length
  }
  return bytes
}

/** What a `call` of `transact` carries as its input. */
export function packTransact(request: TransactRequest): readonly unknown[] {
  const { table, pk, conditions, writes, messages = [], chunks } = request
  const list: unknown[] = [table, pk, conditions.map(listOfCondition), writes.map(listOfWrite)]
  if (messages.length > 0 || chunks !== undefined) list.push(messages.map(listOfMessage))
  if (chunks !== undefined) list.push(listOfChunks(chunks))
  return list
}

function listOfChunks({ upload, refer, unrefer }: ChunkChanges): readonly unknown[] {
  return [upload ?? null, listOfLinks(refer), listOfLinks(unrefer)]
}

function listOfLinks(links: ChunkLinks | undefined): readonly unknown[] | null {
  if (links === undefined) return null
  return [links.reference, links.chunks.map(({ hash, bytes }) => [hash, bytes])]
}

function listOfCondition(condition: Condition): readonly unknown[] {
  const { sk, is } = condition
  const pk = condition.pk ?? null
  if (is === 'absent') return [sk, pk, ABSENT]
  if (is === 'present') return [sk, pk, PRESENT]
  if ('fence' in is) return [sk, pk, FENCE, is.fence]
  return [sk, pk, ETAG, is.generation, is.index]
}

function listOfWrite(write: RecordWrite): readonly unknown[] {
  const { sk } = write
  const pk = write.pk ?? null
  if (write.kind === 'delete') return [sk, pk, null]
  const { value, expiresInMs } = write
  return expiresInMs === undefined ? [sk, pk, value] : [sk, pk, value, expiresInMs]
}

function listOfMessage({ to, procedure, input }: RecordMessage): readonly unknown[] {
  return [to.table, to.pk, procedure, input]
}

/** `undefined` where it is no transaction within the limits. */
export function readTransact(value: unknown): TransactRequest | undefined {
  if (!isList(value) || value.length < 4 || value.length > 6) return undefined
  const [table, pk, conditionLists, writeLists, messageLists = [], chunkLists] = value
  if (!isName(table, TABLE_BYTES_MAX) || !isName(pk, PK_BYTES_MAX)) return undefined
  const conditions = readAll(conditionLists, CONDITIONS_MAX, (each) => readCondition(each, pk))
  const writes = readAll(writeLists, WRITES_MAX, (each) => readWrite(each, pk))
  const messages = readAll(messageLists, MESSAGES_MAX, readMessage)
  if (conditions === undefined || writes === undefined || messages === undefined) return undefined
  if (bytesOf(writes) > BATCH_BYTES_MAX) return undefined
  const request = { table, pk, conditions, writes, messages }
  if (chunkLists === undefined) return request
  const chunks = readChunks(chunkLists)
  return chunks === undefined ? undefined : { ...request, chunks }
}

function readChunks(value: unknown): ChunkChanges | undefined {
  if (!isList(value) || value.length !== 3) return undefined
  const [upload, referLists, unreferLists] = value
  const refer = readLinks(referLists)
  const unrefer = readLinks(unreferLists)
  if (refer === undefined || unrefer === undefined) return undefined
  const count = (refer?.chunks.length ?? 0) + (unrefer?.chunks.length ?? 0)
  if (count > CHUNKS_PER_TRANSACTION_MAX || (upload !== null && !isUploadId(upload))) {
    return undefined
  }
  return {
    ...(upload === null ? {} : { upload }),
    ...(refer === null ? {} : { refer }),
    ...(unrefer === null ? {} : { unrefer }),
  }
}

function readLinks(value: unknown): ChunkLinks | null | undefined {
  if (value === null) return null
  if (!isList(value) || value.length !== 2) return undefined
  const [reference, lists] = value
  if (!isName(reference, REFERENCE_BYTES_MAX)) return undefined
  const chunks = readAll(lists, CHUNKS_PER_TRANSACTION_MAX, readChunkRef)
  return chunks === undefined ? undefined : { reference, chunks }
}

function readChunkRef(value: unknown): ChunkRef | undefined {
  if (!isList(value) || value.length !== 2) return undefined
  const [hash, bytes] = value
  return isChunkHash(hash) && isChunkBytes(bytes) ? { hash, bytes } : undefined
}

function readAll<T>(
  value: unknown,
  max: number,
  read: (each: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!isList(value) || value.length > max) return undefined
  const all: T[] = []
  for (const each of value) {
    const one = read(each)
    if (one === undefined) return undefined
    all.push(one)
  }
  return all
}

interface KeyPart {
  readonly pk?: string
  readonly sk: string
}

function readKey(sk: unknown, pk: unknown, home: string): KeyPart | undefined {
  if (!isName(sk, SK_BYTES_MAX)) return undefined
  if (pk === null) return { sk }
  return isName(pk, PK_BYTES_MAX) && headOf(pk) === headOf(home) ? { sk, pk } : undefined
}

function readCondition(value: unknown, home: string): Condition | undefined {
  if (!isList(value)) return undefined
  const [sk, pk, what, first, second] = value
  const key = readKey(sk, pk, home)
  if (key === undefined) return undefined
  if (what === ABSENT && value.length === 3) return { ...key, is: 'absent' }
  if (what === PRESENT && value.length === 3) return { ...key, is: 'present' }
  if (what === FENCE && value.length === 4 && isFence(first))
    return { ...key, is: { fence: first } }
  if (what !== ETAG || value.length !== 5) return undefined
  if (!isWhole(first, 1) || !isWhole(second, 1)) return undefined
  return { ...key, is: { generation: first, index: second } }
}

function isFence(value: unknown): value is number {
  return isWhole(value, 1, Number.MAX_SAFE_INTEGER)
}

function readWrite(value: unknown, home: string): RecordWrite | undefined {
  if (!isList(value) || value.length < 3 || value.length > 4) return undefined
  const [sk, pk, content, expiresInMs] = value
  const key = readKey(sk, pk, home)
  if (key === undefined) return undefined
  if (content === null) return value.length === 3 ? { kind: 'delete', ...key } : undefined
  if (!(content instanceof Uint8Array) || content.length > VALUE_BYTES_MAX) return undefined
  if (value.length === 3) return { kind: 'put', ...key, value: content }
  if (!isWhole(expiresInMs, 1) || expiresInMs > EXPIRES_IN_MS_MAX) return undefined
  return { kind: 'put', ...key, value: content, expiresInMs }
}

function readMessage(value: unknown): RecordMessage | undefined {
  if (!isList(value) || value.length !== 4) return undefined
  const [table, pk, procedure, input] = value
  if (!isName(table, TABLE_BYTES_MAX) || !isName(pk, PK_BYTES_MAX)) return undefined
  if (!isName(procedure, PROCEDURE_NAME_BYTES_MAX)) return undefined
  return { to: { table, pk }, procedure, input }
}

/** What `transact` answers: a conflict's condition first, or the etag and what was there before. */
export function listOfOutcome(outcome: TransactOutcome): readonly unknown[] {
  if (outcome.kind === 'conflict') {
    const { condition, etag } = outcome
    return etag === undefined ? [condition] : [condition, etag.generation, etag.index]
  }
  const { etag, existed } = outcome
  return [null, etag.generation, etag.index, ...existed]
}

/** The value of `transact`'s answer; `undefined` where it is none. */
export function readTransactOutcome(value: unknown): TransactOutcome | undefined {
  if (!isList(value)) return undefined
  const [condition, generation, index, ...existed] = value
  const etag = readEtag(generation, index)
  if (condition === null) {
    if (etag === undefined || !existed.every((each) => typeof each === 'boolean')) return undefined
    return { kind: 'done', etag, existed }
  }
  if (!isWhole(condition, 0) || existed.length > 0) return undefined
  if (value.length > 1 && etag === undefined) return undefined
  return { kind: 'conflict', condition, etag }
}

function readEtag(generation: unknown, index: unknown): Etag | undefined {
  return isWhole(generation, 1) && isWhole(index, 1) ? { generation, index } : undefined
}
