/**
 * What a replica answers to somebody who keeps a range: the records, or where it remembers what
 * changed since, that alone.
 */
import { compareUtf8 } from '../base/utf8-order.ts'
import { LIST_BYTES_MAX } from '../wire/record-limits.ts'
import type { Replica } from './group/types.ts'
import type { RangeOptions, StoredRecord } from './partition/procedure.ts'
import type { Change, RangeAnswer, RangeQuestion, Version } from './types.ts'

/** More than so many changes are told as a page, which is not longer. */
const CHANGES_TOLD_MAX = 256

/** Of a replica that was confirmed, as it is at this moment. */
export function rangeAnswerOf(replica: Replica, question: RangeQuestion): RangeAnswer {
  const version = { generation: replica.generation, index: replica.appliedIndex }
  const changes = changesOf(replica, question)
  if (changes !== undefined) return { kind: 'changes', changes, version }
  const { items, hasMore } = pageOf(replica, question)
  return { kind: 'page', items, hasMore, version: items.some(endsByItself) ? undefined : version }
}

/** `undefined`: all is to be told. */
function changesOf(replica: Replica, question: RangeQuestion): readonly Change[] | undefined {
  const { pk, since, table } = question
  if (!isOf(replica, since)) return undefined
  const changed = replica.changedSince(question, since.index)
  if (changed === undefined || changed.length > CHANGES_TOLD_MAX) return undefined
  const changes: Change[] = []
  for (const sk of changed) {
    if (!isWithin(question, sk)) continue
    const record = replica.get({ table, pk, sk })
    if (record === undefined) changes.push({ kind: 'delete', sk })
    else if (endsByItself(record)) return undefined
    else changes.push({ kind: 'put', record })
  }
  return changes
}

/** Indexes of another generation, or ahead of this replica, say nothing of what it holds. */
function isOf(replica: Replica, since: Version | undefined): since is Version {
  if (since === undefined || since.generation !== replica.generation) return false
  return since.index <= replica.appliedIndex
}

/** A range of one name is a record: that is found without looking for others. */
function pageOf(
  replica: Replica,
  { since: _known, ...range }: RangeQuestion,
): { readonly items: readonly StoredRecord[]; readonly hasMore: boolean } {
  const { pk, prefix = '', start, table } = range
  if (start === undefined || start === '' || range.end !== `${start}\0` || start.includes('\0')) {
    return replica.list({ bytesMax: LIST_BYTES_MAX, ...range })
  }
  const record = start.startsWith(prefix) ? replica.get({ table, pk, sk: start }) : undefined
  return { items: record === undefined ? [] : [record], hasMore: false }
}

function isWithin({ end, prefix = '', start = '' }: RangeOptions, sk: string): boolean {
  if (!sk.startsWith(prefix)) return false
  if (start !== '' && compareUtf8(sk, start) < 0) return false
  return end === undefined || compareUtf8(sk, end) < 0
}

/** Its end is no change that anybody would be told of at once. */
function endsByItself({ expiresAtMs }: StoredRecord): boolean {
  return expiresAtMs !== undefined
}
