/** SHA-256 of a file, a piece at a time: between two the page does what else there is to do. */
import { ResumableSha256 } from '../../../src/base/resumable-sha256.ts'

/** Some 8 ms of work: a frame is not missed. */
const PIECE_BYTES = 1024 * 1024

/** @returns 64 hex digits. @throws NotReadableError where the file changed; AbortError */
export async function hashOf(file: Blob, signal: AbortSignal): Promise<string> {
  const hash = new ResumableSha256()
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    signal.throwIfAborted()
    hash.update(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()))
  }
  return hash.soFarHex()
}
