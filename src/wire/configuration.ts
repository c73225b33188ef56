/**
 * A configuration as the bytes of its log entry: a version, three counts, then the member ids, 16
 * bytes each: voters, learners, outgoing.
 */
import { assert } from '../base/assert.ts'
import { bytesOfHex, hexOf } from '../base/hex.ts'
import { parseMemberId, type MemberId } from '../base/ids.ts'
import type { Configuration } from './raft.ts'

const VERSION = 1
const HEADER_BYTES = 4
const ID_BYTES = 16

/** Five holders, doubled while they are replaced, and as many learners: far below this. */
export const CONFIGURATION_MEMBERS_MAX = 255

export function encodeConfiguration(configuration: Configuration): Uint8Array {
  assert(configuration.voters.length > 0, 'a configuration without voters')
  const lists = [configuration.voters, configuration.learners, configuration.outgoing ?? []]
  const bytes = [VERSION]
  for (const list of lists) {
    assert(list.length <= CONFIGURATION_MEMBERS_MAX, 'a configuration of too many members')
    bytes.push(list.length)
  }
  for (const member of lists.flat()) bytes.push(...bytesOfHex(member))
  return Uint8Array.from(bytes)
}

/** `undefined` where the bytes are none. */
export function decodeConfiguration(bytes: Uint8Array): Configuration | undefined {
  const [version, voters = 0, learners = 0, outgoing = 0] = bytes
  const ids = voters + learners + outgoing
  if (version !== VERSION || voters === 0) return undefined
  if (bytes.length !== HEADER_BYTES + ids * ID_BYTES) return undefined
  const members = Array.from({ length: ids }, (_, i) =>
    memberAt(bytes, HEADER_BYTES + i * ID_BYTES),
  )
  const configuration = {
    voters: members.slice(0, voters),
    learners: members.slice(voters, voters + learners),
  }
  return outgoing === 0
    ? configuration
    : { ...configuration, outgoing: members.slice(voters + learners) }
}

function memberAt(bytes: Uint8Array, start: number): MemberId {
  return parseMemberId(hexOf(bytes.subarray(start, start + ID_BYTES)))
}
