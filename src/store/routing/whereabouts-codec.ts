/**
 * Rows of whereabouts as bytes: the members that occur, each once, then a row a group that names
 * them by number. 64 groups on five members take about a kilobyte.
 */
import { present } from '../../base/assert.ts'
import { parseMemberId, type MemberId } from '../../base/ids.ts'
import { CompactReader, CompactWriter } from '../../wire/compact.ts'
import { PARTITIONS, partitionIdOf } from '../../wire/partition.ts'
import type { Whereabouts } from '../placement/types.ts'

/** Numbers of members are one byte; 0 stands for nobody. */
const MEMBERS_MAX = 255
const MEMBER_ID_BYTES = 16

const writer = new CompactWriter()

/** Rows of more members than numbers are left out: a hint less, not an error. */
export function encodeWhereabouts(rows: readonly Whereabouts[]): Uint8Array {
  const numbers = new Map<MemberId, number>()
  const told = rows.filter((row) => number(numbers, membersOf(row)))
  writer.clear()
  writer.number(numbers.size)
  for (const member of numbers.keys()) writer.hex(member)
  const put = (members: readonly MemberId[]): void => {
    writer.number(members.length)
    for (const member of members) writer.byte(present(numbers.get(member), 'number of a member'))
  }
  writer.number(told.length)
  for (const { group, term, index, leader, configuration } of told) {
    writer.byte(group)
    writer.number(term)
    writer.number(index)
    writer.byte(leader === undefined ? 0 : present(numbers.get(leader), 'number of the leader'))
    put(configuration.voters)
    put(configuration.learners)
    put(configuration.outgoing ?? [])
  }
  return writer.view().slice()
}

/** `undefined` where the bytes are no rows. */
export function decodeWhereabouts(bytes: Uint8Array): readonly Whereabouts[] | undefined {
  const reader = new CompactReader(bytes)
  const members = readIds(reader)
  const rows: Whereabouts[] = []
  const count = reader.count(7, PARTITIONS)
  for (let i = 0; i < count && !reader.isBroken; i++) {
    const row = readRow(reader, members)
    if (row !== undefined) rows.push(row)
  }
  return reader.isDone && rows.length === count ? rows : undefined
}

function membersOf({ leader, configuration }: Whereabouts): readonly MemberId[] {
  const { voters, learners, outgoing = [] } = configuration
  return [...(leader === undefined ? [] : [leader]), ...voters, ...learners, ...outgoing]
}

/** Gives those without one a number; `false`, and no number, when there are not enough. */
function number(numbers: Map<MemberId, number>, members: readonly MemberId[]): boolean {
  const fresh = new Set(members.filter((member) => !numbers.has(member)))
  if (numbers.size + fresh.size > MEMBERS_MAX) return false
  for (const member of fresh) numbers.set(member, numbers.size + 1)
  return true
}

function readIds(reader: CompactReader): readonly MemberId[] {
  const ids: MemberId[] = []
  const count = reader.count(MEMBER_ID_BYTES, MEMBERS_MAX)
  for (let i = 0; i < count; i++) ids.push(parseMemberId(reader.hex(MEMBER_ID_BYTES)))
  return ids
}

function readRow(reader: CompactReader, members: readonly MemberId[]): Whereabouts | undefined {
  const group = reader.byte()
  const term = reader.number()
  const index = reader.number()
  const leader = reader.byte()
  const voters = readMembers(reader, members)
  const learners = readMembers(reader, members)
  const outgoing = readMembers(reader, members)
  const isKnown = leader <= members.length && group < PARTITIONS
  if (!isKnown || voters === undefined || learners === undefined || outgoing === undefined) {
    return undefined
  }
  return {
    group: partitionIdOf(group),
    term,
    index,
    leader: members[leader - 1],
    configuration: { voters, learners, ...(outgoing.length === 0 ? {} : { outgoing }) },
  }
}

function readMembers(
  reader: CompactReader,
  members: readonly MemberId[],
): readonly MemberId[] | undefined {
  const named: MemberId[] = []
  for (let left = reader.count(1, MEMBERS_MAX); left > 0; left--) {
    const member = members[reader.byte() - 1]
    if (member === undefined) return undefined
    named.push(member)
  }
  return named
}
