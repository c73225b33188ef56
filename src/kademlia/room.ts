/** How much may be sent to an address that has proved nothing. */
import { HEADER_BYTES } from '../wire/kademlia/limits.ts'
import { encodeRoomyStun } from '../wire/kademlia/questions.ts'
import { AMPLIFICATION_MAX } from './settings.ts'

const CHALLENGE_BYTES = HEADER_BYTES + encodeRoomyStun().length

/** What may be sent for a question of so many bytes, beside the one that asks who that is. */
export function unprovedRoom(bytes: number): number {
  return AMPLIFICATION_MAX * bytes - CHALLENGE_BYTES
}
