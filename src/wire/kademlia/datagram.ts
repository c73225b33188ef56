/**
 * A datagram of rpcudp 5.0.1: one byte, whether it asks or answers; the message id, drawn by who
 * asks; a body of MessagePack.
 */
import { DATAGRAM_BYTES_MAX, HEADER_BYTES, KEY_BYTES } from './limits.ts'

const REQUEST = 0
const RESPONSE = 1

export interface Datagram {
  readonly kind: 'request' | 'response'
  /** 20 bytes. */
  readonly messageId: Uint8Array
  readonly body: Uint8Array
}

/** Views of the bytes; `undefined` for what is no datagram of this protocol. */
export function readDatagram(bytes: Uint8Array): Datagram | undefined {
  if (bytes.length <= HEADER_BYTES || bytes.length > DATAGRAM_BYTES_MAX) return undefined
  const [first] = bytes
  if (first !== REQUEST && first !== RESPONSE) return undefined
  return {
    kind: first === REQUEST ? 'request' : 'response',
    messageId: bytes.subarray(1, 1 + KEY_BYTES),
    body: bytes.subarray(HEADER_BYTES),
  }
}

export function encodeDatagram({ kind, messageId, body }: Datagram): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length)
  bytes[0] = kind === 'request' ? REQUEST : RESPONSE
  bytes.set(messageId, 1)
  bytes.set(body, HEADER_BYTES)
  return bytes
}
