/** Values as bodies of frames: bytes as they are, everything else as MessagePack. */
import { AnilloError } from '../base/errors.ts'
import { FLAG, FRAME_BODY_BYTES_MAX, type Frame, type Header } from '../wire/frame.ts'
import { pack, unpack, type Unpacked } from '../wire/packed.ts'
import type { Outbox } from './outbox.ts'

/**
 * Puts a frame with a value; answers its body's bytes.
 * @throws AnilloError TOO_LARGE, with nothing put; RangeError on a value that refers to itself
 */
export function putValue(outbox: Outbox, header: Header, value: unknown): number {
  const raw = value instanceof Uint8Array
  const body = raw ? value : pack(value)
  if (body.length > FRAME_BODY_BYTES_MAX) {
    const limit = `${FRAME_BODY_BYTES_MAX} bytes`
    throw new AnilloError('TOO_LARGE', { what: `A message of ${body.length} bytes`, limit })
  }
  outbox.put(raw ? { ...header, flags: (header.flags ?? 0) | FLAG.raw } : header, body)
  return body.length
}

/** The value of a frame's body. Bytes are the receiver's to keep, or in `into` where they fit. */
export function readValue(frame: Frame, into?: Uint8Array): Unpacked {
  if ((frame.flags & FLAG.raw) === 0) return unpack(frame)
  const fits = into !== undefined && frame.end - frame.start <= into.length
  return { kind: 'value', value: fits ? putInto(into, frame) : ownBytes(frame) }
}

function putInto(into: Uint8Array, { source, start, end }: Frame): Uint8Array {
  into.set(source.subarray(start, end))
  return into.subarray(0, end - start)
}

function ownBytes({ source, start, end, isOwn }: Frame): Uint8Array {
  return isOwn ? source : Uint8Array.prototype.slice.call(source, start, end)
}
