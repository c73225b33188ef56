/** How members name one another on the wire and in memory. */
import { positionOf, type MemberId, type Position } from '../base/ids.ts'

export interface Contact {
  readonly id: MemberId
  /** Advertised `host:port` of the member door. */
  readonly address: string
  /** SHA-256 of `address`; kept so that it is computed once. */
  readonly position: Position
}

export function contactOf(id: MemberId, address: string): Contact {
  return { id, address, position: positionOf(address) }
}
