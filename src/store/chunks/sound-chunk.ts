/** Bytes that are known to be those of their hash: what may go to a disk or to a reader. */
import { sha256Hex } from '../../base/hash.ts'

declare const soundTag: unique symbol

export interface SoundChunk {
  /** SHA-256, 64 hex digits. */
  readonly hash: string
  readonly bytes: Uint8Array
  readonly [soundTag]: true
}

export function chunkOf(bytes: Uint8Array): SoundChunk {
  return { hash: sha256Hex(bytes), bytes } as SoundChunk
}

/** `undefined` when the bytes are others. */
export function checkedChunk(hash: string, bytes: Uint8Array): SoundChunk | undefined {
  const chunk = chunkOf(bytes)
  return chunk.hash === hash ? chunk : undefined
}
